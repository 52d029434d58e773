"""Power usage effectiveness, energy, cost and carbon: known answers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.facility_power import JOULES_PER_KWH, building_power, facility_power, footprint

DAY, YEAR = 86_400.0, 365 * 86_400.0


def test_100_kw_of_computing_at_1_5_are_150_kw() -> None:
    assert facility_power(100e3, 1.5) == 150e3


def test_a_building_from_its_parts() -> None:
    # 100 kW behind a UPS of 95 %: 5.26 kW are lost; with 2 kW of lighting 107.26 kW of heat,
    # carried away with a quarter of that.
    power = building_power(100e3, ups_efficiency=0.95, cooling_performance=4.0, lighting=2e3)
    assert power.conversion == pytest.approx(100e3 / 0.95 - 100e3, rel=1e-12)
    assert power.cooling == pytest.approx((100e3 / 0.95 + 2e3) / 4, rel=1e-12)
    assert power.pue == pytest.approx(1.25 * (1 / 0.95 + 0.02), rel=1e-12)
    assert facility_power(100e3, power.pue) == pytest.approx(power.total, rel=1e-12)


def test_a_perfect_building_has_a_pue_of_one() -> None:
    power = building_power(1e3, ups_efficiency=1.0, cooling_performance=1e15)
    assert power.pue == pytest.approx(1.0, abs=1e-12)


def test_150_kw_for_a_day_are_3600_kwh() -> None:
    # 3,600 kWh at 10 cents are 360 USD, at 400 g/kWh 1.44 t.
    day = footprint(150e3, DAY, 0.10 / JOULES_PER_KWH, 0.4 / JOULES_PER_KWH)
    assert day.energy / JOULES_PER_KWH == pytest.approx(3600, rel=1e-12)
    assert day.cost == pytest.approx(360, rel=1e-12)
    assert day.carbon == pytest.approx(1440, rel=1e-12)


def test_a_kilowatt_for_a_year_is_8760_kwh() -> None:
    assert footprint(1e3, YEAR).energy / JOULES_PER_KWH == pytest.approx(8760, rel=1e-12)


@given(st.floats(1, 1e9), st.floats(0.5, 1), st.floats(0.1, 20), st.floats(0, 1e9))
def test_a_building_takes_no_less_than_its_computers(
    computing: float, efficiency: float, performance: float, lighting: float
) -> None:
    power = building_power(
        computing, ups_efficiency=efficiency, cooling_performance=performance, lighting=lighting
    )
    assert power.pue >= 1
    assert power.cooling * performance == pytest.approx(power.total - power.cooling, rel=1e-9)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: facility_power(100.0, 0.9), "pue is 0.9"),
        (lambda: facility_power(-1.0, 1.5), "computing is -1.0"),
        (lambda: facility_power(math.nan, 1.5), "computing is nan"),
        (lambda: facility_power(1.0, math.nan), "pue is nan"),
        (lambda: footprint(1.0, -1.0), "duration is -1.0"),
        (lambda: footprint(1.0, 1.0, -0.1), "price is -0.1"),
        (lambda: footprint(1.0, 1.0, 0.1, math.inf), "carbon_intensity is inf"),
        (
            lambda: building_power(1.0, ups_efficiency=0.0, cooling_performance=1.0),
            "ups_efficiency is 0.0",
        ),
        (
            lambda: building_power(1.0, ups_efficiency=0.9, cooling_performance=0.0),
            "cooling_performance is 0.0",
        ),
    ],
)
def test_nonsense_is_refused(wrong: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()  # type: ignore[operator]
