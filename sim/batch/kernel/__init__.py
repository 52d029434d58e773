"""Compiled kernels for MapReduce and Spark."""
