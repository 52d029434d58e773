"""A network under other loads, by the laws."""

from pathlib import Path

import pytest

from models.queueing.loads import loads
from models.queueing.network import Network
from models.queueing.read_network import read_network
from models.queueing.solve import solve

NETWORKS = Path(__file__).parents[3] / "networks"


def network(name: str) -> Network:
    return read_network(NETWORKS / f"{name}.yaml").network


def test_one_server_responds_as_its_utilization_says() -> None:
    described = network("mm1")
    found = loads(described, solve(described))
    assert [one.utilization for one in found] == sorted(one.utilization for one in found)
    assert found[-1].utilization == pytest.approx(0.96)
    assert [one.utilization for one in found if one.times == 1.0] == [pytest.approx(0.8)]
    for one in found:
        (response,) = one.responses.values()
        assert response == pytest.approx(0.1 / (1 - one.utilization))


def test_every_class_has_its_response() -> None:
    described = network("priorities")
    found = loads(described, solve(described))
    assert {frozenset(one.responses) for one in found} == {frozenset({"interactive", "batch"})}
    assert all(one.responses["interactive"] < one.responses["batch"] for one in found)


@pytest.mark.parametrize("name", ["closed-three-jobs", "autoscaling", "overloaded-endpoint"])
def test_of_other_arrivals_and_without_a_law_nothing_is_said(name: str) -> None:
    described = network(name)
    assert loads(described, solve(described)) == ()
