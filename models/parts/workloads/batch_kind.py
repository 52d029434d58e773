"""MapReduce and Spark as a kind of workload: what they use, and what the laws answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.catalog.records import Catalog
from models.description.quantities import format_duration, format_percent, format_scaled
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.place import provider_of
from models.parts.site import Site
from models.parts.use import Use
from models.parts.workloads.batch import BatchJob, BatchStage
from models.parts.workloads.batch_service import fee_lines, service_faults
from models.parts.workloads.places_needed import Needed
from models.parts.workloads.workload_kind import Unreadable, WorkloadKind
from models.prediction import CostLine, Finding
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.explanation_answer import Factor, LawUsed
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile
from models.reading.table_files import InvalidTable

if TYPE_CHECKING:  # every stack knows the kind, and only a stack with a batch its laws
    from models.parts.workloads.batch_runs import MeasuredRuns
    from models.parts.workloads.batch_solution import BatchSolution

_DISKS = ("block", "local")  # kinds of stores that each node has for itself


def _always(workload: BatchJob) -> bool:
    return True


def _groups(workload: BatchJob) -> tuple[str, ...]:
    nodes = workload.nodes
    return tuple(one for one in (nodes.master, nodes.core, nodes.task) if one is not None)


def _faults(name: str, workload: BatchJob, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    path: PathInFile = ("workloads", name)
    for role in ("master", "core", "task"):
        group = getattr(workload.nodes, role)
        if group is not None:
            yield from reference((*path, "nodes", role), group, stack.nodes, "node group")
    given = _groups(workload)
    if len(set(given)) < len(given):
        yield Fault((*path, "nodes"), "names a group twice; master, core and task are three groups")
    if workload.hdfs is not None:
        place: PathInFile = (*path, "hdfs", "store")
        yield from reference(place, workload.hdfs.store, stack.storage, "store")
        yield from _attached(place, workload.hdfs.store, (workload.nodes.core,), stack)
        core = stack.nodes.get(workload.nodes.core)
        if core is not None and workload.hdfs.replication > core.count:
            text = f"wants {workload.hdfs.replication} replicas of each block on different nodes"
            text += f", but {workload.nodes.core} has {core.count}"
            yield Fault((*path, "hdfs", "replication"), text)
    workers = tuple(one for one in (workload.nodes.core, workload.nodes.task) if one is not None)
    for position, store in enumerate(workload.scratch):
        place = (*path, "scratch", position)
        if store in workload.scratch[:position]:
            yield Fault(place, f"names '{store}' twice", "its disks are shared once")
            continue
        yield from reference(place, store, stack.storage, "store")
        yield from _attached(place, store, workers, stack)
    yield from service_faults(path, workload, given, stack, catalog)
    unknown = list(_unknown_stages(path, workload))
    yield from unknown or _graph(path, workload)
    for stage, described in workload.stages.items():
        for key in ("input", "output"):
            data = getattr(described, key)
            if data is not None:
                place = (*path, "stages", stage, key, "store")
                yield from reference(place, data.store, stack.storage, "store")
                yield from _shared(place, data.store, workload, stack)


def _unknown_stages(path: PathInFile, workload: BatchJob) -> Iterator[Fault]:
    for stage, described in workload.stages.items():
        for position, before in enumerate(described.after):
            place: PathInFile = (*path, "stages", stage, "after", position)
            yield from reference(place, before, workload.stages, "stage")
    for position, stage in enumerate(workload.iterations.stages if workload.iterations else ()):
        place = (*path, "iterations", "stages", position)
        yield from reference(place, stage, workload.stages, "stage")


def _graph(path: PathInFile, workload: BatchJob) -> Iterator[Fault]:
    """No circle, and bytes where something has a rate of them."""
    for stage, described in workload.stages.items():
        if described.rate is not None and described.input is None and not workload.fetched(stage):
            hint = "give its `input`, or `shuffle` to a stage that it is `after`"
            yield Fault((*path, "stages", stage, "rate"), "reads and fetches nothing", hint)
    circling = [one for one in workload.stages if one not in workload.order()]
    if circling:
        way = [circling[0]]
        while len(set(way)) == len(way):
            way.append(next(one for one in workload.stages[way[-1]].after if one in circling))
        around = " -> ".join(reversed(way[way.index(way[-1]) :]))
        text = f"stages go round in a circle: {around}"
        yield Fault((*path, "stages", way[-1], "after"), text, "a batch has no loops")


def _attached(
    place: PathInFile, store: str, groups: tuple[str, ...], stack: Stack
) -> Iterator[Fault]:
    """Disks of a cluster are those of its own nodes; an unknown one of them is told elsewhere."""
    groups = groups if all(one in stack.nodes for one in groups) else ()
    described = stack.storage.get(store)
    if described is None:
        return
    if described.kind not in _DISKS:
        text = f"'{store}' is of kind {described.kind}, not disks of the nodes: block or local"
        yield Fault(place, text)
    elif groups and getattr(described, "nodes", None) not in groups:
        attached = getattr(described, "nodes", None)
        yield Fault(place, f"'{store}' is attached to {attached}, not to {' or '.join(groups)}")


def _shared(place: PathInFile, store: str, workload: BatchJob, stack: Stack) -> Iterator[Fault]:
    """What all tasks read or write is in a store that they all reach, or in HDFS."""
    described = stack.storage.get(store)
    hdfs = workload.hdfs.store if workload.hdfs else None
    if described is not None and described.kind in _DISKS and store != hdfs:
        text = f"'{store}' is disks of each node, which the others can't read"
        yield Fault(place, text, "say `hdfs` with these disks, or name another store")


def _files(name: str, workload: BatchJob, folder: Path) -> tuple[MeasuredRuns, bytes] | None:
    if workload.runs is None:
        return None
    from models.parts.workloads.batch_runs import read_runs

    try:
        cached = workload.engine == "spark" and any(one.cache for one in workload.stages.values())
        return read_runs(workload.runs.file, folder, workload.runs.columns, cached)
    except InvalidTable as error:
        path: PathInFile = ("workloads", name, "runs", error.key)
        raise Unreadable(Fault(path, error.message, error.hint)) from None


def _uses(name: str, workload: BatchJob, stack: Stack, facts: Facts) -> tuple[Use, ...]:
    core = workload.nodes.core
    hdfs = workload.hdfs
    found: list[Use] = []
    for stage, described in workload.stages.items():
        for key in ("input", "output"):
            data = getattr(described, key)
            if data is None or (hdfs is not None and data.store == hdfs.store):
                continue
            access = "read" if key == "input" else "write"
            place, objects = f"stages.{stage}.{key}", _objects(described)
            for group in (core, workload.nodes.task):
                if group is not None:
                    # Both groups use it; the bytes lie there once.
                    size, count = (data.size, objects) if group == core else (0.0, 0)
                    found.append(
                        Use(
                            name,
                            place,
                            data.store,
                            group,
                            "read" if access == "read" else "write",
                            size,
                            count,
                            common=key == "input",
                            between_nodes=True,
                        )
                    )
    return (*found, *_of_disks(name, workload, stack))


def _of_disks(name: str, workload: BatchJob, stack: Stack) -> Iterator[Use]:
    """HDFS and what is shuffled, on the disks of each node: bytes of one of them."""
    hdfs, core = workload.hdfs, workload.nodes.core
    if hdfs is not None:
        data = {
            (one.store, key, stage): one.size
            for stage, described in workload.stages.items()
            for key, one in (("input", described.input), ("output", described.output))
            if one is not None and one.store == hdfs.store
        }
        size = math.fsum(data.values()) * hdfs.replication / stack.nodes[core].count
        borne = stack.nodes[core].count - 1
        yield Use(name, "hdfs", hdfs.store, core, "read_write", size, 1, borne=borne)
    for store in workload.scratch:
        if hdfs is None or store != hdfs.store:
            group = getattr(stack.storage[store], "nodes")  # noqa: B009  # each of that reach has it
            borne = stack.nodes[group].count - 1
            yield Use(name, "scratch", store, group, "read_write", 0.0, 0, borne=borne)


def _objects(stage: BatchStage) -> int:
    from models.parts.workloads.batch_steps import tasks_of

    return tasks_of(stage)


def _traffic(
    solution: BatchSolution, uses: tuple[Use, ...], interruption_rate: float, site: Site
) -> tuple[Use, ...]:
    """Each task reads its split in a request and writes its part in another."""
    found = []
    for use in uses:
        stage = use.key.split(".")[1] if use.key.startswith("stages.") else ""
        if not stage or not use.objects:
            found.append(use)
        elif use.access == "read":
            size = solution.read(stage)
            reads = size / use.size * use.objects
            found.append(replace(use, reads=reads, read_size=size))
        else:
            times = len(solution.of(stage))
            written = times * use.size
            found.append(replace(use, writes=times * use.objects, written_size=written))
    return tuple(found)


def _solve(name: str, workload: BatchJob, site: Site) -> BatchSolution:
    from models.parts.workloads.batch_solution import batch_solution

    return batch_solution(name, workload, site)


def _assumptions(solution: BatchSolution, site: Site) -> tuple[str, ...]:
    name = solution.name
    texts = [
        f"{name}: what a task reads, computes and writes overlaps, so that it takes the longest of"
        " them; links are shared by as many tasks as the stage has side by side.",
        f"{name}: a stage begins when all that it waits for is complete; results that were shuffled"
        " are lost with their node and are computed again while anything still needs them.",
    ]
    if solution.described.nodes.master is not None:
        texts.append(f"{name}: a run whose master is lost begins anew.")
    if solution.described.hdfs is not None:
        texts.append(
            f"{name}: replicas that are lost with a node exist again before all others of a block"
            " are lost; how likely that fails in a run is told beside, and stops none of them."
        )
    return tuple(texts)


def _findings(solution: BatchSolution, site: Site) -> Iterator[Finding]:
    place, described = f"workloads.{solution.name}", solution.described
    spilled = math.fsum(one.moves.spilled for one in solution.steps)
    if spilled and not described.scratch:
        text = f"{format_scaled(spilled, 'B')} are spilled while sorting, and no scratch disks are"
        yield Finding("warning", place, f"{text} described: that takes no time here")
    without = [one.name for one in solution.groups if math.isinf(one.scratch_read)]
    if described.scratch and without and any(one.moves.shuffled for one in solution.steps):
        text = (
            f"nodes of {' and '.join(without)} have no scratch disks: what is shuffled there takes"
        )
        yield Finding("note", place, f"{text} no time but that of the network")
    for stage, one in described.stages.items():
        if one.time is None and one.rate is None:
            text = "neither `time` nor `rate` says what its tasks compute: it counts as nothing"
            yield Finding("warning", f"{place}.stages.{stage}", text)
    for stage, share in solution.cached.items():
        if share < 1:
            text = f"{format_percent(share, 0)} of its input stay in the memory of the executors;"
            yield Finding("note", f"{place}.stages.{stage}", f"{text} the rest is read again")
    without_fee = described.fee is None and described.service is None
    if without_fee and not provider_of(site.stack).owned:
        text = "nothing but nodes and stores is billed: say `service: emr` where that runs the"
        yield Finding("note", place, f"{text} cluster, or a `fee` for each node, if only 0 USD/h")
    measured = solution.measured
    if measured is not None and measured.extrapolated:
        text = (
            f"{measured.machines:,g} {measured.counts} with a scale of {measured.scale:g} are"
            " beyond the measured runs, where Ernest's law is less sure than it says"
        )
        yield Finding("warning", f"{place}.runs", text)
    if measured is not None and measured.machines < measured.enough:
        text = (
            f"{measured.machines:,g} {measured.counts} have no memory for its data, by the measured"
            f" runs; {measured.enough:,} have, and spare what is read again"
        )
        yield Finding("warning", f"{place}.runs", text)
    bounds = solution.bounds
    if measured is not None and (measured.high < bounds.low or bounds.high < measured.low):
        low, high = format_duration(bounds.low), format_duration(bounds.high)
        text = (
            f"measured runs say {format_duration(measured.time)}, and the stages as they are"
            f" described {low if low == high else f'{low} to {high}'}, uninterrupted: their times,"
            " rates or sizes are not those of the runs"
        )
        yield Finding("warning", f"{place}.runs", text)
    if described.engine == "hadoop":
        for stage, one in described.stages.items():
            if one.cache:
                text = "Hadoop keeps nothing in memory between jobs: each iteration reads all"
                yield Finding("note", f"{place}.stages.{stage}", text)


def _all_findings(solution: BatchSolution, site: Site) -> tuple[Finding, ...]:
    return tuple(_findings(solution, site))


def _nodes_needed(solution: BatchSolution, group: str, site: Site) -> Needed:
    """Of masters a majority, and of core nodes one: HDFS copies the blocks of lost ones."""
    nodes, count = solution.described.nodes, site.groups[group].described.count
    if group == nodes.master:
        return Needed(count // 2 + 1, count)
    return Needed(1 if group == nodes.core else 0, count)


def _cost_lines(solution: BatchSolution, site: Site) -> tuple[CostLine, ...]:
    """What the service bills that runs the cluster."""
    groups = _groups(solution.described)
    return tuple(fee_lines(solution.name, solution.described, groups, site))


def _laws(solution: BatchSolution) -> tuple[LawUsed, ...]:
    times = ("makespan", "time", "completion", "run", "run_carbon", "cost")
    return (
        LawUsed((*times, "law_makespan"), f"By the law: {solution.law}.", "docs/batch.md"),
        LawUsed(
            ("makespan", "time", "completion"),
            "A task takes the longest of what it computes and of what disks, network and stores"
            " take, over its share of each.",
            "docs/batch.md",
        ),
        LawUsed(
            (*times, "throughput", "copies", "lost", "recomputed", "restarts", "utilization"),
            "Tasks wait for containers on nodes that fail: simulated event by event.",
            "docs/batch.md",
        ),
        LawUsed(
            ("least_makespan", "most_makespan"),
            "No sooner than the longest chain and than all work over all slots; no later than all"
            " stages one after the other.",
            "Graham (1969), Bounds on multiprocessing timing anomalies",
        ),
        *([LawUsed(("measured",), "", "", "fit_ernest")] if solution.measured else []),
    )


def _by_law(solution: BatchSolution) -> dict[str, float]:
    return {"least_makespan": solution.bounds.low, "most_makespan": solution.bounds.high}


def _frameworks(workload: BatchJob) -> tuple[str, str]:
    engine = f"{workload.engine.capitalize()} on YARN"
    if workload.service is None:
        return "", engine
    installed = ", ".join(workload.installed)
    return "", f"{engine}, run by {workload.service.upper()} ({workload.release}: {installed})"


def _is_managed(workload: BatchJob) -> bool:
    return workload.service is not None


def _one_role(workload: BatchJob) -> tuple[str, ...]:
    """A service knows one role for all nodes, which the core nodes take."""
    if workload.service is None:
        return ()
    others = (workload.nodes.master, workload.nodes.task)
    return (workload.nodes.core, *(one for one in others if one is not None))


_FACTORS: Mapping[Factor, tuple[str, ...]] = {
    Factor.PROCESSORS: ("stages.*.time", "stages.*.rate", "task_startup"),
    Factor.LOAD: ("stages.*.input.size", "stages.*.shuffle", "stages.*.output.size"),
}


def _uncontained(workload: BatchJob, group: str) -> tuple[tuple[PathInFile, str], ...]:
    nodes = workload.nodes
    if workload.service is None or group not in (nodes.master, nodes.core, nodes.task):
        return ()
    text = f"starts nodes of its own, and '{group}' is of Kubernetes; leave it out"
    return ((("service",), text),)


KIND = WorkloadKind(
    description=BatchJob,
    uncontained=_uncontained,
    mode=DeploymentMode.BATCH,
    frameworks=_frameworks,
    managed=_is_managed,
    one_role=_one_role,
    completes=_always,
    alone=True,
    serves=False,
    groups=_groups,
    faults=_faults,
    uses=_uses,
    solve=_solve,
    assumptions=_assumptions,
    findings=_all_findings,
    traffic=_traffic,
    cost_lines=_cost_lines,
    files=_files,
    laws=_laws,
    factors=_FACTORS,
    by_law=_by_law,
    nodes_needed=_nodes_needed,
    slowed=True,
)
