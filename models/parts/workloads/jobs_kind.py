"""Jobs as a kind of workload: what they use, and what the laws answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog
from models.description.quantities import HOUR, format_percent
from models.description.stack import Stack
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.site import Site
from models.parts.use import Use
from models.parts.workloads.job_trace import ROLES, JobTrace, read_job_trace
from models.parts.workloads.job_variables import wrong_names
from models.parts.workloads.jobs import Jobs, grid_size
from models.parts.workloads.managed_tuning import tuning_faults
from models.parts.workloads.places_needed import InZones, Needed, in_turn
from models.parts.workloads.program import program_faults
from models.parts.workloads.workload_kind import Unreadable, WorkloadKind
from models.prediction import CostLine, Finding
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.explanation_answer import Factor, LawUsed
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile
from models.reading.table_files import InvalidTable

if TYPE_CHECKING:  # every stack knows the kind, and only a stack with jobs their laws
    from models.parts.workloads.jobs_solution import JobsSolution

_REQUESTS = 4  # of a queue, for a job that nothing interrupts
_SHOWN = 8  # columns of a trace that are not read


def _completes(workload: Jobs) -> bool:
    return not workload.endless


def _groups(workload: Jobs) -> tuple[str, ...]:
    return (workload.nodes,)


def _faults(name: str, workload: Jobs, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    path: PathInFile = ("workloads", name)
    yield from reference((*path, "nodes"), workload.nodes, stack.nodes, "node group")
    used = {"input": workload.input, "output": workload.output}
    stores = {key: data.store for key, data in used.items() if data is not None}
    for key, store in stores.items():
        yield from reference((*path, key, "store"), store, stack.storage, "store")
    managed = workload.sagemaker is not None
    data: dict[PathInFile, str] = {(key, "store"): store for key, store in stores.items()}
    yield from program_faults(path, workload.program, managed, workload.nodes, data, stack)
    if workload.program is not None:
        yield from queue_faults(path, workload)
    if workload.sagemaker is not None:
        count = workload.count if workload.grid is None else grid_size(workload.grid)
        jobs = (count, workload.grid)
        yield from tuning_faults(path, workload.sagemaker, stores, jobs, workload.nodes, stack)


def queue_faults(path: PathInFile, workload: Jobs) -> Iterator[Fault]:
    """Jobs that can't wait in a queue for nodes.

    Arguments:
        path: of the workload.
        workload: the description.
    """
    grid = workload.grid or {}
    if not grid or any(isinstance(one, int) for one in grid.values()):
        text = "runs the jobs of a `grid` with lists of values, which are told to each"
        yield Fault((*path, "program"), text, "write the values, or leave the program out")
    for parameter, why in wrong_names(grid):
        yield Fault((*path, "grid", parameter), why, "call it otherwise")
    if any(one.tasks > 1 for one in workload.needs):
        text = "takes jobs one by one, and has no gangs of several tasks"
        yield Fault((*path, "program"), text, "leave it out")


def _cost_lines(solution: JobsSolution, site: Site) -> tuple[CostLine, ...]:
    """Each job is sent, received, kept and deleted."""
    jobs, sold_by = solution.described, CLOUDS.get(site.stack.cloud)
    if jobs.program is None or jobs.grid is None or sold_by is None:
        return ()
    if jobs.program.container is not None:  # Kubernetes has no queue that is billed
        return ()
    name = next(key for key, one in site.stack.workloads.items() if one is jobs)
    sent = _REQUESTS * grid_size(jobs.grid) / 1e6
    unit, queues = "million requests", sold_by.queues
    line = billed_line(
        f"{name} queue", "requests", sent, unit, queues, site.stack, site.facts, per_run=True
    )
    return (line,)


def _files(name: str, workload: Jobs, folder: Path) -> tuple[JobTrace, bytes] | None:
    if workload.trace is None:
        return None
    try:
        return read_job_trace(workload.trace.file, folder, workload.trace.columns)
    except InvalidTable as error:
        path: PathInFile = ("workloads", name, "trace", error.key)
        raise Unreadable(Fault(path, error.message, error.hint)) from None


def _uses(name: str, workload: Jobs, stack: Stack, facts: Facts) -> tuple[Use, ...]:
    # Of jobs without end, or from a trace, the data of one are sure to lie there.
    counts = [kind.count for kind in workload.kinds]
    count = sum(one or 0 for one in counts) or 1
    uses = []
    for key, data, access in (
        ("input", workload.input, "read"),
        ("output", workload.output, "write"),
    ):
        if data is not None:
            # All jobs of a tuning read the same data.
            same = workload.sagemaker is not None and access == "read"
            apart = 1 if same else count
            uses.append(
                Use(
                    name,
                    key,
                    data.store,
                    workload.nodes,
                    "read" if access == "read" else "write",
                    apart * data.size,
                    apart,
                    common=same,
                    between_nodes=True,
                )
            )
    return tuple(uses)


def _traffic(
    solution: JobsSolution, uses: tuple[Use, ...], interruption_rate: float, site: Site
) -> tuple[Use, ...]:
    """Each job reads its input and writes its output; jobs without end, so many in an hour."""
    endless = solution.described.endless
    rates = (kind.rate or 0.0 for kind in solution.described.kinds)
    count = math.fsum(rates) * HOUR if endless else float(solution.count or 0)
    sizes = {
        key: data.size
        for key, data in (
            ("input", solution.described.input),
            ("output", solution.described.output),
        )
        if data is not None
    }
    found = []
    for use in uses:
        size = count * sizes[use.key]
        if use.access == "read":
            found.append(replace(use, reads=count, read_size=size, endless=endless))
        else:
            found.append(replace(use, writes=count, written_size=size, endless=endless))
    return tuple(found)


def _solve(name: str, workload: Jobs, site: Site) -> JobsSolution:
    from models.parts.workloads.jobs_solution import jobs_solution

    return jobs_solution(name, workload, site)


def _assumptions(solution: JobsSolution, site: Site) -> tuple[str, ...]:
    jobs, name = solution.described, solution.name
    after = "from zero"
    if jobs.checkpoint_interval is not None:
        after = "from its last checkpoint"
    return (
        f"{name}: tasks are placed on the first nodes that have room; a job that is interrupted"
        f" starts again {after}, before those that wait.",
        f"{name}: a job reads and writes while it runs, and takes no less time than that; jobs side"
        " by side share what the store gives as they share the nodes.",
    )


def _findings(solution: JobsSolution, site: Site) -> tuple[Finding, ...]:
    place = f"workloads.{solution.name}"
    trace = solution.trace
    if trace is not None and trace.unread:
        names = ", ".join(trace.unread[:_SHOWN]) + (", ..." if len(trace.unread) > _SHOWN else "")
        text = (
            f"columns of the trace that are not read: {names}; known are {', '.join(ROLES)}, or"
            " others that `columns` names"
        )
        return (Finding("note", f"{place}.trace", text),)
    if solution.load is not None and solution.load > 0.9 and math.isfinite(solution.load):
        text = f"the jobs ask for {format_percent(solution.load, 0)} of the nodes"
        return (Finding("warning", place, text),)
    return ()


def _together(workload: Jobs) -> bool:
    """Tasks of a gang wait for each other; a trace may have gangs."""
    return workload.trace is not None or any(one.tasks > 1 for one in workload.needs)


def _nodes_needed(solution: JobsSolution, group: str, site: Site) -> Needed:
    return Needed(solution.nodes_needed, site.groups[group].described.count)


def _zones_needed(solution: JobsSolution, site: Site) -> tuple[InZones, ...]:
    nodes = site.groups[solution.described.nodes].described.count
    in_each = in_turn(nodes, max(1, len(site.stack.zones)))
    return (InZones(in_each, solution.nodes_needed),)


def _overloaded(solution: JobsSolution) -> bool:
    return solution.unstable


def _laws(solution: JobsSolution) -> tuple[LawUsed, ...]:
    whole = ("makespan", "time", "completion", "run", "run_carbon", "cost")
    times = (*whole, "turnaround", "waiting_time")
    return (
        LawUsed((*times, "law_makespan"), f"By the law: {solution.law}.", "docs/jobs.md"),
        LawUsed(
            (*times, "throughput"),
            "Jobs queue for the nodes, which fail: simulated event by event.",
            "docs/jobs.md",
        ),
        LawUsed(("least_makespan",), "", "", "least_makespan"),
        *_of_data(solution),
    )


def _of_data(solution: JobsSolution) -> tuple[LawUsed, ...]:
    if not solution.transfers:
        return ()
    text = (
        "A job takes the longest of its run time and of what it reads and writes, over its share of"
        " what the store gives."
    )
    return (
        LawUsed(("makespan", "time", "turnaround", "waiting_time", "cost"), text, "docs/jobs.md"),
    )


def _frameworks(workload: Jobs) -> tuple[str, str]:
    return "", f"queue of jobs, {workload.discipline}"


_FACTORS: Mapping[Factor, tuple[str, ...]] = {
    Factor.PROCESSORS: ("run_time", "classes.*.run_time"),
    Factor.LOAD: (
        "count",
        "arrivals",
        "classes.*.count",
        "classes.*.arrivals",
        "input.size",
        "output.size",
    ),
}


def _managed(workload: Jobs) -> bool:
    return workload.sagemaker is not None


def _scales(workload: Jobs, group: str) -> bool:
    """A service starts its nodes for the jobs, and ends them with these."""
    return workload.sagemaker is not None


KIND = WorkloadKind(
    description=Jobs,
    mode=DeploymentMode.BATCH,
    frameworks=_frameworks,
    completes=_completes,
    alone=True,
    serves=False,
    groups=_groups,
    faults=_faults,
    uses=_uses,
    solve=_solve,
    assumptions=_assumptions,
    findings=_findings,
    files=_files,
    traffic=_traffic,
    kept=True,
    overloaded=_overloaded,
    laws=_laws,
    factors=_FACTORS,
    nodes_needed=_nodes_needed,
    zones_needed=_zones_needed,
    together=_together,
    managed=_managed,
    hires=_managed,
    cost_lines=_cost_lines,
    scales=_scales,
)
