"""What lets MapReduce or Spark be complete sooner, with the key of the stack file and a figure."""

import math

from models.description.quantities import format_duration, format_percent, format_scaled
from models.laws.list_scheduling import waves
from models.parts.site import Site
from models.parts.workloads.batch import MOST_TASKS, Pairs
from models.parts.workloads.batch_solution import BatchSolution, SolvedStep
from models.parts.workloads.batch_times import sorting_room
from models.prediction.batch_answer import BatchPrediction, BatchStageTimes

_LONG = 1.2  # times the waves of equal tasks, from which on stragglers are what takes long


def remedy(solution: BatchSolution, one: BatchPrediction, site: Site) -> str:
    """What relieves the stage that takes longest.

    Arguments:
        solution: of the workload.
        one: what is predicted of it.
        site: that it runs on.
    """
    slowest = one.slowest
    step = solution.of(slowest.name)[-1]
    place = f"stages.{slowest.name}"
    if slowest.tasks < solution.containers:
        return (
            f"more tasks in `{place}`: its {slowest.tasks:,} use"
            f" {format_percent(slowest.tasks / solution.containers, 0)} of the"
            f" {solution.containers:,} containers"
        )
    straggling = _straggling(solution, slowest)
    if straggling:
        return straggling
    limit = slowest.limit
    if limit == "compute":
        return f"{_more_nodes(solution, slowest.tasks)}, or faster nodes"
    if limit == "network":
        return _less_sent(solution, step, place)
    if limit in ("disks", "HDFS disks", "scratch disks"):
        disks = _faster_disks(solution, limit, site)
        unspilled = "" if limit == "HDFS disks" else _unspilled(solution, step, place)
        return f"{unspilled}; else {disks}" if unspilled else disks
    data = step.step.described.input, step.step.described.output
    store = next(one.store for one in data if one is not None and one.store == limit)
    relief = site.speed(store, solution.described.nodes.core).relief or "another store"
    return f"{relief} ({store}); {_enough(solution, step, limit)} would do"


def _straggling(solution: BatchSolution, slowest: BatchStageTimes) -> str:
    """Copies, where tasks that are slow for no reason set the time of a stage, and none is made."""
    described = solution.described
    equal = slowest.iterations * slowest.waves * slowest.task_time
    if described.stragglers is None or described.speculation is not None:
        return ""
    if slowest.time.mean < _LONG * equal:
        return ""
    took, would = format_duration(slowest.time.mean), format_duration(equal)
    return (
        f"`speculation`, which copies tasks that take long: `stages.{slowest.name}` takes {took},"
        f" and {would} in waves of equal tasks"
    )


def _more_nodes(solution: BatchSolution, tasks: int) -> str:
    """Nodes with which the stage takes a wave fewer."""
    core, containers = solution.groups[0], solution.containers
    rounds = waves(tasks, containers)
    key = f"nodes.{core.name}.count"
    if rounds < 2:
        return f"more and smaller tasks, and a higher `{key}`"
    wanted = math.ceil(tasks / (rounds - 1)) - (containers - core.count * core.slots)
    needed = math.ceil(wanted / core.slots)
    saved = rounds - waves(tasks, containers + (needed - core.count) * core.slots)
    what = "a wave" if saved == 1 else f"{saved:,} of {rounds:,} waves"
    return f"`{key}` of {needed:,}, instead of {core.count:,}, saves {what} of tasks"


def _less_sent(solution: BatchSolution, step: SolvedStep, place: str) -> str:
    before = [solution.steps[position] for position in step.step.fetches]
    for one in before:
        described = one.step.described.shuffle
        if isinstance(described, Pairs) and not described.combine:
            return (
                f"`stages.{one.step.stage}.shuffle.combine: true`, a combiner before the"
                f" {format_scaled(one.moves.shuffled, 'B')} that it sends"
            )
    core = solution.groups[0].name
    return f"nodes with more network bandwidth, or a higher `nodes.{core}.count` ({place})"


def _unspilled(solution: BatchSolution, step: SolvedStep, place: str) -> str:
    """Tasks, or an input of each, so small that they are sorted in memory."""
    moves, described = step.moves, step.step.described
    if not moves.spilled:
        return ""
    room, sort = sorting_room(solution.described)
    tasks = max(math.ceil(moves.fetched / room), math.ceil(moves.shuffled / sort))
    if tasks > MOST_TASKS:
        return ""
    spilled = format_scaled(moves.spilled, "B")
    if described.tasks is None and described.input is not None:
        most = described.input.size / tasks
        digit = 10.0 ** (math.floor(math.log10(most)) - 1)
        split = format_scaled(math.floor(most / digit) * digit, "B")
        said = f"`{place}.split` of {split}, instead of {format_scaled(described.split, 'B')}"
    else:
        said = f"`{place}.tasks` of {tasks:,}, instead of {step.step.tasks:,}"
    return f"{said}, or containers with more memory, spills none of {spilled}"


def _faster_disks(solution: BatchSolution, limit: str, site: Site) -> str:
    described = solution.described
    store = described.scratch[0] if described.scratch else ""
    if described.hdfs is not None and limit != "scratch disks":
        store = described.hdfs.store
    relief = site.speed(store, solution.groups[0].name, 1).relief
    return f"{relief or 'more or faster disks'} ({store})"


def _enough(solution: BatchSolution, step: SolvedStep, limit: str) -> str:
    """Bandwidth of a store with which the next link of its tasks limits them."""
    links = step.times[0].links
    now = next(one.time for one in links if one.name == limit)
    after = max((one.time for one in links if one.name != limit), default=0.0)
    size = step.moves.store or step.moves.store_output
    at_once = min(step.step.tasks, solution.containers)
    rate = size / step.step.tasks * at_once / now
    if after <= 0:
        return "more"
    return format_scaled(rate * now / after, "B/s")
