"""Frames over time: both places as queueing networks, the link that comes and goes, the year."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.description.quantities import HOUR, MONTH, rate_unit
from models.parts.solve import SolvedStack
from models.parts.workloads.edge_remedy import remedy
from models.parts.workloads.edge_side import SolvedStation
from models.parts.workloads.edge_solution import EdgeSolution, SolvedSide
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import Estimate, Finding
from models.prediction.edge_answer import EdgePrediction, PlacePrediction, PlaceStation
from models.prediction.endpoint_answer import WantedLatency
from models.queueing.network_answer import ClassMeasures, NetworkAnswer
from sim import intermittent_link
from sim.backends import Backend
from sim.endless_years import endless_years
from sim.experiment import distribution, share_estimate
from sim.queueing import simulate_network
from sim.serving_stages import measures_of, percentile_of
from sim.simulated_workload import Floats, Progress, Simulated, Years

_RUNS = 8
_FRAMES = 50_000  # of each station in one run


@dataclass(frozen=True)
class _Seen:
    """What is simulated of a place.

    Arguments:
        answer: of its network; None in overload.
        away: share of frames that is lost while the link is away; None at the edge.
    """

    answer: NetworkAnswer | None
    away: Estimate | None


def most_replications(workload: SolvedWorkload) -> int:
    """Replications of it that are worth their time: as many as anyone asks for.

    Arguments:
        workload: of this kind.
    """
    return 1_000_000


def least_time(workload: SolvedWorkload, seed: int, position: int, replications: int) -> Floats:
    """P95 of a frame: none takes less than one that waits for nothing.

    Arguments:
        workload: of this kind.
        seed: of the experiment.
        position: of the workload in the stack.
        replications: how many.
    """
    solution: EdgeSolution = workload.answer
    return np.full(replications, solution.here.side.time)


def draw(workload: SolvedWorkload, random: np.random.Generator) -> None:
    """Nothing of it is uncertain for a whole replication.

    Arguments:
        workload: of this kind.
        random: of the replication.
    """


def simulate(
    workload: SolvedWorkload,
    solved: SolvedStack,
    years: Years,
    starts: Floats,
    drawn: Sequence[Any],
    progress: Progress | None,
) -> Simulated:
    """Its frames in simulated queueing networks, and what it needs in every year.

    Arguments:
        workload: of this kind.
        solved: the stack.
        years: of the stack.
        starts: of the workload, s from the beginning of each year.
        drawn: nothing.
        progress: told how many years are complete.
    """
    solution: EdgeSolution = workload.answer
    lived = endless_years(workload, years, starts, progress)
    like = workload.kind.alike(solution)
    key = ("edge", solution.name, like, len(solution.sides), years.seed, years.length)
    seen = tuple(_Seen(None, None) for _ in solution.sides)
    if workload.name not in years.unasked and key not in years.remembered:
        backend = Backend("threads", workers=years.jobs)
        years.remembered[key] = tuple(
            _seen(solution, side, years.seed, years.length, backend) for side in solution.sides
        )
    if workload.name not in years.unasked:
        seen = years.remembered[key]
    nodes = {
        name: solved.stack.nodes[name].count + solved.stack.nodes[name].spares
        for name in workload.kind.groups(workload.described)
    }
    return lived.simulated(nodes, seen, tuple(_findings(solution, seen)))


def _seen(
    solution: EdgeSolution, one: SolvedSide, seed: int, length: float, backend: Backend
) -> _Seen:
    side, edge = one.side, solution.described
    answer = None
    if side.certain:
        answer = _certain(solution, one)
    elif not side.overloaded:
        answer = simulate_network.simulate(
            side.network(solution.name, edge.target),
            seed=seed,
            replications=max(1, round(_RUNS * length)),
            visits=_FRAMES * len(side.stations),
            asked=solution.asked,
            backend=backend,
        )
        if answer.unstable:
            answer = None
    if side.place == "edge":
        return _Seen(answer, None)
    link = edge.link
    assert link is not None  # a cloud has a link
    flow = edge.frame_rate * edge.sensors.size
    kept = (link.buffer, link.mttf, link.mttr)
    return _Seen(answer, intermittent_link.lost_share(flow, link.bandwidth, *kept, seed))


def _certain(solution: EdgeSolution, one: SolvedSide) -> NetworkAnswer:
    """What the law says, where each frame takes as long as any other: there is no chance in it."""
    time, target = Estimate.exact(one.side.time), solution.described.target
    frames = replace(
        one.law.classes[0],
        response_time=time,
        response_time_percentiles=dict.fromkeys(solution.asked.all_percentages, time),
        within_target=None if target is None else Estimate.exact(float(time.mean <= target)),
    )
    return replace(one.law, classes=(frames,))


def _findings(solution: EdgeSolution, seen: Sequence[_Seen]) -> list[Finding]:
    """What makes simulated figures worth less than they say."""
    return [
        Finding("note", f"workloads.{solution.name}", text)
        for one in seen
        for text in (one.answer.notes if one.answer is not None else ())
    ]


def answer(
    workload: SolvedWorkload, solved: SolvedStack, simulated: Simulated, head: Mapping[str, Any]
) -> EdgePrediction:
    """What is predicted of it.

    Arguments:
        workload: of this kind.
        solved: the stack.
        simulated: its years and its frames.
        head: what the predictions of all kinds share.
    """
    solution: EdgeSolution = workload.answer
    edge = solution.described
    here = solution.here
    if here.side.overloaded:  # it is not there for all, whatever is up
        never = share_estimate([0.0] * len(simulated.available))
        head = {**head, "unavailability": 1.0, "available": never}
    away = float(head["unavailability"])
    # In a month it costs what is its own beside nodes of the stack.
    own = math.fsum(line.least_hourly for line in here.own_lines) * MONTH / HOUR
    cost = distribution([one + own for one in head["cost"].samples])
    head = {**head, "cost": cost}
    places = tuple(
        _place(solution, one, seen, away if one is here else one.unavailability)
        for one, seen in zip(solution.sides, simulated.outcome, strict=True)
    )
    chosen = next(one for one in places if one.chosen)
    return EdgePrediction(
        **head,
        throughput=_throughput(solution, chosen),
        remedy=remedy(solution),
        place=edge.place,
        frame_rate=edge.frame_rate,
        rate_unit=rate_unit(edge.sensors.rate),
        of_frame=edge.computation,
        of_sensor=edge.computation * edge.sensors.rate,
        operations=edge.computation * edge.frame_rate,
        places=places,
        turns=solution.turns,
        by_bandwidth=solution.by_bandwidth,
        link=solution.link,
        latency=_latency(solution, chosen),
        target=edge.target,
        simulation=f"{_RUNS} runs of {_FRAMES:,} frames at each station, where there is chance",
        independent=_independent(solution, simulated.outcome),
    )


def _independent(solution: EdgeSolution, seen: Sequence[_Seen]) -> int:
    """Runs that the intervals are made of where the stack works; 0 where nothing is simulated."""
    [here] = (one for side, one in zip(solution.sides, seen, strict=True) if side is solution.here)
    return here.answer.independent if here.answer is not None else 0


def _throughput(solution: EdgeSolution, chosen: PlacePrediction) -> Estimate:
    """Frames/s that are worked on: in the long run all that come, but for what is lost."""
    if chosen.unstable or chosen.lost is None:
        return Estimate.exact(solution.here.side.most)
    lost, edge = chosen.lost, solution.described
    return replace(
        lost,
        mean=edge.frame_rate * (1 - lost.mean),
        low=edge.frame_rate * (1 - lost.high),
        high=edge.frame_rate * (1 - lost.low),
    )


def _latency(solution: EdgeSolution, chosen: PlacePrediction) -> WantedLatency | None:
    wish = solution.latency
    if wish is None:
        return None
    return WantedLatency(wish.percentage, wish.at_most, wish.of_objective, chosen.wanted)


def _place(
    solution: EdgeSolution, one: SolvedSide, seen: _Seen, unavailability: float
) -> PlacePrediction:
    side, edge = one.side, solution.described
    frames = seen.answer.classes[0] if seen.answer is not None and seen.answer.classes else None
    wish = solution.latency
    dropped = _dropped(frames)
    energy = None if one.power is None else one.power * MONTH
    return PlacePrediction(
        place=side.place,
        chosen=side.place == edge.place,
        computing=side.computing.service,
        source=side.source,
        alone=side.time,
        capacity=side.capacity,
        bottleneck=side.bottleneck.name,
        utilization=side.utilization,
        unstable=frames is None,
        stations=tuple(_station(station, one, seen.answer) for station in side.stations),
        law=one.law.law,
        law_response=one.response if one.whole else None,
        law_p95=one.p95 if one.whole else None,
        response=frames.response_time if frames else None,
        p50=percentile_of(frames, 50.0),
        p95=percentile_of(frames, 95.0),
        p99=percentile_of(frames, 99.0),
        wanted=None if wish is None else percentile_of(frames, wish.percentage),
        within_target=frames.within_target if frames else None,
        dropped=dropped,
        away=one.away,
        simulated_away=seen.away,
        lost=None if dropped is None else _both(dropped, one.away, seen.away),
        unavailability=unavailability,
        power=one.power,
        energy=energy,
        per_frame=None if energy is None else energy / (edge.frame_rate * MONTH),
        cost=math.fsum(line.least_hourly for line in one.lines) * MONTH / HOUR,
        cost_at_least=not all(line.priced for line in one.lines),
        lines=one.lines,
    )


def _station(station: SolvedStation, one: SolvedSide, seen: NetworkAnswer | None) -> PlaceStation:
    mine = measures_of(seen, station.name)
    bounded = math.isfinite(station.capacity)
    return PlaceStation(
        name=station.name,
        time=station.service,
        capacity=station.capacity * one.side.total / one.side.rate,
        utilization=one.side.rate / station.capacity if bounded else None,
        waiting=mine.waiting_time if mine else None,
        dropped=mine.loss_probability if mine else None,
    )


def _dropped(frames: ClassMeasures | None) -> Estimate | None:
    """Share of frames that find a queue full; not known in overload."""
    if frames is None:
        return None
    lost = frames.loss_probability
    return Estimate.exact(0.0) if lost is None else lost


def _both(dropped: Estimate, away: float, simulated: Estimate | None) -> Estimate:
    """Share of frames that find a queue full, or what they need away; with the wider interval."""
    found = simulated or Estimate.exact(away)

    def together(one: float, other: float) -> float:
        return 1 - (1 - one) * (1 - other)

    base = dropped if dropped.method == "simulation" else found
    return replace(
        base,
        mean=together(dropped.mean, found.mean),
        low=together(dropped.low, found.low),
        high=together(dropped.high, found.high),
    )
