"""Random streams against the moments and distribution functions that they must have."""

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray
from pydantic import TypeAdapter

from models.queueing.distributions import AnyDistribution, TwoMoments, mean, squared_variation
from sim.kernels.streams import Streams, draw, fill, uniform

READER: TypeAdapter[AnyDistribution] = TypeAdapter(AnyDistribution)
NUMBER = 40_000
Function = Callable[[float], float]


@njit
def _fill(stream: Any, values: Any) -> None:
    for i in range(len(values)):
        values[i] = draw(stream)


@njit
def _fill_uniform(stream: Any, values: Any) -> None:
    for i in range(len(values)):
        values[i] = uniform(stream)


def read(name: str, **parameters: Any) -> AnyDistribution:
    return READER.validate_python({"distribution": name, **parameters})


def values(
    distribution: AnyDistribution | None,
    seed: int = 1,
    mirrored: bool | None = None,
    purpose: str = "it service",
    number: int = NUMBER,
) -> NDArray[np.float64]:
    streams = Streams(np.random.SeedSequence(seed), mirrored)
    streams.add("something else")
    stream = streams.add(purpose, distribution)
    rows, table = streams.arrays()
    drawn = np.empty(number)
    (_fill if distribution else _fill_uniform)(rows[stream], drawn)
    assert len(table)  # lives until here
    return drawn


def gamma_function(shape: float, scale: float) -> Function:
    return lambda x: float(mpmath.gammainc(shape, 0, x / scale, regularized=True))


def mixture_function(d: TwoMoments) -> Function:
    phases, fewer = d.erlang_mixture
    scale = d.mean / (phases - fewer)
    one, other = gamma_function(phases - 1, scale), gamma_function(phases, scale)
    return lambda x: fewer * one(x) + (1 - fewer) * other(x)


def hyper_function(probabilities: list[float], means: list[float]) -> Function:
    pairs = list(zip(probabilities, means, strict=True))
    return lambda x: sum(p * -math.expm1(-x / m) for p, m in pairs)


def normal_function(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


LOGNORMAL = read("lognormal", mean="2 s", scv=1.5)
SMOOTH = read("two-moments", mean="3 s", scv=0.3)
VARIABLE = read("two-moments", mean="3 s", scv=4)
CONTINUOUS: list[tuple[AnyDistribution, Function]] = [
    (read("exponential", mean="3 s"), lambda x: -math.expm1(-x / 3)),
    (read("erlang", mean="3 s", phases=4), gamma_function(4, 0.75)),
    (read("erlang", mean="3 s", phases=40), gamma_function(40, 3 / 40)),
    (
        read("hyper-exponential", probabilities=[0.2, 0.8], means=["5 s", "1 s"]),
        hyper_function([0.2, 0.8], [5, 1]),
    ),
    (read("gamma", mean="3 s", shape=2.5), gamma_function(2.5, 1.2)),
    (read("gamma", mean="3 s", shape=0.4), gamma_function(0.4, 7.5)),
    (
        LOGNORMAL,
        lambda x: normal_function((math.log(x) - LOGNORMAL.mu) / LOGNORMAL.sigma),  # type: ignore[union-attr]
    ),
    (read("weibull", scale="2 s", shape=1.7), lambda x: -math.expm1(-((x / 2) ** 1.7))),
    (read("pareto", minimum="1 s", shape=5), lambda x: 1 - x**-5.0),
    (read("uniform", low="1 s", high="4 s"), lambda x: (x - 1) / 3),
    (SMOOTH, mixture_function(SMOOTH)),  # type: ignore[arg-type]
    (
        VARIABLE,
        hyper_function(list(VARIABLE.balanced.probabilities), list(VARIABLE.balanced.means)),  # type: ignore[union-attr]
    ),
]
DISCRETE = read("empirical", values=["1 s", "2 s", "5 s"], weights=[1, 2, 1])
MANY = read("empirical", values=[f"{k} s" for k in range(1, 51)])
MODES = pytest.mark.parametrize("mirrored", [None, False, True])
ANY = pytest.mark.parametrize(
    "distribution",
    [*(d for d, _ in CONTINUOUS), DISCRETE, MANY],
    ids=lambda d: f"{d.distribution} {squared_variation(d):.2g}",
)


@MODES
@ANY
def test_moments(distribution: AnyDistribution, mirrored: bool | None) -> None:
    drawn = values(distribution, mirrored=mirrored)
    first, deviation = mean(distribution), drawn.std()
    assert abs(drawn.mean() - first) < 4 * deviation / math.sqrt(NUMBER)
    squares = drawn**2
    spread = 4 * squares.std() / math.sqrt(NUMBER)
    assert abs(squares.mean() - distribution.moment(2)) < spread


@MODES
@pytest.mark.parametrize(
    ("distribution", "function"),
    CONTINUOUS,
    ids=[f"{d.distribution} {squared_variation(d):.2g}" for d, _ in CONTINUOUS],
)
def test_distribution_function(
    distribution: AnyDistribution, function: Function, mirrored: bool | None
) -> None:
    """Kolmogorov and Smirnov's test, at the places that split the values into 200 parts."""
    drawn = np.sort(values(distribution, mirrored=mirrored))
    places = np.arange(NUMBER // 400, NUMBER, NUMBER // 200)
    expected = np.array([function(float(x)) for x in drawn[places]])
    assert np.abs(expected - (places + 0.5) / NUMBER).max() < 1.95 / math.sqrt(NUMBER)


def test_values_of_which_there_are_few() -> None:
    drawn = values(DISCRETE)
    found, counts = np.unique(drawn, return_counts=True)
    assert found.tolist() == [1.0, 2.0, 5.0]
    assert counts / NUMBER == pytest.approx([0.25, 0.5, 0.25], abs=0.01)
    counts = np.bincount(values(MANY).astype(int), minlength=51)[1:]
    assert ((counts - NUMBER / 50) ** 2 / (NUMBER / 50)).sum() < 86  # chi-squared, p = 0.001
    assert set(values(read("deterministic", value="3 s"), number=10)) == {3.0}
    assert set(values(read("two-moments", mean="3 s", scv=0), number=10)) == {3.0}


@MODES
def test_uniforms(mirrored: bool | None) -> None:
    drawn = np.sort(values(None, mirrored=mirrored))
    assert 0 < drawn[0] < drawn[-1] < 1
    places = (np.arange(NUMBER) + 0.5) / NUMBER
    assert np.abs(drawn - places).max() < 1.95 / math.sqrt(NUMBER)
    unsorted = values(None, mirrored=mirrored)
    for lag in (1, 2, 7):
        assert abs(np.corrcoef(unsorted[lag:], unsorted[:-lag])[0, 1]) < 4 / math.sqrt(NUMBER)


def test_antithetic_uniforms_sum_to_one() -> None:
    total = values(None, mirrored=False) + values(None, mirrored=True)
    assert total == pytest.approx(1.0, abs=1e-15)


# Gamma values and mixtures of Erlang ones take a random number of uniforms, and fall out of step.
IN_STEP = [d for d, _ in CONTINUOUS if d.distribution != "gamma" and d is not SMOOTH]


@pytest.mark.parametrize(
    "distribution",
    [*IN_STEP, DISCRETE, MANY],
    ids=lambda d: f"{d.distribution} {squared_variation(d):.2g}",
)
def test_antithetic_values_vary_against_each_other(distribution: AnyDistribution) -> None:
    one, other = values(distribution, mirrored=False), values(distribution, mirrored=True)
    assert np.corrcoef(one, other)[0, 1] < -0.15


def test_a_stream_depends_on_the_seed_and_on_its_purpose_alone() -> None:
    distribution = read("exponential", mean="1 s")
    first = values(distribution)
    assert (first == values(distribution)).all()
    for other in (values(distribution, seed=2), values(distribution, purpose="it patience")):
        assert abs(np.corrcoef(first, other)[0, 1]) < 4 / math.sqrt(NUMBER)
    alone = Streams(np.random.SeedSequence(1))
    stream = alone.add("it service", distribution)
    rows, _ = alone.arrays()
    assert [draw(rows[stream]) for _ in range(10)] == first[:10].tolist()


def test_spawned_seeds_have_streams_of_their_own() -> None:
    children = np.random.SeedSequence(1).spawn(2)
    drawn = []
    for child in children:
        streams = Streams(child)
        streams.add("it")
        rows, _ = streams.arrays()
        drawn.append([uniform(rows[0]) for _ in range(5)])
    assert not set(drawn[0]) & set(drawn[1])


@pytest.mark.parametrize("mirrored", [None, False, True])
@pytest.mark.parametrize(
    "distribution",
    [
        read("exponential", mean="3 s"),
        read("gamma", mean="3 s", shape=2.5),
        read("deterministic", value="2 s"),
    ],
    ids=lambda one: one.distribution,
)
def test_many_values_at_once_are_those_one_by_one(
    distribution: AnyDistribution, mirrored: bool | None
) -> None:
    # 5,000 exponentials meet the lowest layer and the wedges some 50 times.
    singly = values(distribution, seed=7, mirrored=mirrored, number=5000)
    streams = Streams(np.random.SeedSequence(7), mirrored)
    streams.add("something else")
    stream = streams.add("it service", distribution)
    rows, table = streams.arrays()
    together = np.empty(5000)
    for first, last in ((0, 1), (1, 1), (1, 3000), (3000, 5000)):
        fill(rows[stream], together[first:last], last - first)
    assert len(table)
    np.testing.assert_array_equal(together, singly)
