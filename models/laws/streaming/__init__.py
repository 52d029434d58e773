"""Laws of streams: keys, shards, windows, and what waits in a log."""
