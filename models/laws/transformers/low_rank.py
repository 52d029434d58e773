"""Low-rank adaptation (LoRA): which matrices of a frozen transformer are adapted, and how."""

from dataclasses import dataclass
from enum import StrEnum


class Target(StrEnum):
    """A matrix of a layer beside which a product of two narrow ones is trained."""

    QUERY = "query"
    KEY = "key"
    VALUE = "value"
    QKV = "qkv"  # the three as one matrix
    OUTPUT = "output"
    GATE = "gate"
    UP = "up"
    DOWN = "down"


# Those whose columns are shared by the accelerators that share a matrix; of others it is the rows.
BY_COLUMNS = frozenset(Target) - {Target.OUTPUT, Target.DOWN}
OF_EXPERTS = frozenset({Target.GATE, Target.UP, Target.DOWN})


@dataclass(frozen=True)
class LowRank:
    """Adaptation of a frozen transformer.

    Arguments:
        rank: columns of the first narrow matrix, rows of the second.
        targets: that are adapted in every layer.

    Source: Hu et al. (2021), LoRA: low-rank adaptation of large language models, arXiv 2106.09685,
        section 4.1.
    """

    rank: int
    targets: tuple[Target, ...]
