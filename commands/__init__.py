"""The commands of the front door, a file each: options, what is asked, what is printed."""
