"""Formulas with their numbers: worked by hand, and the figure of the law."""

import re
from pathlib import Path
from typing import Any

import pytest

from models.queueing.read_network import read_network
from models.queueing.solve import solve
from models.queueing.worked_formulas import Worked, worked
from tests.models.queueing.builder import deterministic, exponential, network, poisson, visitor

NETWORKS = sorted((Path(__file__).parents[3] / "networks").glob("*.yaml"))
CONSTANT = deterministic(0.1)


def alone(rate: float, service: Any, **station: Any) -> Worked:
    """The formula of one station that customers come to at random."""
    described = network({"a": station}, all=visitor(service, arrivals=poisson(rate)))
    [one] = worked(described, solve(described))
    return one


def test_one_server() -> None:
    # R = 0.1 / (1 - 0.8) = 0.5 s.
    one = alone(8, exponential(0.1))
    assert one.law == "M/M/1"
    assert "R = S / (1 - U) = 0.1 / (1 - 0.8) = 0.5 s" in one.steps
    assert "L = lambda R = 8 x 0.5 = 4  (Little)" in one.steps


def test_erlang_c_of_two_servers() -> None:
    # a = 1.5: C = 1.125 / (0.25 x 2.5 + 1.125) = 9/14, W = 9/14 x 0.1 / 0.5 = 0.12857 s.
    one = alone(15, exponential(0.1), servers=2)
    assert one.law == "M/M/c (Erlang C)"
    assert any(step.startswith("C = ") and step.endswith(" = 0.6429") for step in one.steps)
    assert "W = C S / (c - a) = 0.6429 x 0.1 / (2 - 1.5) = 0.1286 s" in one.steps


def test_pollaczek_and_khinchine_of_constant_services() -> None:
    # E[S^2] = 0.01 s^2: W = 8 x 0.01 / (2 x 0.2) = 0.2 s, half of that of M/M/1.
    one = alone(8, CONSTANT)
    assert one.law == "M/G/1 (Pollaczek-Khinchine)"
    assert "W = lambda E[S^2] / (2 (1 - U)) = 8 x 0.01 / (2 (1 - 0.8)) = 0.2 s" in one.steps


def test_erlang_b_of_two_trunks() -> None:
    # a = 2: B = 2 / (1 + 2 + 2) = 0.4.
    one = alone(20, exponential(0.1), servers=2, capacity=2)
    assert one.law == "M/G/c/c (Erlang B)"
    assert any(step.endswith("= 0.4") for step in one.steps)


def test_a_waiting_room_of_one() -> None:
    # a = 1: three states alike, so that a third is lost; L = 1, R = 1 / (10 x 2/3) = 0.15 s.
    one = alone(10, exponential(0.1), capacity=2)
    assert one.law == "M/M/c/K"
    assert "p(K) = 0.3333 are lost; L = sum of n p(n) = 1" in one.steps
    assert one.steps[-1].endswith("= 0.15 s")


def test_as_many_servers_as_customers() -> None:
    assert alone(10, CONSTANT, servers="infinite").law == "M/G/infinity"


def test_a_station_without_a_short_formula_says_so() -> None:
    one = alone(8, exponential(0.1), discipline="srpt")
    assert (one.law, one.steps) == ("", ())


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_what_is_printed_last_is_the_answer_of_the_law(path: Path) -> None:
    described = read_network(path).network
    answer = solve(described)
    means = {
        one.station: one.response_time.mean
        for one in answer.stations
        if one.customer_class is None and one.response_time is not None
    }
    for one in worked(described, answer):
        if one.steps:
            times = [float(text) for text in re.findall(r"= ([\d.e+-]+) s", " ".join(one.steps))]
            assert any(time == pytest.approx(means[one.station], rel=1e-3) for time in times)
            assert one.source


def test_nothing_is_worked_out_of_what_grows_or_goes_round() -> None:
    for name in ("overloaded-endpoint", "closed-three-jobs"):
        path = next(path for path in NETWORKS if path.stem == name)
        described = read_network(path).network
        assert worked(described, solve(described)) == ()
