"""From a solved stack to a prediction: a thousand years of it, and what all workloads share."""

import functools
import importlib
import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any, cast

import numpy as np

from models.catalog.records import Catalog
from models.description.plain_values import said
from models.description.quantities import YEAR
from models.laws.reliability.blocks import nines
from models.parts import building, weak_points
from models.parts.layers import layers, service_level
from models.parts.permissions import access
from models.parts.read_stack import StackFile
from models.parts.remedies import remedies
from models.parts.solve import SolvedStack
from models.parts.whole_start import starts_whole
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import (
    AvailabilityPrediction,
    ChangedValue,
    Finding,
    Prediction,
    WorkloadPrediction,
)
from sim.cluster.cluster_contract import NoProgress
from sim.costs import cost_prediction, run_costs
from sim.energy import energy_prediction
from sim.experiment import distribution, share_estimate, streams
from sim.lifecycle import lifecycle
from sim.objectives import objective_results
from sim.rare_fleets import rare_fleets
from sim.simulated_workload import Floats, KindOfSimulation, Simulated, Years

__all__ = ["FAILURES", "FEWEST_YEARS", "NoProgress", "predict"]

Progress = Callable[[int, int], None]
FAILURES = 20_000_000  # of all units in all replications together
FEWEST_YEARS = 200  # whatever fails in each


def predict(
    stack_file: StackFile,
    catalog: Catalog,
    *,
    seed: int = 1,
    replications: int = 1000,
    failures: int = FAILURES,
    fewest: int = FEWEST_YEARS,
    progress: Progress | None = None,
    jobs: int | None = None,
    engine: str = "compiled",
    bare: bool = False,
    remembered: dict[Hashable, Any] | None = None,
    length: float = 1.0,
    lived: bool = True,
    unasked: frozenset[str] = frozenset(),
) -> Prediction:
    """Predict what a stack will do and cost, with error bars.

    Arguments:
        stack_file: the description as read, and solved.
        catalog: the facts that it was read with.
        seed: of the simulation; the same seed gives the same prediction.
        replications: simulated years, at the most; fewer where one takes long.
        failures: of all units that are worth simulating, in all of these years together.
        fewest: years that are simulated however much fails in them.
        progress: told how many replications of how many are complete.
        jobs: processes; by default as many as pay.
        engine: compiled, or simpy to check it; both give the same prediction.
        bare: without what only answers questions beside: something down, other loads, which parts
            matter most, who may do what, pictures of a replication.
        remembered: what other stacks' predictions with this seed and engine left there.
        length: share of the usual length of runs of requests, frames and events.
        lived: how often the stack is up in each year is asked for, or by an objective; else that is
            not a number, where nothing else hangs on it.
        unasked: workloads that serve, and of which nobody asks how: figures of theirs are none.

    Raises:
        ValueError: fewer than two replications, or a name that is no engine.
        NoProgress: a run that failures never let come to its end.
    """
    if replications < 2:
        raise ValueError(f"replications is {replications}; an interval needs 2 or more")
    solved = stack_file.solved
    if bare:
        solved = replace(
            solved,
            workloads={
                name: replace(one, answer=one.kind.bare(one.answer))
                for name, one in solved.workloads.items()
            },
        )
    workloads = tuple(solved.workloads.values())
    wanted_years = replications
    replications, place = years_worth(solved, wanted_years, failures, fewest)
    # Each workload has a stream of its own; the years are drawn from what is left of the first.
    random = [streams(seed, k, count=replications) for k in range(len(workloads))]
    drawn = [
        [simulation(one).draw(one, each) for each in random[k]] for k, one in enumerate(workloads)
    ]
    seeds = tuple(each.bytes(32) for each in random[0])
    known = {} if remembered is None else remembered
    years = Years(
        solved.components,
        seeds,
        engine,
        jobs,
        seed,
        known,
        length,
        beside=not bare,
        lived=lived or solved.stack.objectives.availability is not None,
        unasked=unasked,
    )
    simulated = _simulated(stack_file.name, solved, years, drawn, progress)
    completion = _completion_times(solved, simulated)
    costs = run_costs(solved, simulated, completion, seed)
    available = _whole_year(solved, simulated)
    wanted = solved.stack.objectives
    answers = tuple(
        _answer(one, solved, simulated[one.name], completion, costs.by_workload[one.name])
        for one in workloads
    )
    bill = cost_prediction(solved, costs)
    met = objective_results(wanted, completion, costs.total, available, answers, bill)
    return Prediction(
        stack=solved.stack.name,
        version=_version(),
        stack_hash=stack_file.digest,
        catalog_hash=catalog.digest,
        seed=seed,
        replications=replications,
        workloads=answers,
        availability=_availability(solved, available, bare),
        cost=bill,
        objectives=tuple(met),
        assumptions=_assumptions(solved),
        durability=solved.durability,
        degraded=solved.degraded,
        energy=energy_prediction(solved, costs.held, costs.node_hours),
        sources=solved.sources,
        lifecycle=lifecycle(solved.workloads, completion),
        layers=layers(solved.stack),
        service_level=service_level(solved.stack),
        stores=solved.stores,
        groups=solved.groups(bare),
        warnings=(
            *_unstable(answers),
            *_given_up(simulated, replications),
            *(found for one in simulated.values() for found in one.findings),
            *solved.findings,
            *_fewer(wanted_years, replications, place),
            *rare_fleets(solved, replications),
        ),
        changes=tuple(
            ChangedValue(one.path, _in_yaml(one.value), _in_yaml(one.before))
            for one in stack_file.document.changes
        ),
        access=() if bare else access(solved.stack, solved.uses),
    )


def _in_yaml(value: object) -> str:
    """A value as people would write it; nothing of what is not given."""
    return "" if value is None else said(value)


def years_worth(
    solved: SolvedStack, wanted: int, failures: int = FAILURES, fewest: int = FEWEST_YEARS
) -> tuple[int, str]:
    """The years that are worth their time, of those that are wanted, and the part that takes it.

    Arguments:
        solved: the stack.
        wanted: years.
        failures: of all units that are worth simulating, in all of these years together.
        fewest: years that are simulated however much fails in them.
    """
    often = {one.name: one.failures() * YEAR for one in solved.components}
    worst = max(often, key=lambda name: often[name])
    total = math.fsum(often.values())
    bound = max(fewest, int(failures / total)) if total > 0 else wanted
    limits = [(bound, f"nodes.{worst}" if worst in solved.stack.nodes else worst)]
    for one in solved.workloads.values():
        limits.append((simulation(one).most_replications(one), f"workloads.{one.name}"))
    years, place = min(limits)
    return min(wanted, years), place


def _unstable(answers: Sequence[WorkloadPrediction]) -> Iterator[Finding]:
    for one in answers:
        if one.overloaded:
            text = "has no steady state: more comes than can be done, and its queue grows"
            yield Finding("warning", f"workloads.{one.name}", f"{text} without end")


def _given_up(simulated: Mapping[str, Simulated], replications: int) -> Iterator[Finding]:
    for name, one in simulated.items():
        if one.given_up:
            text = (
                f"in {one.given_up:,} of {replications:,} years failures are so frequent that it"
                " never ends; they count for less than they are, so that P95 and mean are more"
                " than said"
            )
            yield Finding("warning", f"workloads.{name}", text)


def _fewer(wanted: int, most: int, place: str) -> Iterator[Finding]:
    if most < wanted:
        text = f"{most:,} years are simulated, not {wanted:,}, since each takes long"
        yield Finding("note", place, text)


def simulation(workload: SolvedWorkload) -> KindOfSimulation:
    """The file of its kind in `sim/workloads`.

    Arguments:
        workload: of any kind.
    """
    module = importlib.import_module(f"sim.workloads.{workload.described.kind}")
    return cast(KindOfSimulation, module)


def _simulated(
    file: str,
    solved: SolvedStack,
    years: Years,
    drawn: Sequence[Sequence[Any]],
    progress: Progress | None,
) -> dict[str, Simulated]:
    """Every workload in the same years, each from the end of those that it waits for on."""
    found: dict[str, Simulated] = {}
    ends: dict[str, Floats] = {}
    names = list(solved.workloads)

    def run(name: str) -> Floats:
        if name in ends:
            return ends[name]
        workload = solved.workloads[name]
        before = [run(earlier) for earlier in workload.described.after]
        starts = np.maximum.reduce(before) if before else np.zeros(years.count)
        told = _told(progress, len(found), len(names), years.count)
        mine = drawn[names.index(name)]
        try:
            one = simulation(workload).simulate(workload, solved, years, starts, mine, told)
        except NoProgress as error:
            raise NoProgress(f"{file}: workloads.{name}: {error}") from None
        found[name] = one
        ends[name] = starts + (0.0 if one.duration is None else one.duration)
        return ends[name]

    for name in names:
        run(name)
    return found


def _told(
    progress: Progress | None, position: int, workloads: int, replications: int
) -> Callable[[int], None] | None:
    if progress is None:
        return None
    return lambda done: progress(position * replications + done, workloads * replications)


def _completion_times(solved: SolvedStack, simulated: Mapping[str, Simulated]) -> dict[str, Floats]:
    """When each workload is complete that ever is, s from the start of the first."""
    completion: dict[str, Floats] = {}

    def complete(name: str) -> Floats:
        if name not in completion:
            before = [complete(earlier) for earlier in solved.workloads[name].described.after]
            start = np.maximum.reduce(before) if before else 0.0
            completion[name] = start + cast(Floats, simulated[name].duration)
        return completion[name]

    for name, one in simulated.items():
        if one.duration is not None:
            complete(name)
    return completion


def _answer(
    workload: SolvedWorkload,
    solved: SolvedStack,
    simulated: Simulated,
    completion: Mapping[str, Floats],
    cost: Floats,
) -> WorkloadPrediction:
    ends = completion.get(workload.name)
    groups = workload.kind.groups(workload.described)
    own = [
        line
        for line in solved.cost_lines
        if line.node_group in groups or line.workload == workload.name
    ]
    head = {
        "name": workload.name,
        "kind": workload.described.kind,
        "mode": workload.kind.mode,
        "completion": None if ends is None else distribution(ends.tolist()),
        "cost": distribution(cost.tolist()),
        "cost_at_least": not all(line.priced for line in own),
        "unavailability": solved.unavailability(workload.needs),
        "available": share_estimate(simulated.available.tolist()),
    }
    return simulation(workload).answer(workload, solved, simulated, head)


def _whole_year(solved: SolvedStack, simulated: Mapping[str, Simulated]) -> Floats:
    """Availability of the stack in every year, as a workload saw it that waits for no other."""
    first = next(one.name for one in solved.workloads.values() if not one.described.after)
    return simulated[first].stack_available


@functools.cache  # of which all predictions tell, and which is read from a file
def _version() -> str:
    return version("windtunnel")


def _availability(solved: SolvedStack, observed: Floats, bare: bool) -> AvailabilityPrediction:
    components = solved.components
    results = tuple(component.result() for component in components)
    away = solved.unavailability()
    rate = weak_points.failures(components)
    in_building = building.unavailability(results)
    return AvailabilityPrediction(
        blocks=results,
        unavailability=away,
        simulated=share_estimate(observed.tolist()),
        downtime=away * YEAR,
        nines=nines(away),
        single_points=tuple(result.block.name for result in results if result.single_point),
        failures=rate * YEAR,
        mean_down_time=away / rate if rate else 0.0,
        importances=() if bare else weak_points.importances(components, remedies(solved)),
        cut_sets=() if bare else weak_points.cut_sets(components),
        building_unavailability=in_building,
        tier=None if in_building is None else building.tier(in_building),
        samples=tuple(observed.tolist()),
    )


def _assumptions(solved: SolvedStack) -> tuple[str, ...]:
    general = [
        "Units fail and return at constant rates, independently, and are repaired all at once.",
        "A workload uses its nodes alone; traffic of other tenants is not modelled.",
        "A simulated year begins with everything up; the laws give the long run.",
        "A run is billed for the storage only while it lasts.",
    ]
    if any(group.purchase == "spot" for group in solved.stack.nodes.values()):
        general.append("Spot prices move between the lowest and the highest of the region's zones.")
    whole = [
        name
        for name, group in solved.stack.nodes.items()
        if not group.kept and starts_whole(solved.stack, name)
    ]
    if whole:
        general.append(
            f"Capacity for all nodes of {' and '.join(whole)} is reserved before the first starts,"
            " and is paid for while one of them is replaced."
        )
    own = [
        text
        for one in solved.workloads.values()
        for text in one.kind.assumptions(one.answer, solved.site)
    ]
    return (*own, *general)
