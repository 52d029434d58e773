"""One file for several variants of a stack: the one that its key `variant` names."""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.reading.changes import changed_tree, steps_of
from models.reading.document import Document
from models.reading.faults import Fault, InvalidDescription, with_lines

_KEYS = ("variant", "variants")


def chosen_variant(document: Document) -> Document:
    """The same description with the values of its chosen variant, and without the others.

    What is no choice among variants stays as it is, for the check of its shape.

    Arguments:
        document: as read, with what was changed since.

    Raises:
        InvalidDescription: no such variant, or a path in it that leads nowhere.
    """
    variants, name = document.tree.get("variants"), document.tree.get("variant")
    if name is not None and variants in (None, {}):
        fault = Fault(("variant",), "names one of `variants`, and there are none", "leave it out")
        raise InvalidDescription(document.name, with_lines([fault], document.places))
    if not isinstance(variants, dict) or not variants:
        return document
    if name not in variants:
        faults = with_lines([_unknown(name, variants)], document.places)
        raise InvalidDescription(document.name, faults)
    values = variants[name]
    if not isinstance(values, dict) or not all(isinstance(path, str) for path in values):
        return document
    plain = {key: value for key, value in document.tree.items() if key not in _KEYS}
    tree = changed_tree(document.name, plain, values, f"variants.{name}")
    places = {at: place for at, place in document.places.items() if at and at[0] not in _KEYS}
    for path in values:
        steps, inside = steps_of(path, tree), ("variants", name, path)
        places = {at: place for at, place in places.items() if at[: len(steps)] != steps}
        places |= {
            (*steps, *at[len(inside) :]): place
            for at, place in document.places.items()
            if at[: len(inside)] == inside
        }
    # What was changed by hand goes before what the variant says.
    by_hand = ((steps_of(one.path, tree), one) for one in document.changes)
    changed = {one.path: one.value for steps, one in by_hand if steps[0] not in _KEYS}
    for path in changed:
        steps = steps_of(path, tree)
        places = {at: place for at, place in places.items() if at[: len(steps)] != steps}
        places[steps] = document.places[steps_of(path, document.tree)]
    tree = changed_tree(document.name, tree, changed)
    return replace(document, tree=tree, places=places)


def _unknown(name: object, variants: Mapping[str, Any]) -> Fault:
    known = ", ".join(map(str, variants))
    if name is None:
        return Fault(("variants",), "are none of them chosen", f"say `variant:`, one of {known}")
    close = difflib.get_close_matches(str(name), [str(one) for one in variants], n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"known: {known}"
    return Fault(("variant",), f"'{name}' is none of the variants", hint)
