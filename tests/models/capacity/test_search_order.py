"""The order in which places are tried.

The order of Pandora's boxes is known by hand: Weitzman (1979), Econometrica 47, p. 646: of boxes
with chance q and price p, each opened for c, the first is that of the least p + c / q.
"""

from dataclasses import replace

import pytest

from models.capacity.place import Place
from models.capacity.refusal import Kind, Refusal
from models.capacity.search_order import Prospect, SearchOrder

A = Place("r", "ra", "s", "on_demand", "b")
B, C = replace(A, zone="rb"), replace(A, zone="rc")
FAR = replace(A, region="q", zone="qa")


def refused(place: Place, kind: Kind = Kind.STOCKOUT, *hinted: str) -> Refusal:
    return Refusal(kind, kind.name, "", place, hinted)


def test_cheapest_first_where_nothing_else_is_known() -> None:
    order = SearchOrder([Prospect(A, 3.0), Prospect(B, 1.0), Prospect(C, 2.0)])
    assert [one.place for one in order.ranked(0.0)] == [B, C, A]


def test_likeliest_first_where_prices_are_equal() -> None:
    order = SearchOrder([Prospect(A, 1.0, chance=0.2), Prospect(B, 1.0, chance=0.9)])
    assert order.next(0.0) == B


def test_a_chance_is_worth_a_price() -> None:
    """Dearer and likelier goes first if what is saved in tries is more than the difference."""
    for patience, first in ((0.01, A), (1.0, B)):
        order = SearchOrder([Prospect(A, 1.0, chance=0.2), Prospect(B, 1.5, chance=0.9)], patience)
        assert order.next(0.0) == first


def test_objectives_before_all_and_reservations_before_prices() -> None:
    order = SearchOrder(
        [Prospect(A, 1.0, misses=1), Prospect(B, 3.0), Prospect(C, 5.0, reserved=True)]
    )
    assert [one.place for one in order.ranked(0.0)] == [C, B, A]


def test_unknown_price_is_not_zero() -> None:
    assert SearchOrder([Prospect(A, None), Prospect(B, 9.0)]).ranked(0.0)[-1].place in (A, B)
    order = SearchOrder([Prospect(A, None), Prospect(B, 9.0), Prospect(C, 1.0)])
    assert order.next(0.0) == C


def test_a_stockout_rules_out_for_a_while() -> None:
    order = SearchOrder([Prospect(A, 1.0)])
    order.told(A, refused(A), 0.0)
    assert order.next(1.0) is None
    again = order.next_chance(1.0)
    assert again == pytest.approx(600.0)
    assert order.next(600.0) == A


def test_quota_rules_out_for_good() -> None:
    order = SearchOrder([Prospect(A, 1.0), Prospect(B, 1.0), Prospect(FAR, 2.0)])
    order.told(A, refused(A, Kind.QUOTA), 0.0)
    assert order.next(0.0) == FAR
    order.told(FAR, refused(FAR, Kind.GLOBAL_QUOTA), 0.0)
    assert order.next(1e12) is None
    assert order.next_chance(0.0) is None


def test_a_hinted_zone_is_next_whatever_it_costs_a_little_more() -> None:
    order = SearchOrder([Prospect(A, 1.0), Prospect(B, 1.0), Prospect(C, 1.1), Prospect(FAR, 1.0)])
    order.told(A, refused(A, Kind.STOCKOUT, "rc"), 0.0)
    assert order.next(1.0) == C
    assert order.chance(B, 1.0) < order.chance(FAR, 1.0) < order.chance(C, 1.0)


def test_hints_that_lie_are_no_longer_believed() -> None:
    places = [replace(A, region=f"r{k}", zone=f"r{k}{z}") for k in range(9) for z in "ab"]
    order = SearchOrder([Prospect(one, 1.0) for one in places])
    order.told(places[0], refused(places[0], Kind.STOCKOUT, "r0b"), 0.0)
    first = order.chance(places[1], 0.0)
    order.told(places[1], refused(places[1]), 0.0)
    order.told(places[2], refused(places[2], Kind.STOCKOUT, "r1b"), 0.0)
    assert order.chance(places[3], 0.0) < first


def test_scores_that_lie_are_no_longer_believed() -> None:
    places = [replace(A, region=f"r{k}", zone=f"r{k}a") for k in range(20)]
    order = SearchOrder([Prospect(one, 1.0, chance=0.9) for one in places])
    before = order.chance(places[-1], 0.0)
    for one in places[:6]:
        order.told(one, refused(one), 0.0)
    assert before > 0.7
    assert order.chance(places[-1], 0.0) < 0.3


def test_a_lost_chance_comes_back() -> None:
    order = SearchOrder([Prospect(A, 1.0)])
    before = order.chance(A, 0.0)
    order.told(A, refused(A), 0.0)
    assert order.chance(A, 1.0) < 0.1 < order.chance(A, 3600.0) < before


def test_same_answers_same_order() -> None:
    def run() -> list[Place | None]:
        order = SearchOrder([Prospect(one, 1.0) for one in (A, B, C, FAR)])
        tried = []
        for step in range(6):
            place = order.next(100.0 * step)
            tried.append(place)
            if place:
                order.told(place, refused(place), 100.0 * step)
        return tried

    assert run() == run()
    assert run()[:4] == [A, B, C, FAR]
    assert run()[4:] == [None, None]


def test_nothing_to_try() -> None:
    order = SearchOrder([])
    assert order.next(0.0) is None
    assert order.next_chance(0.0) is None
