"""Closed networks against published answers, exact rationals, Markov chains and each other."""

import math
import subprocess
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.queueing import closed_networks as law

times = st.floats(0.05, 5)


def constants(
    stations: Sequence[tuple[Sequence[Fraction], Sequence[int]]],
    think_times: Sequence[Fraction],
    population: Sequence[int],
) -> dict[tuple[int, ...], Fraction]:
    """Normalizing constants, by definition: a sum over all ways to spread the customers."""
    populations = list(product(*(range(n + 1) for n in population)))
    lattice = {
        n: math.prod(
            (z**k / math.factorial(k) for z, k in zip(think_times, n, strict=True)),
            start=Fraction(1),
        )
        for n in populations
    }
    for demands, speeds in stations:
        here = {}
        for n in populations:
            ways = Fraction(math.factorial(sum(n)), math.prod(map(math.factorial, n)))
            slowed = math.prod(speeds[min(i, len(speeds) - 1)] for i in range(sum(n)))
            here[n] = ways * math.prod(d**k for d, k in zip(demands, n, strict=True)) / slowed
        lattice = {
            n: sum(
                here[m] * lattice[tuple(a - b for a, b in zip(n, m, strict=True))]
                for m in product(*(range(k + 1) for k in n))
            )
            for n in populations
        }
    return lattice


def one_less(population: Sequence[int], c: int) -> tuple[int, ...]:
    return tuple(n - (i == c) for i, n in enumerate(population))


def test_worked_case_of_three_jobs() -> None:
    answer = law.solve_closed(law.closed_network([0.2, 0.1], 3))
    assert answer.throughput[0] == pytest.approx(14 / 3, rel=1e-12)
    assert (answer.method, answer.law) == ("exact", "mean-value analysis")


def test_database_server() -> None:
    # Menasce, Almeida and Dowdy (2004), Performance by Design, chapter 12.
    answer = law.exact(law.closed_network([10, 7.5, 15], 2))
    assert answer.throughput[0] == pytest.approx(0.04521739130434783, rel=1e-12)
    assert answer.residence_time[:, 0] == pytest.approx(
        [13.076923076923077, 9.23076923076923, 21.923076923076923], rel=1e-12
    )
    assert answer.response_time[0] == pytest.approx(44.23076923076923, rel=1e-12)
    assert answer.number[:, 0] == pytest.approx(
        [0.591304347826087, 0.41739130434782606, 0.991304347826087], rel=1e-12
    )
    assert answer.utilization == pytest.approx(
        [0.45217391304347826, 0.3391304347826087, 0.6782608695652174], rel=1e-12
    )


def test_three_interactive_users() -> None:
    # After Lazowska et al. (1984), chapter 6; mean-value analysis in rationals.
    answer = law.exact(law.closed_network([0.605, 2.1, 1.35], 3, 15))
    assert answer.throughput[0] == pytest.approx(0.15151649234709555, rel=1e-12)
    assert answer.response_time[0] == pytest.approx(4.7998247816321475, rel=1e-12)
    assert answer.residence_time[:, 0] == pytest.approx(
        [0.6439300296422789, 2.6047102104443556, 1.5511845415455128], rel=1e-12
    )
    assert answer.number[:, 0] == pytest.approx(
        [0.09756601940835935, 0.39465655466719385, 0.2350300407180136], rel=1e-12
    )
    assert answer.utilization == pytest.approx(
        [0.09166747786999281, 0.3181846339289007, 0.20454726466857898], rel=1e-12
    )


def test_two_classes_of_one_customer() -> None:
    # After Lazowska et al. (1984), chapter 7; a brute-force normalizing constant.
    answer = law.exact(law.closed_network([[1, 2], [3, 4]], [1, 1], [0, 0]))
    assert answer.throughput == pytest.approx([0.15789473684210525, 0.10526315789473684])
    assert answer.response_time == pytest.approx([6.333333333333333, 9.5], rel=1e-12)
    assert answer.residence_time.ravel() == pytest.approx([4 / 3, 2.5, 5, 7], rel=1e-12)
    assert answer.number.ravel() == pytest.approx([4 / 19, 5 / 19, 15 / 19, 14 / 19], rel=1e-12)
    assert answer.utilization == pytest.approx([7 / 19, 17 / 19], rel=1e-12)


@pytest.mark.parametrize("servers", [(1, 1, 1), (2, 1, 3), (1, 4, 2)])
def test_two_classes_equal_the_definition_in_rationals(servers: tuple[int, ...]) -> None:
    demands = [[Fraction(3, 2), 2], [1, Fraction(1, 4)], [0, Fraction(5, 2)]]
    thinks, population = [Fraction(2), Fraction(0)], (3, 4)
    stations = [(row, range(1, count + 1)) for row, count in zip(demands, servers, strict=True)]
    lattice = constants(stations, thinks, population)
    network = law.closed_network(
        [[float(d) for d in row] for row in demands], population, [2, 0], servers
    )
    answer = law.exact(network)
    for c in range(2):
        throughput = lattice[one_less(population, c)] / lattice[population]
        assert answer.throughput[c] == pytest.approx(float(throughput), rel=1e-12)
    for k, count in enumerate(servers):
        without = constants(stations[:k] + stations[k + 1 :], thinks, population)
        if count > 1:
            empty = float(without[population] / lattice[population])
            assert answer.distributions[k][0] == pytest.approx(empty, rel=1e-12)
            assert answer.distributions[k].sum() == pytest.approx(1, rel=1e-12)
            number = answer.distributions[k] @ np.arange(8)
            assert answer.number[k].sum() == pytest.approx(number, rel=1e-12)
    held = answer.number.sum(axis=0) + answer.throughput * [2, 0]
    assert held == pytest.approx(population, rel=1e-12)


def test_speeds_against_the_markov_chain() -> None:
    # Two classes share a station that slows down when crowded; then think.
    speeds, demand, think, population = [1.0, 1.5, 1.2], (1.0, 0.5), (2.0, 3.0), (3, 2)
    states = list(product(range(4), range(3)))  # how many of each class are at the station
    index = {state: i for i, state in enumerate(states)}
    generator = np.zeros((12, 12))
    for state, i in index.items():
        present = sum(state)
        for c in range(2):
            up = tuple(n + (d == c) for d, n in enumerate(state))
            moves = [(up, (population[c] - state[c]) / think[c])]
            if present:
                speed = speeds[min(present, 3) - 1]
                down = one_less(state, c)
                moves.append((down, speed * state[c] / present / demand[c]))
            for to, rate in moves:
                if to in index:
                    generator[i, index[to]] += rate
                    generator[i, i] -= rate
    generator[:, 0] = 1.0
    chain = np.linalg.solve(generator.T, np.eye(12)[0])
    answer = law.exact(law.closed_network([demand], population, think, speeds={0: speeds}))
    for c in range(2):
        number = sum(p * state[c] for p, state in zip(chain, states, strict=True))
        assert answer.number[0, c] == pytest.approx(number, rel=1e-12)
        assert answer.throughput[c] == pytest.approx((population[c] - number) / think[c], rel=1e-9)
    for n in range(6):
        probability = sum(p for p, state in zip(chain, states, strict=True) if sum(state) == n)
        assert answer.distributions[0][n] == pytest.approx(probability, rel=1e-12)
    assert answer.utilization[0] == pytest.approx(1 - chain[0], rel=1e-12)


@pytest.mark.parametrize(("population", "think"), [(100, 90), (100, 10), (10_000, 9_990)])
def test_four_servers_near_saturation_equal_exact_integers(population: int, think: int) -> None:
    # Terminals, 4 servers of 4 s and one of 63/64 s; times in 1/64 s, all scaled by 24 N!, so that
    # the generating functions multiply in integers.
    unit = 64
    demand = 4 * unit
    states = [24, 24 * demand, 12 * demand**2, 4 * demand**3, demand**4]
    term = math.factorial(population)
    single, recent, tail, before, whole = 0, [0] * 5, 0, 0, 0
    for n in range(population + 1):
        term = term * think * unit // n if n else term
        single = term + (unit - 1) * single
        recent = [single, *recent[:4]]
        tail = unit * tail + states[4] * recent[4]
        before, whole = whole, sum(map(int.__mul__, states[:4], recent[:4])) + tail
    network = law.closed_network([4, 63 / 64], population, think, [4, 1])
    answer = law.exact(network)
    throughput = float(Fraction(before * unit, whole))
    assert answer.throughput[0] == pytest.approx(throughput, rel=1e-9)
    for n in range(4):
        exact = float(Fraction(states[n] * recent[n], whole))
        assert answer.distributions[0][n] == pytest.approx(exact, rel=1e-9)
    assert answer.number.sum() + throughput * think == pytest.approx(population, rel=1e-9)
    assert answer.law == "convolution"


def test_ten_thousand_customers_at_two_hundred_stations() -> None:
    # Balanced: X = N / (D (K + N - 1)), by either law.
    network = law.closed_network([0.5] * 200, 10_000)
    answer = law.exact(network)
    assert answer.throughput[0] == pytest.approx(10_000 / (0.5 * 10_199), rel=1e-9)
    assert answer.number[:, 0] == pytest.approx([50] * 200, rel=1e-9)
    by_convolution = law.exact(law.closed_network([0.5] * 20, 10_000, speeds={0: [1.0]}))
    assert by_convolution.throughput[0] == pytest.approx(10_000 / (0.5 * 10_019), rel=1e-9)
    assert by_convolution.number[:, 0] == pytest.approx([500] * 20, rel=1e-9)


def test_a_thousand_busy_servers_are_infinitely_many() -> None:
    # An empty station has the probability e^-1000 or so: below what a double holds.
    some = law.exact(law.closed_network([1000, 0.9], 1000, servers=[1000, 1]))
    ever = law.exact(law.closed_network([1000, 0.9], 1000, servers=[math.inf, 1]))
    assert some.throughput[0] == pytest.approx(ever.throughput[0], rel=1e-9)
    assert some.number[0, 0] == pytest.approx(ever.number[0, 0], rel=1e-9)
    assert ever.utilization[0] == 0
    assert ever.residence_time[0, 0] == 1000


def test_machines_and_repair_crews() -> None:
    # Machine repairman: the binomial where each has a crew.
    answer = law.exact(law.closed_network([2.0], 5, 8.0, servers=5))
    expected = [math.comb(5, n) * 0.2**n * 0.8 ** (5 - n) for n in range(6)]
    assert answer.distributions[0] == pytest.approx(expected, rel=1e-12)


def test_one_server_by_either_law() -> None:
    args = ([[0.3, 0.7], [0.9, 0.2]], [6, 5], [1.0, 0.0])
    analysis = law.exact(law.closed_network(*args))
    convolution = law.exact(law.closed_network(*args, speeds={1: [1.0]}))
    assert analysis.residence_time == pytest.approx(convolution.residence_time, rel=1e-12)
    assert analysis.utilization == pytest.approx(convolution.utilization, rel=1e-12)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(times, st.integers(1, 3)), min_size=1, max_size=4),
    st.integers(1, 4),
    st.integers(1, 4),
    st.floats(0, 10),
)
def test_identical_classes_are_one_class(
    stations: list[tuple[float, int]], first: int, second: int, think_time: float
) -> None:
    demands, servers = [list(column) for column in zip(*stations, strict=True)]
    together = law.exact(law.closed_network(demands, first + second, think_time, servers))
    apart = law.exact(
        law.closed_network([[d, d] for d in demands], [first, second], [think_time] * 2, servers)
    )
    assert apart.throughput.sum() == pytest.approx(together.throughput[0], rel=1e-9)
    assert apart.throughput[0] * second == pytest.approx(apart.throughput[1] * first, rel=1e-9)
    assert apart.number.sum(axis=1) == pytest.approx(together.number[:, 0], rel=1e-9)
    assert apart.utilization == pytest.approx(together.utilization, rel=1e-9)


networks = st.tuples(st.integers(1, 4), st.integers(1, 3)).flatmap(
    lambda shape: st.builds(
        law.closed_network,
        st.lists(
            st.lists(times, min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        ),
        st.lists(st.integers(1, 6), min_size=shape[1], max_size=shape[1]),
        st.lists(st.floats(0, 20), min_size=shape[1], max_size=shape[1]),
    )
)


@settings(deadline=None, max_examples=60)
@given(networks)
def test_approximations_are_near_the_exact_law(network: law.ClosedNetwork) -> None:
    # The largest errors of a throughput over 3,000 random networks were 1.7 % and 24 %, and 3.9 %
    # and 29 % where a search went for the worst: a class of one customer that meets crowds of
    # other classes. Half as much again is left for what the search missed.
    exact = law.exact(network)
    for approximate, most in ((law.linearizer, 0.06), (law.bard_schweitzer, 0.45)):
        answer = approximate(network)
        assert answer.throughput == pytest.approx(exact.throughput, rel=most)
        assert answer.method == "approximation"


@settings(deadline=None, max_examples=60)
@given(networks)
def test_operational_laws_hold(network: law.ClosedNetwork) -> None:
    for solve in (law.exact, law.linearizer, law.bard_schweitzer):
        answer = solve(network)
        cycles = answer.response_time + network.think_time
        assert answer.throughput * cycles == pytest.approx(network.population, rel=1e-9)
        assert answer.number == pytest.approx(answer.residence_time * answer.throughput, rel=1e-9)
        busy = np.minimum(network.demands @ answer.throughput, 1)
        assert answer.utilization == pytest.approx(busy, rel=1e-9)
        assert (answer.residence_time > 0).all()


@given(st.lists(times, min_size=1, max_size=4), st.floats(0, 10))
@settings(deadline=None, max_examples=20)
def test_the_bottleneck_bounds_a_crowd(demands: list[float], think_time: float) -> None:
    answer = law.exact(law.closed_network(demands, 5_000, think_time))
    # Ties of up to four stations leave a thousandth.
    assert answer.throughput[0] == pytest.approx(1 / max(demands), rel=2e-3)


def test_linearizer_with_a_million_customers_and_bottlenecks_that_almost_tie() -> None:
    network = law.closed_network([[1, 1], [0.999999, 1.0001], [0.5, 0.5]], [10**6, 10**6], [80, 0])
    answer = law.solve_closed(network)
    assert (answer.method, answer.law) == ("approximation", "Linearizer")
    assert answer.utilization.max() == pytest.approx(1, abs=1e-4)
    assert answer.throughput @ [1, 1] == pytest.approx(1, rel=1e-3)


def test_several_servers_above_the_limit() -> None:
    # Four servers of 1 s and a think time of 9 s; measured, the worst case is near saturation.
    network = law.closed_network([1.0], 30, 9.0, servers=4)
    answer = law.solve_closed(network, size_limit=0)
    assert "one fast one and a delay" in answer.law
    assert answer.throughput == pytest.approx(law.exact(network).throughput, rel=0.03)


def test_speeds_have_no_approximation() -> None:
    network = law.closed_network([1.0], 3, 9.0, speeds={0: [1, 2]})
    with pytest.raises(ValueError, match="station 0 has speeds"):
        law.solve_closed(network, size_limit=0)


def test_all_stations_have_infinitely_many_servers() -> None:
    network = law.closed_network([[1.0, 2.0]], [3, 4], [0, 1], servers=math.inf)
    for solve in (law.exact, law.linearizer, law.bard_schweitzer):
        assert solve(network).throughput == pytest.approx([3, 4 / 3], rel=1e-12)


def test_a_station_that_nobody_needs() -> None:
    answer = law.exact(law.closed_network([1.0, 0.0], 3, servers=[1, 2]))
    assert answer.number[:, 0] == pytest.approx([3, 0])
    assert answer.distributions[1].tolist() == [1, 0, 0, 0]
    assert answer.throughput[0] == pytest.approx(1)


def test_answers_are_read_only() -> None:
    answer = law.exact(law.closed_network([0.2, 0.1], 3))
    with pytest.raises(ValueError, match="read-only"):
        answer.throughput[0] = 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"demands": [1.0, -1.0]}, "demands"),
        ({"demands": [1.0, math.nan]}, "demands"),
        ({"demands": [1.0, math.inf]}, "demands"),
        ({"demands": []}, "demands"),
        ({"demands": 1.0}, "demands"),
        ({"demands": [[1.0], [1.0, 2.0]]}, "demands"),
        ({"demands": [0.0, 0.0]}, "demands are all zero"),
        ({"demands": [1e-200, 0.0]}, "all below 1e-100 s"),
        ({"demands": [1e200, 1.0]}, "1e.100 s or less"),
        ({"demands": [[1.0, 0.0]], "population": [1, 1], "think_time": [0, 0]}, "of class 1"),
        ({"population": 0}, "population"),
        ({"population": 1.5}, "population"),
        ({"population": math.nan}, "population"),
        ({"population": -1}, "population"),
        ({"population": [1, 1]}, "population has 2 classes"),
        ({"think_time": -1.0}, "think_time"),
        ({"think_time": math.inf}, "think_time"),
        ({"think_time": [1.0, 1.0]}, "think_time"),
        ({"servers": 0}, "servers"),
        ({"servers": 1.5}, "servers"),
        ({"servers": [1, 2, 3]}, "servers"),
        ({"speeds": {2: [1.0]}}, "speeds name station 2"),
        ({"speeds": {0: [0.0]}}, "speeds of station 0"),
        ({"speeds": {0: [math.nan]}}, "speeds of station 0"),
        ({"speeds": {0: []}}, "speeds of station 0"),
        ({"speeds": {0: [1.0]}, "servers": 2}, "station 0 has speeds"),
    ],
)
def test_refused(change: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        law.closed_network(**{"demands": [1.0, 2.0], "population": 3} | change)  # type: ignore[arg-type]


def test_ten_stations_and_a_thousand_customers_take_a_tenth_of_a_millisecond() -> None:
    network = law.closed_network(np.linspace(0.1, 1, 10), 1_000)
    law.exact(network)
    fastest = math.inf
    for _ in range(200):
        start = time.perf_counter()
        law.exact(network)
        fastest = min(fastest, time.perf_counter() - start)
    assert fastest < 5e-4  # with room for slow machines


def test_the_compiler_is_loaded_only_when_needed() -> None:
    modules = "closed_networks, models.laws.queueing.open_networks"
    code = f"import sys, models.laws.queueing.{modules}; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
