"""Which law a network gets that has a limit over several stations, and what the simulation says."""

from typing import Any

import pytest

from models.queueing.network import Network
from models.queueing.solve import solve
from sim.queueing.simulate_network import simulate
from tests.models.queueing.builder import exponential, poisson


def limited(rate: float, when_full: str, limit: int = 6, **more: Any) -> Network:
    buyers = {
        "arrivals": poisson(rate),
        "service": {"web": exponential(0.05), "data": exponential(0.04)},
        "route": ["web", "data"],
    }
    return Network.model_validate(
        {
            "name": "test",
            "stations": {"web": {"servers": 4}, "data": {"servers": 2}},
            "classes": {"buyers": buyers | more},
            "pools": {
                "links": {"limit": limit, "stations": ["web", "data"], "when_full": when_full}
            },
        }
    )


def test_who_is_turned_away_is_exact() -> None:
    law = solve(limited(30.0, "lose"))
    assert law.exact
    found = simulate(limited(30.0, "lose"), replications=8, visits=60_000)
    [one], [other] = law.pools, found.pools
    assert one.loss_probability is not None
    assert other.loss_probability is not None
    assert other.loss_probability.mean == pytest.approx(one.loss_probability.mean, rel=0.05)
    assert other.held.mean == pytest.approx(one.held.mean, rel=0.01)
    assert law.classes[0].loss_probability == one.loss_probability


@pytest.mark.parametrize("rate", [10.0, 15.0])
def test_who_turns_others_away_is_never_overloaded(rate: float) -> None:
    # One server of 0.1 s and room for two: M/M/1/2, with a = 1 and 1.5; p(2) = a^2 / (1 + a + a^2).
    alone = {"service": {"web": exponential(0.1)}, "route": ["web"], "arrivals": poisson(rate)}
    network = Network.model_validate(
        {
            "name": "test",
            "stations": {"web": {}},
            "classes": {"buyers": alone},
            "pools": {"links": {"limit": 2, "stations": ["web"], "when_full": "lose"}},
        }
    )
    law, load = solve(network), rate / 10
    assert not law.unstable
    [pool] = law.pools
    assert pool.loss_probability is not None
    lost = load**2 / (1 + load + load**2)
    assert pool.loss_probability.mean == pytest.approx(lost)
    [found] = simulate(network, replications=4, visits=20_000).pools
    assert found.loss_probability is not None
    assert found.loss_probability.mean == pytest.approx(lost, rel=0.05)


def two_classes(when_full: str) -> Network:
    """Three a second that bring 0.2 and 0.1 s, and one that brings 0.1 and 0.4 s."""
    shared = {"discipline": "processor-sharing"}
    classes = {
        name: {
            "arrivals": poisson(rate),
            "service": {"web": exponential(web), "data": exponential(data)},
            "route": ["web", "data"],
        }
        for name, rate, web, data in (("a", 3.0, 0.2, 0.1), ("b", 1.0, 0.1, 0.4))
    }
    return Network.model_validate(
        {
            "name": "test",
            "stations": {"web": {"servers": 2, **shared}, "data": shared},
            "classes": classes,
            "pools": {"links": {"limit": 4, "stations": ["web", "data"], "when_full": when_full}},
        }
    )


def test_several_classes_with_one_limit_are_as_one() -> None:
    """By the product form, term by term: so many at each station weigh (0.7/busy)^n and 0.7^n, and
    nobody is let in beyond four."""
    weights = {
        (i, j): 0.7**i / (1 if i < 2 else 2 ** (i - 1)) * 0.7**j
        for i in range(5)
        for j in range(5 - i)
    }
    every = sum(weights.values())
    full = sum(w for (i, j), w in weights.items() if i + j == 4) / every
    at_data = sum(j * w for (_, j), w in weights.items()) / every
    law = solve(two_classes("lose"))
    assert law.exact
    [pool] = law.pools
    assert pool.loss_probability is not None
    assert pool.loss_probability.mean == pytest.approx(full)
    for one, rate, share in (("a", 3.0, 0.3 / 0.7), ("b", 1.0, 0.4 / 0.7)):
        [data] = [m for m in law.stations if (m.station, m.customer_class) == ("data", one)]
        assert data.number is not None
        assert data.number.mean == pytest.approx(at_data * share)
        [whole] = [m for m in law.classes if m.customer_class == one]
        assert whole.throughput.mean == pytest.approx(rate * (1 - full))
    assert solve(two_classes("wait")).method == "approximation"


def test_who_waits_is_an_approximation() -> None:
    law = solve(limited(30.0, "wait"))
    assert law.method == "approximation"
    found = simulate(limited(30.0, "wait"), replications=8, visits=60_000)
    response, simulated = law.classes[0].response_time, found.classes[0].response_time
    assert response is not None
    assert simulated is not None
    assert response.mean == pytest.approx(simulated.mean, rel=0.03)
    assert found.pools[0].waiting_time is not None


def test_a_pool_that_lets_too_little_through_is_named_by_both() -> None:
    """One at a time of 90 ms: 11.1/s at most."""
    described = limited(13.0, "wait", limit=1)
    law, found = solve(described), simulate(described, replications=4, visits=20_000)
    assert [one.station for one in law.unstable] == ["links"]
    assert law.unstable[0].utilization == pytest.approx(13 * 0.09)
    assert [one.station for one in found.unstable] == ["links"]
    assert found.unstable[0].utilization == pytest.approx(13 * 0.09, rel=0.05)


@pytest.mark.parametrize(
    "more", [{"holds": {"links": 2}}, {"service": {"web": "50 ms", "data": exponential(0.04)}}]
)
def test_others_are_left_to_the_simulation(more: dict[str, Any]) -> None:
    law = solve(limited(20.0, "wait", **more))
    assert law.method == "none"
    assert "pool" in law.notes[0]
