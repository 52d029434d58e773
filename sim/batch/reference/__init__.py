"""The readable reference in SimPy: MapReduce and Spark."""
