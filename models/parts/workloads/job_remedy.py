"""What lets jobs wait less or be complete sooner, with the key of the stack file and a figure."""

import math

from models.description.quantities import format_scaled
from models.parts.site import Site
from models.parts.workloads.job_resources import tasks_on_a_node
from models.parts.workloads.jobs_solution import JobsSolution
from models.prediction.jobs_answer import JobsPrediction


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
    if at_once is not None and jobs is not None and jobs <= at_once:
        return "all run at once: only faster nodes, or shorter jobs, are complete sooner"
    fewer = _fewer_rounds(solution, at_once, jobs)
    if fewer is not None:
        return f"`{count}` of {fewer:,}, instead of {nodes:,}, saves a round of jobs"
    more = f"a higher `{count}`"
    if busiest == "slots":
        return f"{more}, or more `slots` of each node"
    resource = "vCPUs" if busiest == "vcpus" else busiest
    return f"{more}, nodes with more {resource}, or jobs that need less of them: `{busiest}`"


def _fewer_rounds(solution: JobsSolution, at_once: int | None, jobs: int | None) -> int | None:
    """Nodes on which equal jobs take one round fewer; None where they aren't, or go in one."""
    described = solution.described
    if at_once is None or jobs is None or described.share or not described.kinds:
        return None
    shape = described.kinds[0].shape
    each, rounds = tasks_on_a_node(shape, solution.node), math.ceil(jobs / at_once)
    if not each or rounds < 2:
        return None
    together = math.ceil(jobs / (rounds - 1))
    return math.ceil(together * shape.tasks / each)
