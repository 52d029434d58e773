"""Tasks, stages and attempts, as the reference sees them."""

import math
from dataclasses import dataclass, field

from sim.batch.batch_contract import NOWHERE, Stage


@dataclass
class TaskState:
    """A task as it goes.

    Arguments:
        stage: position.
        place: its number within the stage.
        done: it is complete, and what it kept is there.
        node: that holds what it kept; NOWHERE where that is lost or nothing was kept.
        took: its attempt that counts, s.
        tried: it has begun before.
        running: its attempts.
    """

    stage: int
    place: int
    done: bool = False
    node: int = NOWHERE
    took: float = 0.0
    tried: bool = False
    running: list["Attempt"] = field(default_factory=list)

    @property
    def pending(self) -> bool:
        """It waits for a slot."""
        return not self.done and not self.running


@dataclass(eq=False)
class Attempt:
    """A task that runs.

    Arguments:
        number: in the order of their starts.
        task: of all tasks.
        node: of all nodes.
        start: s.
        local: its node has its data.
        copied: it has a copy, or is one.
    """

    number: int
    task: int
    node: int
    start: float
    local: bool
    copied: bool


@dataclass
class StageState:
    """A stage as it goes.

    Arguments:
        described: the stage.
        tasks: numbers of its tasks.
        complete: all of them are done.
        ready: when it first could begin, s; negative before.
        ended: when it was last complete, s.
        threshold: time of an attempt after which it is copied, s; infinite while too few are done.
        ran: attempts that count.
        local: of these, those that found their data on their node.
    """

    described: Stage
    tasks: range
    complete: bool = False
    ready: float = -1.0
    ended: float = 0.0
    threshold: float = math.inf
    ran: int = 0
    local: int = 0
