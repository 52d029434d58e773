"""Equal containers in a Kubernetes cluster that answer requests, each in a pod of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.kubernetes_manifest import GROUP, NAME, NO_MORE_RIGHTS, named, variables


@dataclass(frozen=True)
class Containers:
    """Equal containers that answer requests.

    Arguments:
        name: of them.
        group: node group that they run on.
        account: that they run as, which says what they may do in the cloud.
        image: of the container.
        replicas: of it.
        port: on which it answers.
        node_port: of each node, behind which those on the node answer.
        devices: that each asks for, by what the cluster calls them.
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
    devices: Mapping[str, int] = field(default_factory=dict)
    memory: float | None = None
    vcpus: float | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    def objects(self, namespace: str) -> Iterator[dict[str, Any]]:
        """A Deployment, and the Service that nodes answer for it.

        Arguments:
            namespace: in which they are.
        """
        selected = {NAME: self.name}
        pod = {
            "serviceAccountName": self.account,
            # What it may do in the cloud comes by another way; the cluster's API is not its own.
            "automountServiceAccountToken": False,
            "nodeSelector": {GROUP: self.group},
            # As predicted: replicas are spread evenly over the nodes.
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "kubernetes.io/hostname",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {"matchLabels": selected},
                }
            ],
            "containers": [self._container()],
        }
        spec = {
            "replicas": self.replicas,
            "selector": {"matchLabels": selected},
            # There is no room for one more beside those that are there.
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0},
            },
            "template": {"metadata": {"labels": selected}, "spec": pod},
        }
        yield named("apps/v1", "Deployment", self.name, namespace, spec=spec)
        port = {"port": 80, "targetPort": self.port, "nodePort": self.node_port}
        service = {
            "type": "NodePort",
            # Each node answers for its own, and the load balancer sees which have none.
            "externalTrafficPolicy": "Local",
            "selector": selected,
            "ports": [{"name": "http", **port}],
        }
        yield named("v1", "Service", self.name, namespace, spec=service)

    def _container(self) -> dict[str, Any]:
        limits: dict[str, Any] = dict(self.devices)
        requests: dict[str, Any] = dict(limits)
        if self.memory is not None:
            limits["memory"] = requests["memory"] = str(round(self.memory))
        if self.vcpus is not None:
            requests["cpu"] = f"{self.vcpus:g}"
        return {
            "name": "answers",
            "image": self.image,
            "ports": [{"name": "http", "containerPort": self.port}],
            "env": variables(self.variables),
            "resources": {"requests": requests, "limits": limits},
            "readinessProbe": {"httpGet": {"path": "/ping", "port": "http"}, "periodSeconds": 10},
            "securityContext": NO_MORE_RIGHTS,
        }
