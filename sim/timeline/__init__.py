"""SimPy processes: nodes fail and return, jobs checkpoint, spot capacity goes."""
