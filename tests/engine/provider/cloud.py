"""The one door to moto: carries out what the kinds say, and keeps the state of a resource."""

import functools
import threading
from typing import Any

import boto3
from botocore.exceptions import ClientError

from provider.kinds import UNKNOWN, Action, Call, Change, Kind, Properties, arrange, evaluate, fill

_GONE = ("NotFound", "NoSuch", "Malformed", "Unknown", "404")


class Clients:
    """Clients of moto, each made once.

    Arguments:
        endpoint: address of moto.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}

    def __call__(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = boto3.session.Session().client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint,
                    aws_access_key_id="testing",
                    aws_secret_access_key="testing",
                )
            return self._made[service, region]


class Cloud:
    """The AWS API as one configuration of the provider sees it.

    Arguments:
        region: where what names none is.
        clients: of the API.
    """

    def __init__(self, region: str, clients: Clients) -> None:
        self.region = region
        self.clients = clients

    def client(self, service: str, region: str | None = None) -> Any:
        return self.clients(service, region or self.region)

    @functools.cached_property
    def account(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    def request(self, kind: Kind, operation: str, inputs: Properties) -> Properties:
        """The parameters that the inputs make; raises where the operation knows no such one."""
        client = self.client(kind.service)
        name = client.meta.method_to_api_mapping[operation]
        shape = client.meta.service_model.operation_model(name).input_shape
        skipped = {*kind.local, *kind.apply, "region", "__defaults", f"{kind.name}Prefix"}
        sent = {key: value for key, value in inputs.items() if key not in skipped}
        return arrange(kind, shape, kind.prepare(sent) if kind.prepare else sent)

    def plan(self, kind: Kind, inputs: Properties) -> Properties:
        """The state as far as it is known before there is a resource."""
        return {"region": self.region, **dict.fromkeys(kind.outputs, UNKNOWN), **inputs}

    def create(self, kind: Kind, inputs: Properties) -> Properties:
        """Makes a resource, and takes it away again if one of its attributes is refused."""
        given = {name: value for name, value in inputs.items() if name != "__defaults"}
        state = {"region": self.region, **given}
        answer = self._call(kind, kind.create, state, inputs)
        state["id"] = evaluate(kind.id, {**state, "account": self.account}, answer)
        try:
            if kind.created:
                self._act(kind, kind.created, state, inputs, {})
            # Each action once, though it may serve several of the properties.
            wanted = [action for name, action in kind.apply.items() if name in inputs]
            for action in {id(one): one for one in wanted}.values():
                self._act(kind, action, state, inputs, {})
        except Exception:
            self._act(kind, kind.delete, state, inputs, inputs)
            raise
        found = self.read(kind, state, inputs)
        if found is None:
            raise RuntimeError(f"{state['id']} is not there right after its creation")
        return found

    def read(self, kind: Kind, state: Properties, inputs: Properties) -> Properties | None:
        """The resource as it is now, None where it is gone."""
        try:
            found = self._call(kind, kind.read, state, {})
        except ClientError as error:
            if _is_gone(error):
                return None
            raise
        if not found:
            return None
        context = {**state, "account": self.account}
        outputs = {name: evaluate(path, context, found) for name, path in kind.outputs.items()}
        if kind.tag_type:
            outputs["tagsAll"] = state.get("tags", {})
        return {**state, **_scalars(kind, inputs, found), **outputs}

    def update(self, kind: Kind, state: Properties, new: Properties, old: Properties) -> Properties:
        state = {**{k: v for k, v in state.items() if k not in old}, **new}
        changed = {name for name in new | old if new.get(name) != old.get(name)}
        changed -= {*kind.local, "__defaults"}
        # Each action once, though it may serve several of the properties.
        actions: dict[int, Action] = {}
        for name in sorted(changed):
            action = kind.apply.get(name) or kind.update.get(name) or kind.revise
            assert action, f"the diff lets no change of {name} through"
            actions[id(action)] = action
        for action in actions.values():
            self._act(kind, action, state, new, old)
            if action is kind.revise and kind.revised:
                self._act(kind, kind.revised, state, new, old)
        return self.read(kind, state, new) or state

    def delete(self, kind: Kind, state: Properties, inputs: Properties) -> None:
        try:
            self._act(kind, kind.delete, state, inputs, inputs)
        except ClientError as error:
            if not _is_gone(error):
                raise

    def _act(
        self, kind: Kind, action: Action, state: Properties, new: Properties, old: Properties
    ) -> None:
        client = self.client(kind.service, state.get("region"))
        if isinstance(action, Call):
            own = {*kind.update, *kind.replaces, kind.name} if old else set()
            inputs = {name: value for name, value in new.items() if name not in own}
            self._call(kind, action, state, inputs)
        else:
            action(Change(state, new, old, lambda name, **sent: getattr(client, name)(**sent)))

    def _call(self, kind: Kind, call: Call, state: Properties, inputs: Properties) -> Any:
        client = self.client(kind.service, state.get("region"))
        sent = self.request(kind, call.operation, inputs) if call.with_inputs else {}
        # Only outside of its first region does AWS want to hear where a bucket goes.
        region = client.meta.region_name
        context = {**state, "elsewhere": None if region == "us-east-1" else region}
        answer = getattr(client, call.operation)(**sent, **(fill(call.parameters, context) or {}))
        return evaluate(call.result, state, answer)


def _is_gone(error: ClientError) -> bool:
    told = error.response["Error"]
    # EMR and SageMaker say in words alone that they have no such thing.
    return any(word in told["Code"] for word in _GONE) or any(
        words in told["Message"] for words in ("does not exist", "Could not find", "RecordNotFound")
    )


def _scalars(kind: Kind, inputs: Properties, found: Any) -> Properties:
    """What the API now says of the plain inputs, so that a refresh sees what was changed."""
    if not isinstance(found, dict):
        return {}
    actual = {name.lower(): value for name, value in found.items()}
    drifted = {}
    for name, value in inputs.items():
        now = actual.get(kind.rename.get(name, name).lower())
        if isinstance(now, str | int | bool) and type(now) is type(value):
            drifted[name] = now
    return drifted
