"""How long collective operations take where they were measured: curves, piecewise in size."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

_PASSES = {"all_reduce": 2.0, "all_gather": 1.0, "reduce_scatter": 1.0, "all_to_all": 1.0}
OPERATIONS = tuple(_PASSES)


def traffic(operation: str, members: int) -> float:
    """Bytes that the busiest link carries for one byte of an operation.

    Arguments:
        operation: all_reduce, all_gather, reduce_scatter or all_to_all.
        members: that take part.

    Source: nccl-tests, PERFORMANCE.md: 2 (n-1)/n and (n-1)/n.
    """
    return _PASSES[operation] * (members - 1) / members


@dataclass(frozen=True)
class MeasuredCollectives:
    """Times of collective operations inside a node, by operation, members and size.

    Libraries change protocol and algorithm with the size, so that no line of two points fits:
    between two measured sizes the logarithm of the time is linear in that of the size. Above the
    largest the bandwidth stays, below the smallest the time does. Between two measured numbers of
    members the logarithm of the time is linear in that of the members; beyond them the traffic of
    the busiest link grows by the law, and the latency with the logarithm.

    Arguments:
        curves: growing sizes in bytes, and their times in s, by operation and members.
    """

    curves: Mapping[tuple[str, int], tuple[tuple[float, ...], tuple[float, ...]]] = field(
        hash=False
    )
    _known: dict[tuple[str, int, float], float] = field(
        default_factory=dict, repr=False, compare=False
    )

    def seconds(self, operation: str, members: int, size: float) -> float:
        """How long one operation takes, s.

        Arguments:
            operation: all_reduce, all_gather, reduce_scatter or all_to_all.
            members: that take part.
            size: bytes, as nccl-tests counts them: of an all-gather what each has at the end, of
                a reduce-scatter what each has at the beginning.

        Raises:
            KeyError: the operation was not measured.

        Source: nccl-tests, PERFORMANCE.md, for the meaning of sizes.
        """
        if members == 1 or size <= 0:
            return 0.0
        asked = (operation, members, size)
        found = self._known.get(asked)
        if found is None:
            found = self._known[asked] = self._between_members(operation, members, size)
        return found

    def _between_members(self, operation: str, members: int, size: float) -> float:
        measured = sorted(n for kind, n in self.curves if kind == operation)
        if not measured:
            raise KeyError(operation)
        if members in measured:
            return self._on_curve(operation, members, size)
        if measured[0] < members < measured[-1]:
            high = next(n for n in measured if n > members)
            low = measured[measured.index(high) - 1]
            share = math.log(members / low) / math.log(high / low)
            ends = (self._on_curve(operation, n, size) for n in (low, high))
            below, above = (math.log(time) for time in ends)
            return math.exp(below + share * (above - below))
        near = measured[0] if members < measured[0] else measured[-1]
        times = self.curves[operation, near][1]
        floor = times[0] * max(1.0, math.log2(members) / math.log2(near))
        carried = (
            self._on_curve(operation, near, size)
            * traffic(operation, members)
            / traffic(operation, near)
        )
        return max(floor, carried)

    def _on_curve(self, operation: str, members: int, size: float) -> float:
        sizes, times = self.curves[operation, members]
        if size <= sizes[0]:
            return times[0]
        if size >= sizes[-1]:
            return times[-1] * size / sizes[-1]
        low = bisect_right(sizes, size) - 1
        share = math.log(size / sizes[low]) / math.log(sizes[low + 1] / sizes[low])
        return math.exp(
            math.log(times[low]) + share * (math.log(times[low + 1]) - math.log(times[low]))
        )
