"""What lets jobs wait less or be complete sooner, with the key of the stack file and a figure."""

import math
from dataclasses import dataclass

from models.description.quantities import format_duration, format_percent, format_scaled
from models.laws.checkpointing import young_interval
from models.parts.site import Site
from models.parts.workloads.job_resources import tasks_on_a_node
from models.parts.workloads.jobs_solution import JobsSolution
from models.prediction.jobs_answer import JobsPrediction, JobTimes

_MUCH = 0.1  # share of the work that is done again
_HARDLY = 1e-3  # share of the time of a job that it waits
_NEAR = 1.5  # times the best interval, about which little changes


def remedy(solution: JobsSolution, one: JobsPrediction, site: Site) -> str:
    """What relieves that which holds the jobs back; empty where nothing is known to.

    Arguments:
        solution: of the jobs.
        one: what is predicted of them.
        site: that they run on.
    """
    described = solution.described
    if (slowest := one.slowest_transfer) is not None:
        relief = site.speed(slowest.store, described.nodes).relief or "another store"
        enough = format_scaled(slowest.enough, "B/s")
        return f"{relief} ({slowest.store}); {enough} would do"
    if not one.resources:
        return ""
    nodes = site.groups[described.nodes].described.count
    count, load, busiest = f"nodes.{described.nodes}.count", solution.load, one.held_back_by
    if one.unstable and load is not None and 1 <= load < math.inf:
        needed = math.floor(load * nodes) + 1
        return f"`{count}` of {needed:,} at least, instead of {nodes:,}"
    at_once, jobs = solution.at_once, solution.count
    again = _done_again(solution, one.jobs)
    if at_once is not None and jobs is not None and jobs <= at_once:
        return again or "all run at once: only faster nodes, or shorter jobs, are complete sooner"
    if not described.share and _hardly_waits(one.jobs):
        return again or "hardly any job waits: only faster nodes, or shorter jobs, take less time"
    fewer = _fewer_rounds(solution, at_once, jobs)
    more = f"a higher `{count}`"
    resource = "vCPUs" if busiest == "vcpus" else busiest
    if fewer is not None:
        saved = "a round" if fewer.saved == 1 else f"{fewer.saved:,} of {fewer.of:,} rounds"
        more = f"`{count}` of {fewer.nodes:,}, instead of {nodes:,}, saves {saved} of jobs"
    elif busiest == "slots":
        more += ", or more `slots` of each node"
    else:
        more += f", nodes with more {resource}, or jobs that need less of them: `{busiest}`"
    return f"{again}; {more}" if again else more


def _hardly_waits(jobs: JobTimes) -> bool:
    waits, taken = jobs.waiting, jobs.turnaround
    return waits is not None and taken is not None and waits.mean <= _HARDLY * taken.mean


def _done_again(solution: JobsSolution, jobs: JobTimes) -> str:
    """What saves work that interruptions undo; empty where it is little, or saved in time already.

    Source: Young (1974), A first order approximation to the optimum checkpoint interval, for the
        best interval.
    """
    if jobs.turnaround is None or jobs.waiting is None:
        return ""
    held = jobs.turnaround.mean - jobs.waiting.mean
    lost = jobs.lost.mean / held if held > 0 else 0.0
    if lost < _MUCH:
        return ""
    described = solution.described
    interval, write = described.checkpoint_interval, described.checkpoint_write
    undone = f"{format_percent(lost, 0)} of the work is done again"
    if interval is None:
        return f"a `checkpoint_interval`, since {undone} after interruptions"
    best = young_interval(write, held / jobs.interruptions.mean) if write else 0.0
    if interval <= _NEAR * best:
        return ""
    shorter = f"of {format_duration(best)}" if best else "that is shorter"
    instead = f"a `checkpoint_interval` {shorter}, instead of {format_duration(interval)}"
    return f"{instead}, since {undone} after interruptions"


@dataclass(frozen=True)
class _Fewer:
    """Nodes on which equal jobs go in fewer rounds.

    Arguments:
        nodes: the fewest that save a round.
        saved: rounds that these nodes save.
        of: rounds there are.
    """

    nodes: int
    saved: int
    of: int


def _fewer_rounds(solution: JobsSolution, at_once: int | None, jobs: int | None) -> _Fewer | None:
    """None where jobs are not equal, or go in one round."""
    described = solution.described
    if at_once is None or jobs is None or described.share or not described.kinds:
        return None
    shape = described.kinds[0].shape
    each, rounds = tasks_on_a_node(shape, solution.node), math.ceil(jobs / at_once)
    if not each or rounds < 2:
        return None
    together = math.ceil(jobs / (rounds - 1))
    nodes = math.ceil(together * shape.tasks / each)
    left = math.ceil(jobs / (each * nodes // shape.tasks))
    return _Fewer(nodes, rounds - left, rounds)
