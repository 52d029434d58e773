"""Candidates judged by laws alone: what can't be, and what none of them can beat."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import ValidationError

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.check_stack import check
from models.parts.completeness import never_complete
from models.parts.facts import Facts
from models.parts.kinds import STACK, workload_kind
from models.parts.node_failures import component
from models.parts.read_stack import completed, files_of
from models.parts.solve import SolvedStack, Unsolvable, solve
from models.parts.workloads.workload_kind import Likeness, Unreadable
from models.prediction.choice_answer import Excuse, Why
from models.reading.document import Document, changed_document
from models.reading.faults import Fault, InvalidDescription
from models.reading.validation import faults_of
from sim.choosing.beside import Beside
from sim.choosing.least import Least, least
from sim.choosing.open_choices import Choice, Slack
from sim.choosing.seldom_up import most_met, surely_too_few
from sim.choosing.shortfall import Shortfall, of_least
from sim.choosing.variants import BY, catalog_of
from sim.experiment import quantile_estimate


@dataclass(frozen=True)
class Judged:
    """What the laws say of a candidate, or of a family of them.

    Arguments:
        cost: mean USD that no simulation of it is below.
        floor: USD that no simulated year of it is below.
        years: that count of it.
        time: 95th percentile, s, likewise; 0 where nothing is known.
        shortfall: the largest that it has at least; above 1 an objective is missed.
        excuse: why it is not taken; None where it may be.
        faults: all that is wrong with it, where it can't be.
        of_all: the excuse is one of all of a family; otherwise they are asked one by one.
        risk: share of runs in which a node may be away; 0 of nodes that may be bought in any way.
        runs: it comes to its end.
        alike: of each workload, what its times and its losses follow from; none where not all are
            known to follow from that alone.
    """

    cost: float = 0.0
    time: float = 0.0
    shortfall: float = 0.0
    excuse: Excuse | None = None
    faults: tuple[str, ...] = ()
    of_all: bool = True
    risk: float = 0.0
    runs: bool = False
    alike: tuple[Likeness, ...] = ()
    floor: float = 0.0
    years: int = 0


class LawPath:
    """The laws of a stack whose values change.

    Arguments:
        document: of the stack.
        catalog_digest: SHA-256 of the facts.
        seed: of the search.
        replications: simulated years that count.
    """

    def __init__(
        self, document: Document, catalog_digest: str, seed: int, replications: int
    ) -> None:
        self.document = document
        self.catalog_digest = catalog_digest
        self.seed = seed
        self.replications = replications
        self.beside: Beside | None = None  # what nodes have nothing to do with
        self._lasting: set[str] = set()  # faults that none of the other choices mends
        self._mended: set[tuple[str, ...]] = set()  # faults of which one of them mends each

    @property
    def catalog(self) -> Catalog:
        """The facts, as this process has them."""
        return catalog_of(self.catalog_digest)

    def judge(
        self,
        changes: Mapping[str, Any],
        slack: Sequence[Choice],
        mends: Sequence[Choice] | None = None,
    ) -> Judged:
        """What the laws say of all candidates that differ in what can't make a run shorter.

        Arguments:
            changes: of one of them.
            slack: the choices in which they differ; of one candidate, none.
            mends: those of them that may mend what is wrong, where not any may.
        """
        one = self._judged(changes, slack)
        if one.excuse is None or one.excuse.why is not Why.IMPOSSIBLE or not slack:
            return one
        lasting = self._lasting_fault(one, changes, slack, slack if mends is None else mends)
        if lasting is None:
            return replace(one, of_all=False)
        return replace(one, excuse=replace(one.excuse, fault=lasting))

    def _lasting_fault(
        self,
        one: Judged,
        changes: Mapping[str, Any],
        slack: Sequence[Choice],
        mends: Sequence[Choice],
    ) -> str | None:
        """What stays wrong whichever of the choices changes: it is not of them, wherever it is."""
        for fault in one.faults:
            if fault in self._lasting:
                return fault
        if one.faults in self._mended:
            return None
        left = dict.fromkeys(one.faults)
        for choice in mends:
            for value in choice.axis.values:
                if value == changes[choice.axis.path]:
                    continue
                other = self._judged({**changes, choice.axis.path: value}, slack)
                # A store that can't be so can't be so with any others.
                if not (choice.section == "storage" and other.faults):
                    left = {fault: None for fault in left if fault in other.faults}
                if not left:
                    self._mended.add(one.faults)
                    return None
        self._lasting |= left.keys()
        return next(iter(left))

    def _judged(self, changes: Mapping[str, Any], slack: Sequence[Choice]) -> Judged:
        try:
            document = changed_document(self.document, changes, BY)
            stack = completed(document)[1]
        except (InvalidDescription, Unreadable) as error:
            return _impossible(error.faults)
        except ValidationError as error:
            return _impossible(faults_of(error, STACK, document.tree))
        faults = check(stack, self.catalog)
        if faults:
            return _impossible(faults)
        try:
            solved = solve(stack, self.catalog, files_of(stack, document)[0], bare=True)
        except (Unreadable, Unsolvable) as error:
            return _impossible(error.faults)
        if slack:
            known = least(
                solved,
                self.seed,
                self.replications,
                ways_of(slack),
                _most_spares(slack),
                self.beside,
            )
            return replace(judged(stack, known), risk=0.0, alike=_alike(solved))
        never = [*never_complete(solved)]
        if never:
            return _impossible(never)
        known = least(solved, self.seed, self.replications)
        return replace(judged(stack, known), alike=_alike(solved))

    def fits(self, changes: Mapping[str, Any]) -> bool:
        """Whether a candidate can be, whatever it costs and however fast it is.

        Arguments:
            changes: new values by path.
        """
        return not self._judged(changes, ()).faults

    def solved(self, changes: Mapping[str, Any]) -> SolvedStack | None:
        """A candidate by the laws; None where it can't be.

        Arguments:
            changes: new values by path.
        """
        try:
            document = changed_document(self.document, changes, BY)
            stack = completed(document)[1]
            if check(stack, self.catalog):
                return None
            return solve(stack, self.catalog, files_of(stack, document)[0], bare=True)
        except (InvalidDescription, Unreadable, Unsolvable, ValidationError):
            return None

    def seldom(self, changes: Mapping[str, Any]) -> Excuse | None:
        """Why nodes are up too seldom, where the laws are sure of that.

        Arguments:
            changes: new values by path.
        """
        stack = completed(changed_document(self.document, changes, BY))[1]
        wanted = stack.objectives.availability
        if wanted is None:
            return None
        facts = Facts(self.catalog, stack.failure_rates)
        # What is interrupted as a whole needs all nodes of its groups.
        kinds = [(one, workload_kind(one)) for one in stack.workloads.values()]
        names = {name for one, kind in kinds if kind.work for name in kind.groups(one)}
        nodes = [component(name, stack.nodes[name], stack, facts) for name in names]
        allowed = 1 - wanted.at_least
        share = min((most_met(one, allowed) for one in nodes), default=1.0)
        if not surely_too_few(share, wanted.probability, self.replications):
            return None
        return Excuse(
            Why.SELDOM_UP,
            objectives=("availability",),
            met_share=share,
            wanted_share=wanted.probability,
        )


def _impossible(faults: Sequence[Fault]) -> Judged:
    excuse = Excuse(Why.IMPOSSIBLE, fault=str(faults[0]))
    return Judged(shortfall=math.inf, excuse=excuse, faults=tuple(map(str, faults)))


def _alike(solved: SolvedStack) -> tuple[Likeness, ...]:
    """Of each workload, where none of them knows of failures."""
    all_of = [one.kind.alike(one.answer) for one in solved.workloads.values()]
    known = [one for one in all_of if one is not None]
    return tuple(known) if len(known) == len(all_of) else ()


def ways_of(slack: Sequence[Choice]) -> dict[str, tuple[str, ...]]:
    """Ways to buy the nodes of each group, by its name."""
    return {
        one.axis.path.split(".")[1]: one.axis.values for one in slack if one.slack is Slack.PURCHASE
    }


def _most_spares(slack: Sequence[Choice]) -> dict[str, int]:
    """Of each group of which their number is open, by its name."""
    found: dict[str, int] = {}
    for one in slack:
        section, *name = one.axis.path.split(".")
        if section == "nodes" and name[1:] == ["spares"]:
            found[name[0]] = max(one.axis.values)
    return found


def judged(stack: Stack, known: Least) -> Judged:
    """A verdict from the least time and cost.

    Arguments:
        stack: the description.
        known: what no simulation can beat.
    """
    cost, floor = known.mean_cost, float(np.min(known.cost))
    time = quantile_estimate(known.time, 0.95).mean if known.completion else known.answer
    if known.unpriced:
        return Judged(cost, time, math.inf, Excuse(Why.UNPRICED, fault=known.unpriced[0]))
    if known.overloaded:
        excuse = Excuse(Why.OVERLOADED, objectives=known.overloaded)
        return Judged(cost, time, math.inf, excuse)
    found = list(of_least(stack.objectives, known))
    missed = [one for one in found if one.ratio > 1]
    excuse_of = _excuse(missed) if missed else None
    worst = max((one.ratio for one in found), default=0.0)
    risk = min(1.0, known.disturbed)
    return Judged(
        cost,
        time,
        worst,
        excuse_of,
        risk=risk,
        runs=bool(known.completion),
        floor=floor,
        years=len(known.cost),
    )


def _excuse(missed: Sequence[Shortfall]) -> Excuse:
    found = Excuse(Why.TOO_DEAR, objectives=tuple(one.objective for one in missed))
    for one in missed:
        if one.concession.wanted_time is not None:
            found = replace(
                found,
                why=Why.TOO_SLOW,
                least_time=one.concession.reached_time,
                wanted_time=one.concession.wanted_time,
            )
        else:
            found = replace(
                found,
                least_cost=one.concession.reached_cost,
                wanted_cost=one.concession.wanted_cost,
            )
    return found
