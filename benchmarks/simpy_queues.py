"""Small SimPy programs as people write them: the peers of the queueing benchmark."""

import random
from collections.abc import Generator
from typing import Any

import simpy

from models.queueing.network import Network, Poisson, Split

BACKLOG = 20_000  # jobs that wait all the time
CLOSED_STATIONS, CLOSED_CUSTOMERS = 200, 1000

Events = Generator[simpy.Event, Any, None]  # of a process


class Peer:
    """A small SimPy program as people write them, which counts the visits that are complete.

    Arguments:
        step: simulated time of one advance, s.
        warm_up: simulated time before the first, s.
    """

    def __init__(self, step: float, warm_up: float = 0.0) -> None:
        self.env = simpy.Environment()
        self.done = 0
        self.step, self.warm_up = step, warm_up

    def advance(self) -> int:
        """Simulate one step; gives the visits complete in it."""
        before = self.done
        self.env.run(until=self.env.now + self.step)
        return self.done - before

    def warm(self) -> None:
        """Simulate the warm-up."""
        if self.warm_up:
            self.env.run(until=self.env.now + self.warm_up)


class SimPyQueue(Peer):
    """M/M/c.

    Arguments:
        servers: c.
        load: of each server, 0 to 1; services take 1 s in the mean.
    """

    def __init__(self, servers: int, load: float) -> None:
        rate = servers * load
        super().__init__(step=1000 / rate, warm_up=5.0)
        self.server = simpy.Resource(self.env, servers)
        self.env.process(self._arrivals(rate))

    def _arrivals(self, rate: float) -> Events:
        while True:
            yield self.env.timeout(random.expovariate(rate))
            self.env.process(self._customer())

    def _customer(self) -> Events:
        with self.server.request() as request:
            yield request
            yield self.env.timeout(random.expovariate(1.0))
        self.done += 1


class SimPyNetwork(Peer):
    """An open Jackson network.

    Arguments:
        network: of one class, with splits.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(step=500.0)
        [(_, jobs)] = network.classes.items()
        assert isinstance(jobs.arrivals, Poisson)
        self.rate = jobs.arrivals.rate
        self.servers = {
            name: simpy.Resource(self.env, int(station.servers))
            for name, station in network.stations.items()
        }
        self.service = {name: 1 / law.moment(1) for name, law in jobs.service.items()}
        self.ways = {
            name: (list(split.to), list(split.to.values()))
            for name, split in jobs.routing.items()
            if isinstance(split, Split)
        }
        self.env.process(self._arrivals())

    def _arrivals(self) -> Events:
        while True:
            yield self.env.timeout(random.expovariate(self.rate))
            self.env.process(self._customer())

    def _customer(self) -> Events:
        place = "first"
        while place != "exit":
            with self.servers[place].request() as request:
                yield request
                yield self.env.timeout(random.expovariate(self.service[place]))
            self.done += 1
            names, weights = self.ways[place]
            [place] = random.choices(names, weights)


class SimPyClosed(Peer):
    """A closed network: customers go from any station to any other alike."""

    def __init__(self) -> None:
        super().__init__(step=6.0)
        self.servers = [simpy.Resource(self.env) for _ in range(CLOSED_STATIONS)]
        for _ in range(CLOSED_CUSTOMERS):
            self.env.process(self._customer())

    def _customer(self) -> Events:
        while True:
            with random.choice(self.servers).request() as request:
                yield request
                yield self.env.timeout(random.expovariate(1.0))
            self.done += 1


class SimPyPriorities(Peer):
    """Interactive requests before a backlog of jobs, without interrupting them."""

    def __init__(self) -> None:
        super().__init__(step=20.0)
        self.server = simpy.PriorityResource(self.env)
        for _ in range(BACKLOG):
            self.env.process(self._job())
        self.env.process(self._arrivals())

    def _arrivals(self) -> Events:
        while True:
            yield self.env.timeout(random.expovariate(0.5))
            self.env.process(self._visit(0))

    def _job(self) -> Events:
        while True:
            yield from self._visit(1)

    def _visit(self, priority: int) -> Events:
        with self.server.request(priority=priority) as request:
            yield request
            yield self.env.timeout(random.expovariate(1.0))
        self.done += 1
