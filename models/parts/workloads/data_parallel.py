"""The step of a data-parallel run: computing, waiting for the slowest, agreeing on gradients."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from models.catalog.records import NeuralNetwork, Software
from models.laws import collectives, parameter_server
from models.laws import training_step as training
from models.laws.gradient_buckets import exposed_sums
from models.parts.node_group import Hardware
from models.parts.site import Site
from models.parts.workloads.training import ParameterServer, Training
from models.parts.workloads.workload_kind import Impossible
from models.prediction.training_answer import StepTime

Sums = Callable[[float], tuple[float, float]]  # of bytes: s inside and s between nodes


@dataclass(frozen=True)
class Servers:
    """Parameter servers and their workers, of which each is a node.

    Arguments:
        asynchronous: whether each gradient is used as soon as it is there.
        workers: nodes that compute.
        backup_workers: of those, for which no update waits.
        servers: over which the parameters are spread evenly.
        step_times: of each worker, s: computing, summing inside, and its part of the exchange.
        jitter: standard deviation of the step of one accelerator, s.
        accelerators: of a worker, for the slowest of which it waits.
        turn: s that all servers together are busy with one worker's gradients and parameters.
        samples: of one worker in a step.
    """

    asynchronous: bool
    workers: int
    backup_workers: int
    servers: int
    step_times: tuple[float, ...]
    jitter: float
    accelerators: int
    turn: float
    samples: float

    @property
    def staleness(self) -> float:
        """Updates of others between a worker's pull and its push, by law."""
        return parameter_server.mean_staleness(self.workers) if self.asynchronous else 0.0


def contributing(workload: Training, accelerators: int, node: int) -> int:
    """Accelerators whose samples count in a step: all but those of backup workers.

    Arguments:
        workload: the training workload.
        accelerators: that work on it.
        node: accelerators of a node.

    Raises:
        Impossible: nobody would be left.
    """
    servers = workload.parameter_server
    spare = servers.backup_workers * node if servers else 0
    if spare >= accelerators:
        text = f"leaves none of {accelerators // node} workers, each a node"
        raise Impossible((("parameter_server", "backup_workers"), text))
    return accelerators - spare


def data_parallel_step(
    workload: Training,
    site: Site,
    network: NeuralNetwork,
    software: Software,
    node: Hardware,
    compute: float,
    samples: float,
) -> tuple[StepTime, Servers | None]:
    """Where the time of a step goes that never waits for input, and the parameter servers of it.

    Arguments:
        workload: the training workload.
        site: that it runs on.
        network: that it trains.
        software: with which.
        node: of its group.
        compute: forward and backward pass of one accelerator's samples, s.
        samples: of one accelerator in a step.
    """
    nodes = site.groups[workload.nodes].described.count
    jitter = software.jitter if workload.jitter is None else workload.jitter
    factors = _factors(workload, nodes)
    gradients = network.parameters * training.BYTES_OF[workload.gradient_precision]
    servers = workload.parameter_server
    if servers is None:
        sums = _all_reduces(nodes, site, node, software)
    else:
        sums = _exchanges(servers, workload, nodes, site, node, software)
    overlaps = software.overlap if workload.overlap is None else workload.overlap
    inside, between, hidden = _communication(compute, gradients, software, sums, overlaps)
    spare = servers.backup_workers if servers else 0
    slowest = sorted(factors)[nodes - spare - 1]
    waiting = parameter_server.backup_delay(
        jitter, nodes * node.accelerators, spare * node.accelerators
    )
    step = StepTime(
        compute, compute * (slowest - 1) + waiting, inside, between, hidden, 0.0
    )  # fmt: skip
    if servers is None:
        return step, None
    exposed = inside + between - hidden
    alone = parameter_server.backup_delay(jitter, node.accelerators, 0)
    found = Servers(
        asynchronous=servers.mode == "asynchronous",
        workers=nodes,
        backup_workers=spare,
        servers=servers.servers or nodes,
        step_times=tuple(compute * factor + alone + exposed for factor in factors),
        jitter=jitter,
        accelerators=node.accelerators,
        turn=2 * gradients / _of_servers(servers, workload, nodes, site),
        samples=samples * node.accelerators,
    )
    return (_of_a_round(step, found, compute) if found.asynchronous else step), found


def _factors(workload: Training, nodes: int) -> list[float]:
    """Of each node, how many times as long it computes as the others."""
    slow = workload.slow_nodes
    if slow is None:
        return [1.0] * nodes
    if slow.count > nodes:
        raise Impossible((("slow_nodes", "count"), f"is {slow.count} of {nodes} nodes"))
    return [1.0] * (nodes - slow.count) + [slow.factor] * slow.count


def _communication(
    compute: float, gradients: float, software: Software, sums: Sums, overlaps: bool
) -> tuple[float, float, float]:
    """Inside and between nodes, and how much of it the backward pass hides, s."""
    inside, between = sums(gradients)
    if not overlaps:
        return inside, between, 0.0
    # Only the backward pass, two thirds of the computation, has gradients to send.
    window = compute * training.BACKWARD_OVER_FORWARD / (1 + training.BACKWARD_OVER_FORWARD)
    whole, exposed = exposed_sums(window, gradients, software.bucket, lambda one: sum(sums(one)))
    if whole > 0:  # buckets take longer than one sum of all, for their latency
        inside, between = (whole / (inside + between) * part for part in (inside, between))
    return inside, between, max(0.0, whole - exposed)  # no less by rounding


def _of_a_round(step: StepTime, servers: Servers, compute: float) -> StepTime:
    """A step of asynchronous workers: as long as it takes for as many updates as there are."""
    rate = parameter_server.asynchronous_updates(
        servers.step_times, servers.turn / 2, 1.0, 1
    )  # a server of all parameters is busy for its turn
    whole = servers.workers / rate
    exposed = step.intra_node + step.inter_node - step.hidden
    alone = parameter_server.asynchronous_updates(servers.step_times)
    slower = servers.workers / alone - compute - exposed  # slow nodes, and those inside a node
    return StepTime(
        compute,
        max(0.0, slower),
        step.intra_node,
        step.inter_node + whole - servers.workers / alone,
        step.hidden,
        0.0,
    )


def _all_reduces(nodes: int, site: Site, node: Hardware, software: Software) -> Sums:
    """Sums over all accelerators of all nodes."""
    intra = node.intra_link
    slower = site.tree.slowdown("all_reduce", nodes) if site.tree else 1.0

    def sums(size: float) -> tuple[float, float]:
        return collectives.hierarchical_all_reduce(
            node.accelerators,
            nodes,
            size,
            intra.bandwidth if intra else math.inf,
            _link(node, site) / slower,
            intra.latency if intra else 0.0,
            node.network_link.latency,
            software.trees,
        )

    return sums


def _exchanges(
    servers: ParameterServer,
    workload: Training,
    nodes: int,
    site: Site,
    node: Hardware,
    software: Software,
) -> Sums:
    """Sums inside each node, which then exchanges them for parameters with all servers."""
    inside = _all_reduces(1, site, node, software)
    count = servers.servers or nodes
    each = _of_servers(servers, workload, nodes, site) / count
    # Asynchronous workers come one by one, and wait for others only where servers are too slow.
    at_once = 1 if servers.mode == "asynchronous" else nodes
    there = nodes if servers.nodes is None else nodes + site.groups[servers.nodes].described.count
    slower = site.tree.slowdown("all_to_all", there) if site.tree else 1.0

    def sums(size: float) -> tuple[float, float]:
        if nodes == 1 and servers.nodes is None:  # nothing leaves the node
            return inside(size)[0], 0.0
        between = collectives.parameter_server_synchronization(
            at_once, size, each / slower, _link(node, site) / slower, count
        )
        return inside(size)[0], between + 2 * node.network_link.latency

    return sums


def _of_servers(servers: ParameterServer, workload: Training, nodes: int, site: Site) -> float:
    """What the links of all servers carry one way, bytes/s."""
    group = site.groups[servers.nodes or workload.nodes]
    there = group.described.count
    count = servers.servers or nodes
    # Servers of one node share its link.
    return min(count, there) * _link(group.hardware, site)


def _link(node: Hardware, site: Site) -> float:
    """One way of a node's links to the others, bytes/s."""
    each = min(node.network_link.bandwidth, node.network_bandwidth)
    return each * site.stack.network.links_per_node
