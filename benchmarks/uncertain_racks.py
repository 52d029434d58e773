"""How long racks take with several kinds of nodes, each of which fails at an uncertain rate.

python -m benchmarks.uncertain_racks
"""

import sys
import time

import numpy as np

from benchmarks.verdicts import Verdicts
from models.description.quantities import HOUR
from models.parts.failure import Cause, Component
from models.parts.node_racks import NAME, GroupInRacks, NodeRacks

_NODES, _IN_RACK = 64, 8
_KINDS = range(1, 7)
_LIMIT = 0.2  # s, of each kind; a site of six would take hours with every rate crossed with all


def site(kinds: int) -> NodeRacks:
    """Racks of as many kinds of nodes, 64 of each with four spares, side by side.

    Arguments:
        kinds: of nodes.
    """
    racks = _NODES // _IN_RACK
    groups = []
    for kind in range(kinds):
        counts = [0] * (racks * kinds)
        counts[racks * kind : racks * (kind + 1)] = [_IN_RACK] * racks
        failure = Cause("failure", 6000 * HOUR, 24 * HOUR, rate=f"kind {kind}", spread=0.7)
        nodes = Component(f"kind {kind}", _NODES - 4, _NODES, (failure,), True, "")
        groups.append(GroupInRacks(nodes, tuple(counts)))
    switch = Cause("failure", 40_000 * HOUR, 4 * HOUR)
    return NodeRacks(NAME, 1, racks * kinds, (switch,), False, "", False, tuple(groups))


def main() -> int:
    """Print a line for each number of kinds; gives 1 where one takes too long."""
    verdicts = Verdicts()
    np.convolve([1.0], [1.0])  # brought in before the clock runs
    print(f"{'kinds':>5} {'unavailability':>16} {'time':>10} {'limit':>10} {'kept':>5}")
    for kinds in _KINDS:
        began = time.perf_counter()
        block = site(kinds).result()
        took = time.perf_counter() - began
        print(
            f"{kinds:>5} {block.unavailability:>16.6g} {took * 1e3:>7.0f} ms"
            f" {_LIMIT * kinds * 1e3:>7.0f} ms {verdicts.of(took <= _LIMIT * kinds):>5}"
        )
    return int(verdicts.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
