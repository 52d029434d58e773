"""What is told of the node groups of a stack."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT


@dataclass(frozen=True)
class CapacityWait:
    """How long it takes until the cloud has enough nodes at once, asked at any moment.

    Arguments:
        needed: nodes that must be there together.
        of: nodes that are asked for, with spares.
        at_once: probability that it has them then.
        mean: time until it has, s.
        p95: time that it takes no longer than with 95 %, s; infinite where it is over 30,000 years.
    """

    needed: int
    of: int
    at_once: float
    mean: float = field(metadata={UNIT: "s"})
    p95: float = field(metadata={UNIT: "s"})


@dataclass(frozen=True)
class GroupDescription:
    """What a node group is.

    Arguments:
        name: of the group.
        node: instance of the catalog, or "machine".
        nodes: that workloads use, without spares.
        vcpus: hardware threads of one node.
        accelerators: of all nodes together.
        accelerator: its name; empty if there is none.
        accelerator_memory: of one, bytes.
        wait: for its nodes; None where they are there, or where nothing is published of it.
    """

    name: str
    node: str
    nodes: int
    vcpus: int
    accelerators: int
    accelerator: str
    accelerator_memory: float = field(metadata={UNIT: "bytes"})
    wait: CapacityWait | None = None
