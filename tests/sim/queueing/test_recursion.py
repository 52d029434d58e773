"""The recursion is the event loop's sample path, only faster, and is taken only where it holds."""

import numpy as np
import pytest

from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.kernel.compiled_run import CompiledRun
from sim.queueing.kernel.queue_engines import compiled_run, event_run
from sim.queueing.kernel.recursion import RecursionRun, fits
from sim.queueing.simulate_network import simulate

EXPONENTIAL = {"distribution": "exponential", "mean": "1 s"}
GAMMA = {"distribution": "gamma", "mean": "1 s", "shape": 0.5}
RENEWAL = {
    "kind": "renewal",
    "interarrival": {"distribution": "erlang", "mean": "1.25 s", "phases": 2},
}
MODULATED = {
    "kind": "markov-modulated",
    "rates": ["1.2/s", "0.1/s"],
    "holding_times": ["40 s", "40 s"],
}


def network(station: dict, arrivals: dict, service: dict, **customers: object) -> Network:
    one = {"arrivals": arrivals, "service": {"desk": service}, "route": ["desk"]} | customers
    description = {"name": "one", "stations": {"desk": station}, "classes": {"people": one}}
    return Network.model_validate(description)


def poisson(rate: float) -> dict:
    return {"kind": "poisson", "rate": f"{rate}/s"}


def seed() -> np.random.SeedSequence:
    return np.random.SeedSequence(7)


@pytest.mark.parametrize(
    ("servers", "arrivals", "service"),
    [
        (1, poisson(0.8), EXPONENTIAL),
        (1, RENEWAL, GAMMA),
        (1, MODULATED, EXPONENTIAL),
        (2, MODULATED, GAMMA),
        (4, poisson(3.2), EXPONENTIAL),
        (100, poisson(95), EXPONENTIAL),
    ],
)
def test_the_recursion_sees_what_the_events_are(servers: int, arrivals: dict, service: dict):
    one = network({"servers": servers}, arrivals, service)
    departures: list = []
    CompiledRun(lay_out(one, seed()), departures).advance(5000)
    by_serial = {departure.customer: departure for departure in departures}
    run = RecursionRun(lay_out(one, seed()))
    before = 0.0
    for serial in range(2000):
        run.advance(1)
        total = run.responses()[1]
        expected = by_serial[serial].departed - by_serial[serial].arrived
        assert total - before == pytest.approx(expected, rel=1e-9, abs=1e-9)
        before = total


def test_the_recursion_is_taken_only_where_it_holds():
    plain = network({}, poisson(0.5), EXPONENTIAL)
    assert fits(lay_out(plain, seed()))
    assert isinstance(compiled_run(lay_out(plain, seed())), RecursionRun)
    assert isinstance(event_run(lay_out(plain, seed())), CompiledRun)
    others = [
        network({"discipline": "lcfs"}, poisson(0.5), EXPONENTIAL),
        network({"capacity": 5}, poisson(0.5), EXPONENTIAL),
        network({"servers": "infinite"}, poisson(0.5), EXPONENTIAL),
        network({"setup": EXPONENTIAL}, poisson(0.5), EXPONENTIAL),
        network({"batch": {"size": 4}}, poisson(0.5), EXPONENTIAL),
        network({}, poisson(0.5), EXPONENTIAL, patience={"desk": EXPONENTIAL}),
        network({}, poisson(0.5), EXPONENTIAL, route=["desk", "desk"]),
    ]
    for other in others:
        assert isinstance(compiled_run(lay_out(other, seed())), CompiledRun)


def test_what_is_counted_fits_together():
    run = RecursionRun(lay_out(network({}, poisson(0.8), EXPONENTIAL), seed()))
    run.advance(1000)
    run.clear()
    run.advance(200_000)
    tally = run.tally()
    flow, station = tally.flows[0], tally.stations[0]
    assert flow["departures"] == 200_000
    assert tally.waiting_times.sum() == tally.response_times.sum() == 200_000
    assert station["busy"] <= station["servers"]
    assert flow["waited"] + station["busy_periods"] == 200_000
    # A busy period of M/M/1 lasts 1/(mu - lambda) = 5 s on average.
    assert station["busy_period_time"] / station["busy_periods"] == pytest.approx(5, rel=0.05)


def test_the_number_by_interval_is_that_of_the_events() -> None:
    intervals = [{"start": "0 s", "rate": "0.5/s"}, {"start": "30 s", "rate": "2.5/s"}]
    arrivals = {"kind": "time-varying", "period": "60 s", "intervals": intervals}
    described = Network.model_validate(
        {
            "name": "day",
            "stations": {"a": {"servers": 2}},
            "classes": {
                "c": {
                    "arrivals": arrivals,
                    "service": {"a": {"distribution": "exponential", "mean": "1 s"}},
                    "route": ["a"],
                }
            },
        }
    )
    answers = [
        simulate(described, engine=engine, replications=4, visits=4_000)
        for engine in ("compiled", "events")
    ]
    for one, other in zip(answers[0].intervals, answers[1].intervals, strict=True):
        # They may differ by a period in how long they run.
        assert one.stations[0].number.mean == pytest.approx(other.stations[0].number.mean, rel=0.05)
    mean = sum(one.stations[0].number.mean for one in answers[0].intervals) / 2
    assert mean == pytest.approx(answers[0].stations[0].number.mean, rel=1e-6)
