"""Many jobs on the nodes of a cluster: who waits, who runs where, who is interrupted."""
