"""What a workload uses of a stack: which store, from which nodes, and how much of it.

Whatever is true of all kinds of workloads reads this, never the kind: whether a store has room,
whether a role allows it, what an outage stops, what requests cost, how many objects may be lost.
"""

from dataclasses import dataclass
from typing import Literal

Access = Literal["read", "write", "read_write"]


@dataclass(frozen=True)
class Use:
    """What one workload does with one store.

    Arguments:
        workload: its name.
        key: of the workload's description that names the store, such as "dataset".
        store: name of the store.
        nodes: name of the node group that uses it.
        access: what a role must allow.
        size: bytes that lie there.
        objects: how many objects hold them.
        common: other workloads may use the same bytes, so that only the largest is sure to lie
            there.
        between_nodes: what one node writes the others read.
        reads: requests that read, in the whole run of the workload; in an hour of an endless one.
        read_size: bytes that are read, likewise.
        writes: requests that write, likewise.
        written_size: bytes that are written, likewise.
        overwrites: what is written takes the place of what was written before.
        endless: the workload never ends, so that the figures are of an hour.
        sets_rate: the workload is as fast as the store is read.
        borne: units of the store, each of its own node, that may be away while the workload goes
            on.
    """

    workload: str
    key: str
    store: str
    nodes: str
    access: Access
    size: float
    objects: int
    common: bool = False
    between_nodes: bool = False
    reads: float = 0.0
    read_size: float = 0.0
    writes: float = 0.0
    written_size: float = 0.0
    overwrites: bool = False
    endless: bool = False
    sets_rate: bool = False
    borne: int = 0


def held(uses: tuple[Use, ...], store: str) -> float:
    """Bytes that workloads are sure to put into a store.

    Arguments:
        uses: of all workloads.
        store: its name.
    """
    common = [use.size for use in uses if use.store == store and use.common]
    own = sum(use.size for use in uses if use.store == store and not use.common)
    return own + max(common, default=0.0)


def objects(uses: tuple[Use, ...], store: str) -> int:
    """Objects that workloads are sure to put into a store.

    Arguments:
        uses: of all workloads.
        store: its name.
    """
    common = [use.objects for use in uses if use.store == store and use.common]
    own = sum(use.objects for use in uses if use.store == store and not use.common)
    return own + max(common, default=0)
