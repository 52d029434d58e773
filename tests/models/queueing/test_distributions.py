"""Distributions: their moments and tails by quadrature, and the fit to two moments."""

import math
import re

import mpmath
import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from models.queueing.distributions import (
    AnyDistribution,
    Deterministic,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    HyperExponential,
    Lognormal,
    Pareto,
    TwoMoments,
    Uniform,
    Weibull,
    is_exponential,
    mean,
    squared_variation,
)
from models.queueing.interarrivals import interarrivals
from models.queueing.tails import breaks, moment_of_larger, survival
from sim.kernels.streams import Streams, draw


def of(kind: type, **values: object) -> AnyDistribution:
    return kind.model_validate(values)


CONTINUOUS = {
    "exponential": of(Exponential, mean="2 s"),
    "erlang": of(Erlang, mean="2 s", phases=3),
    "hyper-exponential": of(HyperExponential, probabilities=[0.3, 0.7], means=["1 s", "4 s"]),
    "gamma": of(Gamma, mean="2 s", shape=0.6),
    "lognormal": of(Lognormal, mean="2 s", scv=0.5),
    "weibull": of(Weibull, scale="2 s", shape=1.5),
    "pareto": of(Pareto, minimum="1 s", shape=4.5),
    "uniform": of(Uniform, low="1 s", high="3 s"),
    "mixture of Erlangs": of(TwoMoments, mean="2 s", scv=0.4),
    "balanced means": of(TwoMoments, mean="2 s", scv=3),
}
DISCRETE = {
    "deterministic": of(Deterministic, value="2 s"),
    "empirical": of(Empirical, values=["1 s", "2 s", "5 s"], weights=[1, 2, 1]),
    "fitted without variance": of(TwoMoments, mean="2 s", scv=0),
}


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_moment_is_the_integral_of_the_tail(name: str, order: int) -> None:
    one = CONTINUOUS[name]
    places = [0, *breaks(one), 1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, mpmath.inf]
    area = mpmath.quad(
        lambda t: order * t ** (order - 1) * survival(one, float(t)), sorted(set(places))
    )
    assert one.moment(order) == pytest.approx(float(area), rel=1e-6)


def test_a_discrete_moment_is_the_sum_over_its_values() -> None:
    assert DISCRETE["deterministic"].moment(3) == 8
    assert DISCRETE["empirical"].moment(2) == pytest.approx((1 + 2 * 4 + 25) / 4)
    assert DISCRETE["fitted without variance"].moment(2) == 4


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("order", [1, 2])
def test_a_moment_above_a_floor_is_the_integral_of_what_is_longer(name: str, order: int) -> None:
    # E[max(X, c)^k] = c^k + integral of k x^(k-1) P(X > x) from c on.
    one, floor = CONTINUOUS[name], 1.5
    places = [floor, *(place for place in breaks(one) if place > floor), 2, 4, 8, 16, 64, 1024]
    area = mpmath.quad(
        lambda t: order * t ** (order - 1) * survival(one, float(t)),
        [*sorted(set(places)), mpmath.inf],
    )
    larger = moment_of_larger(one, floor, order)
    assert larger == pytest.approx(floor**order + float(area), rel=1e-6)
    assert moment_of_larger(one, 0.0, order) == one.moment(order)


def test_the_larger_of_a_discrete_duration_and_a_floor_is_a_sum() -> None:
    larger = moment_of_larger(DISCRETE["empirical"], 3.0, 2)
    assert larger == pytest.approx((9 + 2 * 9 + 25) / 4)
    assert moment_of_larger(DISCRETE["deterministic"], 3.0) == 3
    assert moment_of_larger(DISCRETE["fitted without variance"], 3.0) == pytest.approx(3)


@pytest.mark.parametrize("name", [*CONTINUOUS, *DISCRETE])
def test_a_tail_falls_from_one_to_nothing(name: str) -> None:
    one = (CONTINUOUS | DISCRETE)[name]
    values = [survival(one, t) for t in (0.0, 0.5, 1.0, 2.0, 4.0, 1e4)]
    assert values[0] == 1
    assert values == sorted(values, reverse=True)
    assert values[-1] < 1e-15


@pytest.mark.parametrize("shape", [0.1, 1.0, 7.5, 1000.0, 1e5])
@pytest.mark.parametrize("ratio", [0.5, 0.99, 1.0, 1.01, 2.0])
def test_the_tail_of_a_gamma_is_the_incomplete_gamma_function(shape: float, ratio: float) -> None:
    exact = mpmath.gammainc(shape, shape * ratio, mpmath.inf, regularized=True)
    found = survival(of(Gamma, mean="1 s", shape=shape), ratio)
    assert found == pytest.approx(float(exact), rel=1e-8, abs=1e-14)


@pytest.mark.parametrize("scv", [0, 0.001, 0.2, 0.25, 1 / 3, 0.5, 0.9, 1, 1.0001, 5, 1000])
def test_a_fit_has_both_moments(scv: float) -> None:
    fitted = of(TwoMoments, mean="3 s", scv=scv)
    assert mean(fitted) == pytest.approx(3, rel=1e-12)
    assert squared_variation(fitted) == pytest.approx(scv, rel=1e-9, abs=1e-12)


def test_a_heavy_tail_has_no_moments() -> None:
    heavy = of(Pareto, minimum="1 s", shape=1.5)
    assert mean(heavy) == pytest.approx(3)
    assert math.isinf(squared_variation(heavy))


def test_the_exponential_is_known_under_every_name() -> None:
    same = [
        of(Exponential, mean="2 s"),
        of(Erlang, mean="2 s", phases=1),
        of(Gamma, mean="2 s", shape=1),
        of(Weibull, scale="2 s", shape=1),
        of(TwoMoments, mean="2 s", scv=1),
        of(HyperExponential, probabilities=[0.5, 0.5], means=["2 s", "2 s"]),
    ]
    assert all(map(is_exponential, same))
    others = [one for name, one in (CONTINUOUS | DISCRETE).items() if name != "exponential"]
    assert not any(map(is_exponential, others))


@pytest.mark.parametrize("name", [*CONTINUOUS, *DISCRETE])
def test_a_transform_is_that_of_the_distribution(name: str) -> None:
    one = (CONTINUOUS | DISCRETE)[name]
    law = interarrivals(one)
    assert law.rate == pytest.approx(1 / mean(one))
    places = sorted({0, *breaks(one), 1, 2, 4, 8, 16, 32, 64})
    area = mpmath.quad(lambda t: mpmath.exp(-0.7 * t) * survival(one, float(t)), [*places, 200])
    assert law.transform(0.7) == pytest.approx(1 - 0.7 * float(area), rel=1e-7)


def test_transforms_by_integral_lose_no_digits() -> None:
    """Weibull of shape 1 is exponential: A = 1/(1 + s m), its excess (s m)^2/(1 + s m)."""
    law = interarrivals(of(Weibull, scale="2 s", shape=1))
    for s in (1e-9, 1e-3, 1.0, 100.0, 1e6):
        assert law.transform(s) == pytest.approx(1 / (1 + 2 * s), rel=1e-11)
        assert law.excess(s) == pytest.approx((2 * s) ** 2 / (1 + 2 * s), rel=1e-11)


def test_many_measured_times_have_a_transform() -> None:
    law = interarrivals(of(Empirical, values=[f"{k} ms" for k in range(1, 2001)]))
    assert law.transform(3.0) == pytest.approx(
        sum(math.exp(-0.003 * k) for k in range(1, 2001)) / 2000, rel=1e-12
    )


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Exponential, {"mean": "0 s"}),
        (Exponential, {"mean": 1}),
        (Erlang, {"mean": "1 s", "phases": 0}),
        (HyperExponential, {"probabilities": [0.5, 0.4], "means": ["1 s", "2 s"]}),
        (HyperExponential, {"probabilities": [1], "means": ["1 s", "2 s"]}),
        (Pareto, {"minimum": "1 s", "shape": 1}),
        (Uniform, {"low": "2 s", "high": "1 s"}),
        (Empirical, {"values": ["0 s"]}),
        (Empirical, {"values": ["1 s"], "weights": [0]}),
        (TwoMoments, {"mean": "1 s", "scv": 1e-4}),
    ],
)
def test_what_is_no_distribution_is_refused(kind: type, values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        of(kind, **values)


def test_a_rate_may_be_written_in_place_of_a_mean() -> None:
    reader = TypeAdapter(AnyDistribution)
    fast = reader.validate_python({"distribution": "exponential", "rate": "11/h"})
    assert fast.moment(1) == pytest.approx(3600 / 11)
    erlang = reader.validate_python({"distribution": "erlang", "rate": "0.5/s", "phases": 4})
    assert erlang.moment(1) == 2
    for wrong, said in (
        ({"rate": "11/h", "mean": "1 s"}, "has a mean and a rate; give one of them"),
        ({"rate": "11"}, "has no unit; a rate is written like '20/s'"),
        ({"rate": "0/s"}, "has a rate of 0; it must be more than 0"),
    ):
        with pytest.raises(ValidationError, match=re.escape(said)):
            reader.validate_python({"distribution": "exponential", **wrong})


def test_triangular() -> None:
    """From 1 to 6, likeliest 2: mean (1 + 2 + 6)/3, variance (1 + 4 + 36 - 2 - 6 - 12)/18."""
    reader = TypeAdapter(AnyDistribution)
    found = reader.validate_python(
        {"distribution": "triangular", "low": "1 s", "mode": "2 s", "high": "6 s"}
    )
    assert found.moment(1) == pytest.approx(3)
    assert found.moment(2) - 9 == pytest.approx(21 / 18)
    # Half of the area of either side: 1 - (x - 1)^2/5 to the mode, (6 - x)^2/20 from there on.
    assert [survival(found, x) for x in (0.5, 1.5, 2, 4, 7)] == pytest.approx(
        [1, 0.95, 0.8, 0.2, 0]
    )
    streams = Streams(np.random.SeedSequence(1))
    streams.add("it", found)
    rows, table = streams.arrays()
    drawn = np.array([draw(rows[0]) for _ in range(20_000)])
    assert len(table) == 3
    assert drawn.min() > 1
    assert drawn.max() < 6
    assert drawn.mean() == pytest.approx(3, abs=0.03)
    assert np.mean(drawn > 4) == pytest.approx(0.2, abs=0.01)
    with pytest.raises(ValidationError, match="needs low, mode and high in this order"):
        reader.validate_python(
            {"distribution": "triangular", "low": "1 s", "mode": "7 s", "high": "6 s"}
        )
