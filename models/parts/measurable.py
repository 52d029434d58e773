"""What one node is expected to do when it is measured alone: accelerators, links, stores."""

from collections.abc import Iterator, Sequence

from models.catalog.operator_tables import peak_rate
from models.parts.facts import Facts
from models.parts.node_group import Hardware
from models.parts.site import Site
from models.parts.use import Use
from models.prediction.expected import Expected, Measure, Statistic

MATRIX = 8192  # rows and columns of both matrices that are multiplied
REDUCED = 268_435_456  # bytes that each accelerator has of the sum
_PRECISIONS = ("bf16", "fp16")  # the first that the accelerator computes in


def measurable_of_nodes(site: Site, uses: Sequence[Use]) -> Iterator[Expected]:
    """What `tools/measure_node.py` would measure on a node of each group, and of its stores.

    Arguments:
        site: the node groups and stores.
        uses: what workloads do with stores, and from which nodes.
    """
    for name, solved in site.groups.items():
        yield from _accelerators(name, solved.hardware, site.facts)
    nodes = {use.store: use.nodes for use in reversed(uses)}  # the first that uses each
    for store, group in nodes.items():
        speed = site.speed(store, group, clients=1)
        yield _certain(store, Measure.READ_RATE, speed.read)
        yield _certain(store, Measure.WRITE_RATE, speed.write)


def _accelerators(name: str, node: Hardware, facts: Facts) -> Iterator[Expected]:
    accelerator = node.accelerator
    if accelerator is None:
        return
    precision = next((one for one in _PRECISIONS if peak_rate(accelerator, one)), "")
    served = facts.matrices(accelerator, precision) if precision else None
    if served is not None:
        rate = 2 * MATRIX**3 / served.rates.seconds(MATRIX, MATRIX, MATRIX)
        peak = peak_rate(accelerator, precision) or rate
        # A grid that was measured on an accelerator of another peak says little of this one.
        alike = served.own or served.rates.scale == 1
        ends = (rate, rate) if alike else (0.0, peak)
        yield Expected(name, Measure.MATRIX_RATE, Statistic.MEAN, rate, *ends)
    # The data sheet's peak, of which copies reach a part that the catalog has no figure of.
    bandwidth = accelerator.memory_bandwidth
    yield Expected(name, Measure.MEMORY_BANDWIDTH, Statistic.MEAN, bandwidth, 0.0, bandwidth)
    if node.accelerators > 1:
        inside = facts.collectives(accelerator.name, node.intra_link)
        time = inside.seconds("all_reduce", node.accelerators, REDUCED)
        yield _certain(name, Measure.ALL_REDUCE_TIME, time)


def _certain(of: str, measure: Measure, value: float) -> Expected:
    return Expected(of, measure, Statistic.MEAN, value, value, value)
