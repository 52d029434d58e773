"""Repairable systems in SimPy: one process a component, as the compiled engine is meant."""

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import NORMAL, EventPriority

from models.laws.reliability.diagram import (
    Block,
    Diagram,
    Graph,
    Identical,
    KOfN,
    Parallel,
    reached,
)
from sim.kernels.streams import draw, uniform
from sim.reliability.arrays.clocks import NONE, Clocks, begin
from sim.reliability.arrays.system_layout import Layout, lay_out
from sim.reliability.arrays.system_records import HISTORY
from sim.reliability.system_contract import System

Activity = Generator[simpy.Event, Any, None]


class Draws:
    """Draws of clocks, whose state moves on.

    Arguments:
        clocks: of a layout.
    """

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._streams = list(clocks.streams)

    def begin(self, number: int, clock: int | None = None) -> None:
        """All clocks, or one, begin a history.

        Arguments:
            number: of the history.
            clock: which; None for all.
        """
        which = slice(None) if clock is None else slice(clock, clock + 1)
        begin(self._clocks.streams[which], self._clocks.seeds[which], number)

    def value(self, clock: int) -> float:
        """The next duration of a clock, s."""
        return float(self._clocks.shifts[clock] + draw(self._streams[clock]))

    def uniform(self, clock: int) -> float:
        """The next uniform of a clock, above 0 and below 1."""
        return float(uniform(self._streams[clock]))


def simpy_histories(
    system: System, seed: np.random.SeedSequence, horizon: float, first: int, count: int
) -> tuple[NDArray[np.void], NDArray[np.float64]]:
    """Histories by SimPy; an engine for `simulate_system`.

    Arguments:
        system: the description.
        seed: of all histories.
        horizon: s.
        first: number of the first.
        count: how many.
    """
    layout = lay_out(system, seed)
    draws = Draws(layout.clocks)
    records, downtimes = np.zeros(count, HISTORY), np.zeros((count, len(layout.components)))
    for k in range(count):
        draws.begin(first + k)
        history = _History(layout, draws)
        history.environment.run(until=horizon)
        records[k], downtimes[k] = history.ended(horizon)
    return records, downtimes


_IN_TURN = NORMAL + 1  # after what an event sets off at once


class _Due(simpy.Event):
    """A time that has passed; of those of one instant, the component described first is due first.

    Arguments:
        environment: of the history.
        delay: s.
        number: of the component.
    """

    def __init__(self, environment: simpy.Environment, delay: float, number: int) -> None:
        super().__init__(environment)
        self._ok, self._value = True, None
        environment.schedule(self, EventPriority(_IN_TURN + number), delay)


class _Component:
    """A component, and since when it is what it is."""

    def __init__(self, environment: simpy.Environment, description: Any, number: int) -> None:
        self.description = description
        self.number = number
        self.works = True
        self.group = int(description["group"])
        self.activation = environment.event()
        self.down_since: float | None = None
        self.downtime = 0.0


class _History:
    """One history of a system, all components new at first."""

    def __init__(self, layout: Layout, draws: Draws) -> None:
        self.environment = simpy.Environment()
        self._layout, self._draws = layout, draws
        self._crews = simpy.Resource(self.environment, layout.crews)
        self._components = [
            _Component(self.environment, one, k) for k, one in enumerate(layout.components)
        ]
        for group in layout.groups:
            for k in range(int(group["first"]) + int(group["required"]), int(group["end"])):
                self._components[k].works = False
        self._events = self._failures = 0
        self._first_failure = np.inf
        self._down_since: float | None = None
        self._downtime = 0.0
        for component in self._components:
            self.environment.process(self._live(component))

    def ended(self, horizon: float) -> tuple[tuple[float, float, int, int], list[float]]:
        """The record of the history, and the downtimes of components, s."""
        for one in self._components:
            if one.down_since is not None:
                one.downtime += horizon - one.down_since
        downtime = self._downtime
        if self._down_since is not None:
            downtime += horizon - self._down_since
        record = (downtime, self._first_failure, self._failures, self._events)
        return record, [one.downtime for one in self._components]

    def _live(self, component: _Component) -> Activity:
        draws, clocks = self._draws, component.description
        while True:
            if not component.works:
                yield component.activation | self._after(component, "dormant_life")
            planned = False
            if component.works:
                age = float(clocks["maintenance_age"])
                life = np.inf if clocks["life"] == NONE else draws.value(clocks["life"])
                planned = life > age
                yield self._due(component, min(life, age))
            self._events += 1
            self._fail(component)
            if clocks["repair"] == NONE:
                return
            with self._crews.request() as crew:
                yield crew
                yield self._after(component, "maintenance" if planned else "repair")
            self._events += 1
            self._return(component)

    def _after(self, component: _Component, clock: str) -> simpy.Event:
        number = component.description[clock]
        return self._due(component, np.inf if number == NONE else self._draws.value(number))

    def _due(self, component: _Component, delay: float) -> simpy.Event:
        if delay == np.inf:
            return self.environment.event()
        return _Due(self.environment, delay, component.number)

    def _fail(self, component: _Component) -> None:
        component.down_since = self.environment.now
        if component.works:
            component.works = False
            if component.group != NONE:
                self._take_over(component)
            self._look()

    def _take_over(self, failed: _Component) -> None:
        """The first unit in standby takes over, if the switch works."""
        group = self._layout.groups[failed.group]
        for one in self._units(failed.group):
            if not one.works and one.down_since is None:
                if self._draws.uniform(int(group["switch"])) < group["switching"]:
                    one.works = True
                    one.activation.succeed()
                return

    def _return(self, component: _Component) -> None:
        assert component.down_since is not None
        component.downtime += self.environment.now - component.down_since
        component.down_since = None
        component.activation = self.environment.event()
        if component.group != NONE:
            group = self._layout.groups[component.group]
            working = sum(one.works for one in self._units(component.group))
            component.works = working < group["required"]
        else:
            component.works = True
        self._look()

    def _units(self, group: int) -> list[_Component]:
        row = self._layout.groups[group]
        return self._components[int(row["first"]) : int(row["end"])]

    def _look(self) -> None:
        """Whether the system works now."""
        now, works = self.environment.now, self._works(self._layout.system.diagram)
        if not works and self._down_since is None:
            self._down_since = now
            self._failures += 1
            self._first_failure = min(self._first_failure, now)
        elif works and self._down_since is not None:
            self._downtime += now - self._down_since
            self._down_since = None

    def _works(self, diagram: Diagram) -> bool:
        if isinstance(diagram, Graph):
            return self._joined(diagram)
        if isinstance(diagram, Block | Identical):
            place = self._layout.places[diagram.name]
            working = sum(self._components[k].works for k in place)
            return working >= (diagram.required if isinstance(diagram, Identical) else 1)
        working = sum(self._works(part) for part in diagram.parts)
        if isinstance(diagram, KOfN):
            return working >= diagram.required
        return working >= (1 if isinstance(diagram, Parallel) else len(diagram.parts))

    def _joined(self, graph: Graph) -> bool:
        lost = {node for node, part in graph.nodes if not self._works(part)}
        edges = [
            edge
            for edge in graph.edges
            if not lost & {edge.tail, edge.head} and (edge.part is None or self._works(edge.part))
        ]
        return graph.source not in lost and graph.target in reached(
            edges, graph.source, graph.directed
        )
