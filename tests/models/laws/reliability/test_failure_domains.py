"""Racks and hosts as failure domains against exact enumeration."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability.blocks import k_of_n
from models.laws.reliability.failure_domains import (
    Domain,
    Units,
    contained,
    racks,
    unavailability,
    units_down,
)

PROBABILITIES = st.fractions(0, 1, max_denominator=40)


def enumerated(sizes: list[int], rack_away: list[Fraction], away: Fraction) -> list[Fraction]:
    """Every state of every rack and every node, one by one."""
    nodes = [rack for rack, size in enumerate(sizes) for _ in range(size)]
    down = [Fraction(0)] * (len(nodes) + 1)
    for state in product((True, False), repeat=len(sizes) + len(nodes)):
        chance, own = Fraction(1), state[len(sizes) :]
        for fails, value in zip(state, [*rack_away, *[away] * len(nodes)], strict=True):
            chance *= value if fails else 1 - value
        lost = sum(own[i] or state[rack] for i, rack in enumerate(nodes))
        down[lost] += chance
    return down


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.data())
def test_racks_equal_enumeration(sizes: list[int], data: st.DataObject) -> None:
    rack_away = [data.draw(PROBABILITIES) for _ in sizes]
    away = data.draw(PROBABILITIES)
    exact = enumerated(sizes, rack_away, away)
    domain = racks(sizes, [float(value) for value in rack_away], float(away))
    assert units_down(domain) == pytest.approx([float(p) for p in exact], rel=1e-9, abs=1e-300)
    for required in range(1, sum(sizes) + 1):
        lost = float(sum(exact[sum(sizes) - required + 1 :]))
        assert unavailability(required, domain) == pytest.approx(lost, rel=1e-9, abs=1e-300)


def test_one_machine_s_crash_leaves_the_others_up_and_a_host_s_takes_all() -> None:
    # Two hosts of four virtual machines; the machines fail with 1 %, the hosts with 1 per mille.
    machines, hosts = racks([4, 4], 0.0, 0.01), racks([4, 4], 1e-3, 0.0)
    assert units_down(machines)[1] == pytest.approx(8 * 0.01 * 0.99**7, rel=1e-12)
    assert list(units_down(hosts)[1:4]) == [0.0, 0.0, 0.0]
    assert units_down(hosts)[4] == pytest.approx(2 * 1e-3 * (1 - 1e-3), rel=1e-12)
    assert units_down(hosts)[8] == pytest.approx(1e-6, rel=1e-12)


def test_domains_within_domains() -> None:
    # A rack of two hosts of two machines each: all are down if the rack is, or both hosts are,
    # or a host is and both machines of the other, or all four machines are.
    host = Domain((Units(2, 0.1),), 0.2)
    lost = 0.2 + 0.8 * 0.1**2
    assert units_down(Domain((host, host), 0.3))[4] == pytest.approx(0.3 + 0.7 * lost**2, rel=1e-12)


def test_domains_by_name() -> None:
    inside = {"vm 1": "host 1", "vm 2": "host 1", "vm 3": "host 2", "host 1": "rack"}
    away = {"rack": 0.3, "vm 1": 0.1, "vm 2": 0.1, "vm 3": 0.1, "host 1": 0.2, "host 2": 0.2}
    host = Domain((Units(1, 0.1), Units(1, 0.1)), 0.2)
    expected = Domain((Domain((host,), 0.3), Domain((Units(1, 0.1),), 0.2)))
    assert contained(inside, away) == expected
    assert contained({}, {"node": 0.1}) == Domain((Units(1, 0.1),))


def test_without_domains_it_is_k_of_n() -> None:
    assert unavailability(14, Units(16, 0.0065)) == pytest.approx(
        k_of_n(14, [0.0065] * 16), rel=1e-12
    )


def test_fifteen_nines_survive() -> None:
    # 1 of 3 nodes in racks of their own: all three must be down.
    away = 1e-5 + (1 - 1e-5) * 1e-6
    assert unavailability(1, racks([1] * 3, 1e-5, 1e-6)) == pytest.approx(away**3, rel=1e-12)


def test_spreading_over_racks_pays_once_a_rack_s_worth_is_spare() -> None:
    # 24 of 32 nodes: four racks of eight lose 8 at a time, two racks of sixteen 16.
    spread, packed = racks([8] * 4, 1e-4, 1e-3), racks([16] * 2, 1e-4, 1e-3)
    assert unavailability(24, spread) < unavailability(24, packed) / 20


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=9), st.floats(0, 1), st.floats(0, 1))
def test_probabilities_sum_to_one_and_more_required_is_never_more_available(
    sizes: list[int], rack_away: float, away: float
) -> None:
    domain = racks(sizes, rack_away, away)
    down = units_down(domain)
    assert down.sum() == pytest.approx(1, abs=1e-12)
    assert (down >= 0).all()
    values = [unavailability(required, domain) for required in range(1, domain.size + 1)]
    assert values == sorted(values)


def test_as_many_nodes_as_a_site_holds() -> None:
    # Expected units down: each is down if its rack or itself is.
    domain = racks([8] * 2500, 1e-3, 0.0065)
    down = units_down(domain)
    mean = sum(count * chance for count, chance in enumerate(down))
    assert mean == pytest.approx(20_000 * (1e-3 + 0.999 * 0.0065), rel=1e-9)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Units(0, 0.1), "count is 0"),
        (lambda: Units(2, 1.2), "unavailability is 1.2"),
        (lambda: Domain((), 0.1), "members is empty"),
        (lambda: Domain((Units(2, 0.1),), -0.1), "unavailability is -0.1"),
        (lambda: Domain((Units(30_000, 0.1),)), "30,000 units"),
        (lambda: racks([2, 2], [0.1], 0.1), "rack_unavailability has 1 values"),
        (
            lambda: contained(
                {"vm": "a", "a": "b", "b": "c", "c": "a"}, dict.fromkeys(["vm", *"abc"], 0.1)
            ),
            "inside goes in a circle: 'a' in 'b' in 'c' in 'a'",
        ),
        (lambda: contained({"a": "a"}, {"a": 0.1, "b": 0.1}), "in a circle: 'a' in 'a'"),
        (lambda: contained({"a": "rack"}, {"a": 0.1}), "has no 'rack', which inside names"),
        (lambda: contained({"a": "b"}, {"a": 1.2, "b": 0.1}), "unavailability is 1.2"),
        (lambda: contained({}, {}), "unavailabilities is empty"),
        (lambda: unavailability(0, Units(2, 0.1)), "required is 0"),
        (lambda: unavailability(3, Units(2, 0.1)), "between 1 and 2"),
    ],
)
def test_nonsense_is_refused(wrong: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()  # type: ignore[operator]
