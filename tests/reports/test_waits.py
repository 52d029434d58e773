"""What is said of the wait for nodes, and of downtime that is reclaims."""

import math
from dataclasses import replace

import pytest

from models.description.stack import Stack
from models.prediction import CapacityWait, GroupDescription, Prediction
from reports import availability_tables, stack_tables


def bought(stack: Stack, how: str, spares: int = 0) -> Stack:
    group = stack.nodes["trainers"].model_copy(update={"purchase": how, "spares": spares})
    return stack.model_copy(update={"nodes": {"trainers": group}})


def grouped(prediction: Prediction, wait: CapacityWait | None, chips: int = 32) -> Prediction:
    group = GroupDescription("trainers", "p4d.24xlarge", 4, 96, chips, "A100", 40e9, wait)
    return replace(prediction, groups=(group,))


@pytest.mark.parametrize(
    ("wait", "spares", "said"),
    [
        (CapacityWait(4, 6, 0.99, 60.0, 0.0), 2,
         "4 of 6 on spot are there at once in 99.0 % of tries"),
        (CapacityWait(4, 4, 0.4, 3600.0, 7200.0), 0,
         "4 on spot are there at once in 40.0 % of tries; mean wait 1 h, P95 2 h"),
        (CapacityWait(0, 4, 1.0, 0.0, 0.0), 0, "none of 4 on spot, work begins without them"),
        (CapacityWait(4, 4, 0.4, 1e14, math.inf), 0, "P95 never"),
    ],
)  # fmt: skip
def test_the_wait_for_spot(
    stack: Stack, prediction: Prediction, wait: CapacityWait, spares: int, said: str
) -> None:
    described, of = bought(stack, "spot", spares), grouped(prediction, wait)
    [line] = stack_tables.waits(described, of)
    assert line.startswith("trainers: ")
    assert said in line
    assert said in (stack_tables.nodes(described, of).note or "")


def test_what_nobody_publishes_is_not_known(stack: Stack, prediction: Prediction) -> None:
    [line] = stack_tables.waits(bought(stack, "on_demand"), grouped(prediction, None))
    assert "not known for on-demand" in line
    assert "`windtunnel find`" in line


@pytest.mark.parametrize(("how", "chips"), [("capacity_block", 32), ("on_demand", 0)])
def test_nothing_is_said_of_nodes_that_are_there(
    stack: Stack, prediction: Prediction, how: str, chips: int
) -> None:
    of = grouped(prediction, None, chips)
    assert stack_tables.waits(bought(stack, how), of) == []
    assert not stack_tables.nodes(bought(stack, how), of).note


@pytest.mark.parametrize(("share", "said"), [(0.6, "60.0 % of it"), (0.9999, "nearly all of it")])
def test_downtime_that_is_reclaims(prediction: Prediction, share: float, said: str) -> None:
    blocks = tuple(
        replace(one, block=replace(one.block, reclaimed=share))
        if one.block.name == "trainers"
        else one
        for one in prediction.availability.blocks
    )
    found = replace(prediction, availability=replace(prediction.availability, blocks=blocks))
    lines = availability_tables.gains(found)
    assert [said in one for one in lines] == [one.startswith("trainers:") for one in lines]
