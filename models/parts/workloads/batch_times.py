"""How long one task of a stage takes on a node of each group, and what sets it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.description.quantities import format_scaled
from models.laws.mapreduce import (
    MERGE_FACTOR,
    SORT_MEMORY,
    combined_pairs,
    executor_memory,
    merge_passes,
)
from models.parts.site import Site
from models.parts.workloads.batch import BatchJob, Pairs
from models.parts.workloads.batch_steps import BatchStep
from models.parts.workloads.workload_kind import Impossible
from models.prediction.batch_answer import Link

_SORTED = (
    0.8  # of the sorting memory of Hadoop, at which it spills: mapreduce.map.sort.spill.percent
)
_GIB = 2.0**30


@dataclass(frozen=True)
class WorkerGroup:
    """Nodes of a group that run tasks.

    Arguments:
        name: of the group.
        count: nodes.
        slots: containers of one node.
        speed: of what a container computes, over that on bare metal.
        network: of one node, one way, bytes/s.
        scratch_read: what the disks of one node read, bytes/s; infinite where shuffled data stay
            in memory.
        scratch_write: what they write.
        hdfs_read: what the disks of one node that hold HDFS read, bytes/s; 0 where there are none.
        hdfs_write: what they write.
        shared: both are the same disks.
    """

    name: str
    count: int
    slots: int
    speed: float
    network: float
    scratch_read: float
    scratch_write: float
    hdfs_read: float
    hdfs_write: float
    shared: bool


@dataclass(frozen=True)
class StepMoves:
    """Bytes that all tasks of a step move together.

    Arguments:
        hdfs: read from HDFS on the nodes.
        store: read from another store.
        memory: found in memory, where an iteration before has left them.
        again: of what is cached, read again as there is no room for it.
        fetched: of what the stages before have shuffled.
        shuffled: written for the stages after.
        pairs: of these, how many; None where the description says their size.
        spilled: written to disks and read again while sorting.
        hdfs_output: written into HDFS, before it is replicated.
        store_output: written into another store.
        broadcast: fetched by each node.
    """

    hdfs: float
    store: float
    memory: float
    again: float
    fetched: float
    shuffled: float
    pairs: float | None
    spilled: float
    hdfs_output: float
    store_output: float
    broadcast: float


@dataclass(frozen=True)
class TaskTime:
    """How long a task takes on a node of one group.

    Arguments:
        local: where its node has its data, s.
        remote: where another node or the store has them, s.
        links: what each link takes of it, the longest first, where it is local.
        remote_links: where it is remote.
    """

    local: float
    remote: float
    links: tuple[Link, ...]
    remote_links: tuple[Link, ...]


def containers(workload: BatchJob, vcpus: int, memory: float) -> int:
    """Containers that YARN starts on a node: as many as both its vCPUs and its memory hold.

    Arguments:
        workload: the description.
        vcpus: of the node.
        memory: of the node, bytes.

    Source of the default of what is reserved: AWS, Amazon EMR, Hadoop daemon and task settings.
    """
    reserved = workload.reserved
    if reserved is None:
        reserved = min(8 * _GIB, memory / 4)
    asked = workload.container
    fit = min(
        math.floor(vcpus / asked.vcpus + 1e-9), math.floor((memory - reserved) / asked.memory)
    )
    return max(0, fit if workload.slots is None else min(fit, workload.slots))


def shuffled(described: float | Pairs | None, tasks: int) -> tuple[float, float | None]:
    """Bytes that a stage shuffles, and how many pairs they are where it says so.

    Arguments:
        described: of the stage.
        tasks: of the stage.
    """
    if not isinstance(described, Pairs):
        return described or 0.0, None
    pairs = described.records
    if described.combine:
        pairs = combined_pairs(tasks, described.records / tasks, described.keys)
    return pairs * described.pair, pairs


def moves_of(
    steps: tuple[BatchStep, ...], workload: BatchJob, cached: Mapping[str, float]
) -> tuple[StepMoves, ...]:
    """What each step moves.

    Arguments:
        steps: of the workload.
        workload: the description.
        cached: share of the input of each stage that stays in memory, by name.
    """
    sizes = [shuffled(one.described.shuffle, one.tasks) for one in steps]
    found = []
    for position, step in enumerate(steps):
        described = step.described
        read = described.input.size if described.input else 0.0
        of_hdfs = _in_hdfs(described.input.store if described.input else "", workload)
        kept = cached.get(step.stage, 0.0) if step.first != position else 0.0
        fetched = math.fsum(sizes[one][0] for one in step.fetches)
        written = described.output.size if described.output else 0.0
        to_hdfs = _in_hdfs(described.output.store if described.output else "", workload)
        again = read * (1 - kept)
        found.append(
            StepMoves(
                hdfs=again if of_hdfs else 0.0,
                store=0.0 if of_hdfs else again,
                memory=read * kept,
                again=again if kept else 0.0,
                fetched=fetched,
                shuffled=sizes[position][0],
                pairs=sizes[position][1],
                spilled=_spilled(fetched, sizes[position][0], step.tasks, workload),
                hdfs_output=written if to_hdfs else 0.0,
                store_output=0.0 if to_hdfs else written,
                broadcast=described.broadcast,
            )
        )
    return tuple(found)


def _in_hdfs(store: str, workload: BatchJob) -> bool:
    return workload.hdfs is not None and store == workload.hdfs.store


def sorting_room(workload: BatchJob) -> tuple[float, float]:
    """Memory in which a task sorts what it fetches, and what it sends, bytes.

    Arguments:
        workload: the description.

    Raises:
        Impossible: a container leaves none.

    Source: Apache Hadoop, MapReduce tutorial: a mapper sorts in mapreduce.task.io.sort.mb; a
        reducer in its heap. Spark sorts in its execution memory.
    """
    memory = executor_memory(workload.container.memory)
    if workload.engine == "hadoop":
        memory = workload.container.memory * _SORTED * 0.7  # heap, and its part for shuffled data
    if memory <= 0:
        text = f"of {format_scaled(workload.container.memory, 'B')} leaves no room to sort in"
        raise Impossible((("container", "memory"), text))
    sort = memory if workload.engine == "spark" else min(memory, SORT_MEMORY * _SORTED)
    return memory, sort


def _spilled(fetched: float, written: float, tasks: int, workload: BatchJob) -> float:
    """Bytes that sorting puts on disks and reads again, of what is fetched and of what is sent."""
    memory, sort = sorting_room(workload)
    return fetched * merge_passes(fetched / tasks, memory, MERGE_FACTOR) + written * merge_passes(
        written / tasks, sort, MERGE_FACTOR
    )


def task_times(
    step: BatchStep,
    moves: StepMoves,
    groups: tuple[WorkerGroup, ...],
    workload: BatchJob,
    site: Site,
) -> tuple[TaskTime, ...]:
    """How long a task of a step takes on a node of each group.

    It takes the longest of what its container computes and of what disks, network and stores take,
    each shared by all that run beside it: what it reads, computes and writes overlaps.

    Arguments:
        step: of the workload.
        moves: what all of its tasks move.
        groups: that run tasks, the core nodes first.
        workload: the description.
        site: that it runs on.

    Raises:
        Impossible: a store that gives nothing.

    Source: Ousterhout et al. (2017), Monotasks, section 6.1: the ideal time of a stage is the
        longest of its resources.
    """
    total = sum(one.count * one.slots for one in groups)
    part = min(1.0, step.tasks / total)
    nodes = sum(min(one.count, one.count * one.slots * part) for one in groups)
    asked = _Asked(step, workload, site, groups, nodes, min(step.tasks, total))
    return tuple(_time(asked, moves, group, max(1.0, group.slots * part)) for group in groups)


@dataclass(frozen=True)
class _Asked:
    """A step while as many of its tasks run as do at once.

    Arguments:
        step: of the workload.
        workload: the description.
        site: that it runs on.
        groups: that run tasks.
        nodes: on which they run, of all groups.
        at_once: tasks that run side by side.
    """

    step: BatchStep
    workload: BatchJob
    site: Site
    groups: tuple[WorkerGroup, ...]
    nodes: float
    at_once: float

    @property
    def copies(self) -> int:
        """Replicas of a block of HDFS."""
        return self.workload.hdfs.replication if self.workload.hdfs else 0

    @property
    def slowdown(self) -> float:
        """How many times as long what nodes exchange takes for crossing switches."""
        tree = self.site.tree
        return 1.0 if tree is None else tree.slowdown("all_to_all", math.ceil(self.nodes - 1e-9))

    @property
    def holders(self) -> WorkerGroup:
        """The nodes that hold HDFS."""
        return self.groups[0]


def _time(asked: _Asked, moves: StepMoves, group: WorkerGroup, beside: float) -> TaskTime:
    here = _links(asked, moves, group, beside, local=group.hdfs_read > 0)
    # What is cached is read again by a task that runs elsewhere.
    there = _links(asked, _all_read(moves, asked), group, beside, local=False)
    startup = asked.workload.task_startup / group.speed
    return TaskTime(startup + here[0].time, startup + there[0].time, here, there)


def _all_read(moves: StepMoves, asked: _Asked) -> StepMoves:
    read = asked.step.described.input
    if not moves.memory or read is None:
        return moves
    if _in_hdfs(read.store, asked.workload):
        return replace(moves, hdfs=read.size, memory=0.0)
    return replace(moves, store=read.size, memory=0.0)


def _links(
    asked: _Asked, moves: StepMoves, group: WorkerGroup, beside: float, local: bool
) -> tuple[Link, ...]:
    """What each link takes of a task, the longest first."""
    tasks, described = asked.step.tasks, asked.step.described
    elsewhere = max(0.0, 1 - 1 / asked.nodes)
    over_network = asked.copies - 1 if group.hdfs_read else asked.copies
    exchanged, slower = moves.fetched * elsewhere, asked.slowdown
    incoming = slower * (exchanged + (0.0 if local else moves.hdfs)) + moves.store
    outgoing = slower * exchanged + moves.store_output
    # Each node fetches what is broadcast once, while its share of the tasks runs.
    both = slower * moves.hdfs_output * max(0, over_network) + moves.broadcast * asked.nodes
    network = (max(incoming, outgoing) + both) / tasks * beside / group.network
    found = [
        Link("compute", _computed(asked.step, moves) / group.speed),
        Link("network", network),
        *_disks(asked, moves, group, beside),
    ]
    for data, size, key in (
        (described.input, moves.store, "input"),
        (described.output, moves.store_output, "output"),
    ):
        if data is not None and size:
            rate = _store_rate(asked, data.store, key, size)
            found.append(Link(data.store, size / tasks * asked.at_once / rate))
    return tuple(sorted(found, key=lambda one: -one.time))


def _computed(step: BatchStep, moves: StepMoves) -> float:
    described = step.described
    if described.time is not None or described.rate is None:
        return described.time or 0.0
    worked = moves.hdfs + moves.store + moves.memory + moves.fetched
    return worked / step.tasks / described.rate


def _disks(asked: _Asked, moves: StepMoves, group: WorkerGroup, beside: float) -> list[Link]:
    """What disks take: those of HDFS and of what is shuffled may be the same."""
    tasks, holders = asked.step.tasks, asked.holders
    scratch = (moves.fetched + moves.spilled) / group.scratch_read
    scratch = (scratch + (moves.shuffled + moves.spilled) / group.scratch_write) / tasks * beside
    hdfs = 0.0
    if holders.hdfs_read:
        # All tasks use the disks of the core nodes; one alone, those of one of them.
        used = max(1.0, asked.at_once / holders.count)
        hdfs = moves.hdfs / holders.hdfs_read
        hdfs += moves.hdfs_output * asked.copies / holders.hdfs_write
        hdfs = hdfs / tasks * used
    if group.shared:
        found = [Link("disks", scratch + hdfs)]
    else:
        found = [Link("scratch disks", scratch), Link("HDFS disks", hdfs)]
    return [one for one in found if one.time]


def _store_rate(asked: _Asked, store: str, key: str, size: float) -> float:
    """What a store gives to the nodes of a step together, bytes/s."""
    clients = max(1, math.ceil(asked.nodes - 1e-9))
    speed = asked.site.speed(store, asked.holders.name, clients)
    rate = speed.reading(size) if key == "input" else speed.writing(size)
    if rate <= 0:
        place = ("stages", asked.step.stage, key, "store")
        raise Impossible((place, f"{store} gives nothing"))
    return rate
