"""Power behind a utility that fails: a UPS bridges until generators have started."""

import math
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.incomplete_functions import beta_below
from models.laws.reliability.blocks import k_of_n
from models.laws.reliability.repairable import Repaired


@dataclass(frozen=True)
class Generators:
    """Generators that start when the utility fails.

    Arguments:
        required: of them that carry the load.
        units: there are.
        start_failure: probability that one does not start when it must, 0 to 1.
        failure_rate: of one that runs, 1/s; it stays away until the utility is back.
        start_time: until they carry the load, s.
        fuel: time that they can run without a delivery, s; may be infinite.
        none_starts: probability that a common cause keeps all of them from starting, 0 to 1.

    Raises:
        ValueError: an argument out of range.
    """

    required: int
    units: int
    start_failure: float
    failure_rate: float
    start_time: float
    fuel: float = math.inf
    none_starts: float = 0.0

    def __post_init__(self) -> None:
        whole("required", self.required, 1)
        whole("units", self.units, self.required)
        probability("start_failure", self.start_failure)
        probability("none_starts", self.none_starts)
        non_negative("failure_rate", self.failure_rate)
        non_negative("start_time", self.start_time)
        if not self.fuel > 0:
            raise ValueError(f"fuel lasts {self.fuel} s; it must be more than 0")


@dataclass(frozen=True)
class BackedUp:
    """What an outage of the utility does to the load behind UPS and generators.

    Arguments:
        cycle: of the load.
        not_bridged: losses per outage while generators start and no battery holds.
        not_started: losses per outage because too few generators start.
        stopped: losses per outage because too many generators fail while they run.
        out_of_fuel: losses per outage because it outlasts the fuel.
    """

    cycle: Repaired
    not_bridged: float
    not_started: float
    stopped: float
    out_of_fuel: float

    @property
    def losses(self) -> float:
        """Mean number of times that an outage of the utility reaches the load."""
        return self.not_bridged + self.not_started + self.stopped + self.out_of_fuel


def backed_up(
    utility: Repaired,
    ups_unavailability: float = 1.0,
    autonomy: float = 0.0,
    generators: Generators | None = None,
) -> BackedUp:
    """Power behind a utility that fails, a UPS with batteries, and generators.

    A UPS that is down passes the utility's power on, and so costs the load only if an outage
    strikes meanwhile. Batteries carry the load from the start of an outage for as long as they
    last; they are not counted on again when generators stop later in the same outage.

    Arguments:
        utility: times of the utility, exponential; of several feeds, those of all together.
        ups_unavailability: probability that the UPS is down when an outage begins; 1 without one.
        autonomy: time that its batteries carry the load, s.
        generators: None if there are none.

    Raises:
        ValueError: an argument out of range.

    Source: total probability over the UPS and the number of generators that start; an outage's
        exponential length forgets how long it has lasted. Of j generators that run, the time to
        the (j-k+1)-th failure is an order statistic, whose transform over the fuel's time is an
        incomplete beta function (David and Nagaraja 2003, Order Statistics, section 2.1).
    """
    probability("ups_unavailability", ups_unavailability)
    non_negative("autonomy", autonomy)
    mean = positive("utility.mean_down_time", utility.mean_down_time)
    # Probability that an outage lasts beyond the batteries: of none, or of a UPS that is down, all.
    held = (1 - ups_unavailability) * math.exp(-autonomy / mean)
    beyond = held + ups_unavailability
    if generators is None:
        return _reached(utility, 0.0, beyond, 0.0, 0.0, down=beyond * mean)
    required, units, start_time = generators.required, generators.units, generators.start_time
    may_start, ready = 1 - generators.none_starts, 1 - generators.start_failure
    too_few = k_of_n(required, [generators.start_failure] * units)
    fail = generators.none_starts + may_start * too_few
    start = may_start * _at_least(required, units, ready)
    gap = gap_time = 0.0
    for chance, battery in ((1 - ups_unavailability, autonomy), (ups_unavailability, 0.0)):
        if battery < start_time:
            reach = start * chance * math.exp(-battery / mean)
            gap += reach
            gap_time += reach * mean * -math.expm1((battery - start_time) / mean)
    stopped = dry = 0.0
    still_out = may_start * math.exp(-start_time / mean)
    for running in range(required, units + 1):
        chance = math.comb(units, running) * ready**running
        chance *= still_out * generators.start_failure ** (units - running)
        stopped += chance * _stops(generators, running, mean)
        dry += chance * _runs_dry(generators, running, mean)
    down = gap_time + (fail * beyond + stopped + dry) * mean
    return _reached(utility, gap, fail * beyond, stopped, dry, down=down)


def _reached(
    utility: Repaired, gap: float, fail: float, stopped: float, dry: float, *, down: float
) -> BackedUp:
    frequency = utility.failure_frequency * (gap + fail + stopped + dry)
    if frequency == 0:
        cycle = Repaired.of_times(math.inf, utility.mean_down_time)
    else:
        unavailability = utility.failure_frequency * down
        times = (1 - unavailability) / frequency, unavailability / frequency
        cycle = Repaired(unavailability, frequency, *times)
    return BackedUp(cycle, gap, fail, stopped, dry)


def _stops(generators: Generators, running: int, mean: float) -> float:
    """Probability that too few still run before the outage ends or the fuel does."""
    if generators.failure_rate == 0:
        return 0.0
    ends = 1 / (mean * generators.failure_rate)
    required, spare = generators.required, running - generators.required
    first = math.prod(left / (left + ends) for left in range(required, running + 1))
    in_time = -math.expm1(-generators.failure_rate * generators.fuel)
    return first * beta_below(spare + 1, required + ends, in_time)


def _runs_dry(generators: Generators, running: int, mean: float) -> float:
    """Probability that the outage outlasts the fuel while enough still run."""
    if math.isinf(generators.fuel):
        return 0.0
    runs = math.exp(-generators.failure_rate * generators.fuel)
    return math.exp(-generators.fuel / mean) * _at_least(generators.required, running, runs)


def _at_least(required: int, units: int, works: float) -> float:
    """Probability that so many work, where it is small no less exactly than where it is large."""
    return k_of_n(units - required + 1, [works] * units)
