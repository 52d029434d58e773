"""What a search starts from: the stack as its file has it, and what it says of the choices."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import ValidationError

from models.catalog.providers import CLOUDS
from models.parts.read_stack import completed
from models.parts.workloads.workload_kind import Unreadable
from models.reading.document import Document
from models.reading.faults import InvalidDescription
from models.reading.variations import combinations
from sim.choosing.law_path import LawPath
from sim.choosing.nearby import value_at, value_in
from sim.choosing.open_choices import Choice, Slack, mentions

_HARDLY_EVER = "1e6 h"  # between failures of a node
_TRIED = 8  # of which one may tell what the other choices cost


def first_values(document: Document, choices: Sequence[Choice], laws: LawPath) -> dict[str, Any]:
    """Values of what can make no run shorter, that of all else are such that a stack can be.

    Arguments:
        document: of the stack.
        choices: what is open.
        laws: of the stack.
    """
    slack = [one for one in choices if one.slack is not Slack.NONE]
    first = {one.axis.path: one.axis.values[0] for one in slack}
    hard = {
        one.axis.path: value_at(document.tree, one) for one in choices if one.slack is Slack.NONE
    }
    others = [{**first, one.axis.path: value} for one in slack for value in one.axis.values[1:]]
    for each in (first, *others):
        if laws.fits({**each, **hard}):
            return each
    return first


def tried(
    document: Document, choices: Sequence[Choice], first: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The file as it is, with the first values of what is slack, and some others.

    Arguments:
        document: of the stack.
        choices: what is open.
        first: values of what can make no run shorter.
    """
    hard = [one for one in choices if one.slack is Slack.NONE]
    yield {**first, **{one.axis.path: value_at(document.tree, one) for one in hard}}
    for one in islice(combinations([one.axis for one in hard]), _TRIED):
        yield {**first, **one}


def bystanders(
    document: Document, choices: Sequence[Choice], first: Mapping[str, Any], laws: LawPath
) -> frozenset[str]:
    """Paths of node groups that no workload is on, and of stores that none names.

    Arguments:
        document: of the stack.
        choices: what is open.
        first: values of what can make no run shorter.
        laws: of the stack.
    """
    for changes in tried(document, choices, first):
        solved = laws.solved(changes)
        if solved is not None:
            workloads = solved.workloads.values()
            held = {name for one in workloads for name in one.kind.groups(one.described)}
            groups = [f"nodes.{name}" for name in solved.stack.nodes if name not in held]
            stores = [f"storage.{name}" for name in solved.stack.storage]
            named = document.tree.get("workloads")
            return frozenset(groups) | {
                one for one in stores if not mentions(named, one.split(".")[1])
            }
    return frozenset()


def as_it_is(document: Document, choices: Sequence[Choice]) -> dict[str, Any] | None:
    """The stack as the file has it among the candidates; None where it is none of them.

    Arguments:
        document: of the stack.
        choices: what is open.
    """
    try:
        stack = completed(document)[1]
    except (InvalidDescription, Unreadable, ValidationError):
        return None
    found = {}
    for one in choices:
        value = value_in(document.tree, one.axis.path)
        value = value_in(stack, one.axis.path) if value is None else value
        value = list(value) if isinstance(value, tuple) else value
        if value not in one.axis.values:
            return None
        found[one.axis.path] = value
    return found


def hardly_failing(document: Document) -> dict[str, Any]:
    """Changes of the nodes of a stack as if none were reclaimed, and hardly one failed.

    Arguments:
        document: of the stack.
    """
    nodes = document.tree.get("nodes")
    cloud = document.tree.get("cloud") in CLOUDS
    found: dict[str, Any] = {}
    for name in nodes if isinstance(nodes, dict) else ():
        found[f"nodes.{name}.mttf"] = _HARDLY_EVER
        if cloud:
            found[f"nodes.{name}.purchase"] = "on_demand"
    return found
