"""Streams that are run by both engines."""

import math

import numpy as np

from models.laws.streaming.keys import zipf_shares
from models.queueing.distributions import AnyDistribution, Deterministic, Exponential
from sim.streaming.stream_contract import (
    EventGraph,
    EventSource,
    EventStage,
    EventWindow,
    Route,
    WindowKind,
)

NEVER = Deterministic.model_construct(value=0.0)
WINDOWS = {
    "none": None,
    "fixed": EventWindow(WindowKind.SLIDING, 2.0, 2.0, 1.0, 0.5),
    "sliding": EventWindow(WindowKind.SLIDING, 3.0, 1.0, 1.0),
    "session": EventWindow(WindowKind.SESSION, 0.5, 0.0, 1.0),
}


def exponential(mean: float) -> AnyDistribution:
    return Exponential.model_construct(mean=mean)


def fixed(value: float) -> AnyDistribution:
    return Deterministic.model_construct(value=value)


def source(rate: float = 100.0, stage: int = 0, **keys: object) -> EventSource:
    given = {
        "name": "web",
        "ends": (math.inf,),
        "rates": (rate,),
        "shares": np.zeros(0),
        "partitions": 1,
        "partition": None,
        "delay": NEVER,
        "stage": stage,
        **keys,
    }
    return EventSource(**given)  # type: ignore[arg-type]


def recorded(*times: float, **keys: object) -> EventSource:
    return source(times=np.array(times), **keys)


def alone(source: EventSource, service: AnyDistribution, **keys: object) -> EventGraph:
    """One instance that reads and lets out."""
    given = {
        "name": "one",
        "instances": 1,
        "route": Route.BY_PARTITION,
        "service": service,
        "outputs": (),
        "reads": True,
        **keys,
    }
    return EventGraph((source,), (EventStage(**given),))  # type: ignore[arg-type]


def many_stages(window: str, rate: float = 300.0) -> EventGraph:
    """Two sources, a log of each, three readers, windows by key, and a sink of all."""
    shares = zipf_shares(200, 0.9)
    web = source(rate, name="web", shares=shares, partitions=8, delay=exponential(0.5))
    shop = source(
        rate / 2,
        1,
        name="shop",
        shares=zipf_shares(50, 0.0),
        partitions=5,
        ends=(4.0, 9.0, math.inf),
        rates=(rate / 2, 0.0, rate),
        delay=exponential(0.2),
    )
    by, keyed, turn = Route.BY_PARTITION, Route.BY_KEY, Route.IN_TURN
    return EventGraph(
        (web, shop),
        (
            EventStage("log-web", 3, by, fixed(0.3 / rate), (2, 3)),
            EventStage("log-shop", 2, by, fixed(0.3 / rate), (3,)),
            EventStage("parse", 4, by, exponential(1 / rate), (4,), 0.005, 0.2, True, True, 0.7),
            EventStage("all", 3, by, exponential(0.4 / rate), (5,), reads=True, emits=1.5),
            EventStage("gather", 5, keyed, exponential(1 / rate), (5,), window=WINDOWS[window]),
            EventStage("sink", 2, turn, exponential(0.1 / rate), ()),
        ),
    )
