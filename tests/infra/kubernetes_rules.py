"""Holds objects against the API of Kubernetes: every field of what is told, and its rules.

Fields and rules by the Kubernetes API reference, v1.35: of the types that are told, all fields that
may be of use; what is not listed is not known, and is said so.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TEXT, _NUMBER, _FLAG = "text", "number", "flag"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# A field is of a type, of a list of one, or a map of texts, whose values are of a type.
_TYPES: dict[str, dict[str, str]] = {
    "Object": {"apiVersion": _TEXT, "kind": _TEXT, "metadata": "ObjectMeta"},
    "ClusterRole": {"rules": "[PolicyRule]"},
    "PolicyRule": {"apiGroups": "[text]", "resources": "[text]", "verbs": "[text]"},
    "ClusterRoleBinding": {"roleRef": "RoleRef", "subjects": "[Subject]"},
    "RoleRef": {"apiGroup": _TEXT, "kind": _TEXT, "name": _TEXT},
    "Subject": {"kind": _TEXT, "name": _TEXT, "namespace": _TEXT},
    "ObjectMeta": {"name": _TEXT, "namespace": _TEXT, "labels": "{text}", "annotations": "{text}"},
    "DeploymentSpec": {
        "replicas": _NUMBER,
        "selector": "LabelSelector",
        "strategy": "Strategy",
        "template": "PodTemplateSpec",
    },
    "DaemonSetSpec": {
        "selector": "LabelSelector",
        "updateStrategy": "Strategy",
        "template": "PodTemplateSpec",
    },
    "JobSpec": {
        "activeDeadlineSeconds": _NUMBER,
        "backoffLimit": _NUMBER,
        "backoffLimitPerIndex": _NUMBER,
        "completionMode": _TEXT,
        "completions": _NUMBER,
        "maxFailedIndexes": _NUMBER,
        "parallelism": _NUMBER,
        "podFailurePolicy": "PodFailurePolicy",
        "podReplacementPolicy": _TEXT,
        "template": "PodTemplateSpec",
    },
    "PodFailurePolicy": {"rules": "[PodFailurePolicyRule]"},
    "PodFailurePolicyRule": {"action": _TEXT, "onPodConditions": "[PodCondition]"},
    "PodCondition": {"type": _TEXT, "status": _TEXT},
    "ServiceSpec": {
        "clusterIP": _TEXT,
        "externalTrafficPolicy": _TEXT,
        "ports": "[ServicePort]",
        "publishNotReadyAddresses": _FLAG,
        "selector": "{text}",
        "type": _TEXT,
    },
    "ServicePort": {"name": _TEXT, "port": _NUMBER, "targetPort": _NUMBER, "nodePort": _NUMBER},
    "Strategy": {"type": _TEXT, "rollingUpdate": "RollingUpdate"},
    "RollingUpdate": {"maxSurge": _NUMBER, "maxUnavailable": _NUMBER},
    "LabelSelector": {"matchLabels": "{text}"},
    "PodTemplateSpec": {"metadata": "ObjectMeta", "spec": "PodSpec"},
    "PodSpec": {
        "affinity": "Affinity",
        "automountServiceAccountToken": _FLAG,
        "containers": "[Container]",
        "enableServiceLinks": _FLAG,
        "hostNetwork": _FLAG,
        "nodeSelector": "{text}",
        "priorityClassName": _TEXT,
        "restartPolicy": _TEXT,
        "serviceAccountName": _TEXT,
        "subdomain": _TEXT,
        "terminationGracePeriodSeconds": _NUMBER,
        "tolerations": "[Toleration]",
        "topologySpreadConstraints": "[TopologySpreadConstraint]",
        "volumes": "[Volume]",
    },
    "Affinity": {"nodeAffinity": "NodeAffinity", "podAntiAffinity": "PodAntiAffinity"},
    "NodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": "NodeSelector"},
    "NodeSelector": {"nodeSelectorTerms": "[NodeSelectorTerm]"},
    "NodeSelectorTerm": {"matchExpressions": "[Requirement]"},
    "Requirement": {"key": _TEXT, "operator": _TEXT, "values": "[text]"},
    "PodAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": "[PodAffinityTerm]"},
    "PodAffinityTerm": {"labelSelector": "LabelSelector", "topologyKey": _TEXT},
    "Toleration": {
        "key": _TEXT,
        "operator": _TEXT,
        "effect": _TEXT,
        "tolerationSeconds": _NUMBER,
    },
    "TopologySpreadConstraint": {
        "labelSelector": "LabelSelector",
        "maxSkew": _NUMBER,
        "nodeTaintsPolicy": _TEXT,
        "topologyKey": _TEXT,
        "whenUnsatisfiable": _TEXT,
    },
    "Volume": {"name": _TEXT, "emptyDir": "EmptyDir", "hostPath": "HostPath"},
    "EmptyDir": {"medium": _TEXT, "sizeLimit": _TEXT},
    "HostPath": {"path": _TEXT, "type": _TEXT},
    "Container": {
        "args": "[text]",
        "command": "[text]",
        "env": "[EnvVar]",
        "image": _TEXT,
        "name": _TEXT,
        "ports": "[ContainerPort]",
        "readinessProbe": "Probe",
        "resources": "Resources",
        "securityContext": "SecurityContext",
        "volumeMounts": "[VolumeMount]",
    },
    "EnvVar": {"name": _TEXT, "value": _TEXT, "valueFrom": "EnvVarSource"},
    "EnvVarSource": {"fieldRef": "FieldRef"},
    "FieldRef": {"fieldPath": _TEXT},
    "ContainerPort": {"name": _TEXT, "containerPort": _NUMBER},
    "Probe": {"httpGet": "HttpGet", "periodSeconds": _NUMBER},
    "HttpGet": {"path": _TEXT, "port": _TEXT},
    "Resources": {"limits": "{quantity}", "requests": "{quantity}"},
    "SecurityContext": {
        "allowPrivilegeEscalation": _FLAG,
        "capabilities": "Capabilities",
        "privileged": _FLAG,
        "runAsUser": _NUMBER,
    },
    "Capabilities": {"drop": "[text]"},
    "VolumeMount": {"name": _TEXT, "mountPath": _TEXT, "readOnly": _FLAG},
}
_PLAIN: dict[str, tuple[type, ...]] = {_TEXT: (str,), _NUMBER: (int,), _FLAG: (bool,)}
_QUANTITY = re.compile(r"\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi)?")
_SPECS = {"Deployment", "DaemonSet", "Job", "Service"}


def wrong(objects: list[dict[str, Any]]) -> list[str]:
    """What the API would refuse, or not know, in the objects of a manifest, a sentence each.

    Arguments:
        objects: in the order in which they are made.
    """
    found = [text for one in objects for text in _object(one)]
    keys = [
        (one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in objects
    ]
    return [*found, *(f"{key} twice" for key in {*keys} if keys.count(key) > 1)]


def _object(one: dict[str, Any]) -> Iterator[str]:
    kind, name = one["kind"], one["metadata"]["name"]
    outside = {key: value for key, value in one.items() if key in _TYPES["Object"]}
    inside = {key: value for key, value in one.items() if key not in outside and key != "spec"}
    yield from _fields(name, "Object", outside)
    if inside:
        yield from _fields(name, kind, inside)
    if kind in _SPECS:
        yield from _fields(name, f"{kind}Spec", one["spec"])
    # Names of Services, and those of pods that are hosts, are labels of DNS.
    if not _LABEL.fullmatch(name):
        yield f"{name}: is no name"
    if kind == "Job":
        yield from _job(name, one["spec"])
    if template := one.get("spec", {}).get("template"):
        yield from _pod(name, template["spec"])


def _fields(place: str, type_: str, value: Any) -> Iterator[str]:
    if type_.startswith("["):
        for number, one in enumerate(value if isinstance(value, list) else [value]):
            yield from _fields(f"{place}.{number}", type_[1:-1], one)
    elif type_.startswith("{"):
        for key, one in value.items():
            yield from _fields(f"{place}.{key}", type_[1:-1], one)
    elif type_ == "quantity":
        if not _QUANTITY.fullmatch(str(value)):
            yield f"{place}: '{value}' is no quantity"
    elif type_ in _PLAIN:
        if type(value) not in _PLAIN[type_]:
            yield f"{place}: {value!r} is no {type_}"
    elif not isinstance(value, Mapping):
        yield f"{place}: {value!r} is no {type_}"
    else:
        for key, one in value.items():
            if key not in _TYPES[type_]:
                yield f"{place}: {type_} has no '{key}'"
            else:
                yield from _fields(f"{place}.{key}", _TYPES[type_][key], one)


def _job(name: str, spec: Mapping[str, Any]) -> Iterator[str]:
    pod = spec["template"]["spec"]
    if pod.get("restartPolicy") not in ("Never", "OnFailure"):
        yield f"{name}: pods of a Job are begun anew never or on failure"
    if "podFailurePolicy" in spec and pod["restartPolicy"] != "Never":
        yield f"{name}: a policy of failures is of pods that are never begun anew"
    if "podFailurePolicy" in spec and spec.get("podReplacementPolicy", "Failed") != "Failed":
        yield f"{name}: pods with a policy of failures are replaced once failed"
    indexed = spec.get("completionMode") == "Indexed"
    if ("backoffLimitPerIndex" in spec or "maxFailedIndexes" in spec) and not (
        indexed and pod["restartPolicy"] == "Never"
    ):
        yield f"{name}: only indexes have limits of their own"
    if indexed and "completions" not in spec:
        yield f"{name}: has indexes, and not how many"
    if indexed and spec["completions"] > 100_000:
        yield f"{name}: has more than 100,000 indexes"
    if indexed and spec["completions"] > 10_000 and spec["parallelism"] > 10_000:
        yield f"{name}: runs more than 10,000 at once"
    if indexed and len(f"{name}-{spec['completions'] - 1}") > 63:
        yield f"{name}: its pods would have names that are no hosts'"


def _pod(name: str, pod: Mapping[str, Any]) -> Iterator[str]:
    volumes = {one["name"] for one in pod.get("volumes", ())}
    for container in pod["containers"]:
        for mount in container.get("volumeMounts", ()):
            if mount["name"] not in volumes:
                yield f"{name}: mounts '{mount['name']}', which is no volume"
        resources = container.get("resources", {})
        requests, limits = resources.get("requests", {}), resources.get("limits", {})
        for device in {one for one in (*requests, *limits) if "/" in one}:
            if requests.get(device, limits.get(device)) != limits.get(device):
                yield f"{name}: asks for {device} otherwise than it is limited"
        names = [one["name"] for one in container.get("env", ())]
        if len({*names}) < len(names):
            yield f"{name}: has a variable twice"


def expanded(text: str, environment: Mapping[str, str]) -> str:
    """What Kubernetes makes of an argument: $(NAME) is its value, $$ is a dollar.

    Arguments:
        text: as told.
        environment: of the container.
    """
    found, position = "", 0
    while position < len(text):
        if text.startswith("$$", position):
            found, position = found + "$", position + 2
        elif text.startswith("$(", position) and (end := text.find(")", position)) > 0:
            name = text[position + 2 : end]
            found += environment.get(name, text[position : end + 1])
            position = end + 1
        else:
            found, position = found + text[position], position + 1
    return found
