"""What a Kubernetes cluster is told to run, by `kubectl apply`: Pulumi builds nothing of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import yaml

GROUP = "windtunnel/group"  # label of nodes: their node group
STACK = "windtunnel/stack"  # label of all that a cluster is told
NAME = "app.kubernetes.io/name"
INDEX = "metadata.annotations['batch.kubernetes.io/job-completion-index']"  # of a pod of a Job
# What a newer manifest does not have any more goes, and nothing else (kubectl apply --prune).
PRUNED = ("apps/v1/Deployment", "batch/v1/Job", "core/v1/Service")
# Pod Security Standards: nothing in the namespace asks for rights over its node.
_RESTRICTED = {"pod-security.kubernetes.io/enforce": "baseline"}
NO_MORE_RIGHTS = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


class Told(Protocol):
    """Something that a cluster is told to run."""

    def objects(self, namespace: str) -> Iterator[dict[str, Any]]:
        """What it is made of.

        Arguments:
            namespace: in which it is.
        """
        ...


def manifest(
    namespace: str,
    accounts: Sequence[str],
    devices: Iterable[dict[str, Any]],
    told: Sequence[Told],
) -> list[dict[str, Any]]:
    """The objects of a cluster, in the order in which they can be made.

    Arguments:
        namespace: in which all of the stack's are, called as the stack.
        accounts: that its containers run as.
        devices: objects that tell what its nodes have.
        told: what is run.
    """
    found = [
        named("v1", "Namespace", namespace, None, labels=_RESTRICTED),
        *(named("v1", "ServiceAccount", one, namespace) for one in accounts),
        *devices,
        *(each for one in told for each in one.objects(namespace)),
    ]
    for one in found:
        one["metadata"]["labels"][STACK] = namespace
    return found


def apply_command(namespace: str) -> str:
    """The command that makes a cluster run what its manifest has, and no longer what it had.

    Arguments:
        namespace: of the stack.
    """
    pruned = " ".join(f"--prune-allowlist={one}" for one in PRUNED)
    return (
        "pulumi stack output manifest | kubectl apply --prune"
        f" --selector {STACK}={namespace} {pruned} -f -"
    )


class _Plain(yaml.SafeDumper):
    """Writes what is there twice out twice, as people read it, and scripts as they are."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Plain.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def written(objects: Sequence[Mapping[str, Any]]) -> str:
    """Objects as kubectl reads them.

    Arguments:
        objects: of a cluster.
    """
    return str(yaml.dump_all(objects, Dumper=_Plain, sort_keys=False))


def named(
    version: str,
    kind: str,
    name: str,
    namespace: str | None,
    labels: Mapping[str, str] | None = None,
    spec: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An object of a cluster.

    Arguments:
        version: of its API.
        kind: of object.
        name: of it.
        namespace: in which it is; None for none.
        labels: that it has beside its name.
        spec: what is wanted of it; None where its kind has nothing.
    """
    where = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    marked = {**where, "labels": {NAME: name, **(labels or {})}}
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": marked,
        **({"spec": dict(spec)} if spec is not None else {}),
    }


def variables(values: Mapping[str, str]) -> list[dict[str, str]]:
    """The environment of a container.

    Arguments:
        values: by name.
    """
    return [{"name": key, "value": literal(value)} for key, value in values.items()]


def literal(text: str) -> str:
    """A text in which Kubernetes finds none of its own variables.

    It puts their values for $(NAME), and one dollar for two, into arguments and environment.

    Arguments:
        text: as a container is to have it.
    """
    return re.sub(r"\$(?=[$(])", "$$", text)
