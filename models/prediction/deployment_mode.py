"""The ways in which what a workload computes reaches whoever uses it."""

from enum import StrEnum


class DeploymentMode(StrEnum):
    """How a model is deployed; each kind of workload names one."""

    BATCH = "batch"  # all at once, now and then
    DATABASE = "database"  # computed ahead, and looked up
    STREAMING = "streaming"  # of each event as it comes
    MODEL_SERVER = "model server"  # of each request, and answered
    EDGE = "edge"  # where the data are
