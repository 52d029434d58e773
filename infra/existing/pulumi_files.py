"""Previews and exports of Pulumi: the resources before a change, and after it."""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.existing.plain_json import mapping, sequence, text
from infra.existing.resource import Missing, Program, Resource

# What stands for a value that is not known before it is created, of each type of value
# (pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go).
UNKNOWN = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
# What marks a value with a meaning of its own, and the mark of secrets
# (pulumi/pulumi, sdk/go/common/resource/sig/sig.go).
MARK, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
PROVIDERS = "pulumi:providers:"
# Operations of a step, by what is there before and after it
# (pulumi/pulumi, sdk/go/common/display/operation.go).
BEFORE = frozenset(
    {"same", "update", "delete", "replace", "delete-replaced", "refresh", "read-replacement"}
    | {"discard-replaced", "discard"}
)
AFTER = frozenset(
    {"same", "update", "create", "replace", "create-replacement", "import", "read", "refresh"}
    | {"import-replacement", "read-replacement"}
)
DEEPEST = 60


def preview(tree: Mapping[str, Any], state: Program | None) -> tuple[Program, Program]:
    """What `pulumi preview --json` says: the program as it is, and as it would be.

    Arguments:
        tree: of the file.
        state: as exported, for what the preview leaves out since it stays as it is.
    """
    config = {key: one for key, one in mapping(tree.get("config")).items() if isinstance(one, str)}
    steps = [_Step(one) for one in map(mapping, sequence(tree.get("steps")))]
    return _changed(steps, config, _same(tree.get("changeSummary")), state)


def events(lines: Iterable[Any], state: Program | None) -> tuple[Program, Program]:
    """The same from a preview that was written as events, one a line.

    Arguments:
        lines: of the file.
        state: as exported, for what the preview leaves out since it stays as it is.
    """
    steps, config, same = [], {}, 0
    for line in map(mapping, lines):
        if "resourcePreEvent" in line:
            steps.append(_Step.of_event(mapping(mapping(line["resourcePreEvent"]).get("metadata"))))
        if "preludeEvent" in line:
            said = mapping(mapping(line["preludeEvent"]).get("config"))
            config = {key: one for key, one in said.items() if isinstance(one, str)}
        if "summaryEvent" in line:
            same = _same(mapping(line["summaryEvent"]).get("resourceChanges"))
    return _changed(steps, config, same, state)


def export(tree: Mapping[str, Any]) -> Program:
    """What `pulumi stack export` says, or a checkpoint of an older one.

    Arguments:
        tree: of the file.
    """
    deployment = mapping(tree.get("deployment"))
    if not deployment:
        checkpoint = mapping(tree.get("checkpoint")) or tree
        deployment = mapping(checkpoint.get("latest"))
    states = [one for one in map(mapping, sequence(deployment.get("resources"))) if one]
    kept = [one for one in states if one.get("delete") is not True]
    return _program(kept, {}, 0)


def running(states: Iterable[Mapping[str, Any]], config: Mapping[str, str]) -> Program:
    """What a program has registered so far.

    Arguments:
        states: of its resources and their providers, as an engine keeps them.
        config: of the Pulumi stack.
    """
    return _program(states, config, 0)


class _Step:
    """One step of a preview."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.operation = text(tree.get("op"))
        self.urn = text(tree.get("urn"))
        self.old, self.new = mapping(tree.get("oldState")), mapping(tree.get("newState"))

    @classmethod
    def of_event(cls, metadata: Mapping[str, Any]) -> "_Step":
        return cls({**metadata, "oldState": metadata.get("old"), "newState": metadata.get("new")})


def _same(summary: Any) -> int:
    found = mapping(summary).get("same")
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _changed(
    steps: Iterable[_Step], config: Mapping[str, str], same: int, state: Program | None
) -> tuple[Program, Program]:
    listed = list(steps)
    old = {one.urn: one.old for one in listed if one.operation in BEFORE and one.old}
    new = {one.urn: one.new for one in listed if one.operation in AFTER and one.new}
    shown = sum(one.operation == "same" for one in listed)
    if state is None:
        left = max(0, same - shown)
        return _program(old.values(), config, left), _program(new.values(), config, left)
    there = {one.key: one for one in state.resources}
    gone = {one.urn for one in listed} - set(new)
    after = {**{key: one for key, one in there.items() if key not in gone}}
    changed = _program(new.values(), config, 0)
    after.update({one.key: one for one in changed.resources})
    name, region = changed.name or state.name, changed.region or state.region
    return (
        Program(name, list(there.values()), state.region or region),
        Program(name, list(after.values()), region),
    )


def _program(
    states: Iterable[Mapping[str, Any]], config: Mapping[str, str], left_out: int
) -> Program:
    listed = list(states)
    providers = {
        text(one.get("urn")): _region(mapping(one.get("inputs")))
        for one in listed
        if text(one.get("type")).startswith(PROVIDERS)
    }
    configured = config.get("aws:region") or config.get("gcp:region") or ""
    if not configured and config.get("gcp:zone"):
        configured = config["gcp:zone"].rpartition("-")[0]
    resources = [
        _resource(one, providers)
        for one in listed
        if text(one.get("urn")) and not text(one.get("type")).startswith(PROVIDERS)
    ]
    name = next((_project(one.key) for one in resources), "")
    region = configured or next((one for one in providers.values() if one), "")
    return Program(name, resources, region, left_out)


def _project(urn: str) -> str:
    parts = urn.split("::")
    return parts[1] if len(parts) > 2 else ""


def _region(inputs: Mapping[str, Any]) -> str:
    return text(inputs.get("region")) or text(inputs.get("zone")).rpartition("-")[0]


def _resource(state: Mapping[str, Any], providers: Mapping[str, str]) -> Resource:
    outputs = {key: _plain(one) for key, one in mapping(state.get("outputs")).items()}
    inputs = {
        key: _plain(one) for key, one in mapping(state.get("inputs")).items() if key != "__defaults"
    }
    urn = text(state.get("urn"))
    depends = mapping(state.get("propertyDependencies"))
    kept = [state.get("id"), *(outputs.get(key) for key in ("arn", "selfLink", "name", "email"))]
    defaults = set(map(str, sequence(mapping(state.get("inputs")).get("__defaults"))))
    return Resource(
        key=urn,
        type=text(state.get("type")),
        name=urn.rpartition("::")[2],
        # What was asked for goes before what came of it: outputs may be of an older run.
        values={**{key: one for key, one in outputs.items() if one is not None}, **inputs},
        given=frozenset(inputs) - defaults,
        refers={
            key: tuple(filter(None, map(text, sequence(of)))) for key, of in depends.items() if of
        },
        ids=tuple(dict.fromkeys(one for one in kept if isinstance(one, str) and one)),
        parent=text(state.get("parent")),
        region=providers.get(text(state.get("provider")).rpartition("::")[0], ""),
    )


def _plain(value: Any, depth: int = 0) -> Any:
    """A value without the marks of the engine."""
    if isinstance(value, str):
        return Missing.UNKNOWN if value in UNKNOWN else value
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        if MARK in value:
            return _marked(value, depth)
        return {
            str(key): _plain(one, depth + 1) for key, one in value.items() if key != "__defaults"
        }
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    return value


def _marked(value: Mapping[str, Any], depth: int) -> Any:
    """A secret, or an output that may be known; assets and references are of no interest."""
    if value[MARK] == SECRET or value.get("secret") is True:
        return Missing.SECRET
    if value[MARK] != OUTPUT:
        return None
    return _plain(value["value"], depth + 1) if "value" in value else Missing.UNKNOWN
