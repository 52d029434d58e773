"""How often the 95 % intervals of simulated queues cover what the laws say: 95 % if they are right.

python -m benchmarks.coverage [--runs 1000] [--jobs 2] [--only "a day"]

The exit status is 1 where a figure is outside 93 to 97 %.
"""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.periodic_queues import mean_wait
from models.prediction import Estimate
from models.queueing.asked import Asked
from models.queueing.network import Network
from models.queueing.network_answer import ClassMeasures, NetworkAnswer, StationMeasures
from models.queueing.solve import solve
from sim.backends import Backend, run_all
from sim.queueing.simulate_network import simulate

RUNS = 1000
ALLOWED = 0.02  # on both sides of 95 %, and more where there are fewer runs
SERVICES = 20_000  # a replication
REPLICATIONS = 16
ONE_RUN = 400_000  # services of a run with batch means

Exponential = {"distribution": "exponential", "mean": "1 s"}
Description = dict[str, Any]
Reader = Callable[[NetworkAnswer], Estimate | None]


@dataclass(frozen=True)
class Model:
    """A network whose law is exact, and the figures that are asked of it.

    Arguments:
        name: of the model.
        network: the description.
        figures: what is read from the answers of the law and of the simulation, by name.
        truth: what is right where it is not the law that says it; the same for all figures.
        refused: no interval holds, and the answer says so; in 98 of 100 experiments.
    """

    name: str
    network: Network
    figures: tuple[tuple[str, Reader], ...]
    truth: Callable[[], float] | None = None
    refused: bool = False


@dataclass(frozen=True)
class Experiment:
    """One simulation of a model, to be called with its seed: its intervals.

    Arguments:
        position: of the model.
        alone: one long run with batch means, instead of replications.
    """

    position: int
    alone: bool

    def __call__(self, seed: int) -> list[Estimate | None]:
        model = MODELS[self.position]
        replications, visits = (1, ONE_RUN) if self.alone else (REPLICATIONS, SERVICES)
        answer = simulate(
            model.network,
            seed=seed,
            replications=replications,
            visits=visits,
            asked=Asked(percentages=(99.9,)),
            backend=Backend(workers=1),
        )
        return [reader(answer) for _, reader in model.figures]


def _station(answer: NetworkAnswer, name: str = "server") -> StationMeasures:
    """A station over all classes; a law may tell them apart alone."""
    found = [one for one in answer.stations if one.station == name]
    return next((one for one in found if one.customer_class is None), found[0])


def _class(answer: NetworkAnswer, name: str) -> ClassMeasures:
    return next(one for one in answer.classes if one.customer_class == name)


def _response(answer: NetworkAnswer) -> Estimate | None:
    return _station(answer).response_time


def _number(answer: NetworkAnswer) -> Estimate | None:
    return _station(answer).number


def _loss(answer: NetworkAnswer) -> Estimate | None:
    return _station(answer).loss_probability


def _waiting(answer: NetworkAnswer) -> Estimate | None:
    return _station(answer).waiting_time


def _percentile(percentage: float) -> Reader:
    return lambda answer: _class(answer, "jobs").response_time_percentiles.get(percentage)


def _said_p999(answer: NetworkAnswer) -> Estimate | None:
    """The P99.9, if the answer says that its interval does not hold."""
    said = any("P99.9 came in" in note and "less often" in note for note in answer.notes)
    return _percentile(99.9)(answer) if said else None


def _said(answer: NetworkAnswer) -> Estimate | None:
    """The wait, if the answer says that its interval does not hold."""
    said = any("hold the truth less often" in note for note in answer.notes)
    return _waiting(answer) if said else None


def _periodic(lengths: Sequence[float], rates: Sequence[float], **station: object) -> Network:
    """One station of 250 ms whose arrivals change from interval to interval."""
    starts = [math.fsum(lengths[:k]) for k in range(len(lengths))]
    intervals = [
        {"start": f"{start!r} s", "rate": f"{rate!r}/s"}
        for start, rate in zip(starts, rates, strict=True)
    ]
    period = f"{math.fsum(lengths)!r} s"
    jobs = {
        "arrivals": {"kind": "time-varying", "period": period, "intervals": intervals},
        "service": {"server": {"distribution": "exponential", "mean": "250 ms"}},
        "route": ["server"],
    }
    return _network({"server": station}, {"jobs": jobs})


def _trip(name: str) -> Reader:
    return lambda answer: _class(answer, name).response_time


def _throughput(name: str) -> Reader:
    return lambda answer: _class(answer, name).throughput


def _queue(rate: float, service: Description = Exponential, **station: object) -> Network:
    """One station and one class."""
    jobs = {
        "arrivals": {"kind": "poisson", "rate": f"{rate!r}/s"},
        "service": {"server": service},
        "route": ["server"],
    }
    return _network({"server": station}, {"jobs": jobs})


def _network(stations: Description, classes: Description) -> Network:
    return Network.model_validate({"name": "benchmark", "stations": stations, "classes": classes})


def _two_classes() -> Network:
    classes = {
        name: {
            "arrivals": {"kind": "poisson", "rate": "0.35/s"},
            "priority": priority,
            "service": {"server": Exponential},
            "route": ["server"],
        }
        for priority, name in enumerate(("first", "second"))
    }
    return _network({"server": {"discipline": "priority"}}, classes)


def _closed() -> Network:
    jobs = {
        "population": 6,
        "think_time": {"distribution": "exponential", "mean": "5 s"},
        "service": {
            "processor": Exponential,
            "disk": {"distribution": "exponential", "mean": "800 ms"},
            "network": {"distribution": "exponential", "mean": "500 ms"},
        },
        "route": ["processor", "disk", "network"],
    }
    return _network({"processor": {}, "disk": {}, "network": {}}, {"jobs": jobs})


def _feedback() -> Network:
    """Of three visits to the first station, one goes to the second and comes back."""
    jobs = {
        "arrivals": {"kind": "poisson", "rate": "0.4/s"},
        "service": {"server": Exponential, "disk": Exponential},
        "routing": {
            "start": {"kind": "split", "to": {"server": 1}},
            "server": {"kind": "split", "to": {"disk": 0.4, "exit": 0.6}},
            "disk": {"kind": "split", "to": {"server": 1}},
        },
    }
    return _network({"server": {}, "disk": {}}, {"jobs": jobs})


HYPER = {
    "distribution": "hyper-exponential",
    "probabilities": [0.9, 0.1],
    "means": ["500 ms", "5.5 s"],
}
BREAKDOWNS = {
    "time_to_failure": {"distribution": "exponential", "mean": "100 s"},
    "time_to_repair": {"distribution": "exponential", "mean": "10 s"},
}
RESPONSE = (("response", _response),)
WAIT = (("wait", _waiting),)
# A day of web traffic whose hours are minutes, and a load at twice what two servers do.
DAY = [420.0, 180.0, 240.0, 300.0, 180.0, 120.0], [6.0, 18.0, 28.0, 22.0, 30.0, 12.0]
NIGHT = [25.0, 275.0], [16.0, 0.8]
# An evening at 95 % of what four servers do, and a load that is often not drained by its next rise.
EVENING = [600.0, 300.0, 300.0], [4.0, 15.2, 8.0]
CARRIED = [25.0, 25.0], [12.0, 3.2]
PARETO = {"distribution": "pareto", "minimum": "600 ms", "shape": 2.5}
MODELS = (
    Model("M/M/1, load 0.5", _queue(0.5), (*RESPONSE, ("number", _number))),
    Model("M/M/1, load 0.8", _queue(0.8), (*RESPONSE, ("number", _number))),
    Model("M/M/1, load 0.9", _queue(0.9), (("P95", _percentile(95.0)), ("P99", _percentile(99.0)))),
    Model(
        "M/M/1, load 0.9",
        _queue(0.9),
        (("P99.9", _said_p999),),
        lambda: math.log(1000) / 0.1,  # an exponential response time
        refused=True,
    ),
    Model("M/M/4, load 0.8", _queue(3.2, servers=4), RESPONSE),
    Model(
        "M/D/1, load 0.8", _queue(0.8, {"distribution": "deterministic", "value": "1 s"}), RESPONSE
    ),
    Model("M/H2/1, load 0.7", _queue(0.7, HYPER), RESPONSE),
    Model("M/M/1-PS, load 0.7", _queue(0.7, discipline="processor-sharing"), RESPONSE),
    Model(
        "priorities, load 0.7",
        _two_classes(),
        (("first", _trip("first")), ("second", _trip("second"))),
    ),
    Model("M/M/3/6, load 1", _queue(3.0, servers=3, capacity=6), (("loss", _loss), *RESPONSE)),
    Model(
        "closed, 3 stations, thinking",
        _closed(),
        (("trip", _trip("jobs")), ("throughput", _throughput("jobs"))),
    ),
    Model("two stations with feedback", _feedback(), (("trip", _trip("jobs")), *RESPONSE)),
    Model("M/M/1 with breakdowns", _queue(0.6, breakdowns=BREAKDOWNS), RESPONSE),
    Model(
        "a day, M(t)/M/8", _periodic(*DAY, servers=8), WAIT, lambda: mean_wait(*DAY, 8, 0.25, 400)
    ),
    Model(
        "twice too much for a twelfth",
        _periodic(*NIGHT, servers=2),
        WAIT,
        lambda: mean_wait(*NIGHT, 2, 0.25, 600),
    ),
    Model(
        "an evening near the limit",
        _periodic(*EVENING, servers=4),
        WAIT,
        lambda: mean_wait(*EVENING, 4, 0.25, 500),
    ),
    Model(
        "a load that is carried over",
        _periodic(*CARRIED, servers=2),
        WAIT,
        lambda: mean_wait(*CARRIED, 2, 0.25, 1500),
    ),
    Model("M/G/1, Pareto 2.5, load 0.7", _queue(0.7, PARETO), (("wait", _said),), refused=True),
)


def covered(intervals: Sequence[Estimate | None], truth: float) -> float:
    """The share of the intervals that hold the truth.

    Arguments:
        intervals: of all experiments; what has none holds nothing.
        truth: of the law.
    """
    return sum(one is not None and one.low <= truth <= one.high for one in intervals) / len(
        intervals
    )


def bias(intervals: Sequence[Estimate | None], truth: float) -> float:
    """By what share of the truth the middles of the intervals are off in the mean.

    Arguments:
        intervals: of all experiments; what has none says nothing.
        truth: of the law.
    """
    means = [one.mean for one in intervals if one is not None]
    return math.fsum(means) / len(means) / truth - 1 if means else math.nan


def allowed(runs: int) -> float:
    """How far from 95 % a figure may lie; three standard errors where the runs are few.

    Arguments:
        runs: experiments.
    """
    return max(ALLOWED, 3 * math.sqrt(0.95 * 0.05 / runs))


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def intervals_of(
    position: int, alone: bool, runs: int, backend: Backend
) -> list[list[Estimate | None]]:
    """The intervals of a model, by figure.

    Arguments:
        position: of the model.
        alone: one long run each, with batch means.
        runs: experiments.
        backend: where they run.
    """
    kind = "batch means" if alone else "replications"
    name = MODELS[position].name
    first = 1 + position * runs  # so that chance is not the same for all
    experiments = run_all(
        Experiment(position, alone),
        range(first, first + runs),
        backend,
        lambda done: _tell(f"{name}, {kind}: {done} of {runs}"),
    )
    _tell("")
    return [list(column) for column in zip(*experiments, strict=True)]


def main() -> int:
    """Print a line a figure; gives 1 where one is outside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="simulations of each figure")
    parser.add_argument("--jobs", type=int, help="processes; all processors if not given")
    parser.add_argument("--only", default="", help="models whose name has these words")
    options = parser.parse_args()
    if options.runs < 1 or (options.jobs or 1) < 1:
        parser.error("--runs and --jobs must be 1 or more")
    runs, backend = options.runs, Backend(workers=options.jobs)
    limit, noise = allowed(runs), 1.96 * math.sqrt(0.95 * 0.05 / runs)
    print(
        f"share of {runs:,} intervals that cover the law's value: 95 % if they are right,\n"
        f"by chance {noise:.2%} more or less, {limit:.2%} are allowed"
    )
    print(f"{REPLICATIONS} replications of {SERVICES:,} services; one run of {ONE_RUN:,}")
    print("beside each share: by how much the middles of the intervals are off in the mean")
    print(f"{'model':30} {'figure':12} {'law':>9} {'replications':>20} {'one run':>17}")
    outside = 0
    for position, model in enumerate(MODELS):
        if options.only not in model.name:
            continue
        law = solve(model.network)
        assert law.method == "exact" or model.truth, f"{model.name}: {law.law}"
        kinds = [intervals_of(position, alone, runs, backend) for alone in (False, True)]
        for k, (name, reader) in enumerate(model.figures):
            known = None
            if not model.truth:
                known = _waiting(law) if model.refused else reader(law)
            assert known is not None or model.truth, f"{model.name} has no {name}"
            truth = model.truth() if model.truth else known.mean if known else math.nan
            shares = [covered(kind[k], truth) for kind in kinds]
            off = [f"{bias(kind[k], truth):+.2%}" for kind in kinds]
            wrong = [abs(share - 0.95) > limit for share in shares]
            mark = "  OUTSIDE" if any(wrong) else ""
            if model.refused:
                wrong = [sum(one is None for one in kind[k]) > ALLOWED * runs for kind in kinds]
                mark = "  NOT SAID" if any(wrong) else "  said not to hold"
            outside += sum(wrong)
            print(
                f"{model.name:30} {name:12} {truth:>9.5g} {shares[0]:>12.1%}"
                f" {off[0]:>7} {shares[1]:>9.1%} {off[1]:>7}{mark}",
                flush=True,
            )
    print("all within" if not outside else f"{outside} outside")
    return int(outside > 0)


if __name__ == "__main__":
    sys.exit(main())
