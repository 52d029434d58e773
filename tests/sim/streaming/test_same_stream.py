"""The compiled engine and the SimPy reference go the same way, event by event."""

import dataclasses

import numpy as np
import pytest

from sim.streaming.stream_contract import EventGraph, Span, StreamOutcome, simulator

from .event_cases import WINDOWS, alone, exponential, many_stages, source


def both(graph: EventGraph, span: Span, seed: int) -> tuple[StreamOutcome, StreamOutcome]:
    runs = [simulator(name)(graph, span, np.random.SeedSequence(seed)) for name in ENGINES]
    return runs[0], runs[1]


ENGINES = ("compiled", "simpy")


def assert_same(one: StreamOutcome, other: StreamOutcome) -> None:
    assert one.sent == other.sent
    assert (one.ends == other.ends).all()
    assert (one.read == other.read).all()
    for mine, theirs in zip(one.stages, other.stages, strict=True):
        for field in dataclasses.fields(mine):
            pair = getattr(mine, field.name), getattr(theirs, field.name)
            np.testing.assert_allclose(*pair, rtol=1e-9, atol=1e-9, err_msg=field.name)


@pytest.mark.parametrize("window", list(WINDOWS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_engines_see_the_same(window: str, seed: int) -> None:
    span = Span(12.0, 3.0, lag_every=1.0, blocked=(5.0, 6.0))
    one, other = both(many_stages(window), span, seed)
    assert_same(one, other)
    assert one.stages[-1].given > 1000


@pytest.mark.parametrize("seed", [4, 5])
def test_nothing_is_lost_on_the_way(seed: int) -> None:
    """What enters is out or in flight, at every stage."""
    for name in ENGINES:
        seen = simulator(name)(many_stages("none"), Span(12.0), np.random.SeedSequence(seed))
        log_web, log_shop, parse, every, gather, sink = seen.stages
        assert (log_web.came, log_shop.came) == seen.sent
        assert parse.came == log_web.done
        assert every.came == log_web.done + log_shop.done
        assert gather.came == parse.given
        assert sink.came == every.given + gather.given
        for stage in seen.stages:
            assert stage.came >= stage.done


def test_a_run_is_the_same_again_and_another_seed_is_not() -> None:
    graph, span = many_stages("session"), Span(5.0)
    simulate = simulator("compiled")
    first, again, other = (simulate(graph, span, np.random.SeedSequence(s)) for s in (7, 7, 8))
    assert_same(first, again)
    assert first.sent != other.sent


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"horizon": 0.0}, "must be longer"),
        ({"warmup": 9.0}, "must be longer"),
    ],
)
def test_a_span_without_a_sense_is_refused(change: dict[str, float], says: str) -> None:
    graph = alone(source(), exponential(0.001))
    span = dataclasses.replace(Span(5.0), **change)
    for name in ENGINES:
        with pytest.raises(ValueError, match=says):
            simulator(name)(graph, span, np.random.SeedSequence(1))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="engine is 'spark'"):
        simulator("spark")
