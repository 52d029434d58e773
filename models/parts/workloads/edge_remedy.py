"""What relieves the busiest part of the place where frames are worked on."""

import math

from models.description.quantities import format_scaled
from models.parts.workloads.edge_side import DEVICE, UPLINK
from models.parts.workloads.edge_solution import EdgeSolution

_BUSY = 0.8  # utilization from which something is near its limit
_BITS = 8.0
_MORE = 1 + 1e-12  # a load that differs from 1 by rounding alone is 1


def remedy(solution: EdgeSolution) -> str:
    """The key of the stack file that lets the busiest station serve what comes, with a figure.

    Arguments:
        solution: of the workload.
    """
    edge, side = solution.described, solution.here.side
    station = side.bottleneck
    busy = side.rate / station.capacity
    if busy < _BUSY:
        return "nothing is near its limit"
    if station.name == UPLINK:
        least = format_scaled(_BITS * edge.frame_rate * edge.sensors.size, "bps")
        return f"a `link.bandwidth` above {least}" if busy >= 1 else "a higher `link.bandwidth`"
    needed = math.floor(side.total * station.service * _MORE) + 1
    if station.name != DEVICE:
        return _of(needed, side.units, "cloud.replicas", busy)
    if not edge.device.shared:
        # A device serves fewer sensors than would fill it.
        each = math.ceil(1 / (station.service * edge.sensors.rate) / _MORE) - 1
        if each < 1:
            least = format_scaled(
                edge.computation * edge.sensors.rate / edge.device.efficiency, "op/s"
            )
            return f"a `device.peak` above {least}, which a single sensor asks for"
        needed = math.ceil(edge.sensors.count / each)
    return _of(needed, side.units, "device.count", busy)


def _of(needed: int, there: int, key: str, busy: float) -> str:
    if busy >= 1:
        return f"`{key}` of {needed:,} at least, instead of {there:,}"
    return f"more of `{key}`, or faster ones"
