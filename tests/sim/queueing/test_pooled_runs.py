"""What all runs counted together: nearly without bias where that of one run is not."""

import math
from dataclasses import fields

import numpy as np
import pytest

from models.queueing.asked import Asked
from models.queueing.network import Network
from sim.backends import Backend
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.arrays.sums import added, packed
from sim.queueing.kernel.compiled_run import CompiledRun
from sim.queueing.simulate_network import simulate


def m_m_1(rate: float) -> Network:
    customers = {
        "arrivals": {"kind": "poisson", "rate": f"{rate}/s"},
        "service": {"server": {"distribution": "exponential", "mean": "1 s"}},
        "route": ["server"],
    }
    described = {"name": "test", "stations": {"server": {}}, "classes": {"jobs": customers}}
    return Network.model_validate(described)


@pytest.mark.parametrize("engine", ["compiled", "events"])
def test_high_percentiles_are_of_all_runs_together(engine: str) -> None:
    # The response of M/M/1 is exponential: its 99.9th percentile at 0.9 is ln(1000) / 0.1 s. In one
    # run of so few hardly anybody is beyond it: the mean of the runs was a fifth too low.
    found = [
        simulate(
            m_m_1(0.9),
            seed=seed,
            replications=16,
            visits=20_000,
            engine=engine,
            asked=Asked((), (99.9,)),
            backend=Backend(workers=1),
        )
        for seed in range(24)
    ]
    means = [one.classes[0].response_time_percentiles[99.9].mean for one in found]
    assert np.mean(means) == pytest.approx(math.log(1000) / 0.1, rel=0.12)


def test_the_short_form_of_a_tally_is_all_of_it() -> None:
    run = CompiledRun(lay_out(m_m_1(0.5), np.random.SeedSequence(1)))
    run.advance(1000)
    tally = run.tally()
    again, twice = packed(tally).whole(), added([tally, tally])
    for field in fields(tally):
        one, other = getattr(tally, field.name), getattr(again, field.name)
        np.testing.assert_array_equal(one, other, field.name)
    assert twice.time == 2 * tally.time
    assert twice.flows["departures"].sum() == 2 * tally.flows["departures"].sum()
    assert twice.trip_times.sum() == 2 * tally.trip_times.sum()
    assert tally.flows["departures"].sum() == 1000  # the parts stay as they are
