"""How sure a step is that follows from a measured rate of one accelerator."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from models.catalog.operators import Regime

# Relative standard errors of a step: measured rates of images were predicted without their own row,
# their batch, their accelerator, its generation and their family, and published runs from rates of
# others. `benchmarks/image_errors.py` computes them again. The surest come first: what
# is farther from a measured rate is not called surer for a few rows that happened to fit.
RATE_ERRORS: Mapping[Regime, float] = MappingProxyType(
    {
        Regime.ONE_NODE: 0.074,
        Regime.OTHER_BATCH: 0.074,
        Regime.SAME_GENERATION: 0.074,
        Regime.SEVERAL_NODES: 0.078,
        Regime.OTHER_ACCELERATOR: 0.14,
        Regime.OTHER_FAMILY: 0.178,
    }
)


def least_sure(regimes: Iterable[Regime]) -> Regime:
    """Of all that a step is in, the last in the order of errors.

    Arguments:
        regimes: of `RATE_ERRORS`.
    """
    return max(regimes, key=list(RATE_ERRORS).index)
