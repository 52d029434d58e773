"""One file a kind of part: how fast it is, how reliable, how much it costs."""
