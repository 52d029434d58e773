"""What is told of the node groups of a stack."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT


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
    """

    name: str
    node: str
    nodes: int
    vcpus: int
    accelerators: int
    accelerator: str
    accelerator_memory: float = field(metadata={UNIT: "bytes"})
