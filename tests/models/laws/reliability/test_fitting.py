"""Lifetimes fitted to field data, against surpyval and closed forms."""

import math
from typing import Any

import numpy as np
import pytest

from models.laws.reliability.field_data import FieldData
from models.laws.reliability.fitting import FAMILIES, Family, fit, fits
from models.laws.reliability.lifetimes import Exponential, Weibull

# Lives of 16 to 120 h and two units that worked still at 130 h.
FEW = FieldData((16.0, 34.0, 53.0, 75.0, 93.0, 120.0), (130.0, 130.0))


def field_data(law: Any, units: int, until: float, seed: int) -> FieldData:
    lives = law.draw(np.random.default_rng(seed), units)
    failed = lives[lives <= until]
    return FieldData(tuple(failed.tolist()), (until,) * (units - len(failed)))


def peer(name: str, data: FieldData, **options: Any) -> Any:
    """The model of surpyval."""
    import surpyval

    ages = [*data.failures, *data.survivals, *map(list, data.intervals)]
    kinds = [0] * len(data.failures) + [1] * len(data.survivals) + [2] * len(data.intervals)
    return getattr(surpyval, name).fit(x=ages, c=kinds, **options)


def test_exponential_in_closed_form() -> None:
    # Meeker and Escobar (1998), chapter 7: failures over total time; the ends of the interval
    # are roots of 2(d log(d/(T l)) + T l - d) = 3.8415.
    found = fit(FEW, "exponential")
    rate, total = 6 / 651, 651.0
    assert found.lifetime.mttf == pytest.approx(1 / rate, rel=1e-12)
    assert found.log_likelihood == pytest.approx(6 * math.log(rate) - 6, rel=1e-12)
    assert found.aic == pytest.approx(2 - 2 * found.log_likelihood)
    for end in found.interval("failure_rate"):
        ratio = 2 * (6 * math.log(6 / (total * end)) + total * end - 6)
        assert ratio == pytest.approx(3.841458820694124, rel=1e-5)


@pytest.mark.parametrize(
    ("family", "name"), [("weibull", "Weibull"), ("lognormal", "LogNormal"), ("gamma", "Gamma")]
)
def test_two_parameters_as_surpyval(family: Family, name: str) -> None:
    data = field_data(Weibull(1.4, 1000.0), 60, 1200.0, seed=5)
    found, theirs = fit(data, family), peer(name, data)
    ours = [getattr(found.lifetime, parameter) for parameter in found.parameters]
    expected = theirs.params.tolist()
    if family == "weibull":
        expected.reverse()
    if family == "gamma":
        expected[1] = 1 / expected[1]
    assert ours == pytest.approx(expected, rel=1e-4)
    assert found.log_likelihood == pytest.approx(-theirs.neg_ll(), rel=1e-9)
    assert found.log_likelihood >= -theirs.neg_ll() - 1e-7


def test_three_parameters_as_surpyval() -> None:
    data = field_data(Weibull(2.0, 100.0, 50.0), 60, 160.0, seed=3)
    found, theirs = fit(data, "weibull3"), peer("Weibull", data, offset=True)
    law = found.lifetime
    assert isinstance(law, Weibull)
    expected = [float(theirs.gamma), *theirs.params.tolist()]
    assert [law.location, law.scale, law.shape] == pytest.approx(expected, rel=1e-4)
    assert found.log_likelihood >= -theirs.neg_ll() - 1e-7
    assert found.log_likelihood >= fit(data, "weibull").log_likelihood
    low, high = found.interval("location")
    assert 0 <= low < law.location < high < min(data.failures)


def test_intervals_as_surpyval() -> None:
    lives = Weibull(1.5, 1000.0).draw(np.random.default_rng(8), 50)
    found_at = np.ceil(lives / 250) * 250
    data = FieldData((), (), tuple((float(end) - 250, float(end)) for end in found_at))
    found, theirs = fit(data, "weibull"), peer("Weibull", data)
    assert isinstance(found.lifetime, Weibull)
    ours = [found.lifetime.scale, found.lifetime.shape]
    assert ours == pytest.approx(theirs.params.tolist(), rel=1e-4)
    assert found.log_likelihood == pytest.approx(-theirs.neg_ll(), rel=1e-9)


def test_the_unit_of_time_does_not_matter() -> None:
    hours, seconds = fit(FEW, "weibull"), fit(FEW.scaled(3600.0), "weibull")
    assert isinstance(hours.lifetime, Weibull)
    assert isinstance(seconds.lifetime, Weibull)
    assert seconds.lifetime.shape == pytest.approx(hours.lifetime.shape, rel=1e-6)
    assert seconds.lifetime.scale == pytest.approx(3600 * hours.lifetime.scale, rel=1e-6)
    per_hour = seconds.log_likelihood + 6 * math.log(3600)
    assert per_hour == pytest.approx(hours.log_likelihood, rel=1e-9)


def test_an_interval_ends_where_the_likelihood_has_dropped() -> None:
    found = fit(FEW, "weibull")
    low, high = found.interval("shape", 0.9)
    # The profile in the shape: the likeliest scale is (sum of x^k over failures)^(1/k).
    ages = np.array([*FEW.failures, *FEW.survivals])
    for shape in (low, high):
        scale = (float((ages**shape).sum()) / 6) ** (1 / shape)
        law = Weibull(shape, scale)
        profile = sum(math.log(law.hazard(age)) for age in FEW.failures)
        profile -= sum(law.cumulative_hazard(age) for age in ages)
        drop = 2 * (found.log_likelihood - profile)
        assert drop == pytest.approx(2.705543454095404, rel=1e-4)  # chi-squared, 90 %
    wide = found.interval("shape", 0.99)
    assert wide[0] < low < high < wide[1]


def test_intervals_cover_as_often_as_they_say() -> None:
    covered = 0
    for seed in range(60):
        data = field_data(Exponential(1e-3), 30, 1500.0, seed)
        low, high = fit(data, "exponential").interval("failure_rate", 0.9)
        covered += low <= 1e-3 <= high
    # 54 of 60 expected, standard deviation 2.3.
    assert 45 <= covered <= 60


def test_the_best_family_by_aic() -> None:
    wear = field_data(Weibull(4.0, 1000.0), 80, 1100.0, seed=2)
    ranked = fits(wear)
    assert [one.aic for one in ranked] == sorted(one.aic for one in ranked)
    assert {one.family for one in ranked} <= set(FAMILIES)
    assert ranked[-1].family == "exponential"
    # A sample that is exactly exponential needs no second parameter.
    steady = FieldData(tuple(Exponential(1e-3).quantile((n + 0.5) / 80) for n in range(80)))
    assert fits(steady, ["weibull", "exponential"])[0].family == "exponential"


def test_no_likeliest_location() -> None:
    # The best location runs onto the first failure: 3 parameters are refused, 2 are not.
    with pytest.raises(ValueError, match="weibull3 has no likeliest location"):
        fit(FEW, "weibull3")
    assert "weibull3" not in {one.family for one in fits(FEW, ["weibull", "weibull3"])}


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="family is normal; it must be one of exponential"):
        fit(FEW, "normal")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="family is normal"):
        fits(FEW, ["normal"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="families is empty"):
        fits(FEW, [])
    one = FieldData((5.0, 5.0), (9.0,))
    with pytest.raises(ValueError, match="the shape of weibull needs 2 different ones"):
        fit(one, "weibull")
    assert fits(one)[0].family == "exponential"
    found = fit(FEW, "exponential")
    with pytest.raises(ValueError, match="parameter is shape; it must be one of failure_rate"):
        found.interval("shape")
    with pytest.raises(ValueError, match="confidence is 1"):
        found.interval("failure_rate", 1.0)
