"""Stages of tasks on the nodes of a cluster over time: MapReduce and Spark."""
