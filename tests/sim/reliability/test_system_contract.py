"""Descriptions of repairable systems that make no sense are refused."""

import pytest

from models.laws.reliability.diagram import Identical, Parallel, Series
from models.laws.reliability.lifetimes import Exponential
from sim.reliability.system_contract import Maintenance, Standby, System, Unit

UNIT = Unit(Exponential(1e-6), Exponential(1e-4))


def test_units_are_counted() -> None:
    system = System(Series("a", Identical(2, 3, "b"), "a"), {"a": UNIT, "b": UNIT})
    assert system.counts == {"a": 1, "b": 3}


def test_a_missing_component() -> None:
    with pytest.raises(ValueError, match="units has no 'b', which stands in the diagram"):
        System(Parallel("a", "b"), {"a": UNIT})


def test_an_unknown_component() -> None:
    with pytest.raises(ValueError, match="'disc', which is not in the diagram; did you mean 'disk"):
        System(Parallel("disk", "b"), {"disk": UNIT, "b": UNIT, "disc": UNIT})


def test_one_name_in_two_groups() -> None:
    with pytest.raises(ValueError, match="'a' stands as"):
        System(Series(Identical(2, 3, "a"), Identical(1, 3, "a")), {"a": UNIT})


def test_a_standby_of_one_block() -> None:
    with pytest.raises(ValueError, match="takes identical units"):
        System(Series("a"), {"a": Unit(UNIT.lifetime, UNIT.repair, standby=Standby())})


def test_figures_out_of_range() -> None:
    with pytest.raises(ValueError, match="crews is 0"):
        System(Series("a"), {"a": UNIT}, crews=0)
    with pytest.raises(ValueError, match="switching"):
        Standby(switching=1.2)
    with pytest.raises(ValueError, match="age is 0"):
        Maintenance(0.0, Exponential(1.0))
