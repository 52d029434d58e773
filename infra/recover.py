"""Mends the state of an update that was cut off: what it did not hear the end of.

pulumi stack export | python -m infra.recover > state.json; pulumi stack import --file state.json

An engine that is killed leaves a note of each resource that it was about to make, and no more: the
cloud may have it or not. The next `up` would make it again. So AWS is asked, and what it has is
written into the state, as the engine would have done a moment later; `pulumi refresh` reads the
rest of it. Needs boto3 and its credentials. On Google Cloud all is written there, by the ID that
follows from its name, and `pulumi refresh` takes out what is not there; it needs nothing.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from infra.aws.lookup import Client, UnknownKind, look_up
from infra.command_line import REFUSED, read_state, refuse, run

OURS = {"creating": "its creation", "updating": "its update", "deleting": "its deletion"}


def recover(deployment: dict[str, Any], client: Client) -> Iterator[str]:
    """Mend a deployment in place; what was found of each operation, a sentence each.

    Operations of which nothing can be said stay as they are.

    Arguments:
        deployment: as `pulumi stack export` has it.
        client: gives a client of AWS by the name of its service.
    """
    stays = []
    for operation in deployment.get("pending_operations", []):
        resource = operation["resource"]
        urn = resource["urn"]
        if operation["type"] != "creating":
            yield f"{urn}: {OURS.get(operation['type'], operation['type'])} was cut off; refresh"
            continue
        try:
            found = _found(resource, deployment, client)
        except UnknownKind:
            yield f"{urn}: look whether it was made; then `pulumi refresh` in a terminal asks"
            stays.append(operation)
            continue
        if found is None:
            yield f"{urn}: to be made by the next update"
            continue
        before = [one for one in deployment["resources"] if _is_now(one, urn)]
        if any(one.get("id") == found for one in before):
            yield f"{urn}: was made, {found}, and is in the state"
            continue
        yield f"{urn}: {_known_to_be(resource)} made, {found}"
        for one in before:  # what it takes the place of, which the next update ends
            one["delete"] = True
        outputs = {**resource.get("inputs", {}), "id": found}
        deployment["resources"].append({**resource, "id": found, "outputs": outputs})
    deployment["pending_operations"] = stays


def _found(resource: dict[str, Any], deployment: dict[str, Any], client: Client) -> str | None:
    """What the cloud calls a resource; None where it has none, or it may be made again."""
    kind, inputs = resource["type"], resource.get("inputs", {})
    if not _of_google(resource):
        return look_up(kind, inputs, client)
    from infra.gcp.lookup import SET_AGAIN, presumed_id  # late: its package is large

    if kind in SET_AGAIN:
        return None
    found = presumed_id(kind, inputs, _project(deployment))
    if found is None:
        raise UnknownKind(kind)
    return found


def _of_google(resource: dict[str, Any]) -> bool:
    return bool(resource["type"].startswith("gcp:"))


def _known_to_be(resource: dict[str, Any]) -> str:
    return "stays if it was" if _of_google(resource) else "was"


def _project(deployment: dict[str, Any]) -> str:
    """The project of Google Cloud that the provider is set to."""
    providers = (
        one["inputs"].get("project", "")
        for one in deployment["resources"]
        if one["type"] == "pulumi:providers:gcp"
    )
    return str(next(providers, ""))


def _is_now(resource: dict[str, Any], urn: str) -> bool:
    """Whether a resource of the state is the one of that name, and not one that is to be ended."""
    return bool(resource["urn"] == urn and not resource.get("delete"))


def main() -> None:
    """Read a state, mend it, write it."""
    about, _, more = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m infra.recover",
        usage="pulumi stack export | %(prog)s > state.json",
        description=about,
        epilog=more.partition("\n\n")[2],
    )
    parser.parse_args()
    state = read_state(sys.stdin)
    deployment = state["deployment"]
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    pending = deployment["pending_operations"]
    google = bool(pending) and all(_of_google(one["resource"]) for one in pending)
    if not region and not google:
        refuse("in which region? set AWS_REGION")

    def client(name: str) -> Any:
        import boto3  # late: Google Cloud needs none

        return boto3.client(name, region_name=region)

    if not pending:
        print("nothing was cut off: the state is as it was", file=sys.stderr)
    try:
        for sentence in recover(deployment, client):
            print(sentence, file=sys.stderr)
    except Exception as error:  # boto3 raises many types, and none of them is ours
        refuse(f"AWS did not say: {error}", REFUSED)
    print(json.dumps(state, indent=2))


if __name__ == "__main__":
    run(main)
