"""Formulas with their numbers: worked by hand, and the figure of the law."""

import re
from pathlib import Path
from typing import Any

import pytest

from models.queueing.check_network import check
from models.queueing.network import Network
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


def test_a_waiting_room_of_one_and_constant_services() -> None:
    # a = 1: q(0) = a(0) = 1/e, q(1) = 1 - 1/e; p(0) = 1/(1 + e), p(1) = (e - 1)/(1 + e), and p(2) =
    # 1/(1 + e) = 0.2689 are lost; L = p(1) + 2 p(2) = 1, R = 0.1 (1 + e)/e = 0.13679 s.
    one = alone(10, CONSTANT, capacity=2)
    assert one.law == "M/G/1/K"
    assert any(
        step.startswith("q(0) = 0.3679;") and "= 0.2689 are lost" in step for step in one.steps
    )
    assert one.steps[-1] == "R = L / (lambda (1 - p(K))) = 1 / 7.311 = 0.1368 s"


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
    if len(answer.classes) == 1 and answer.classes[0].response_time is not None:
        means[""] = answer.classes[0].response_time.mean
    for one in worked(described, answer):
        if one.steps:
            times = [float(text) for text in re.findall(r"= ([\d.e+-]+) s", " ".join(one.steps))]
            assert any(time == pytest.approx(means[one.station], rel=1e-3) for time in times)
            assert one.source


def whole(described: Network) -> Worked:
    """The formula of a network that is solved as a whole."""
    [one] = worked(described, solve(described))
    assert one.station == ""
    return one


def going_round(customers: int, disk: Any, **station: Any) -> Network:
    return network(
        {"processor": station, "disk": disk},
        jobs={
            "population": customers,
            "service": {"processor": exponential(0.2), "disk": exponential(0.1)},
            "route": ["processor", "disk"],
        },
    )


def test_mean_value_analysis_of_three_jobs() -> None:
    # n = 3: R = 0.2 (1 + 10/7) + 0.1 (1 + 4/7) = 9/14 s, X = 14/3 /s.
    one = whole(going_round(3, {}))
    assert one.law == "mean-value analysis"
    assert one.steps[2] == "n = 1: R = 0.2 + 0.1 = 0.3 s, X = 1 / 0.3 = 3.333/s, L = 0.6667, 0.3333"
    assert "= 0.6429 s, X = 3 / 0.6429 = 4.667/s" in one.steps[4]
    # No more than 1 / 0.2 = 5/s, nor 3 / 0.3 = 10/s; they cross at 1.5 jobs.
    assert "min(5, 10) = 5/s" in one.steps[-1]
    assert one.steps[-1].endswith("= 1.5")


def test_mean_value_analysis_of_many_jobs_is_shown_in_short() -> None:
    one = whole(going_round(40, {"servers": "infinite"}))
    assert [step[:6] for step in one.steps[2:-1]] == ["n = 1:", "n = 2:", "and so", "n = 40"]
    assert "disk) = 0.1 s (nobody waits)" in one.steps[0]


def test_convolution_where_a_station_has_several_servers() -> None:
    one = whole(going_round(3, {}, servers=2))
    assert one.law == "convolution"
    assert "D(processor) = 0.2 s (2 servers)" in one.steps[0]
    # F = 1, 0.2, 0.02, 0.002 and 1, 0.1, 0.01, 0.001: G(2) = 0.05, G(3) = 0.007.
    assert "X = G(N - 1) / G(N) = 7.143/s" in one.steps


def test_erlang_a_of_patience_as_long_as_service() -> None:
    # p(n) = e^-1 / n!: Lq = 1 - (1 - e^-1) = e^-1 = 0.3679, and as large a share gives up.
    impatient = {"patience": {"a": exponential(0.1)}}
    described = network({"a": {}}, all=visitor(exponential(0.1), arrivals=poisson(10), **impatient))
    [one] = worked(described, solve(described))
    assert one.law == "M/M/c+M (Erlang A)"
    assert "waiting: Lq = sum of (n - c) p(n) over n > c = 0.3679" in one.steps
    assert "give up: Lq / (lambda T) = 0.3679 / (10 x 0.1) = 0.3679" in one.steps


def limited(when_full: str, **more: Any) -> Network:
    made = Network.model_validate(
        {
            "name": "limited",
            "stations": {"a": {}},
            "pools": {"room": {"limit": 2, "stations": ["a"], "when_full": when_full}},
            "classes": {"all": visitor(exponential(0.1), **more)},
        }
    )
    assert check(made) == []
    return made


def test_a_limit_on_who_is_inside() -> None:
    # One server, however many are inside: M/M/1 with R = 0.1 / (1 - 0.8) = 0.5 s.
    one = whole(limited("wait", arrivals=poisson(8)))
    assert one.law == "flow-equivalent server"
    assert one.steps[-1].endswith("= 0.5 s")
    # M/M/1/2 at a = 1: a third is lost, L = 1, R = 1 / (10 x 2/3) = 0.15 s.
    one = whole(limited("lose", arrivals=poisson(10)))
    assert "p(K) = 0.3333 are lost; L = sum of n p(n) = 1" in one.steps
    assert one.steps[-1].endswith("= 0.15 s")


def test_clients_who_think_and_a_limit() -> None:
    # Two clients of 0.1 s that think 0.1 s: p = 1, 2, 2: L = 6/5, X = (2 - L) / 0.1 = 8/s.
    one = whole(limited("wait", population=2, think_time=exponential(0.1)))
    assert "L = sum of n p(n) = 1.2; X = (N - L) / Z = 8/s" in one.steps
    assert one.steps[-1].endswith("= 0.15 s")


def test_nothing_is_worked_out_of_what_grows() -> None:
    path = next(path for path in NETWORKS if path.stem == "overloaded-endpoint")
    described = read_network(path).network
    assert worked(described, solve(described)) == ()
