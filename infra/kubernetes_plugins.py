"""What tells a Kubernetes cluster how many accelerators and network cards a node has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.kubernetes_manifest import GROUP, NAME, NO_MORE_RIGHTS, named, variables

NVIDIA, NEURON, EFA = "nvidia.com/gpu", "aws.amazon.com/neuron", "vpc.amazonaws.com/efa"
# The images of nodes have drivers alone (Amazon EKS user guide, "Manage NVIDIA GPU devices on
# Amazon EKS", "Manage Neuron devices on Amazon EKS" and "Run machine learning training on Amazon
# EKS with Elastic Fabric Adapter", 2026-11-28).
NVIDIA_IMAGE = "nvcr.io/nvidia/k8s-device-plugin:v0.18.2"
NEURON_IMAGE = "public.ecr.aws/neuron/neuron-device-plugin:2.24.23.0"
# Any region pulls it from this one.
EFA_IMAGE = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.18"
_SYSTEM = "kube-system"
_SOCKETS = "/var/lib/kubelet/device-plugins"
# What the manifest of AWS lets Neuron's do: it marks nodes and pods with the devices they have.
_NEURON_RULES = [
    {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
    {
        "apiGroups": [""],
        "resources": ["pods"],
        "verbs": ["update", "patch", "get", "list", "watch"],
    },
    {"apiGroups": [""], "resources": ["nodes/status"], "verbs": ["patch", "update"]},
]


@dataclass(frozen=True)
class Devices:
    """Node groups by what their nodes have.

    Arguments:
        nvidia: that have accelerators of NVIDIA.
        neuron: that have accelerators of AWS.
        efa: that have network cards with an EFA, and none of AWS' accelerators.
        neuron_efa: that have both, where what looks for the cards must own the node.
    """

    nvidia: Sequence[str] = ()
    neuron: Sequence[str] = ()
    efa: Sequence[str] = ()
    neuron_efa: Sequence[str] = ()

    def objects(self) -> Iterator[dict[str, Any]]:
        """A plugin of each kind, on each of the nodes that it is for."""
        if self.nvidia:
            set_ = {"env": variables({"FAIL_ON_INIT_ERROR": "false"})}
            yield _plugin("nvidia-device-plugin", NVIDIA_IMAGE, self.nvidia, set_, {})
        if self.neuron:
            yield from _neuron(self.neuron)
        # It looks for the cards of the node.
        host = {"hostNetwork": True}
        if self.efa:
            yield _plugin("efa-device-plugin", EFA_IMAGE, self.efa, {}, host)
        if self.neuron_efa:
            owner = {"securityContext": {"privileged": True, "runAsUser": 0}}
            yield _plugin("efa-device-plugin-neuron", EFA_IMAGE, self.neuron_efa, owner, host)


def _neuron(groups: Sequence[str]) -> Iterator[dict[str, Any]]:
    name, api = "neuron-device-plugin", "rbac.authorization.k8s.io"
    yield named("v1", "ServiceAccount", name, _SYSTEM)
    yield {**named(f"{api}/v1", "ClusterRole", name, None), "rules": _NEURON_RULES}
    yield {
        **named(f"{api}/v1", "ClusterRoleBinding", name, None),
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": _SYSTEM}],
    }
    node = {"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    own = {
        "env": [node, *variables({"KUBECONFIG": "/etc/kubernetes/kubelet.conf"})],
        "volumeMounts": [
            {"name": "device-plugins", "mountPath": _SOCKETS},
            {"name": "run", "mountPath": "/run"},
        ],
    }
    pod = {
        "serviceAccountName": name,
        "volumes": [
            {"name": "device-plugins", "hostPath": {"path": _SOCKETS}},
            {"name": "run", "hostPath": {"path": "/run"}},
        ],
    }
    yield _plugin(name, NEURON_IMAGE, groups, own, pod)


def _plugin(
    name: str, image: str, groups: Sequence[str], own: dict[str, Any], pod: dict[str, Any]
) -> dict[str, Any]:
    """One on each node of some groups, as the manifests of its makers have it."""
    container = {
        "name": name,
        "image": image,
        "securityContext": NO_MORE_RIGHTS,
        "volumeMounts": [{"name": "device-plugins", "mountPath": _SOCKETS}],
        **own,
    }
    terms = [{"matchExpressions": [{"key": GROUP, "operator": "In", "values": list(groups)}]}]
    nodes = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    spec = {
        "selector": {"matchLabels": {NAME: name}},
        "updateStrategy": {"type": "RollingUpdate"},
        "template": {
            "metadata": {"labels": {NAME: name}},
            "spec": {
                "priorityClassName": "system-node-critical",
                "affinity": {"nodeAffinity": nodes},
                "containers": [container],
                "volumes": [{"name": "device-plugins", "hostPath": {"path": _SOCKETS}}],
                **pod,
            },
        },
    }
    return named("apps/v1", "DaemonSet", name, _SYSTEM, spec=spec)
