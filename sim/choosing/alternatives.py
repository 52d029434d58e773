"""The stacks beside one: what to buy next, other numbers of nodes, and the best of all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from models.catalog.records import Catalog
from models.parts.place import provider_of
from models.parts.read_stack import StackFile, change_stack
from models.prediction import Prediction
from models.prediction.alternatives_answer import Alternatives, Bought, NextPurchase
from models.prediction.comparison_answer import Refused, Variant
from models.reading.faults import InvalidDescription
from sim.backends import LOCAL, Backend
from sim.choosing.open_choices import choices
from sim.choosing.optimise import optimise
from sim.choosing.other_counts import counted
from sim.choosing.variants import Case, effort_for, predict_variants, variant_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Tried:
    """Something that may be bought, before it is predicted."""

    kind: Bought
    group: str
    way: str
    changes: dict[str, Any]


def alternatives(
    stack_file: StackFile,
    catalog: Catalog,
    prediction: Prediction,
    *,
    search: bool = True,
    backend: Backend = LOCAL,
    progress: Progress | None = None,
) -> Alternatives:
    """Predict what is beside a stack, in the same simulated years.

    Arguments:
        stack_file: the description, with its changes.
        catalog: the facts.
        prediction: of it; the others are simulated with its seed, and no longer.
        search: look for the best of all that may be chosen too, as `optimise` does.
        backend: where they are predicted.
        progress: told how many candidates of how many are settled.

    Raises:
        BackendUnavailable: a cluster that can't be used.
    """
    document, moved = stack_file.document, counted(stack_file)
    tried = list(_purchases(stack_file, catalog))
    others = {} if moved is None else moved.changes
    cases = [
        *(Case(f"purchase {n}", document, one.changes) for n, one in enumerate(tried)),
        *(Case(str(count), document, changes) for count, changes in others.items()),
    ]
    effort = effort_for(len(cases))
    effort = replace(effort, years=min(effort.years, prediction.replications))
    found = predict_variants(cases, catalog, seed=prediction.seed, effort=effort, backend=backend)
    described = variant_of("described", {}, prediction)
    bought, counts = found[: len(tried)], found[len(tried) :]
    choice = None
    if search and choices(document, (), (), catalog):
        choice = optimise(
            document, catalog, seed=prediction.seed, backend=backend, progress=progress
        )
    return Alternatives(
        described=described,
        purchases=tuple(
            _bought(one, described, answer, stack_file, catalog)
            for one, answer in zip(tried, bought, strict=True)
        ),
        counted="" if moved is None else moved.called,
        counted_as=None if moved is None else moved.what,
        counts=tuple(one for one in counts if isinstance(one, Variant)),
        replications=effort.years,
        choice=choice,
    )


def _bought(
    one: _Tried,
    described: Variant,
    answer: Variant | Refused,
    stack_file: StackFile,
    catalog: Catalog,
) -> NextPurchase:
    if isinstance(answer, Refused):
        fault = _in_the_way(stack_file, one.changes, catalog)
        return NextPurchase(one.kind, one.group, one.way, None, None, fault)
    more = answer.monthly - described.monthly
    return NextPurchase(one.kind, one.group, one.way, more, answer)


def _in_the_way(stack_file: StackFile, changes: dict[str, Any], catalog: Catalog) -> str:
    """What is wrong with a change, without the file's name: a page is the same wherever it lies."""
    try:
        change_stack(stack_file, changes, catalog)
    except InvalidDescription as error:
        first = error.faults[0]
        return f"{'.'.join(map(str, first.path))}: {first.message}"
    return "failures never let it come to its end"


def _purchases(stack_file: StackFile, catalog: Catalog) -> Iterator[_Tried]:
    """Of each group one more node, one more spare, and the other way to pay for it."""
    sold = {one.purchase for one in catalog.prices if one.provider == stack_file.stack.cloud}
    for name, group in stack_file.stack.nodes.items():
        path = f"nodes.{name}"
        more: dict[str, Any] = {f"{path}.count": group.count + 1}
        yield _Tried(Bought.NODE, name, group.purchase, more)
        spare: dict[str, Any] = {f"{path}.spares": group.spares + 1}
        yield _Tried(Bought.SPARE, name, group.purchase, spare)
        other = "on_demand" if group.purchase == "spot" else "spot"
        if not provider_of(stack_file.stack).owned and other in sold:
            yield _Tried(Bought.OTHER_WAY, name, other, {f"{path}.purchase": other})
