"""The provider protocol of Pulumi for Google Cloud in memory, as strict as what is documented."""

import os
import sys
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2
from google_cloud import KINDS, PROJECT, GoogleCloud, Properties, faults
from meddling import Meddling, Unfinished
from provider.kinds import UNKNOWN
from provider.server import Incomplete, Provider, as_dict, as_struct, reported, token_of
from pulumi.runtime import proto

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from models.catalog.load import load_catalog
from tests.infra.strict_schema import violations


def _zones(arguments: Properties) -> Properties:
    region = load_catalog().regions["gcp", arguments["region"]]
    return {"id": "zones", "names": list(region.zones), "project": PROJECT, **arguments}


def _image(arguments: Properties) -> Properties:
    name = arguments.get("name") or f"{arguments['family']}-v20261101"
    link = f"https://www.googleapis.com/compute/v1/projects/{arguments['project']}/{name}"
    return {"id": name, "name": name, "selfLink": link, "diskSizeGb": 50, **arguments}


INVOKES = {"gcp:compute/getZones:getZones": _zones, "gcp:compute/getImage:getImage": _image}


def _unknown(value: Any) -> bool:
    """Something of it is known only after creation."""
    if isinstance(value, dict):
        return any(map(_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_unknown, value))
    return bool(value == UNKNOWN)


class GoogleProvider(Provider):
    """Serves the engine."""

    package = "pulumi-gcp"

    def __init__(self, cloud: GoogleCloud, meddling: Meddling) -> None:
        super().__init__(meddling)
        self.cloud = cloud

    @reported
    def DiffConfig(self, request: Any) -> Any:  # noqa: N802
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE)

    @reported
    def Configure(self, request: Any) -> Any:  # noqa: N802
        return proto.ConfigureResponse()

    @reported
    def Invoke(self, request: Any) -> Any:  # noqa: N802
        if request.tok not in INVOKES:
            raise ValueError(f"the Google provider of the tests has no function {request.tok}")
        answer = INVOKES[request.tok](as_dict(request.args))
        return proto.InvokeResponse(**{"return": as_struct(answer)})

    @reported
    def Check(self, request: Any) -> Any:  # noqa: N802
        token, old, new = token_of(request.urn), as_dict(request.olds), as_dict(request.news)
        if token not in KINDS:
            raise ValueError(f"the Google provider of the tests has no resource {token}")
        named = KINDS[token].named
        if named and named not in new:
            # The generated name stays while the resource does, as the real provider has it.
            seed = request.randomSeed.hex()[:7] or os.urandom(4).hex()[:7]
            kept = old.get(named) if named in old.get("__defaults", []) else None
            new |= {named: kept or f"{request.urn.rpartition('::')[2]}-{seed}"}
            new["__defaults"] = [named]
        given = {name: value for name, value in new.items() if name != "__defaults"}
        known = {name: value for name, value in given.items() if not _unknown(value)}
        found = [] if len(known) < len(given) else violations(token, given)
        found += faults(token, known)
        failures = [
            proto.CheckFailure(property=one.partition(": ")[0], reason=one.partition(": ")[2])
            for one in found
        ]
        return proto.CheckResponse(inputs=as_struct(new), failures=failures)

    @reported
    def Diff(self, request: Any) -> Any:  # noqa: N802
        kind = KINDS[token_of(request.urn)]
        old, new = as_dict(request.old_inputs), as_dict(request.news)
        changed = {name for name in old | new if old.get(name) != new.get(name)}
        changed -= {"__defaults", *request.ignoreChanges}
        replaces = changed - kind.updated
        fixed = kind.named not in new.get("__defaults", [])
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if changed else proto.DiffResponse.DIFF_NONE,
            diffs=sorted(changed),
            replaces=sorted(replaces),
            deleteBeforeReplace=bool(replaces) and fixed,
        )

    @reported
    def Create(self, request: Any) -> Any:  # noqa: N802
        token, inputs = token_of(request.urn), _given(request.properties)
        if request.preview:
            # What the cloud adds is not known yet.
            added = ("selfLink", "selfLinkUnique", *KINDS[token].added(inputs))
            planned = {**inputs, **dict.fromkeys(added, UNKNOWN)}
            return proto.CreateResponse(properties=as_struct(planned))
        self.meddling.before("create", request.urn)
        state = self.cloud.create(token, inputs)
        try:
            self.meddling.after("create", request.urn)
        except Unfinished as error:
            raise Incomplete(state, inputs, str(error)) from None
        return proto.CreateResponse(id=state["id"], properties=as_struct(state))

    @reported
    def Read(self, request: Any) -> Any:  # noqa: N802
        token, inputs = token_of(request.urn), as_dict(request.inputs)
        found = self.cloud.read(token, request.id)
        if found is None:
            return proto.ReadResponse()
        # What the cloud has added to a property was never asked for.
        asked = inputs.keys() - KINDS[token].added(found).keys()
        seen = {**inputs, **{name: found[name] for name in asked if name in found}}
        return proto.ReadResponse(
            id=request.id, properties=as_struct(found), inputs=as_struct(seen)
        )

    @reported
    def Update(self, request: Any) -> Any:  # noqa: N802
        state, inputs = {**as_dict(request.olds), "id": request.id}, _given(request.news)
        if request.preview:
            return proto.UpdateResponse(properties=as_struct({**state, **inputs}))
        self.meddling.before("update", request.urn)
        updated = self.cloud.update(token_of(request.urn), state, inputs)
        self.meddling.after("update", request.urn)
        return proto.UpdateResponse(properties=as_struct(updated))

    @reported
    def Delete(self, request: Any) -> Any:  # noqa: N802
        self.meddling.before("delete", request.urn)
        self.cloud.delete(token_of(request.urn), request.id)
        self.meddling.after("delete", request.urn)
        return empty_pb2.Empty()


def _given(message: Any) -> Properties:
    return {name: value for name, value in as_dict(message).items() if name != "__defaults"}
