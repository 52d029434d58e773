"""What each property of a Terraform plan is made of, through variables and outputs of modules.

The layout is that of "JSON Output Format", configuration representation (Terraform documentation).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.existing.plain_json import mapping, sequence, text
from infra.existing.resource import texts_in
from infra.existing.terraform_types import camel

INDEX = re.compile(r"\[(?:\d+|\"[^\"]*\")\]")


class _Module:
    """One module of a configuration.

    Arguments:
        tree: as the plan has it.
        prefix: of the addresses in it, such as "module.gpus."; empty for the root.
        caller: that calls it; None for the root.
        given: expressions that the caller gives its variables.
    """

    def __init__(
        self,
        tree: Mapping[str, Any],
        prefix: str,
        caller: "_Module | None" = None,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.tree, self.prefix, self.caller, self.given = tree, prefix, caller, given or {}
        self.called: dict[str, _Module] = {}
        for name, call in mapping(tree.get("module_calls")).items():
            one, inside = mapping(call), f"{prefix}module.{name}."
            self.called[name] = _Module(
                mapping(one.get("module")), inside, self, mapping(one.get("expressions"))
            )

    def all(self) -> Iterator["_Module"]:
        yield self
        for one in self.called.values():
            yield from one.all()

    def meant(self, expression: Any) -> list[str]:
        """Addresses that an expression in this module is made of, in the end."""
        found, seen = [], set()
        waiting = [(self, one) for one in _named(expression)]
        while waiting:
            module, reference = waiting.pop(0)
            if (module.prefix, reference) in seen:
                continue
            seen.add((module.prefix, reference))
            words = INDEX.sub("", reference).split(".")
            if words[0] == "var" and len(words) > 1:
                if module.caller is not None:
                    given = _named(module.given.get(words[1]))
                    waiting += [(module.caller, one) for one in given]
            elif words[0] == "module" and len(words) > 2 and words[1] in module.called:
                inside = module.called[words[1]]
                output = mapping(mapping(inside.tree.get("outputs")).get(words[2]))
                waiting += [(inside, one) for one in _named(output.get("expression"))]
            else:
                found.append(module.prefix + reference)
        return found


def references_of(root: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """What each property of each resource refers to, by the address without its index.

    Arguments:
        root: the root module of a plan's configuration.
    """
    return {
        module.prefix + text(resource.get("address")): {
            camel(key): module.meant(value)
            for key, value in mapping(resource.get("expressions")).items()
        }
        for module in _Module(root, "").all()
        for resource in map(mapping, sequence(module.tree.get("resources")))
    }


def _named(expression: Any) -> list[str]:
    """The references of an expression, wherever in it."""
    found, waiting = [], [expression]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            for key, value in one.items():
                if key == "references":
                    found += list(texts_in(value))
                else:
                    waiting.append(value)
        elif isinstance(one, list):
            waiting += one
    return found
