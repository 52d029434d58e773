"""What was simulated of runs, and what it tells of those that differ in little."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.choosing.best import key_of
from sim.choosing.open_choices import Choice, Slack

Changes = Mapping[str, Any]
_ZONES = "zones"  # they change a run by an outage at most


@dataclass
class SeenRuns:
    """All that was simulated of runs.

    Arguments:
        choices: what is open.
        bystanders: paths of node groups that no run is on, and of stores that none names.
    """

    choices: Sequence[Choice]
    bystanders: frozenset[str]
    _fine: set[str] = field(default_factory=set)
    _fine_as_bought: set[str] = field(default_factory=set)
    _late: set[str] = field(default_factory=set)
    _late_with_most_spares: dict[str, bool] = field(default_factory=dict)
    _late_if_calm: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        slack = [one for one in self.choices if one.slack is not Slack.NONE]
        self._beside_nodes = {
            one.axis.path for one in slack if one.slack is Slack.MORE and one.section != "nodes"
        }
        self._adds = {one.axis.path for one in slack if one.slack is Slack.MORE}
        away = {one.axis.path for one in self.choices if _part(one) in self.bystanders}
        self._unknown_to_runs = away | {one.axis.path for one in slack if one.section == _ZONES}
        shapes = {one.axis.path for one in self.choices if one.slack is Slack.NONE}
        self._shapes = shapes - away
        self.most_spares = {
            one.axis.path: max(one.axis.values)
            for one in slack
            if one.section == "nodes" and one.slack is Slack.MORE
        }

    def bought(self, changes: Changes) -> str:
        """All but what adds to the cost.

        Arguments:
            changes: of a candidate.
        """
        return _without(changes, self._adds)

    def keep_fine(self, changes: Changes) -> None:
        """Remember a run that meets all objectives.

        Arguments:
            changes: of the candidate.
        """
        self._fine.add(_without(changes, self._beside_nodes))
        self._fine_as_bought.add(self.bought(changes))

    def adds_cost_alone(self, changes: Changes, *, spares_too: bool) -> bool:
        """Whether a candidate differs from a run that is fine in what costs no less alone.

        Stores and zones are so seldom away that they change no mean of a run. Spares may.

        Arguments:
            changes: of the candidate.
            spares_too: they count as adding to the cost alone.
        """
        return _without(changes, self._beside_nodes) in self._fine or (
            spares_too and self.bought(changes) in self._fine_as_bought
        )

    def keep_late(self, changes: Changes) -> None:
        """Remember a run that misses its deadline.

        Arguments:
            changes: of the candidate.
        """
        self._late.add(_without(changes, self._unknown_to_runs))

    def asked_of_spares(self, changes: Changes) -> bool:
        """Whether it is known if such a run is late with most spares.

        Arguments:
            changes: of the candidate.
        """
        return self.bought(changes) in self._late_with_most_spares

    def keep_spares(self, changes: Changes, *, late: bool) -> None:
        """Remember whether a run is late even with most spares.

        Arguments:
            changes: of the candidate.
            late: it is.
        """
        self._late_with_most_spares[self.bought(changes)] = late

    def asked_if_calm(self, changes: Changes) -> bool:
        """Whether it is known if such a run is late where hardly a node fails.

        Arguments:
            changes: of the candidate.
        """
        return self._shape(changes) in self._late_if_calm

    def keep_calm(self, changes: Changes, *, late: bool) -> None:
        """Remember whether a run is late even where hardly a node fails.

        Arguments:
            changes: of the candidate.
            late: it is.
        """
        self._late_if_calm[self._shape(changes)] = late

    def late(self, changes: Changes, left: Sequence[Choice]) -> bool:
        """Whether candidates miss their deadline as one did that a run can't tell from them.

        Arguments:
            changes: of one of them.
            left: choices in which they differ.
        """
        open_paths = {one.axis.path for one in left}
        if self._late_if_calm.get(self._shape(changes), False):
            return True
        if open_paths <= self._adds and self._late_with_most_spares.get(
            self.bought(changes), False
        ):
            return True
        return (
            open_paths <= self._unknown_to_runs
            and _without(changes, self._unknown_to_runs) in self._late
        )

    def _shape(self, changes: Changes) -> str:
        """All that may make a run shorter."""
        return key_of({path: value for path, value in changes.items() if path in self._shapes})


def _part(one: Choice) -> str:
    """Path of the node group or store that it is of."""
    return ".".join(one.axis.path.split(".")[:2])


def _without(changes: Changes, paths: set[str]) -> str:
    return key_of({path: value for path, value in changes.items() if path not in paths})
