"""What a Kubernetes cluster is told to run, by `kubectl apply`: Pulumi builds nothing of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

GROUP = "windtunnel/group"  # label of nodes: their node group
_NAME = "app.kubernetes.io/name"
_PLUGIN = "nvidia-device-plugin"
# Tells the cluster how many GPUs a node has: the image of the nodes has their driver alone
# (Amazon EKS user guide, "Manage NVIDIA GPU devices on Amazon EKS", 2026-11-28).
PLUGIN_IMAGE = "nvcr.io/nvidia/k8s-device-plugin:v0.18.2"
GPU = "nvidia.com/gpu"


@dataclass(frozen=True)
class Containers:
    """Equal containers that answer requests, each in a pod of its own.

    Arguments:
        name: of them.
        group: node group that they run on.
        account: that they run as, which says what they may do in the cloud.
        image: of the container.
        replicas: of it.
        port: on which it answers.
        node_port: of each node, behind which those on the node answer.
        accelerators: of each.
        memory: that each asks for, bytes; None where nothing says it.
        vcpus: likewise.
        variables: of their environment.
    """

    name: str
    group: str
    account: str
    image: str
    replicas: int
    port: int
    node_port: int
    accelerators: int = 0
    memory: float | None = None
    vcpus: float | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


def manifest(
    namespace: str,
    accounts: Sequence[str],
    nvidia: Sequence[str],
    containers: Sequence[Containers],
) -> list[dict[str, Any]]:
    """The objects of a cluster, in the order in which they can be made.

    Arguments:
        namespace: in which all of the stack's are.
        accounts: that its containers run as.
        nvidia: node groups that have accelerators of NVIDIA.
        containers: that are run.
    """
    return [
        _object("v1", "Namespace", namespace, None, labels=_RESTRICTED),
        *(_object("v1", "ServiceAccount", one, namespace) for one in accounts),
        *([_device_plugin(nvidia)] if nvidia else []),
        *(each for one in containers for each in _objects(one, namespace)),
    ]


class _Plain(yaml.SafeDumper):
    """Writes what is there twice out twice, as people read it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(objects: Sequence[Mapping[str, Any]]) -> str:
    """Objects as kubectl reads them.

    Arguments:
        objects: of a cluster.
    """
    return str(yaml.dump_all(objects, Dumper=_Plain, sort_keys=False))


# Pod Security Standards: nothing in the namespace asks for rights over its node.
_RESTRICTED = {"pod-security.kubernetes.io/enforce": "baseline"}
_NO_MORE_RIGHTS = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def _object(
    version: str,
    kind: str,
    name: str,
    namespace: str | None,
    labels: Mapping[str, str] | None = None,
    spec: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    where = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    marked = {**where, "labels": {_NAME: name, **(labels or {})}}
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": marked,
        **({"spec": dict(spec)} if spec is not None else {}),
    }


def _objects(one: Containers, namespace: str) -> Iterator[dict[str, Any]]:
    selected = {_NAME: one.name}
    pod = {
        "serviceAccountName": one.account,
        # What it may do in the cloud comes by another way; the API of the cluster is not its own.
        "automountServiceAccountToken": False,
        "nodeSelector": {GROUP: one.group},
        # As predicted: replicas are spread evenly over the nodes.
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": selected},
            }
        ],
        "containers": [_container(one)],
    }
    spec = {
        "replicas": one.replicas,
        "selector": {"matchLabels": selected},
        # There is no room for one more beside those that are there.
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0},
        },
        "template": {"metadata": {"labels": selected}, "spec": pod},
    }
    yield _object("apps/v1", "Deployment", one.name, namespace, spec=spec)
    service = {
        "type": "NodePort",
        # Each node answers for its own containers, and the load balancer sees which have none.
        "externalTrafficPolicy": "Local",
        "selector": selected,
        "ports": [{"name": "http", "port": 80, "targetPort": one.port, "nodePort": one.node_port}],
    }
    yield _object("v1", "Service", one.name, namespace, spec=service)


def _container(one: Containers) -> dict[str, Any]:
    limits: dict[str, Any] = {GPU: one.accelerators} if one.accelerators else {}
    requests: dict[str, Any] = dict(limits)
    if one.memory is not None:
        limits["memory"] = requests["memory"] = str(round(one.memory))
    if one.vcpus is not None:
        requests["cpu"] = f"{one.vcpus:g}"
    return {
        "name": "answers",
        "image": one.image,
        "ports": [{"name": "http", "containerPort": one.port}],
        "env": [{"name": key, "value": value} for key, value in one.variables.items()],
        "resources": {"requests": requests, "limits": limits},
        "readinessProbe": {"httpGet": {"path": "/ping", "port": "http"}, "periodSeconds": 10},
        "securityContext": _NO_MORE_RIGHTS,
    }


def _device_plugin(groups: Sequence[str]) -> dict[str, Any]:
    """Of each node with GPUs one, as NVIDIA's own manifest has it."""
    sockets = "/var/lib/kubelet/device-plugins"
    plugin = {
        "name": _PLUGIN,
        "image": PLUGIN_IMAGE,
        "env": [{"name": "FAIL_ON_INIT_ERROR", "value": "false"}],
        "securityContext": _NO_MORE_RIGHTS,
        "volumeMounts": [{"name": "device-plugins", "mountPath": sockets}],
    }
    terms = [{"matchExpressions": [{"key": GROUP, "operator": "In", "values": list(groups)}]}]
    nodes = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    pod = {
        "priorityClassName": "system-node-critical",
        "affinity": {"nodeAffinity": nodes},
        "containers": [plugin],
        "volumes": [{"name": "device-plugins", "hostPath": {"path": sockets}}],
    }
    spec = {
        "selector": {"matchLabels": {_NAME: _PLUGIN}},
        "updateStrategy": {"type": "RollingUpdate"},
        "template": {"metadata": {"labels": {_NAME: _PLUGIN}}, "spec": pod},
    }
    return _object("apps/v1", "DaemonSet", _PLUGIN, "kube-system", spec=spec)
