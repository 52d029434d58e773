"""The whole record of a run, and its histograms."""

import numpy as np
import pytest

from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.kernel.queue_engines import event_run
from sim.queueing.visit_record import histogram, record

EXPONENTIAL = {"distribution": "exponential", "mean": "1 s"}
TANDEM = Network.model_validate(
    {
        "name": "tandem",
        "stations": {"first": {}, "second": {"servers": 2}},
        "classes": {
            "people": {
                "arrivals": {"kind": "poisson", "rate": "0.5/s"},
                "service": {"first": EXPONENTIAL, "second": EXPONENTIAL},
                "route": ["first", "second"],
            }
        },
    }
)


def test_every_visit_is_a_row_in_the_order_of_their_ends():
    table = record(TANDEM, visits=5000)
    assert len(table) == 5000
    assert set(table["station"]) == {"first", "second"}
    assert set(table["class"]) == {"people"}
    assert table["departed"].is_monotonic_increasing
    first = table[table["station"] == "first"].set_index("customer")
    second = table[table["station"] == "second"].set_index("customer")
    # Who leaves the first comes to the second at that instant.
    assert (second["arrived"] == first["departed"].reindex(second.index)).all()
    times = table["waiting_time"] + table["service_time"]
    assert np.allclose(times, table["response_time"], rtol=1e-12, atol=1e-9)


def test_both_engines_write_the_same_record():
    compiled, reference = (record(TANDEM, visits=500, engine=e) for e in ("compiled", "simpy"))
    assert (compiled["customer"] == reference["customer"]).all()
    assert np.allclose(compiled["departed"], reference["departed"], rtol=1e-12)


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="engine is 'abacus'"):
        record(TANDEM, engine="abacus")


def test_a_histogram_has_every_response():
    run = event_run(lay_out(TANDEM, np.random.SeedSequence(1)))
    run.advance(10_000)
    tally = run.tally()
    edges, counts = histogram(tally.response_times[0])
    assert counts.sum() == tally.flows[0]["departures"]
    assert len(edges) == len(counts) + 1
    middle = (edges[1:] + edges[:-1]) / 2
    mean = tally.flows[0]["response_time"] / tally.flows[0]["departures"]
    assert (counts * middle).sum() / counts.sum() == pytest.approx(mean, rel=1 / 128)
    assert len(histogram(np.zeros_like(tally.response_times[0]))[1]) == 0
