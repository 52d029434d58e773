"""What a stack is, and the laws its parts obey: closed form and pure."""
