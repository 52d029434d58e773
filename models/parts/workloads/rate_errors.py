"""How sure a step is that follows from a measured rate of one accelerator."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from models.catalog.operators import Regime

# Relative standard errors of a step: measured rates of images were predicted without their own row,
# their batch, their accelerator, its generation and their family, and published runs from rates of
# others. `benchmarks/image_errors.py` computes them again. The surest come first.
RATE_ERRORS: Mapping[Regime, float] = MappingProxyType(
    {
        Regime.ONE_NODE: 0.082,
        Regime.OTHER_BATCH: 0.085,
        Regime.SAME_GENERATION: 0.086,
        Regime.SEVERAL_NODES: 0.086,
        Regime.OTHER_ACCELERATOR: 0.155,
        Regime.OTHER_FAMILY: 0.19,
    }
)


def least_sure(regimes: Iterable[Regime]) -> Regime:
    """Of all that a step is in, the last in the order of errors.

    Arguments:
        regimes: of `RATE_ERRORS`.
    """
    return max(regimes, key=list(RATE_ERRORS).index)
