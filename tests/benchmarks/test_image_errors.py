"""Intervals of steps that follow from measured rates of images, by regime."""

import math

import pytest

from benchmarks.image_errors import Miss, error_of, lines, misses
from models.catalog.load import load_catalog
from models.catalog.operators import Regime
from models.parts.workloads.rate_errors import RATE_ERRORS, least_sure


@pytest.fixture(scope="module")
def known() -> list[Miss]:
    return misses(load_catalog())


@pytest.mark.parametrize("regime", RATE_ERRORS)
def test_what_is_stated_of_a_regime_is_what_was_left_out(regime: Regime, known: list[Miss]) -> None:
    assert RATE_ERRORS[regime] == pytest.approx(error_of(regime, known), rel=0.02)


@pytest.mark.parametrize("regime", RATE_ERRORS)
def test_intervals_of_the_other_groups_hold_what_was_measured(
    regime: Regime, known: list[Miss]
) -> None:
    mine = [one for one in known if one.regime is regime]
    held = [one.size <= 1.96 * error_of(regime, known, judged=one.group) for one in mine]
    assert len(mine) > 20
    assert sum(held) / len(held) >= 0.9


def test_no_group_judges_itself() -> None:
    # By hand: of the group that is judged nothing is known but the usual miss.
    known = [Miss("a", Regime.ONE_NODE, math.exp(0.5))] * 30
    assert error_of(Regime.ONE_NODE, known) == pytest.approx(0.5 / 1.96)
    assert error_of(Regime.ONE_NODE, known, judged="a") < 0.15


def test_the_least_sure_of_all_regimes_counts() -> None:
    order = list(RATE_ERRORS)
    assert [RATE_ERRORS[regime] for regime in order] == sorted(RATE_ERRORS.values())
    assert least_sure((Regime.SEVERAL_NODES, Regime.OTHER_BATCH)) is Regime.SEVERAL_NODES


def test_the_table_names_every_regime(known: list[Miss]) -> None:
    told = lines(known)
    assert [line.split("  ")[0] for line in told[1:]] == [str(regime) for regime in RATE_ERRORS]
