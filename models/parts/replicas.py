"""Replicas that workloads place on the nodes of a group."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Replicas:
    """Equal replicas of a part of a workload, spread over the nodes of a group.

    Arguments:
        of: the part, such as the stage of an endpoint.
        group: of nodes.
        count: of them, the most that there can be.
        needs: what each takes of its node: vcpus, memory in bytes, accelerators.
        beside: while new ones are deployed, all of them stand beside the old.
    """

    of: str
    group: str
    count: int
    needs: Mapping[str, float]
    beside: bool = False
