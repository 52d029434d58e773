"""What a kind of resource is: the operations of the AWS API that make, find, change and end it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath

Properties = dict[str, Any]

# The engine sends this in place of a value that is known only after creation.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class UnmodelledError(Exception):
    """The program asks for something that this provider does not know how to do."""


@dataclass(frozen=True)
class Call:
    """One operation of the API; "$name" in a parameter stands for a property of the resource."""

    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    result: str = "@"
    with_inputs: bool = False


@dataclass(frozen=True)
class Change:
    """A change to make in a resource: its state, the inputs wanted and those before."""

    state: Properties
    new: Properties
    old: Properties
    call: Callable[..., Any]


Action = Call | Callable[[Change], Any]


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    `apply` names properties that a call of their own sets, after creation and on a change;
    `update` those that creation sets and a call of their own changes; `revise` changes all
    others, and `revised` follows it; but a change of one in `replaces` makes a new resource.
    `local` steers only the provider. `within` is the structure of the request where most
    properties live. `rename` goes by path: "networkInterfaces.securityGroups". `name` is the
    property that gets a name where the program gives none, `tag_type` what default tags mark.
    """

    service: str
    create: Call
    id: str
    read: Call
    delete: Action
    outputs: Mapping[str, str] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)
    within: str = ""
    prepare: Callable[[Properties], Properties] | None = None
    created: Action | None = None
    apply: Mapping[str, Action] = field(default_factory=dict)
    update: Mapping[str, Action] = field(default_factory=dict)
    revise: Action | None = None
    revised: Action | None = None
    replaces: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    name: str = ""
    tag_type: str = ""


def words(text: str) -> frozenset[str]:
    """The property names in a text."""
    return frozenset(text.split())


def fill(template: Any, properties: Mapping[str, Any]) -> Any:
    """Puts properties in place of "$name", and leaves out what then has no value."""
    if isinstance(template, Mapping):
        filled = {key: fill(value, properties) for key, value in template.items()}
        return {key: value for key, value in filled.items() if value is not None} or None
    if isinstance(template, list):
        return [fill(value, properties) for value in template]
    if not isinstance(template, str):
        return template
    if whole := re.fullmatch(r"\$(\w+)", template):
        return properties.get(whole[1])
    return re.sub(r"\$(\w+)", lambda found: str(properties.get(found[1], "")), template)


def evaluate(expression: str, properties: Mapping[str, Any], answer: Any) -> Any:
    """A template of properties where it starts like one, a JMESPath into the answer otherwise."""
    if re.match(r"\$|\w+[:-].*\$", expression):
        return fill(expression, properties)
    return jmespath.search(fill(expression, properties), answer)


def spell(kind: Kind, shape: Any, value: Any, path: str) -> Any:
    """A property value in the spelling and type of the API's shape."""
    if value == UNKNOWN:
        return value
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            return spell_structure(kind, shape, value, path)
        case "list":
            if isinstance(value, dict) and path.rpartition(".")[2].lower() == "tags":
                return spell_tags(shape.member, value)
            values = value if isinstance(value, list) else [value]
            return [
                spell(kind, shape.member, item, f"{path}[{i}]") for i, item in enumerate(values)
            ]
        case "map" if isinstance(value, dict):
            return value
        case "integer" | "long" if not isinstance(value, bool):
            return number(int, value, path)
        case "float" | "double" if not isinstance(value, bool):
            return number(float, value, path)
        case "boolean" if value in (True, False, "true", "false"):
            return value in (True, "true")
        case "blob" if isinstance(value, bytes):
            return value
        case "string" | "blob" if isinstance(value, str | int | float):
            return str(value).lower() if isinstance(value, bool) else str(value)
        case "timestamp" if isinstance(value, str):
            return value
    raise ValueError(f"{path}: a {shape.type_name} is wanted, not {value!r}")


def spell_structure(kind: Kind, shape: Any, value: Properties, path: str) -> Properties:
    members = {name.lower(): name for name in shape.members}
    spelled: Properties = {}
    for key, item in value.items():
        here = f"{path}.{key}" if path else key
        plain = re.sub(r"\[\d+\]", "", here).removeprefix(f"{kind.within}.")
        name = members.get(kind.rename.get(plain, key).lower())
        if name is None:
            raise UnmodelledError(f"{here}: {shape.name} of {kind.service} has no such property")
        spelled[name] = spell(kind, shape.members[name], item, here)
    return spelled


def arrange(kind: Kind, shape: Any, inputs: Properties) -> Properties:
    """The request of the inputs: each at the place where the operation wants it."""
    members = {name.lower() for name in shape.members}
    request: Properties = {}
    for key, value in inputs.items():
        target = kind.rename.get(key, key)
        if key == "tags" and "tagspecifications" in members:
            request["TagSpecifications"] = [{"ResourceType": kind.tag_type, "Tags": value}]
        elif "." in target:
            outer, _, inner = target.partition(".")
            request.setdefault(outer, {})[inner] = value
        elif kind.within and target.lower() not in members:
            request.setdefault(kind.within, {})[key] = value
        else:
            request[key] = value
    return spell_structure(kind, shape, request, "")


def spell_tags(shape: Any, tags: Mapping[str, str]) -> list[dict[str, str]]:
    key, value = shape.members
    return [{key: name, value: tags[name]} for name in sorted(tags)]


def number(kind: type[int] | type[float], value: Any, path: str) -> int | float:
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise ValueError(f"{path}: a number is wanted, not {value!r}") from None


def retagger(noun: str, key: str = "Key", value: str = "Value", **owner: str) -> Action:
    """A change of tags by tag_NOUN and untag_NOUN; `owner` is their parameter and its property."""

    def retag(change: Change) -> None:
        identity = {name: change.state[source] for name, source in owner.items()}
        old, new = change.old.get("tags", {}), change.new.get("tags", {})
        if gone := sorted(old.keys() - new.keys()):
            change.call(f"untag_{noun}", **identity, TagKeys=gone)
        if new:
            pairs = [{key: name, value: text} for name, text in new.items()]
            change.call(f"tag_{noun}", **identity, Tags=pairs)

    return retag
