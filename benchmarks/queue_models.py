"""The queueing networks that are timed, the same in SimPy, and how fast they should be."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.simpy_queues import (
    BACKLOG,
    CLOSED_CUSTOMERS,
    CLOSED_STATIONS,
    Peer,
    SimPyClosed,
    SimPyNetwork,
    SimPyPriorities,
    SimPyQueue,
)
from benchmarks.verdicts import Verdicts
from models.queueing.network import Network
from models.queueing.read_network import read_network

ROOT = Path(__file__).parents[1]


def queue(servers: int, load: float) -> Network:
    """M/M/c, with services of 1 s in the mean.

    Arguments:
        servers: c.
        load: of each server, 0 to 1.
    """
    requests = {
        "arrivals": {"kind": "poisson", "rate": f"{servers * load!r}/s"},
        "service": {"server": _exponential()},
        "route": ["server"],
    }
    return _network({"server": {"servers": servers}}, {"requests": requests})


def jackson() -> Network:
    """The five stations with feedback that the project ships."""
    return read_network(ROOT / "networks" / "jackson.yaml").network


def closed() -> Network:
    """Customers who go from any station to any other alike."""
    names = [f"s{k}" for k in range(CLOSED_STATIONS)]
    alike = dict.fromkeys(names, 1 / CLOSED_STATIONS)
    jobs = {
        "population": CLOSED_CUSTOMERS,
        "service": {name: _exponential() for name in names},
        "routing": {
            "start": {"kind": "split", "to": alike},
            **{name: {"kind": "split", "to": {"exit": 1}} for name in names},
        },
    }
    return _network({name: {} for name in names}, {"jobs": jobs})


def priorities() -> Network:
    """Interactive requests before a backlog of jobs that never ends, without interrupting them."""
    classes = {
        "interactive": {
            "arrivals": {"kind": "poisson", "rate": "0.5/s"},
            "priority": 0,
            "service": {"server": _exponential()},
            "route": ["server"],
        },
        "jobs": {
            "population": BACKLOG,
            "priority": 1,
            "service": {"server": _exponential()},
            "route": ["server"],
        },
    }
    return _network({"server": {"discipline": "priority"}}, classes)


def _exponential() -> dict[str, str]:
    return {"distribution": "exponential", "mean": "1 s"}


def _network(stations: dict[str, Any], classes: dict[str, Any]) -> Network:
    description = {"name": "benchmark", "stations": stations, "classes": classes}
    return Network.model_validate(description)


@dataclass(frozen=True)
class Model:
    """A network, the same in SimPy, and how fast it should be.

    Arguments:
        name: what is simulated.
        network: the description.
        peer: the same in SimPy.
        unit: visits or customers, of which the rates are.
        recursion: least rate by recursion, /s; 0 where none is asked.
        events: least rate by the event loop, /s; 0 where none is asked.
        ratio: least ratio to SimPy, by recursion where it holds; 0 where none is asked.
        reference: rate of SimPy where the rates were asked, /s; 0 where it is not known.
        line: LINE's engine can be asked.
    """

    name: str
    network: Callable[[], Network]
    peer: Callable[[], Peer]
    unit: str = "visits"
    recursion: float = 0.0
    events: float = 0.0
    ratio: float = 0.0
    reference: float = 0.0
    line: bool = False

    def target(self) -> str:
        """What is asked, in words."""
        asked = []
        if self.recursion:
            asked.append(f"{self.recursion / 1e6:g} M/s")
        if self.events:
            asked.append(f"{self.events / 1e6:g} M/s")
        if self.ratio:
            asked.append(f"{self.ratio:,.0f} x")
        return ", ".join(asked)

    def relative(self, recursion: float, events: float, verdicts: Verdicts) -> str:
        """The same rates as ratios to SimPy, whatever the machine, and whether they are reached.

        Arguments:
            recursion: ratio of the rate by recursion to that of SimPy.
            events: ratio of the rate by the event loop to that of SimPy.
            verdicts: remember it.
        """
        figures = ((self.recursion, recursion), (self.events, events))
        return ", ".join(
            f"{found:,.0f} x of {least / self.reference:,.0f} x"
            f" {verdicts.of(found >= least / self.reference)}"
            for least, found in figures
            if least
        )

    def reached(self, recursion: float, events: float, ratio: float, verdicts: Verdicts) -> str:
        """Whether each of the targets is reached, in their order.

        Arguments:
            recursion: rate by recursion, /s.
            events: rate by the event loop, /s.
            ratio: to SimPy, by recursion where it holds.
            verdicts: remember it.
        """
        figures = ((self.recursion, recursion), (self.events, events), (self.ratio, ratio))
        return ", ".join(verdicts.of(found >= least) for least, found in figures if least)


MODELS = (
    Model(
        "M/M/1, load 0.8",
        lambda: queue(1, 0.8),
        lambda: SimPyQueue(1, 0.8),
        recursion=50e6,
        events=10e6,
        reference=113e3,
        line=True,
    ),
    Model(
        "M/M/4, load 0.8",
        lambda: queue(4, 0.8),
        lambda: SimPyQueue(4, 0.8),
        recursion=20e6,
        events=8e6,
        reference=106e3,
        line=True,
    ),
    Model(
        "5 stations with feedback",
        jackson,
        lambda: SimPyNetwork(jackson()),
        unit="customers",
        events=4e6,
        reference=52e3,
        line=True,
    ),
    Model("closed, 200 stations, 1,000 jobs", closed, SimPyClosed, ratio=100),
    Model(
        "M/M/1000, load 0.95",
        lambda: queue(1000, 0.95),
        lambda: SimPyQueue(1000, 0.95),
        ratio=100,
        line=True,
    ),
    Model("priorities, backlog of 20,000", priorities, SimPyPriorities, ratio=1000),
)
