"""Where nodes can be had: places to try, what a refusal means, and in which order to try."""
