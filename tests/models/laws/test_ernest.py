"""Ernest's law: as its authors' tool fits it, and how far it is off."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from models.laws.ernest import Ernest, fit_ernest

# amplab/ernest, examples/rcv1-parsed.csv and examples/mllib_rcv1.md at ae245bf6 and 93fc89b6.
CORES = [32, 4, 4, 12, 12, 12, 16]
FRACTIONS = [0.125, 0.015625, 0.021382, 0.050164, 0.055921, 0.061678, 0.061678]
TIMES = [7.94516801834, 4.72029209137, 4.87661099434, 6.71376490593, 6.71519398689, 6.6739718914,
         6.83566999435]  # fmt: skip
PREDICTED = {16: 16.4412832993, 32: 12.4735312069, 48: 11.4279763052, 64: 11.040126181}


@pytest.mark.parametrize(("cores", "seconds"), PREDICTED.items())
def test_it_predicts_what_the_tool_of_its_authors_does(cores: int, seconds: float) -> None:
    law = fit_ernest(CORES, FRACTIONS, TIMES)
    assert law.time(cores) == pytest.approx(seconds, rel=1e-9)


@given(st.integers(0, 10_000))
def test_its_coefficients_are_those_of_non_negative_least_squares(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 20))
    machines = random.integers(1, 60, count).astype(float)
    scales, times = random.uniform(0.1, 10, count), random.uniform(5, 500, count)
    law = fit_ernest(machines.tolist(), scales.tolist(), times.tolist())
    features = np.stack([np.ones(count), scales / machines, np.log(machines), machines], axis=1)
    found, rest = nnls(features, times)
    mine = np.array([law.serial, law.parallel, law.tree, law.each])
    assert np.linalg.norm(features @ mine - times) == pytest.approx(rest, rel=1e-6)
    if np.linalg.matrix_rank(features) == 4:
        np.testing.assert_allclose(features @ mine, features @ found, rtol=1e-5, atol=1e-5)


def test_runs_of_the_law_give_the_law_back() -> None:
    law = Ernest(10.0, 400.0, 3.0, 0.5, 6, 0.0)
    machines, scales = [1, 2, 4, 8, 16, 32], [0.5, 1, 2, 1, 0.5, 4]
    times = [law.time(m, s) for m, s in zip(machines, scales, strict=True)]
    found = fit_ernest(machines, scales, times)
    assert (found.serial, found.parallel) == pytest.approx((10.0, 400.0))
    assert (found.tree, found.each) == pytest.approx((3.0, 0.5))
    assert found.error == pytest.approx(0.0, abs=1e-9)
    low, high = found.interval(10, 1)
    assert low == pytest.approx(high) == pytest.approx(law.time(10, 1))


def test_a_run_that_is_left_out_says_how_far_the_law_is_off() -> None:
    law = fit_ernest(CORES, FRACTIONS, TIMES)
    assert 0 < law.error < 0.2
    low, high = law.interval(16, 0.1)
    assert low < law.time(16, 0.1) < high
    assert high / low == pytest.approx(math.exp(2 * 2.446911851 * law.error))  # t of 6, 97.5 %


@pytest.mark.parametrize(
    ("law", "machines"),
    [
        (Ernest(1.0, 100.0, 0.0, 1.0, 3, 0.0), 10),  # sqrt(100/1)
        (Ernest(1.0, 100.0, 20.0, 0.0, 3, 0.0), 5),  # 100/20
        (Ernest(1.0, 0.0, 0.0, 1.0, 3, 0.0), 1),
        (Ernest(1.0, 0.0, 0.0, 0.0, 3, 0.0), 1),
        (Ernest(1.0, 5.0, 0.0, 0.0, 3, 0.0), 1_000_000),
    ],
)
def test_beyond_some_number_of_machines_it_takes_longer(law: Ernest, machines: int) -> None:
    assert law.fastest() == machines
    assert law.time(machines) <= law.time(max(1, machines - 1))


def test_too_few_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="runs is 2"):
        fit_ernest([1, 2], [1, 1], [10, 6])
    with pytest.raises(ValueError, match="2 machines, 3 scales and 3 times"):
        fit_ernest([1, 2], [1, 1, 1], [10, 6, 4])
    with pytest.raises(ValueError, match="times is 0"):
        fit_ernest([1, 2, 3], [1, 1, 1], [10, 0, 4])


STARVED = Ernest(10.0, 400.0, 3.0, 0.5, 6, 0.0, room=0.25, again=2000.0)


def test_what_has_no_room_in_memory_is_read_again() -> None:
    assert STARVED.time(2, 1) == pytest.approx(10 + 200 + 3 * math.log(2) + 1 + 2000 * 0.25)
    assert STARVED.time(4, 1) == pytest.approx(10 + 100 + 3 * math.log(4) + 2)
    assert (STARVED.enough(1.0), STARVED.enough(1.1)) == (4, 5)


def test_the_room_of_a_machine_is_found_in_runs_of_a_job_that_caches() -> None:
    cases = [(m, s) for m in (2, 4, 6, 8) for s in (0.5, 0.75, 1.0, 1.5)]
    machines, scales = zip(*cases, strict=True)
    times = [STARVED.time(m, s) for m, s in cases]
    law = fit_ernest(machines, scales, times, cached=True)
    assert law.room == pytest.approx(0.25)
    assert (law.again, law.parallel) == pytest.approx((2000.0, 400.0))
    assert math.isinf(fit_ernest(machines, scales, times).room)  # of another job it is not sought
    roomy = Ernest(10.0, 400.0, 3.0, 0.5, 6, 0.0)
    enough = [roomy.time(m, s) for m, s in cases]
    assert math.isinf(fit_ernest(machines, scales, enough, cached=True).room)


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0, 50.0])
def test_the_fastest_number_of_machines_reckons_with_memory(scale: float) -> None:
    found = STARVED.fastest(scale)
    assert STARVED.time(found, scale) == min(STARVED.time(m, scale) for m in range(1, 2000))
