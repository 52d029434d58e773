"""The provider protocol of Pulumi, for the kinds of resource in the table."""

import functools
import importlib
import importlib.metadata
import json
import os
import pkgutil
from collections.abc import Callable
from typing import Any

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from google.protobuf.json_format import MessageToDict
from meddling import Meddling, Unfinished
from pulumi.runtime import proto
from pulumi.runtime.proto import ResourceProviderServicer, provider_pb2, status_pb2

import provider
from provider.cloud import Cloud
from provider.kinds import Kind, Properties, UnmodelledError

_TABLES = [
    importlib.import_module(f"provider.{one.name}")
    for one in pkgutil.iter_modules(provider.__path__)
    if one.name != "server"
]
# Each module of a service has a table of its own: a service more is a file more.
KINDS: dict[str, Kind] = {
    f"aws:{token}": kind for table in _TABLES for token, kind in getattr(table, "KINDS", {}).items()
}
INVOKES: dict[str, Callable[[Cloud, Properties], Properties]] = {
    token: invoke for table in _TABLES for token, invoke in getattr(table, "INVOKES", {}).items()
}


class Incomplete(Exception):
    """A resource that was made and is not what it should be; the engine keeps it, to mend it."""

    def __init__(self, state: Properties, inputs: Properties, reason: str) -> None:
        super().__init__(reason)
        self.state = state
        self.inputs = inputs

    def status(self) -> bytes:
        """What the engine reads of it, in the trailer of the answer."""
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=self.state["id"],
                properties=as_struct(self.state),
                reasons=[str(self)],
                inputs=as_struct(self.inputs),
            )
        )
        code = grpc.StatusCode.UNKNOWN.value[0]
        status = status_pb2.Status(code=code, message=str(self), details=[detail])
        return bytes(status.SerializeToString())


def reported(method: Callable[..., Any]) -> Callable[..., Any]:
    """Sends an error to the engine as one line, where gRPC would send a traceback."""

    @functools.wraps(method)
    def wrapped(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request)
        except Incomplete as error:
            context.set_trailing_metadata([("grpc-status-details-bin", error.status())])
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except (BotoCoreError, ClientError, UnmodelledError, ValueError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")

    return wrapped


def token_of(urn: str) -> str:
    """The type of a resource, by its URN."""
    return urn.split("::")[2].rpartition("$")[2]


def _kind(urn: str) -> Kind:
    token = token_of(urn)
    if token not in KINDS:
        raise UnmodelledError(f"the AWS provider of the tests has no resource {token}")
    return KINDS[token]


def _asked(value: Any, now: Any) -> Any:
    """What is now of an input; a structure may have more that was never asked for."""
    if isinstance(value, dict) and isinstance(now, dict):
        return {key: now.get(key, one) for key, one in value.items()}
    return now


def as_dict(message: Any) -> Properties:
    return {name: _plain(value) for name, value in MessageToDict(message).items()}


def _plain(value: Any) -> Any:
    """A value with its whole numbers as such: the protocol knows only floats."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_struct(properties: Properties) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(properties)
    return message


class Provider(ResourceProviderServicer):
    """What any provider of the tests answers.

    Attributes:
        package: of the SDK whose version it claims.
    """

    package = ""

    def __init__(self, meddling: Meddling) -> None:
        self.meddling = meddling

    @reported
    def GetPluginInfo(self, request: Any) -> Any:  # noqa: N802
        return proto.PluginInfo(version=importlib.metadata.version(self.package))

    @reported
    def Handshake(self, request: Any) -> Any:  # noqa: N802
        return proto.ProviderHandshakeResponse()

    @reported
    def Cancel(self, request: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    @reported
    def CheckConfig(self, request: Any) -> Any:  # noqa: N802
        return proto.CheckResponse(inputs=request.news)


class AwsProvider(Provider):
    """Serves the engine; one instance is one configuration."""

    package = "pulumi-aws"

    def __init__(self, cloud: Cloud, meddling: Meddling) -> None:
        super().__init__(meddling)
        self.cloud = cloud
        self.default_tags: dict[str, str] = {}

    @reported
    def DiffConfig(self, request: Any) -> Any:  # noqa: N802
        old, new = as_dict(request.olds), as_dict(request.news)
        replaces = ["region"] if old.get("region") != new.get("region") else []
        changes = proto.DiffResponse.DIFF_SOME if old != new else proto.DiffResponse.DIFF_NONE
        return proto.DiffResponse(changes=changes, replaces=replaces)

    @reported
    def Configure(self, request: Any) -> Any:  # noqa: N802
        options = dict(request.variables)
        region = options.get("aws:config:region", self.cloud.region)
        self.cloud = Cloud(region, self.cloud.clients)
        self.default_tags = json.loads(options.get("aws:config:defaultTags", "{}")).get("tags", {})
        return proto.ConfigureResponse()

    @reported
    def Invoke(self, request: Any) -> Any:  # noqa: N802
        if request.tok not in INVOKES:
            raise UnmodelledError(f"the AWS provider of the tests has no function {request.tok}")
        answer = INVOKES[request.tok](self.cloud, as_dict(request.args))
        return proto.InvokeResponse(**{"return": as_struct(answer)})

    @reported
    def Check(self, request: Any) -> Any:  # noqa: N802
        kind, old, new = _kind(request.urn), as_dict(request.olds), as_dict(request.news)
        if kind.name and kind.name not in new:
            # The generated name stays while the resource does, as the real provider has it.
            seed = request.randomSeed.hex()[:7] or os.urandom(4).hex()[:7]
            prefix = new.get(f"{kind.name}Prefix") or f"{request.urn.rpartition('::')[2]}-"
            kept = old.get(kind.name) if kind.name in old.get("__defaults", []) else None
            made = f"{prefix}{seed}"
            made = made.lower() if kind.name == "bucket" else made
            new |= {kind.name: kept or made, "__defaults": [kind.name]}
        if kind.tag_type and self.default_tags:
            new["tags"] = {**self.default_tags, **new.get("tags", {})}
        try:
            self.cloud.request(kind, kind.create.operation, new)
        except (UnmodelledError, ValueError) as error:
            name, _, reason = str(error).partition(": ")
            failure = proto.CheckFailure(property=name, reason=reason)
            return proto.CheckResponse(inputs=as_struct(new), failures=[failure])
        return proto.CheckResponse(inputs=as_struct(new))

    @reported
    def Diff(self, request: Any) -> Any:  # noqa: N802
        kind, old, new = _kind(request.urn), as_dict(request.old_inputs), as_dict(request.news)
        changed = {name for name in old | new if old.get(name) != new.get(name)}
        changed -= {"__defaults", *request.ignoreChanges}
        replaces = changed & {*kind.replaces, kind.name, "region"}
        known = {*kind.apply, *kind.update, *kind.local, *replaces}
        if not kind.revise and (unknown := changed - known):
            raise UnmodelledError(f"no way to change {', '.join(sorted(unknown))} in place")
        # Two of one name can't exist side by side.
        named = bool(kind.name) and kind.name not in new.get("__defaults", [])
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if changed else proto.DiffResponse.DIFF_NONE,
            diffs=sorted(changed),
            replaces=sorted(replaces),
            deleteBeforeReplace=bool(replaces) and named and old[kind.name] == new[kind.name],
        )

    @reported
    def Create(self, request: Any) -> Any:  # noqa: N802
        kind, inputs = _kind(request.urn), as_dict(request.properties)
        if request.preview:
            return proto.CreateResponse(properties=as_struct(self.cloud.plan(kind, inputs)))
        self.meddling.before("create", request.urn)
        state = self.cloud.create(kind, inputs)
        try:
            self.meddling.after("create", request.urn)
        except Unfinished as error:
            raise Incomplete(state, inputs, str(error)) from None
        return proto.CreateResponse(id=state["id"], properties=as_struct(state))

    @reported
    def Read(self, request: Any) -> Any:  # noqa: N802
        kind, inputs = _kind(request.urn), as_dict(request.inputs)
        state = {**as_dict(request.properties), "id": request.id}
        found = self.cloud.read(kind, state, inputs)
        if found is None:
            return proto.ReadResponse()
        seen = {name: _asked(value, found.get(name, value)) for name, value in inputs.items()}
        return proto.ReadResponse(
            id=request.id, properties=as_struct(found), inputs=as_struct(seen)
        )

    @reported
    def Update(self, request: Any) -> Any:  # noqa: N802
        state = {**as_dict(request.olds), "id": request.id}
        old, new = as_dict(request.old_inputs), as_dict(request.news)
        if request.preview:
            return proto.UpdateResponse(properties=as_struct({**state, **new}))
        self.meddling.before("update", request.urn)
        updated = self.cloud.update(_kind(request.urn), state, new, old)
        self.meddling.after("update", request.urn)
        return proto.UpdateResponse(properties=as_struct(updated))

    @reported
    def Delete(self, request: Any) -> Any:  # noqa: N802
        state = {**as_dict(request.properties), "id": request.id}
        inputs = as_dict(request.old_inputs)
        self.meddling.before("delete", request.urn)
        self.cloud.delete(_kind(request.urn), state, inputs)
        self.meddling.after("delete", request.urn)
        return empty_pb2.Empty()
