"""Reliability made by hand for the predictions of the tests: blocks in series, and their stores."""

import math
from dataclasses import replace

from models.prediction import (
    AvailabilityPrediction,
    BlockResult,
    CutSets,
    DegradedStore,
    Importance,
    StoreDurability,
)

YEAR = 31_536_000.0


def up(results: tuple[BlockResult, ...]) -> float:
    """Product of the availabilities, with what it lacks of 1."""
    return -math.expm1(sum(math.log1p(-one.unavailability) for one in results))


def weighed(availability: AvailabilityPrediction) -> AvailabilityPrediction:
    """The same with what weighs most and what stops it, for blocks that are all in series."""
    results = tuple(one for one in availability.blocks if one.unavailability > 0)
    whole = up(results)
    importances = []
    for position, one in enumerate(results):
        others = up((*results[:position], *results[position + 1 :]))
        away = one.unavailability
        importances.append(
            Importance(
                name=one.block.name,
                birnbaum=1 - others,
                criticality=(1 - others) * away / whole,
                fussell_vesely=away / whole,
                risk_achievement_worth=1 / whole,
                risk_reduction_worth=whole / others if others > 0 else math.inf,
                downtime=(whole - others) * (1 - away) * YEAR,
            )
        )
    importances.sort(key=lambda one: -one.criticality)
    sets = [cut_sets(one) for one in results]
    return replace(
        availability,
        failures=5.75,
        mean_down_time=availability.downtime / 5.75,
        importances=tuple(importances[:5]),
        cut_sets=tuple(sorted(sets, key=lambda one: -one.number * one.unavailability)),
    )


def cut_sets(result: BlockResult) -> CutSets:
    """Any n - k + 1 units of a block of k of n."""
    block = result.block
    order = block.units - block.required + 1
    away = block.mttr / (block.mttf + block.mttr)
    of = block.name if block.units == 1 else f"any {order} of {block.units} {block.name}"
    return CutSets(of, order, math.comb(block.units, order), away**order)


# S3 publishes eleven nines; nobody publishes anything for the file system.
BUCKET = StoreDurability(
    "imagenet", 150e9, 1.3e-5, 1.5, None, "11 nines a year of each object", "measured"
)
RAID = StoreDurability(
    "checkpoints", 7.68e13, 1.1e-9, 0.085, 9.1e8 * YEAR, "RAID 6, repaired at once", "exact"
)


def states(name: str, *workloads: str) -> tuple[DegradedStore, ...]:
    """A RAID whole, with a disk away and while it rebuilds."""
    rows = (
        ("whole", 5e9, 4e9, 0.0, 0.99968, 65_300.0),
        ("one disk failed", 4.2e9, 3.1e9, 3600.0, 2e-5, 64_100.0),
        ("rebuilding", 3.5e9, 2.8e9, 54_000.0, 3e-4, 60_076.0),
    )
    return tuple(
        DegradedStore(
            name, state, read, write, lasts, share, tuple((one, samples) for one in workloads)
        )
        for state, read, write, lasts, share, samples in rows
    )
