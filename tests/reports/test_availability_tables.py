"""Availability as tables: what weighs most, what one more buys, what stops the stack."""

import math
from dataclasses import replace

import pytest

from models.description.quantities import DAY
from models.description.stack import Stack
from models.prediction import (
    AvailabilityPrediction,
    Block,
    BlockResult,
    CutSets,
    Estimate,
    Importance,
    Prediction,
)
from reports.availability_tables import availability, blocks, cut_sets, gains, importances

from .plain import texts


def alone(prediction: Prediction) -> Prediction:
    """One block that has all the downtime: 1 % of a year."""
    result = BlockResult(Block("disk", 1, 1, 99 * 3600.0, 3600.0, "sheet"), 0.01, True)
    return replace(
        prediction,
        availability=AvailabilityPrediction(
            (result,), 0.01, Estimate.exact(0.99), 315_360.0, 2.0, ("disk",), 87.6, 3600.0,
            (Importance("disk", 1.0, 1.0, 1.0, 100.0, math.inf, 312_206.4),),
            (CutSets("disk", 1, 1, 0.01),),
        ),
    )  # fmt: skip


def test_the_law_stands_beside_the_simulation_with_its_interval(prediction: Prediction) -> None:
    law, simulated = texts(availability(prediction))
    assert law == [
        "By the laws", "99.625 %", "2.42", "32.8 h", "5.8", "5.71 h", "closed form, no sampling",
    ]  # fmt: skip
    assert simulated[:4] == ["In 1,000 simulated years", "99.618 %", "2.41", "33.5 h"]
    assert simulated[6] == "99.603 to 99.633 % (95 % interval, simulated)"


def test_an_uncertain_failure_rate_is_shown_with_its_interval(prediction: Prediction) -> None:
    assert blocks(prediction).note == ""
    [first, *others] = prediction.availability.blocks
    unsure = replace(first.block, mttf=40 * DAY, mttf_low=10 * DAY, mttf_high=160 * DAY)
    known = replace(prediction.availability, blocks=(replace(first, block=unsure), *others))
    table = blocks(replace(prediction, availability=known))
    assert (table.rows[0][2].text, table.rows[0][2].note) == ("40 d", "10 d to 160 d")
    assert table.rows[1][2].note == ""
    assert "the mean over all rates" in table.note


def test_the_blocks_that_weigh_most_say_what_one_more_buys(prediction: Prediction) -> None:
    table = importances(prediction)
    rows = texts(table)
    assert rows[0] == ["checkpoints", "0.9983", "53.3 %", "53.4 %", "267 x", "2.14 x", "17.5 h"]
    assert [cells[0] for cells in rows] == ["checkpoints", "imagenet", "trainers", "network"]
    assert table is not None
    assert [cells[-1].note for cells in table.rows] == ["one more"] * 4
    for column in table.columns[1:]:
        assert column.title in table.note
    assert gains(prediction)[0] == "checkpoints: 53.3 % of downtime; one more saves 17.5 h a year"


def test_what_weighs_nothing_can_be_left_out(on_premises: tuple[Stack, Prediction]) -> None:
    _, prediction = on_premises
    assert len(gains(prediction)) == 5
    assert [line.partition(":")[0] for line in gains(prediction, 0.001)] == [
        "workers", "server of the shared imagenet",
    ]  # fmt: skip


def test_a_block_with_all_the_downtime_is_worth_infinitely_much(prediction: Prediction) -> None:
    assert texts(importances(alone(prediction))) == [
        ["disk", "1", "100 %", "100 %", "100 x", "∞", "3.61 d"]
    ]


def test_what_one_more_saves_is_never_negative(prediction: Prediction) -> None:
    one = alone(prediction)
    rounded = replace(one.availability.importances[0], downtime=-1e-20)
    one = replace(one, availability=replace(one.availability, importances=(rounded,)))
    assert gains(one) == ("disk: 100 % of downtime; one more saves 0 s a year",)


def test_what_can_be_added_has_its_price_and_what_cannot_is_not_offered(
    prediction: Prediction,
) -> None:
    one = alone(prediction)

    def told(**changes: object) -> tuple[str, str]:
        row = replace(one.availability.importances[0], **changes)  # type: ignore[arg-type]
        changed = replace(one, availability=replace(one.availability, importances=(row,)))
        return gains(changed)[0], texts(importances(changed))[0][-1]

    # A spare of 2 USD/h all year, 17,520 USD, saves 87.6 h.
    spare = {"downtime": 87.6 * 3600, "remedy": "one more spare", "remedy_hourly": 2.0}
    text, cell = told(**spare)
    advice = "one more spare saves 3.65 d a year, about 200 USD for each hour"
    assert text == f"disk: 100 % of downtime; {advice}"
    assert cell == "3.65 d"
    assert told(downtime=None, remedy="") == ("disk: 100 % of downtime", "—")


def test_cut_sets_have_their_order_number_and_probability(
    on_premises: tuple[Stack, Prediction],
) -> None:
    rows = texts(cut_sets(on_premises[1]))
    assert rows[0] == ["any 3 of 130 workers", "3", "357,760", "2.5e-9"]
    assert rows[1] == ["server of the shared imagenet", "1", "1", "4.5e-4"]


def test_a_set_of_hundreds_is_likelier_than_never(prediction: Prediction) -> None:
    far = CutSets("any 300 of 10,000 disks", 300, 35 * 10**582, 0.0)
    law = replace(prediction.availability, cut_sets=(far,))
    assert texts(cut_sets(replace(prediction, availability=law))) == [
        ["any 300 of 10,000 disks", "300", "3.5e583", "< 10⁻³⁰⁷"]
    ]


@pytest.mark.parametrize(("kinds", "shown"), [(10, 10), (14, 10)])
def test_only_the_likeliest_sets_are_shown_and_the_rest_counted(
    prediction: Prediction, kinds: int, shown: int
) -> None:
    sets = tuple(CutSets(f"part {i}", 1, 1, 1e-6) for i in range(kinds))
    law = replace(prediction.availability, cut_sets=sets)
    table = cut_sets(replace(prediction, availability=law))
    assert table is not None
    assert len(table.rows) == shown
    assert ("4 least likely" in table.note) == (kinds > shown)


def test_where_nothing_can_fail_nothing_weighs_and_nothing_stops(constant: Prediction) -> None:
    assert importances(constant) is None
    assert cut_sets(constant) is None
    assert gains(constant) == ()
    assert texts(availability(constant))[0][1:6] == ["100 %", "—", "0 s", "0", "0 s"]
