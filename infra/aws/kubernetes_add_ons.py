"""Versions of the add-ons of a Kubernetes cluster on AWS: asked once, and kept from then on."""

import json
from collections.abc import Mapping

import pulumi
from pulumi_aws import eks, ssm

from infra.ask import ask
from infra.environment import environment
from infra.names import tags, unique_name
from models.description.kubernetes import Kubernetes

LONGEST_NAME = 100  # characters of the last part of a parameter's name
# Without these no node is ready; those of the second line run on nodes.
BEFORE_NODES = ("eks-pod-identity-agent", "kube-proxy", "vpc-cni")
ON_NODES = ("coredns", "eks-node-monitoring-agent")


def versions_today(cluster: Kubernetes, version: str) -> dict[str, str]:
    """The versions that the stack file names, and of other add-ons those that EKS takes today.

    Arguments:
        cluster: as described.
        version: of Kubernetes, with which EKS knows what fits.

    Raises:
        pulumi.RunError: EKS does not say.
    """

    def asked(called: str) -> str:
        question = f"which version of '{called}' fits Kubernetes {version}"
        call = lambda: eks.get_addon_version(addon_name=called, kubernetes_version=version)  # noqa: E731
        return str(ask(question, call).version)

    named = cluster.add_ons
    return {one: named.get(one) or asked(one) for one in (*BEFORE_NODES, *ON_NODES)}


def kept_versions(
    name: str,
    stack: str,
    version: str,
    today: Mapping[str, str],
    named: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[str, pulumi.Input[str]]:
    """Those of the first `pulumi up` with this version of Kubernetes, which a parameter keeps.

    Another version of Kubernetes has another parameter, so that an upgrade of the cluster takes its
    add-ons along.

    Arguments:
        name: of the part of the stack.
        stack: its name.
        version: of Kubernetes.
        today: versions of all add-ons.
        named: those that the stack file names, which are not kept.
        opts: of the parameter.
    """
    kept = None if environment().newest_images else ["insecureValue"]
    called = f"{name}-add-ons-{version}"
    parameter = ssm.Parameter(
        called,
        name=f"/windtunnel/{unique_name(stack, name, version, longest=LONGEST_NAME)}/add-ons",
        type="String",
        insecure_value=json.dumps(dict(today), sort_keys=True),  # it is no secret
        description=f"Add-ons of {stack} with Kubernetes {version}",
        tags=tags(stack, called),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=kept)),
    )

    def found(one: str) -> pulumi.Input[str]:
        if one in named:
            return named[one]
        # What came to be an add-on of clusters later is that of today.
        version: pulumi.Output[str] = parameter.insecure_value.apply(
            lambda known: str(json.loads(known).get(one, today[one]))
        )
        return version

    return {one: found(one) for one in today}
