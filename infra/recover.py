"""Mends the state of an update that was cut off: what it did not hear the end of.

pulumi stack export | python -m infra.recover | pulumi stack import

An engine that is killed leaves a note of each resource that it was about to make, and no more: the
cloud may have it or not. The next `up` would make it again. So AWS is asked, and what it has is
written into the state, as the engine would have done a moment later; `pulumi refresh` reads the
rest of it. Needs boto3 and its credentials.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from infra.aws.lookup import Client, UnknownKind, look_up

REFUSED = 3
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
            found = look_up(resource["type"], resource.get("inputs", {}), client)
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
        yield f"{urn}: was made, {found}"
        for one in before:  # what it takes the place of, which the next update ends
            one["delete"] = True
        outputs = {**resource.get("inputs", {}), "id": found}
        deployment["resources"].append({**resource, "id": found, "outputs": outputs})
    deployment["pending_operations"] = stays


def _is_now(resource: dict[str, Any], urn: str) -> bool:
    """Whether a resource of the state is the one of that name, and not one that is to be ended."""
    return bool(resource["urn"] == urn and not resource.get("delete"))


def main() -> None:
    """Read a state, mend it, write it."""
    import boto3

    try:
        state = json.load(sys.stdin)
        deployment = state["deployment"]
    except (ValueError, KeyError, TypeError):
        print("no state: pipe `pulumi stack export` into this", file=sys.stderr)
        sys.exit(2)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is None:
        print("in which region? set AWS_REGION", file=sys.stderr)
        sys.exit(2)
    try:
        for sentence in recover(deployment, lambda name: boto3.client(name, region_name=region)):
            print(sentence, file=sys.stderr)
    except Exception as error:  # boto3 raises many types, and none of them is ours
        print(f"AWS did not say: {error}", file=sys.stderr)
        sys.exit(REFUSED)
    json.dump(state, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
