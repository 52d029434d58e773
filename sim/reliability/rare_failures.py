"""Simulate failures too rare to wait for: importance sampling of Markovian systems."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import positive, whole
from models.laws.intervals import normal_factor
from models.laws.reliability.lifetimes import Exponential
from models.prediction import Estimate
from sim.experiment import CONFIDENCE
from sim.reliability.system_contract import System, Unit

MOST_CYCLES = 10_000_000
_ROUND = 10_000  # cycles, at first
_HITS = 400  # failures worth so many equal ones, below which no interval is trusted
_RARE = 0.1  # failures of components in the slowest mean repair, up to which intervals hold


class NotRare(Exception):
    """A system whose components seldom all work, so that nothing begins anew."""


class NoFailureSeen(Exception):
    """A system that did not fail even when failures were made frequent."""


@dataclass(frozen=True)
class RareFailures:
    """What biased cycles say of a system in the long run.

    Arguments:
        unavailability: share of the time in which the system is down.
        failure_frequency: of the system, /s.
        mttf: mean time to its first failure, all components working at first, s.
        cycles: from all components working to all working again.
        hits: of the biased ones in which the system failed.
        notes: what to know of the intervals, one sentence each.
    """

    unavailability: Estimate
    failure_frequency: Estimate
    mttf: Estimate
    cycles: int
    hits: int
    notes: tuple[str, ...] = ()


def rare_failures(
    system: System,
    random: np.random.Generator,
    relative_half_width: float = 0.1,
    most_cycles: int = MOST_CYCLES,
) -> RareFailures:
    """Unavailability, failure frequency and MTTF of a system that hardly ever fails.

    Cycles end when all components work again. The time down, and the failures, come from cycles
    with balanced failure biasing, on some paths gentle or none, until the first failure of the
    system, and natural from there; the length of a cycle comes from natural ones. Where components
    are repaired hardly sooner than others fail, a few cycles weigh most of the answer, which its
    notes say.

    Arguments:
        system: with exponential lifetimes and repairs.
        random: of which the seed is drawn.
        relative_half_width: of the interval of the unavailability, on a scale of logarithms, at
            which the simulation stops.
        most_cycles: where it stops at the latest.

    Raises:
        ValueError: an argument out of range, or a component that isn't Markovian and repaired.
        NotRare: components fail too often for cycles to end.
        NoFailureSeen: no cycle had a failure of the system.

    Source: Shahabuddin (1994), Importance sampling for the simulation of highly reliable Markovian
        systems; Goyal et al. (1992), A unified framework for simulating Markovian models of highly
        dependable systems, section 4.2; the mixture of paths: Hesterberg (1995), Weighted average
        importance sampling and defensive mixture distributions; the interval of the logarithm by
        the delta method.
    """
    from sim.reliability.kernel.rare import CYCLES, run_cycles

    positive("relative_half_width", relative_half_width)
    whole("most_cycles", most_cycles, _ROUND)
    world = _World(system, random)
    biased, natural = np.zeros(1, CYCLES), np.zeros(1, CYCLES)

    def run(count: int) -> float:
        ended = run_cycles(world.address, count, True, biased)
        if not ended or not run_cycles(world.address, count // 10, False, natural):
            raise NotRare("the components hardly ever all work; simulate the system as it is")
        return _relative_error(biased, "downtime", natural, "time")

    width = _run_until(run, biased, relative_half_width, most_cycles)
    _check_seen(biased)
    notes = _notes(biased, width, relative_half_width, world.failures_in_repair)
    return RareFailures(
        _ratio(biased, "downtime", natural, "time"),
        _ratio(biased, "failures", natural, "time"),
        _ratio(natural, "before", biased, "hit"),
        int(biased["cycles"][0] + natural["cycles"][0]),
        int(biased["hits"][0]),
        notes,
    )


def rare_failure_probability(
    system: System,
    time: float,
    random: np.random.Generator,
    relative_half_width: float = 0.1,
    most_missions: int = MOST_CYCLES,
) -> Estimate:
    """Probability that a system that hardly ever fails does so within a time, all working at first.

    Arguments:
        system: with exponential lifetimes and repairs.
        time: of the mission, s.
        random: of which the seed is drawn.
        relative_half_width: of the interval, on a scale of logarithms, at which it stops.
        most_missions: where it stops at the latest.

    Raises:
        ValueError: an argument out of range, or a component that isn't Markovian and repaired.
        NoFailureSeen: no mission had a failure of the system.

    Source: Goyal et al. (1992), section 4.3 (forcing); Shahabuddin (1994); the mixture: Hesterberg
        (1995), Weighted average importance sampling and defensive mixture distributions.
    """
    from sim.reliability.kernel.rare import CYCLES, run_missions

    positive("time", time)
    positive("relative_half_width", relative_half_width)
    whole("most_missions", most_missions, _ROUND)
    world = _World(system, random)
    share = 1 / (1 + world.failure_rate * time)
    sums = np.zeros(1, CYCLES)

    def run(count: int) -> float:
        run_missions(world.address, count, time, share, sums)
        return _relative_error(sums, "hit")

    width = _run_until(run, sums, relative_half_width, most_missions)
    _check_seen(sums)
    return _estimate(_mean(sums, "hit"), width)


class _World:
    """A system as the compiled loops take it.

    Arguments:
        system: the description.
        random: of which the seed is drawn.
    """

    def __init__(self, system: System, random: np.random.Generator) -> None:
        from sim.reliability.arrays.clocks import ClocksOfRun
        from sim.reliability.arrays.system_layout import lay_out
        from sim.reliability.kernel.rare import COMPONENT, world_of

        rates: list[tuple[float, float, int, int]] = []
        for name, count in system.counts.items():
            rates += [(*_rates(name, system.units[name]), 0, 0)] * count
        self.failure_rate = math.fsum(rate for rate, _, _, _ in rates)
        positive("failure rate of all components", self.failure_rate)
        slowest = min(repair for fails, repair, _, _ in rates if fails > 0)
        self.failures_in_repair = self.failure_rate / slowest
        seed = np.random.SeedSequence([int(word) for word in random.integers(0, 2**32, 4)])
        clocks = ClocksOfRun(seed)
        clocks.add_uniform("events")
        layout, stream = lay_out(system, seed), clocks.clocks().streams
        components = np.array(rates, COMPONENT)
        record = world_of(layout.structure.address, components, stream, layout.crews)
        self._kept_alive = (layout, stream, components, record)
        self.address = record.ctypes.data


def _rates(name: str, unit: Unit) -> tuple[float, float]:
    """Failure and repair rate of a unit, /s."""
    if unit.maintenance or unit.standby:
        raise ValueError(f"{name!r} has maintenance or a standby; rare failures take neither")
    if not isinstance(unit.repair, Exponential):
        raise ValueError(f"repair of {name!r} is {unit.repair}; it must be exponential")
    if unit.lifetime is None:
        return 0.0, unit.repair.failure_rate
    if not isinstance(unit.lifetime, Exponential):
        raise ValueError(f"lifetime of {name!r} is {unit.lifetime}; it must be exponential")
    return unit.lifetime.failure_rate, unit.repair.failure_rate


def _mean(sums: NDArray[np.void], name: str) -> float:
    return float(sums[name][0] / sums["cycles"][0])


def _variance(sums: NDArray[np.void], name: str) -> float:
    """Of the mean, relative to its square."""
    count, mean = int(sums["cycles"][0]), _mean(sums, name)
    squares = float(sums[f"{name}_squares"][0]) / count
    return max(0.0, squares / mean / mean - 1) / (count - 1)


def _relative_error(
    top: NDArray[np.void], of: str, bottom: NDArray[np.void] | None = None, by: str = ""
) -> float:
    """Half-width of the interval of the logarithm of a mean, or of a ratio of two."""
    if top["hits"][0] == 0:
        return math.inf
    variance = _variance(top, of)
    if bottom is not None:
        variance += _variance(bottom, by)
    return normal_factor(CONFIDENCE) * math.sqrt(variance)


def _ratio(top: NDArray[np.void], of: str, bottom: NDArray[np.void], by: str) -> Estimate:
    width = normal_factor(CONFIDENCE) * math.sqrt(_variance(top, of) + _variance(bottom, by))
    return _estimate(_mean(top, of) / _mean(bottom, by), width)


def _estimate(mean: float, width: float) -> Estimate:
    """Normal on a scale of logarithms: what biased runs miss, they miss below the truth."""
    return Estimate(mean, mean * math.exp(-width), mean * math.exp(width), CONFIDENCE, "simulation")


def _effective(sums: NDArray[np.void]) -> float:
    """How many hits of equal weight the hits are worth."""
    squares = float(sums["hit_squares"][0])
    return float(sums["hit"][0]) ** 2 / squares if squares else 0.0


def _run_until(
    run: Callable[[int], float], sums: NDArray[np.void], relative_half_width: float, most: int
) -> float:
    """Run more, twice as many each time, until the answer is known so well; gives how well."""
    size = _ROUND
    while True:
        width = run(size)
        left = most - int(sums["cycles"][0])
        if left <= 0 or (width <= relative_half_width and _effective(sums) >= _HITS):
            return width
        size = min(2 * size, left)


def _check_seen(sums: NDArray[np.void]) -> None:
    if sums["hits"][0] == 0:
        raise NoFailureSeen(
            f"the system did not fail in {int(sums['cycles'][0]):,} runs that made failures "
            "frequent: too many components must be down at once; its diagram gives exact answers"
        )


def _notes(
    sums: NDArray[np.void], width: float, wanted: float, failures_in_repair: float
) -> tuple[str, ...]:
    notes = []
    if width > wanted:
        notes.append(f"The unavailability is known to {width:.1%}, not to the {wanted:.1%} asked.")
    if _effective(sums) < _HITS:
        notes.append(
            f"Few of the {int(sums['hits'][0]):,} failures seen decide the answer; "
            "it may lie outside of its interval more often than it says."
        )
    if failures_in_repair > _RARE:
        notes.append(
            f"Components fail {failures_in_repair:.2g} times in the slowest mean repair, which is "
            "not rare; the answer may lie outside of its interval more often than it says."
        )
    return tuple(notes)
