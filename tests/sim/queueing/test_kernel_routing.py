"""Splits among few and many targets against a search of their cumulative probabilities."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import Layout, lay_out


def split(shares: list[float]) -> Layout:
    names = [f"s{k}" for k in range(len(shares))]
    total = sum(shares)
    targets = {name: share / total for name, share in zip(names, shares, strict=True)}
    service = {"distribution": "exponential", "mean": "1 s"}
    jobs = {
        "arrivals": {"kind": "poisson", "rate": "1/s"},
        "service": dict.fromkeys(names, service),
        "routing": {
            "start": {"kind": "split", "to": targets},
            **{name: {"kind": "split", "to": {"exit": 1}} for name in names},
        },
    }
    described = {"name": "test", "stations": {name: {} for name in names}, "classes": {"c": jobs}}
    return lay_out(Network.model_validate(described), np.random.SeedSequence(1))


@given(
    st.lists(st.floats(1e-9, 1.0), min_size=5, max_size=60),
    st.lists(st.floats(0.0, 1.0, exclude_max=True), max_size=20),
)
@settings(max_examples=60, deadline=None)
def test_a_guide_never_passes_the_target_that_a_search_finds(
    shares: list[float], uniforms: list[float]
) -> None:
    layout = split(shares)
    widest = max(layout.destinations, key=lambda one: int(one["count"]))
    offset, count = int(widest["offset"]), int(widest["count"])
    targets = layout.targets[offset : offset + count]
    bounds = targets["cumulative"]
    between = [float(np.nextafter(bound, side)) for bound in bounds for side in (0.0, 2.0)]
    steps = [k / count for k in range(count)]
    for u in (*uniforms, *bounds.tolist(), *between, *steps):
        if u >= 1.0:
            continue
        found = min(int(np.searchsorted(bounds, u, side="right")), count - 1)
        assert targets["guide"][int(u * count)] <= found
        # And not far before: no more than the targets that share its step.
        start = int(np.searchsorted(bounds, (int(u * count) - 1e-6) / count, side="right"))
        assert targets["guide"][int(u * count)] >= min(start, count - 1)


def test_many_targets_are_chosen_as_often_as_they_should_be() -> None:
    from sim.queueing.kernel.compiled_run import CompiledRun

    shares = [float(1 + k % 7) for k in range(50)]
    layout = split(shares)
    run = CompiledRun(layout)
    run.advance(200_000)
    tally = run.tally()
    seen = Counter(
        dict(zip((name for name, _ in layout.flows), tally.flows["arrivals"], strict=True))
    )
    number, total = sum(seen.values()), sum(shares)
    expected = [number * share / total for share in shares]
    excess = sum((seen[f"s{k}"] - mean) ** 2 / mean for k, mean in enumerate(expected))
    # Chi-squared with 49 degrees of freedom: 85.4 is passed once in a thousand.
    assert excess < 85.4
