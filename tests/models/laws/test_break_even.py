"""Own hardware against a cloud's."""

import math

import pytest

from models.laws.break_even import break_even_time


def test_hours_until_own_hardware_has_paid_for_itself() -> None:
    assert break_even_time(10_000, 3, 1) == 5_000
    assert break_even_time(10_000, 1, 1) == math.inf
    assert break_even_time(10_000, 1, 3) == math.inf
    assert break_even_time(0, 3, 1) == 0
    with pytest.raises(ValueError, match="purchase"):
        break_even_time(-1, 3, 1)
