"""Plans and states of Terraform and OpenTofu, as `show -json` prints them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.existing.plain_json import mapping, sequence, text
from infra.existing.resource import Missing, Program, Resource, texts_in
from infra.existing.terraform_references import INDEX, references_of
from infra.existing.terraform_types import TYPES, camel

DEEPEST = 60


def plan(tree: Mapping[str, Any]) -> tuple[Program, Program]:
    """The resources before a plan, and after it.

    Arguments:
        tree: of the file.
    """
    configuration = mapping(tree.get("configuration"))
    references = references_of(mapping(configuration.get("root_module")))
    regions = _regions(configuration, mapping(tree.get("variables")))
    unknown = {
        text(one.get("address")): mapping(one.get("change")).get("after_unknown")
        for one in map(mapping, sequence(tree.get("resource_changes")))
    }
    planned = list(_listed(mapping(mapping(tree.get("planned_values")).get("root_module"))))
    state = mapping(mapping(tree.get("prior_state")).get("values"))
    prior = list(_listed(mapping(state.get("root_module"))))
    return (
        _program(prior, {}, references, regions),
        _program(planned, unknown, references, regions),
    )


def state(tree: Mapping[str, Any]) -> Program:
    """The resources of a state.

    Arguments:
        tree: of the file.
    """
    listed = _listed(mapping(mapping(tree.get("values")).get("root_module")))
    return _program(list(listed), {}, {}, {})


def _listed(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The managed resources of a module and of those in it."""
    waiting = [module]
    while waiting:
        one = waiting.pop(0)
        for resource in map(mapping, sequence(one.get("resources"))):
            if resource.get("mode", "managed") == "managed" and text(resource.get("address")):
                yield resource
        waiting += map(mapping, sequence(one.get("child_modules")))


def _regions(configuration: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, str]:
    """The region of each provider, where it is written out or a variable."""
    found = {}
    for key, one in mapping(configuration.get("provider_config")).items():
        expressions = mapping(mapping(one).get("expressions"))
        for name in ("region", "zone"):
            said = mapping(expressions.get(name))
            value = text(said.get("constant_value"))
            for reference in texts_in(said.get("references")):
                variable = mapping(variables.get(reference.removeprefix("var.")))
                value = value or text(variable.get("value"))
            if value:
                found[key] = value if name == "region" else value.rpartition("-")[0]
                break
    return found


def _program(
    listed: Iterable[Mapping[str, Any]],
    unknown: Mapping[str, Any],
    references: Mapping[str, Mapping[str, list[str]]],
    regions: Mapping[str, str],
) -> Program:
    resources = list(listed)
    by_address: dict[str, list[str]] = {}
    for one in resources:
        address = text(one.get("address"))
        by_address.setdefault(INDEX.sub("", address), []).append(address)
    found = [_resource(one, unknown, references, by_address) for one in resources]
    return Program("", found, next(iter(regions.values()), ""))


def _resource(
    tree: Mapping[str, Any],
    unknown: Mapping[str, Any],
    references: Mapping[str, Mapping[str, list[str]]],
    by_address: Mapping[str, list[str]],
) -> Resource:
    address = text(tree.get("address"))
    values = _plain(mapping(tree.get("values")), tree.get("sensitive_values"))
    known = mapping(_with_unknown(values, unknown.get(address)))  # nothing of it may be known
    kind = text(tree.get("type"))
    outside = INDEX.sub("", address)
    return Resource(
        key=address,
        type=TYPES.get(kind, kind),
        name=text(tree.get("name")) or outside.rpartition(".")[2],
        values=known,
        given=frozenset(key for key, one in known.items() if one not in (None, [], {})),
        refers={
            key: tuple(
                dict.fromkeys(each for one in of for each in _meant(one, by_address, address))
            )
            for key, of in references.get(outside, {}).items()
        },
        ids=tuple(
            one
            for one in (known.get(key) for key in ("id", "arn", "selfLink", "name", "email"))
            if isinstance(one, str) and one
        ),
        parent=address.rpartition(f"{kind}.")[0].rstrip("."),
    )


def _meant(reference: str, by_address: Mapping[str, list[str]], of: str) -> Iterator[str]:
    """The resources that a reference names: those of the same index where both are counted."""
    words = INDEX.sub("", reference).split(".")
    for length in range(len(words), 1, -1):
        addresses = by_address.get(".".join(words[:length]))
        if addresses:
            index = INDEX.findall(of)
            same = [one for one in addresses if index and INDEX.findall(one) == index]
            yield from same or addresses
            return


def _plain(value: Any, sensitive: Any, depth: int = 0) -> Any:
    """A value with names in camelCase, and without what is sensitive."""
    if sensitive is True:
        return Missing.SECRET
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        hidden = mapping(sensitive)
        return {
            camel(str(key)): _plain(one, hidden.get(key), depth + 1) for key, one in value.items()
        }
    if isinstance(value, list):
        hidden_each = sequence(sensitive)
        return [
            _plain(one, hidden_each[at] if at < len(hidden_each) else None, depth + 1)
            for at, one in enumerate(value)
        ]
    return value


def _with_unknown(values: Any, unknown: Any) -> Any:
    """Values beside those that are known once the resource is created."""
    if unknown is True:
        return Missing.UNKNOWN
    if isinstance(unknown, Mapping):
        found = dict(mapping(values))
        for key, one in unknown.items():
            name = camel(str(key))
            found[name] = _with_unknown(found.get(name), one)
        return found
    if isinstance(unknown, list) and isinstance(values, list):
        return [
            _with_unknown(one, unknown[at] if at < len(unknown) else None)
            for at, one in enumerate(values)
        ]
    return values
