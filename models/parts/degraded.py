"""Stores of disks while a disk or a machine of theirs is away, and what workloads do then."""

from models.description.stack import Stack
from models.parts import store as stores
from models.parts.facts import Facts
from models.parts.node_group import hardware
from models.parts.stores.store_speed import StoreState
from models.parts.workloads import training_job
from models.prediction import DegradedStore


def degraded(stack: Stack, facts: Facts) -> tuple[DegradedStore, ...]:
    """What every store of disks does when whole and when something of it has failed.

    Arguments:
        stack: the description.
        facts: the catalog.
    """
    return tuple(row for name in stack.storage for row in _states(name, stack, facts))


def _states(name: str, stack: Stack, facts: Facts) -> tuple[DegradedStore, ...]:
    readers = [job for job, one in stack.workloads.items() if one.dataset.store == name]
    writers = [job for job, one in stack.workloads.items() if one.checkpoint.store == name]
    users = [stack.workloads[job].nodes for job in (*readers, *writers)] or list(stack.nodes)
    most = max(users, key=lambda group: stack.nodes[group].count)
    by_reader = {job: _seen(name, stack.workloads[job].nodes, stack, facts) for job in readers}
    return tuple(
        DegradedStore(
            name,
            state.name,
            state.speed.read,
            state.speed.write,
            state.duration,
            state.share,
            tuple(
                (job, _throughput(job, by_reader[job][position], stack, facts)) for job in readers
            ),
        )
        for position, state in enumerate(_seen(name, most, stack, facts))
    )


def _seen(name: str, group: str, stack: Stack, facts: Facts) -> tuple[StoreState, ...]:
    nodes = stack.nodes[group]
    bandwidth = hardware(nodes, stack.cloud, facts).network_bandwidth
    return stores.states(stack.storage[name], stack, facts, nodes.count, bandwidth)


def _throughput(job: str, state: StoreState, stack: Stack, facts: Facts) -> float:
    if state.speed.read == 0:
        return 0.0
    return training_job.training_job(job, stack, facts, state.speed).throughput
