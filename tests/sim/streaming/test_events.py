"""Streams that are known: offsets, replay, batches, windows, queues, in both engines."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from models.laws.streaming.keys import places_of_keys, zipf_shares
from sim.streaming.arrays.latency_bins import BINS, bin_of_latency, quantile
from sim.streaming.reference.topic import Topic
from sim.streaming.stream_contract import (
    EventGraph,
    EventStage,
    EventWindow,
    Route,
    Span,
    StreamOutcome,
    WindowKind,
    simulator,
)

from .event_cases import NEVER, alone, exponential, fixed, recorded, source

Simulate = Callable[..., StreamOutcome]


@pytest.fixture(params=["compiled", "simpy"])
def simulate(request: pytest.FixtureRequest) -> Simulate:
    def run(graph: EventGraph, span: Span, seed: int = 1) -> StreamOutcome:
        return simulator(request.param)(graph, span, np.random.SeedSequence(seed))

    return run


@pytest.fixture
def fast() -> Simulate:
    def run(graph: EventGraph, span: Span, seed: int = 1) -> StreamOutcome:
        return simulator("compiled")(graph, span, np.random.SeedSequence(seed))

    return run


def test_offsets_count_from_zero_and_a_replay_gives_the_rest() -> None:
    topic = Topic(4, places_of_keys(100, 4))
    placed = [topic.append(f"record {k}", key=k % 10) for k in range(200)]
    for partition in range(4):
        offsets = [offset for where, offset in placed if where == partition]
        assert offsets == list(range(len(offsets)))
        assert len(topic.read(partition, 3)) == max(0, len(offsets) - 3)
    for key in range(10):
        assert len({where for k, (where, _) in enumerate(placed) if k % 10 == key}) == 1


def test_a_partition_that_is_named_is_taken_and_without_keys_they_take_turns() -> None:
    topic = Topic(3, places_of_keys(0, 3))
    assert [topic.append("x", partition=2) for _ in range(3)] == [(2, 0), (2, 1), (2, 2)]
    assert [topic.append("x")[0] for _ in range(4)] == [0, 1, 2, 0]


def test_what_is_read_and_what_was_appended_differ_by_the_lag(simulate: Simulate) -> None:
    events = source(200.0, partitions=4, shares=zipf_shares(20, 1.0))
    seen = simulate(alone(events, exponential(0.01)), Span(10.0))
    [stage] = seen.stages
    assert seen.ends.sum() == seen.sent[0]
    assert (seen.ends - seen.read[0]).sum() == stage.came - stage.done
    assert (seen.read[0] <= seen.ends).all()


def test_a_named_partition_gets_everything(simulate: Simulate) -> None:
    seen = simulate(alone(source(50.0, partitions=3, partition=1), NEVER), Span(5.0))
    assert seen.ends[1] == seen.sent[0]
    assert seen.ends.sum() == seen.sent[0]


def test_micro_batches_of_two_seconds_add_one_second(fast: Simulate) -> None:
    for interval, added in ((2.0, 1.0), (0.0, 0.0)):
        seen = fast(alone(source(100.0), NEVER, interval=interval), Span(2000.0)).stages[0]
        mean = seen.waiting / seen.counted
        assert mean == pytest.approx(added, abs=4 * 2 / math.sqrt(12 * 200_000))


def test_a_poll_waits_for_half_its_interval_on_average(fast: Simulate) -> None:
    stage = EventStage(
        "poll", 4, Route.BY_PARTITION, NEVER, (), interval=1.0, staggered=True, reads=True
    )
    seen = fast(EventGraph((source(400.0, partitions=4),), (stage,)), Span(200.0)).stages[0]
    assert seen.waiting / seen.counted == pytest.approx(0.5, abs=0.01)


def test_an_instance_is_a_queue_of_its_own(fast: Simulate) -> None:
    """M/M/1 with 8/s of 10/s: mean 0.5 s, and its quantiles."""
    seen = fast(alone(source(8.0), exponential(0.1)), Span(200_000.0, 1000.0)).stages[0]
    assert seen.response / seen.counted == pytest.approx(0.5, rel=0.03)
    for share in (0.5, 0.95, 0.99):
        exact = -math.log(1 - share) / 2
        assert quantile(seen.latency, share) == pytest.approx(exact, rel=0.05)
    assert seen.busy[0] / 199_000 == pytest.approx(0.8, rel=0.01)


def test_a_fixed_service_waits_half_as_long(fast: Simulate) -> None:
    """M/D/1 with 8/s of 10/s: a mean wait of 0.2 s."""
    seen = fast(alone(source(8.0), fixed(0.1)), Span(200_000.0, 1000.0)).stages[0]
    assert seen.waiting / seen.counted == pytest.approx(0.2, rel=0.03)


def windowed(events: tuple[float, ...], window: EventWindow, delay: float = 0.0) -> EventGraph:
    """Events at these times, gathered on one instance; each comes so much later."""
    times = tuple(one + delay for one in events)
    return EventGraph(
        (recorded(*times, delay=fixed(delay)),),
        (
            EventStage("gather", 1, Route.BY_PARTITION, NEVER, (1,), reads=True, window=window),
            EventStage("out", 1, Route.IN_TURN, NEVER, ()),
        ),
    )


def test_windows_of_the_worked_example(simulate: Simulate) -> None:
    """Events at 1, 2, 7 and 20: windows of 5 with 2, 1 and 1 events, sessions {1, 2, 7}, {20}."""
    last = 60.0  # an event that lets all windows close
    fixed_windows = EventWindow(WindowKind.SLIDING, 5.0, 5.0)
    seen = simulate(windowed((1.0, 2.0, 7.0, 20.0, last), fixed_windows), Span(100.0))
    assert seen.stages[0].results == 3
    session = EventWindow(WindowKind.SESSION, 6.0, 0.0)
    seen = simulate(windowed((1.0, 2.0, 7.0, 20.0, last), session), Span(100.0))
    assert seen.stages[0].results == 2
    assert seen.stages[1].came == 2


def test_a_late_event_goes_to_the_window_of_its_own_time(simulate: Simulate) -> None:
    """At 12, 3 of an event before: the watermark decides whether its window still takes it."""
    times, delays = (2.0, 11.0, 12.0, 30.0), (0.0, 0.0, 9.0, 0.0)

    def run(**keys: float) -> StreamOutcome:
        window = EventWindow(WindowKind.SLIDING, 5.0, 5.0, **keys)
        sources = tuple(
            recorded(time, name=f"at {time}", delay=fixed(delay))
            for time, delay in zip(times, delays, strict=True)
        )
        stage = EventStage("gather", 1, Route.IN_TURN, NEVER, (1,), reads=True, window=window)
        out = EventStage("out", 1, Route.IN_TURN, NEVER, ())
        return simulate(EventGraph(sources, (stage, out)), Span(50.0))

    strict = run().stages[0]  # windows [0, 5), [10, 15); the event of 3 s comes at 12
    assert (strict.late, strict.results, strict.updates) == (1, 2, 0)
    patient = run(watermark=7.0).stages[0]  # [0, 5) is open until 12 s have been seen
    assert (patient.late, patient.results, patient.updates) == (0, 2, 0)
    lenient = run(lateness=10.0).stages[0]  # its result is given again
    assert (lenient.late, lenient.results, lenient.updates) == (0, 2, 1)


def test_sessions_grow_together(simulate: Simulate) -> None:
    """0 and 8 are two sessions of gap 5 until 4 comes between them."""
    times, delays = (0.0, 8.0, 9.0, 40.0), (0.0, 0.0, 5.0, 0.0)
    sources = tuple(
        recorded(time, name=f"at {time}", delay=fixed(delay))
        for time, delay in zip(times, delays, strict=True)
    )
    window = EventWindow(WindowKind.SESSION, 5.0, 0.0, 6.0)
    stage = EventStage("gather", 1, Route.IN_TURN, NEVER, (1,), reads=True, window=window)
    graph = EventGraph(sources, (stage, EventStage("out", 1, Route.IN_TURN, NEVER, ())))
    seen = simulate(graph, Span(50.0)).stages[0]
    assert (seen.results, seen.late) == (1, 0)


def test_what_comes_while_nothing_is_read_is_read_then(simulate: Simulate) -> None:
    """100/s for 5 s wait, 200/s can be read: caught up 5 s later."""
    times = tuple(0.005 + k / 100 for k in range(3000))
    graph = alone(recorded(*times), fixed(1 / 200))
    seen = simulate(graph, Span(30.0, lag_every=1.0, blocked=(10.0, 15.0)))
    [stage] = seen.stages
    assert stage.drained[0] - 15 == pytest.approx(5.0, abs=0.02)
    assert stage.lag[15] == pytest.approx(500, abs=1)
    assert stage.lag[17] == pytest.approx(300, abs=2)
    assert stage.lag[25] <= 1
    assert stage.came == len(times)


@pytest.mark.parametrize("latency", [1e-12, 1e-6, 0.3, 1.0, 1234.5, 1e12])
def test_bins_are_narrow(latency: float) -> None:
    place = bin_of_latency(latency)
    assert 0 <= place < BINS
    counts = np.zeros(BINS, np.int64)
    counts[place] = 1
    if 1e-8 < latency < 1e8:
        assert quantile(counts, 0.5) == pytest.approx(latency, rel=1 / 128)
