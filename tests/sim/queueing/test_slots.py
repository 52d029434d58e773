"""Customers who take several servers of a station at once."""

from typing import Any

import pytest

from models.queueing.check_network import check
from models.queueing.network import Network
from models.queueing.solve import solve
from sim.queueing.simulate_network import simulate


def cluster(large: str = "0.3/h", station: Any = None, slots: int = 7) -> Network:
    """Ten servers; jobs of 2 h in the mean that take one of them, and jobs that take seven."""
    service = {"cluster": {"distribution": "exponential", "mean": "2 h"}}
    classes = {
        name: {
            "arrivals": {"kind": "poisson", "rate": rate},
            "service": service,
            "slots": {"cluster": count},
            "route": ["cluster"],
        }
        for name, rate, count in (("small", "1/h", 1), ("large", large, slots))
    }
    stations = {"cluster": station or {"servers": 10}}
    return Network.model_validate({"name": "slots", "stations": stations, "classes": classes})


def test_small_and_large_jobs_in_turn() -> None:
    """Waits of about 2.9 and 4.0 h in an independent simulation; 3.002 and 4.140 h by the chain."""
    law, run = solve(cluster()), simulate(cluster(), replications=8, visits=100_000)
    assert law.method == "exact"
    for owner, hours, busy in (("small", 3.002, 0.2), ("large", 4.140, 0.42)):
        for answer, slack in ((law, 0.002), (run, 0.15)):
            [found] = [one for one in answer.stations if one.customer_class == owner]
            assert found.waiting_time is not None
            assert found.waiting_time.mean / 3600 == pytest.approx(hours, abs=slack)
            assert found.utilization.mean == pytest.approx(busy, rel=0.03)
    whole = law.stations[0]
    assert whole.utilization.mean == pytest.approx((1 * 2 + 0.3 * 2 * 7) / 10)
    assert whole.number.mean == pytest.approx(1.3 * 2 + 3.002 + 0.3 * 4.140, rel=1e-3)


def test_a_queue_may_grow_while_servers_are_idle() -> None:
    """At 0.5/h of 6 servers the work is 80 % of the servers, but only one of them fits at a time,
    and the first in turn holds back all others."""
    network = cluster("0.5/h", slots=6)
    assert [one.station for one in solve(network).unstable] == ["cluster"]
    assert simulate(network, replications=4, visits=100_000).unstable != ()


@pytest.mark.parametrize(
    ("station", "said"),
    [
        ({"servers": 6}, "is more than the 6 servers of the station"),
        ({"servers": "infinite"}, "is for a station of infinitely many servers"),
        ({"servers": 10, "discipline": "random"}, "is for a station that serves by random"),
        ({"servers": 10, "batch": {"size": 2}}, "is for a station with batch"),
    ],
)
def test_where_nobody_can_take_several_servers(station: Any, said: str) -> None:
    [fault] = check(cluster(station=station))
    assert fault.path == ("classes", "large", "slots", "cluster")
    assert said in fault.message
