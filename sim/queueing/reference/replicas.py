"""Replicas whose number follows the load of their station."""

import math
from typing import Any, Protocol

from sim.queueing.reference.customers import Activity, Moment
from sim.queueing.reference.simpy_stations import World


class Served(Protocol):
    """The station whose servers they are."""

    servers: int  # that are there and are to stay

    @property
    def occupied(self) -> int:
        """Servers that hold a customer."""
        ...

    def change_servers(self, servers: int) -> None:
        """So many servers from now on; one that is busy goes when it is done."""
        ...


class Replicas:
    """Decides at equal intervals how many replicas there are to be, and lets them start.

    Arguments:
        world: of the run.
        number: position of the station in the layout.
        description: its record in the layout.
        station: whose servers they are.
    """

    def __init__(self, world: World, number: int, description: Any, station: Served) -> None:
        self._world, self._number = world, number
        self._description, self._station = description, station
        self._concurrency = int(description["concurrency"])
        self._starting: list[Moment] = []  # when they are ready, in the order of the decisions
        self._changed = -math.inf
        self._busy = self._there = 0.0  # integrals up to the last decision, s
        self.count()
        world.environment.process(self._decide_again())

    def count(self) -> None:
        """The servers that are there, and those that are paid for, have changed."""
        there = max(self._station.servers, self._station.occupied)
        counts = self._world.counts
        counts.servers[self._number].set(there)
        counts.paid[self._number].set(there + len(self._starting) * self._concurrency)

    def _decide_again(self) -> Activity:
        while True:
            yield self._world.environment.timeout(float(self._description["scale_interval"]))
            self._decide()

    def _decide(self) -> None:
        counts, now = self._world.counts, self._world.environment.now
        replicas = self._station.servers // self._concurrency
        change = self._wanted(replicas) - replicas - len(self._starting)
        step = int(self._description["step"])
        change = max(-step, min(change, step))
        cooldown = float(self._description["scale_cooldown"]) * (1 - 1e-9)
        if change < 0 and now - self._changed < cooldown:
            change = 0
        if change:
            self._changed = now
        for _ in range(-change):
            self._take_away()
        for _ in range(change):
            self._add()
        self.count()
        self._busy = counts.busy[self._number].total()
        self._there = counts.servers[self._number].total()

    def _wanted(self, replicas: int) -> int:
        """Replicas that are wanted, with those that start.

        Those that have only just started served in none of the interval that was measured: what
        they will take is not wanted once more.
        """
        busy = self._world.counts.busy[self._number].total() - self._busy
        there = self._world.counts.servers[self._number].total() - self._there
        ratio = busy / there / float(self._description["scale_target"])
        present = replicas + len(self._starting)
        if abs(ratio - 1) <= float(self._description["scale_tolerance"]) + 1e-9:
            return present
        served = there / float(self._description["scale_interval"]) / self._concurrency
        # What is meant to be a whole number is one, whatever its rounding.
        wanted = math.ceil(served * ratio * (1 - 1e-9))
        wanted = min(
            max(wanted, int(self._description["minimum"])), int(self._description["maximum"])
        )
        return max(wanted, present) if ratio > 1 else min(wanted, present)

    def _add(self) -> None:
        startup = int(self._description["startup"])
        if startup < 0:
            self._station.change_servers(self._station.servers + self._concurrency)
            return
        ready = Moment(self._world.environment)
        self._starting.append(ready)
        self._world.environment.process(self._start(ready))
        ready.after(self._world.draws.value(startup))

    def _take_away(self) -> None:
        """First those that still start, the last first."""
        if self._starting:
            self._starting.pop()
        else:
            self._station.change_servers(self._station.servers - self._concurrency)

    def _start(self, ready: Moment) -> Activity:
        yield ready
        if ready in self._starting:  # or it was taken away before
            self._starting.remove(ready)
            self._station.change_servers(self._station.servers + self._concurrency)
