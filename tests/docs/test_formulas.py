"""The curves of the page of formulas are the formulas that stand beside them."""

import math

import pytest

from docs import formulas

CURVES = {one.key: one.curves for one in formulas.FORMULAS}


@pytest.mark.parametrize(
    ("curve", "place", "value"),
    [
        (("response", "M/M/1"), 0.75, 4.0),  # 1 / (1 - U)
        (("response", "M/D/1"), 0.75, 1 + 0.75 / 0.5),
        (("response", "M/M/4"), 0.75, 1.50943396226415),  # Erlang C of 3 Erlang: 27/53
        # 2 * 99/100 * 10 ms + 198 hops of 20 us after 100 ms.
        (("speedup", "ring"), 100.0, 100 * 0.1 / (0.1 + 0.0198 + 198 * 20e-6)),
        (("checkpoints", "lost"), 1.0, 1 - 1 / (20 * math.exp(1 / 600) * math.expm1(121 / 2400))),
    ],
)
def test_a_curve_is_its_formula(curve: tuple[str, str], place: float, value: float) -> None:
    key, name = curve
    assert CURVES[key][name](place) == pytest.approx(value, rel=1e-9)


def test_data_is_lost_nearly_as_the_short_formulas_say() -> None:
    for hours in (6.0, 72.0):
        five = 1e12 / (8 * 7 * hours) / 8760
        six = 1e18 / (8 * 7 * 6 * hours**2) / 8760
        assert CURVES["mttdl"]["RAID 5"](hours) == pytest.approx(five, rel=2e-3)
        assert CURVES["mttdl"]["RAID 6"](hours) == pytest.approx(six, rel=2e-3)


def test_a_picture_has_the_same_bytes_each_time() -> None:
    first, second = formulas.pictures(), formulas.pictures()
    assert first == second
    assert len(first) == len(formulas.FORMULAS)
