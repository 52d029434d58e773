"""Facts with a date and a source: accelerators, instances, links, disks, prices, failure rates."""
