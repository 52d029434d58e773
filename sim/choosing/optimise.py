"""The cheapest stack that meets its objectives, the fastest, and the frontier between them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from math import prod
from typing import Any

from pydantic import ValidationError

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.prediction.choice_answer import Choice as ChoiceAnswer
from models.prediction.choice_answer import Concession, OpenValue
from models.prediction.comparison_answer import Refused, Variant
from models.reading.document import Document, changed_document
from models.reading.faults import Fault, InvalidDescription
from models.reading.variations import Axis
from sim.backends import LOCAL, Backend, run_all
from sim.choosing.beside import beside
from sim.choosing.best import RESOLUTION, cost_of, time_of
from sim.choosing.by_group import Families, JudgeOf, families_by_group
from sim.choosing.law_path import Judged, LawPath
from sim.choosing.nearby import nearby
from sim.choosing.open_choices import Choice, Slack, choices
from sim.choosing.search import Search, Simulations
from sim.choosing.shortfall import of_variant
from sim.choosing.starting_point import as_it_is, bystanders, first_values, hardly_failing, tried
from sim.choosing.variants import (
    BY,
    Case,
    Effort,
    check_paths,
    know_catalog,
    predict_variant,
)

REPLICATIONS = 20
CONFIRMED = 1000  # as many as `predict` simulates
_MORE = 5  # times as many years of what may meet its objectives in those
MOST_SIMULATED = 60
_OF_SOME = 2  # times fewer where the laws were not asked of all families
MOST_LISTED = 2000  # families that the laws are asked about each


def optimise(
    document: Document,
    catalog: Catalog,
    varied: Sequence[Axis] = (),
    fixed: Sequence[str] = (),
    *,
    seed: int = 1,
    replications: int = REPLICATIONS,
    confirmed: int = CONFIRMED,
    most: int = MOST_SIMULATED,
    backend: Backend = LOCAL,
    progress: Callable[[int, int], None] | None = None,
) -> ChoiceAnswer:
    """Search what a stack leaves open, first by laws, then by simulation of what is left.

    Arguments:
        document: of the stack.
        catalog: the facts.
        varied: paths with their values, of which "any" stands for all that may be there.
        fixed: paths that stay as they are.
        seed: of the simulation, the same for all.
        replications: simulated years of each candidate.
        confirmed: simulated years of each that may meet its objectives, if that is more: its
            verdict and its figures are those of so many.
        most: candidates that are simulated at the most.
        backend: where they are judged and simulated.
        progress: told how many candidates of how many are settled.

    Raises:
        InvalidDescription: a path that leads nowhere, a stack that is wrong whatever is chosen, or
            one that leaves nothing open.
        BackendUnavailable: a cluster that can't be used.
    """
    check_paths([document], varied)
    open_choices = choices(document, varied, fixed, catalog)
    if not open_choices:
        hint = "say any in the file, or name values with --vary PATH=V1,V2,..."
        raise InvalidDescription(document.name, [Fault((), "leaves nothing open", hint)])
    size = prod(len(one.axis.values) for one in open_choices)
    know_catalog(catalog)
    names: dict[str, str] = {}
    remembered: dict[Hashable, Any] = {}  # many candidates differ in price alone

    confirmed = max(replications, confirmed)
    laws = LawPath(document, catalog.digest, seed, confirmed)

    def judge(
        changes: Sequence[Mapping[str, Any]],
        slack: Sequence[Choice],
        mends: Sequence[Choice] | None = None,
    ) -> list[Judged]:
        task = partial(laws.judge, slack=slack, mends=mends)
        # One is not worth the processes.
        return [task(changes[0])] if len(changes) == 1 else run_all(task, changes, backend)

    def simulate(years: int, changes: Mapping[str, Any]) -> Variant | Refused:
        name = names.setdefault(str(changes), str(len(names) + 1))
        case = Case(name, document, dict(changes))
        shown = years == confirmed  # of others nobody is told how often they are up
        return predict_variant(seed, Effort(years), catalog.digest, case, remembered, shown)

    def calm(changes: Mapping[str, Any]) -> Variant | Refused:
        return simulate(replications, {**changes, **hardly_failing(document)})

    described = _described(document, catalog, seed, confirmed)
    now = as_it_is(document, open_choices)
    first = first_values(document, open_choices, laws)
    families, some = _by_parts(document, open_choices, first, laws, judge)
    search = Search(
        open_choices,
        _objectives(document, catalog, open_choices),
        judge,
        laws.seldom,
        Simulations(
            steps=[
                partial(simulate, replications),
                partial(simulate, min(confirmed, _MORE * replications)),
            ],
            confirm=partial(simulate, confirmed),
            calm=calm,
            most=most if some is None else max(1, most // _OF_SOME),
            years=confirmed,
        ),
        first,
        bystanders(document, open_choices, first, laws),
        families,
        some,
        None if now is None or described is None else _taken(now, described),
        (lambda done: None) if progress is None else (lambda done: progress(done, size)),
    )
    found = search.run()
    frontier = _frontier(found.fine)
    objectives = search.objectives
    nearest = None if frontier else found.nearest
    return ChoiceAnswer(
        version=version("windtunnel"),
        stack=str(document.tree.get("name")),
        stack_hash=document.digest,
        catalog_hash=catalog.digest,
        seed=seed,
        replications=replications,
        confirmed=confirmed,
        open=tuple(OpenValue(one.axis.path, one.axis.values) for one in open_choices),
        candidates=size,
        solved=found.solved,
        simulated=found.simulated,
        described=described,
        cheapest=frontier[0] if frontier else None,
        fastest=frontier[-1] if frontier else None,
        frontier=frontier,
        nearest=nearest,
        concessions=() if nearest is None else _concessions(objectives, nearest),
        rejected=found.rejected,
        resolution=RESOLUTION,
        spacing=found.spacing,
        complete=found.complete,
    )


def _by_parts(
    document: Document,
    open_choices: Sequence[Choice],
    first: dict[str, Any],
    laws: LawPath,
    judge: JudgeOf,
) -> tuple[Families | None, Sequence[tuple[dict[str, Any], Judged]] | None]:
    """Of too many families to ask the laws of each: those that count, or some of them."""
    hard = [one for one in open_choices if one.slack is Slack.NONE]
    slack = [one for one in open_choices if one.slack is not Slack.NONE]
    if slack:
        there = (beside(one, slack, laws.solved) for one in tried(document, open_choices, first))
        laws.beside = next((one for one in there if one is not None), None)
    if prod(len(one.axis.values) for one in hard) <= MOST_LISTED:
        return None, None
    families = families_by_group(document.tree, open_choices, laws, judge, first)
    if families is not None:
        return families, None
    return None, nearby(document.tree, hard, lambda all_of: judge(all_of, slack), first)


def _objectives(document: Document, catalog: Catalog, open_choices: Sequence[Choice]) -> Any:
    """What the stack must reach; raises where it is wrong whatever is chosen."""
    from pydantic import TypeAdapter

    from models.description.stack import Objectives
    from models.reading.faults import with_lines
    from models.reading.validation import faults_of

    given = document.tree.get("objectives") or {}
    try:
        return TypeAdapter(Objectives).validate_python(given)
    except ValidationError as error:
        faults = faults_of(error, Objectives, given if isinstance(given, dict) else {})
        raise InvalidDescription(document.name, with_lines(faults, document.places)) from None


def _described(
    document: Document, catalog: Catalog, seed: int, replications: int
) -> Variant | None:
    """The stack as the file has it, where that is one."""
    answer = predict_variant(seed, Effort(replications), catalog.digest, Case("0", document, {}))
    return answer if isinstance(answer, Variant) else None


def _taken(changes: dict[str, Any], described: Variant) -> tuple[dict[str, Any], Variant]:
    """As one of the candidates."""
    return changes, replace(described, changes=tuple(changes.items()))


def _frontier(fine: Sequence[Variant]) -> tuple[Variant, ...]:
    """From the cheapest on, each that takes less time than all that cost less."""
    found: list[Variant] = []
    for one in sorted(fine, key=lambda each: (cost_of(each), time_of(each))):
        if not found or time_of(one) < time_of(found[-1]):
            found.append(one)
    return tuple(found)


def _concessions(objectives: Any, nearest: Variant) -> tuple[Concession, ...]:
    return tuple(one.concession for one in of_variant(objectives, nearest) if one.ratio > 1)


def chosen(document: Document, catalog: Catalog, changes: Mapping[str, Any]) -> Document:
    """The stack file with what was chosen, which is a valid one.

    Arguments:
        document: of the stack.
        catalog: the facts.
        changes: path and value of what was chosen.

    Raises:
        InvalidDescription: it is not.
    """
    found = changed_document(document, changes, BY)
    read_stack(found, catalog)
    return found
