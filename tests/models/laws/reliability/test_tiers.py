"""Tiers of data centres."""

import pytest

from models.laws.reliability.tiers import TIERS, tier_reached, yearly_downtime


@pytest.mark.parametrize(
    ("name", "hours"), [("I", 28.8204), ("II", 22.6884), ("III", 1.5768), ("IV", 0.438)]
)
def test_downtime_of_each_tier(name: str, hours: float) -> None:
    # 99.671, 99.741, 99.982 and 99.995 % of 8,760 h.
    tier = next(tier for tier in TIERS if tier.name == name)
    assert tier.downtime / 3600 == pytest.approx(hours, rel=1e-9)


@pytest.mark.parametrize(
    ("unavailability", "name"),
    [(0.0, "IV"), (5e-5, "IV"), (6e-5, "III"), (0.0025, "II"), (0.003, "I"), (0.0033, None)],
)
def test_tier_that_an_availability_reaches(unavailability: float, name: str | None) -> None:
    tier = tier_reached(unavailability)
    assert (tier.name if tier else None) == name


def test_nonsense_is_refused() -> None:
    for ask in (yearly_downtime, tier_reached):
        with pytest.raises(ValueError, match=r"unavailability is 1\.2"):
            ask(1.2)
