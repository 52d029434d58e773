"""What moto lacks of EKS: nodes that run, add-ons, who is let in, what pods may do."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.autoscaling.models import autoscaling_backends
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks import urls
from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.responses import EKSResponse
from moto.iam.models import iam_backends

# Amazon EKS user guide, release calendar of Kubernetes versions (2026-11-28).
VERSIONS = ("1.33", "1.34", "1.35")
ADD_ONS = (
    "coredns",
    "eks-node-monitoring-agent",
    "eks-pod-identity-agent",
    "kube-proxy",
    "vpc-cni",
)
DEFAULT_BUILD = 1  # of all add-ons, which AWS changes now and then
_KEPT = {  # of a cluster, which moto forgets
    "access_config": "accessConfig",
    "deletion_protection": "deletionProtection",
    "upgrade_policy": "upgradePolicy",
}
Things = dict[str, dict[str, Any]]


def _cluster(response: EKSResponse) -> Any:
    return response.eks_backend.describe_cluster(response._get_param("name"))


def _of(response: EKSResponse, kind: str) -> Things:
    """What a cluster has of a kind: it ends with the cluster, and with a reset of moto."""
    found: Things = _cluster(response).__dict__.setdefault(f"_{kind}", {})
    return found


def _refuse(kind: type[Any], message: str) -> Any:
    if kind is InvalidRequestException:
        return kind(message=message)
    if kind is InvalidParameterException:
        return kind(message=message)
    words = {"clusterName": None, "nodegroupName": None, "addonName": None}
    more = {"fargateProfileName": None} if kind is ResourceNotFoundException else {}
    return kind(**words, **more, message=message)


def _known(response: EKSResponse, kind: str, name: str) -> dict[str, Any]:
    if name not in _of(response, kind):
        raise _refuse(ResourceNotFoundException, f"no {kind} {name}")
    return _of(response, kind)[name]


def _role(response: EKSResponse, arn: str) -> None:
    """EKS looks whether a role is there."""
    account = response.current_account
    roles = iam_backends[account][response.partition].get_roles()
    if arn not in {one.arn for one in roles}:
        raise _refuse(InvalidParameterException, f"Role with arn: {arn}, does not exist")


def _create_cluster(create: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(self: EKSResponse) -> Any:
        name, where = self._get_param("name"), self._get_param("resourcesVpcConfig")
        ec2 = ec2_backends[self.current_account][self.region]
        subnets = [ec2.get_subnet(one) for one in where["subnetIds"]]
        if len({one.availability_zone for one in subnets}) < 2:
            message = "Subnets specified must be in at least two different AZs"
            raise _refuse(InvalidParameterException, message)
        if self._get_param("version") not in VERSIONS:
            raise _refuse(InvalidParameterException, "unsupported Kubernetes version")
        _role(self, self._get_param("roleArn"))
        answer = create(self)
        made, vpc = _cluster(self), subnets[0].vpc_id
        group = ec2.create_security_group(f"eks-cluster-sg-{name}", "of a cluster", vpc_id=vpc)
        made.resources_vpc_config = {**where, "clusterSecurityGroupId": group.id, "vpcId": vpc}
        for attribute, parameter in _KEPT.items():
            setattr(made, attribute, self._get_param(parameter))
        return answer

    return checked


def _delete_cluster(delete: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(self: EKSResponse) -> Any:
        gone = _cluster(self)
        if gone.deletion_protection:
            raise _refuse(InvalidRequestException, "deletion protection is on")
        answer = delete(self)
        ec2 = ec2_backends[self.current_account][self.region]
        ec2.delete_security_group(group_id=gone.resources_vpc_config["clusterSecurityGroupId"])
        return answer

    return checked


def _update_cluster(update: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def kept(self: EKSResponse) -> Any:
        before = _cluster(self).resources_vpc_config
        answer = update(self)
        after = _cluster(self)
        after.resources_vpc_config = {**before, **after.resources_vpc_config}
        return answer

    return kept


def _update_cluster_version(self: EKSResponse) -> ActionResult:
    if self._get_param("version") not in VERSIONS:
        raise _refuse(InvalidParameterException, "unsupported Kubernetes version")
    _cluster(self).version = self._get_param("version")
    return ActionResult({"update": {"id": secrets.token_hex(8), "status": "Successful"}})


def _group(response: EKSResponse) -> Any:
    names = response._get_param("name"), response._get_param("nodegroupName")
    return response.eks_backend.describe_nodegroup(*names)


def _auto_scaling(response: EKSResponse, group: Any) -> tuple[Any, str]:
    backend = autoscaling_backends[response.current_account][response.region]
    return backend, group.resources["autoScalingGroups"][0]["name"]


def _template(response: EKSResponse, wanted: dict[str, str]) -> dict[str, Any]:
    """The template that EKS makes of one's own, with the image that it has chosen."""
    ec2 = ec2_backends[response.current_account][response.region]
    [known] = ec2.describe_launch_templates(template_ids=[wanted["id"]])
    own = known.get_version(wanted["version"]).data
    for key in ("IamInstanceProfile", "UserData", "InstanceInitiatedShutdownBehavior"):
        if own.get(key):
            message = f"Launch template should not specify {key}"
            raise _refuse(InvalidParameterException, message)
    data = {**own, "ImageId": next(iter(ec2.amis))}
    made = ec2.create_launch_template(f"eks-{secrets.token_hex(8)}", "of EKS", data, {})
    return {"LaunchTemplateId": made.id, "Version": "1"}


def _create_nodegroup(create: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def started(self: EKSResponse) -> Any:
        _role(self, self._get_param("nodeRole"))
        template = _template(self, self._get_param("launchTemplate"))
        answer = create(self)
        group = _group(self)
        group.update_config = self._get_param("updateConfig")
        group.node_repair_config = self._get_param("nodeRepairConfig")
        backend, name = _auto_scaling(self, group)
        size = group.scaling_config
        backend.create_auto_scaling_group(
            name=name,
            availability_zones=[],
            desired_capacity=size["desiredSize"],
            max_size=size["maxSize"],
            min_size=size["minSize"],
            launch_config_name="",
            launch_template=template,
            vpc_zone_identifier=",".join(group.subnets),
            default_cooldown=None,
            health_check_period=None,
            health_check_type=None,
            load_balancers=[],
            target_group_arns=[],
            placement_group=None,
            termination_policies=[],
            tags=[],
        )
        return answer

    return started


def _update_config(update: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def resized(self: EKSResponse) -> Any:
        answer = update(self)
        backend, name = _auto_scaling(self, _group(self))
        size, group = _group(self).scaling_config, backend.autoscaling_groups[name]
        group.min_size, group.max_size = size["minSize"], size["maxSize"]
        group.set_desired_capacity(size["desiredSize"])
        return answer

    return resized


def _update_version(self: EKSResponse) -> ActionResult:
    """Another template or version: nodes are replaced, at once where EKS takes its time."""
    group = _group(self)
    if version := self._get_param("version"):
        group.version = version
    if wanted := self._get_param("launchTemplate"):
        group.launch_template = {**group.launch_template, **wanted}
    backend, name = _auto_scaling(self, group)
    running = backend.autoscaling_groups[name]
    template = _template(self, group.launch_template)
    running._set_launch_configuration("", template, None)
    for state in running.active_instances():
        backend.terminate_instance(state.instance.id, should_decrement=False)
    running.set_desired_capacity(running.desired_capacity)
    return ActionResult({"update": {"id": secrets.token_hex(8), "status": "Successful"}})


def _delete_nodegroup(delete: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def ended(self: EKSResponse) -> Any:
        backend, name = _auto_scaling(self, _group(self))
        answer = delete(self)
        backend.delete_auto_scaling_group(name, True)
        return answer

    return ended


def _arn(response: EKSResponse, kind: str, name: str) -> str:
    where = f"{response.region}:{response.current_account}"
    return f"arn:aws:eks:{where}:{kind}/{response._get_param('name')}/{name}"


def _addon_version(kubernetes: str, build: int = 1) -> str:
    """What EKS takes for a version of Kubernetes; the newest of the three is not the default."""
    return f"v{kubernetes}.0-eksbuild.{build}"


def _describe_addon_versions(self: EKSResponse) -> ActionResult:
    name, kubernetes = self._get_param("addonName"), self._get_param("kubernetesVersion")
    if name not in ADD_ONS or kubernetes not in VERSIONS:
        return ActionResult({"addons": []})
    versions = [
        {
            "addonVersion": _addon_version(kubernetes, build),
            "compatibilities": [
                {"clusterVersion": kubernetes, "defaultVersion": build == DEFAULT_BUILD}
            ],
        }
        for build in (3, 2, 1)
    ]
    return ActionResult({"addons": [{"addonName": name, "addonVersions": versions}]})


def _fits(response: EKSResponse, version: str | None) -> None:
    """EKS refuses what does not fit the version of the cluster."""
    known = [_addon_version(_cluster(response).version, build) for build in (1, 2, 3)]
    if version is not None and version not in known:
        message = f"Addon version specified is not supported: {version}"
        raise _refuse(InvalidParameterException, message)


def _update_addon(self: EKSResponse) -> ActionResult:
    found = _known(self, "addon", self._get_param("addonName"))
    _fits(self, self._get_param("addonVersion"))
    found["addonVersion"] = self._get_param("addonVersion") or found["addonVersion"]
    return ActionResult({"update": {"id": secrets.token_hex(8), "status": "Successful"}})


def _create_addon(self: EKSResponse) -> ActionResult:
    name = self._get_param("addonName")
    if name not in ADD_ONS:
        raise _refuse(InvalidParameterException, f"Addon {name} specified is not supported")
    if name in _of(self, "addon"):
        raise _refuse(ResourceInUseException, f"Addon already exists: {name}")
    _fits(self, self._get_param("addonVersion"))
    pods = self._get_param("podIdentityAssociations") or []
    for one in pods:
        _role(self, one["roleArn"])
    _of(self, "addon")[name] = {
        "addonName": name,
        "clusterName": self._get_param("name"),
        "status": "ACTIVE",
        "addonVersion": self._get_param("addonVersion")
        or _addon_version(_cluster(self).version, DEFAULT_BUILD),
        "addonArn": _arn(self, "addon", name),
        "tags": self._get_param("tags") or {},
    }
    return ActionResult({"addon": _of(self, "addon")[name]})


def _describe_addon(self: EKSResponse) -> ActionResult:
    return ActionResult({"addon": _known(self, "addon", self._get_param("addonName"))})


def _delete_addon(self: EKSResponse) -> ActionResult:
    gone = _known(self, "addon", self._get_param("addonName"))
    del _of(self, "addon")[gone["addonName"]]
    return ActionResult({"addon": gone})


def _list_addons(self: EKSResponse) -> ActionResult:
    return ActionResult({"addons": [*_of(self, "addon")]})


def _principal(response: EKSResponse) -> str:
    return unquote(response._get_param("principalArn"))


def _create_entry(self: EKSResponse) -> ActionResult:
    principal = _principal(self)
    if not principal.startswith("arn:aws:iam::") or principal.endswith(":root"):
        raise _refuse(
            InvalidParameterException, f"The specified principalArn {principal} is invalid"
        )
    if principal in _of(self, "entry"):
        raise _refuse(ResourceInUseException, "The specified access entry resource is in use")
    made = {
        "clusterName": self._get_param("name"),
        "principalArn": principal,
        "accessEntryArn": _arn(self, "access-entry", secrets.token_hex(8)),
        "type": self._get_param("type") or "STANDARD",
        "tags": self._get_param("tags") or {},
    }
    _of(self, "entry")[principal] = made
    return ActionResult({"accessEntry": made})


def _describe_entry(self: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntry": _known(self, "entry", _principal(self))})


def _delete_entry(self: EKSResponse) -> ActionResult:
    del _of(self, "entry")[_known(self, "entry", _principal(self))["principalArn"]]
    return ActionResult({})


def _list_entries(self: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntries": [*_of(self, "entry")]})


def _associate(self: EKSResponse) -> ActionResult:
    entry, policy = _known(self, "entry", _principal(self)), self._get_param("policyArn")
    made = {"policyArn": policy, "accessScope": self._get_param("accessScope")}
    entry.setdefault("_policies", {})[policy] = made
    answer = {"clusterName": self._get_param("name"), "principalArn": _principal(self)}
    return ActionResult({**answer, "associatedAccessPolicy": made})


def _disassociate(self: EKSResponse) -> ActionResult:
    entry = _known(self, "entry", _principal(self))
    entry.setdefault("_policies", {}).pop(unquote(self._get_param("policyArn")), None)
    return ActionResult({})


def _list_policies(self: EKSResponse) -> ActionResult:
    entry = _known(self, "entry", _principal(self))
    return ActionResult({"associatedAccessPolicies": [*entry.get("_policies", {}).values()]})


def _create_pod_identity(self: EKSResponse) -> ActionResult:
    _role(self, self._get_param("roleArn"))
    pair = self._get_param("namespace"), self._get_param("serviceAccount")
    others = _of(self, "pod identity").values()
    if pair in {(one["namespace"], one["serviceAccount"]) for one in others}:
        raise _refuse(ResourceInUseException, "Association already exists")
    name = f"a-{secrets.token_hex(8)}"
    made = {
        "clusterName": self._get_param("name"),
        "namespace": pair[0],
        "serviceAccount": pair[1],
        "roleArn": self._get_param("roleArn"),
        "associationArn": _arn(self, "podidentityassociation", name),
        "associationId": name,
        "tags": self._get_param("tags") or {},
    }
    _of(self, "pod identity")[name] = made
    return ActionResult({"association": made})


def _describe_pod_identity(self: EKSResponse) -> ActionResult:
    found = _known(self, "pod identity", self._get_param("associationId"))
    return ActionResult({"association": found})


def _delete_pod_identity(self: EKSResponse) -> ActionResult:
    gone = _known(self, "pod identity", self._get_param("associationId"))
    del _of(self, "pod identity")[gone["associationId"]]
    return ActionResult({"association": gone})


def _list_pod_identities(self: EKSResponse) -> ActionResult:
    return ActionResult({"associations": [*_of(self, "pod identity").values()]})


_MORE = {
    "update_cluster_version": _update_cluster_version,
    "update_nodegroup_version": _update_version,
    "create_addon": _create_addon,
    "update_addon": _update_addon,
    "describe_addon_versions": _describe_addon_versions,
    "describe_addon": _describe_addon,
    "delete_addon": _delete_addon,
    "list_addons": _list_addons,
    "create_access_entry": _create_entry,
    "describe_access_entry": _describe_entry,
    "delete_access_entry": _delete_entry,
    "list_access_entries": _list_entries,
    "associate_access_policy": _associate,
    "disassociate_access_policy": _disassociate,
    "list_associated_access_policies": _list_policies,
    "create_pod_identity_association": _create_pod_identity,
    "describe_pod_identity_association": _describe_pod_identity,
    "delete_pod_identity_association": _delete_pod_identity,
    "list_pod_identity_associations": _list_pod_identities,
}
_WRAPPED = {
    "create_cluster": _create_cluster,
    "update_cluster_config": _update_cluster,
    "delete_cluster": _delete_cluster,
    "create_nodegroup": _create_nodegroup,
    "update_nodegroup_config": _update_config,
    "delete_nodegroup": _delete_nodegroup,
}


def _tag(self: EKSResponse) -> ActionResult:
    """Tags of what belongs to a cluster are no part of what is read of it."""
    return ActionResult({})


def fill_gaps_of_eks() -> None:
    """Adds what is lacking to the moto of this process, once, before its server starts."""
    for part in ("addons", "access-entries", "pod-identity-associations"):
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{part}$"] = EKSResponse.dispatch
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{part}/(?P<rest>.+)$"] = (
            EKSResponse.dispatch
        )
    urls.url_paths["{0}/addons/supported-versions$"] = EKSResponse.dispatch
    for path in ("updates$", "node-groups/(?P<nodegroupName>[^/]+)/update-version$"):
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{path}"] = EKSResponse.dispatch
    for name, operation in _MORE.items():
        setattr(EKSResponse, name, operation)
    for name, wrap in _WRAPPED.items():
        setattr(EKSResponse, name, wrap(getattr(EKSResponse, name)))
    for name in ("tag_resource", "untag_resource"):
        own = getattr(EKSResponse, name)

        def tagged(self: EKSResponse, own: Callable[[Any], Any] = own) -> Any:
            return own(self) if ":cluster/" in self._extract_arn_from_path() else _tag(self)

        setattr(EKSResponse, name, tagged)
