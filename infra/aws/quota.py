"""Quotas: whether the account may have what a stack needs, asked before the first resource."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import servicequotas

from infra.aws.quota_codes import quota_code
from models.catalog.records import Instance
from models.description.stack import NodeGroup


@dataclass(frozen=True)
class Quota:
    """A quota of Service Quotas.

    Arguments:
        service: whose it is.
        code: of the quota; empty where only its name is known.
        name: of the quota, where it has no code here.
    """

    service: str
    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class Wanted:
    """What node groups need of one quota.

    Arguments:
        code: of the quota.
        groups: their names.
        vcpus: of all their nodes.
    """

    code: str
    groups: tuple[str, ...]
    vcpus: int


def wanted(nodes: Mapping[str, NodeGroup], instances: Mapping[str, Instance]) -> list[Wanted]:
    """What the node groups need of each quota.

    Arguments:
        nodes: groups by name.
        instances: their instance types, by the name of the group.
    """
    found: dict[str, Wanted] = {}
    for name, group in nodes.items():
        if group.purchase == "capacity_block":  # it counts against no quota of instances
            continue
        code = quota_code(instances[name], group.purchase)
        if code is None:
            pulumi.log.warn(
                f"nodes.{name}: no quota of {instances[name].name}, {group.purchase}, is known;"
                " whether the account may run its nodes is seen when they start"
            )
            continue
        before = found.get(code, Wanted(code, (), 0))
        vcpus = (group.count + group.spares) * instances[name].vcpus
        found[code] = Wanted(code, (*before.groups, name), before.vcpus + vcpus)
    return list(found.values())


def refuse_beyond_quota(needs: Iterable[Wanted], region: str) -> None:
    """Stop where the account may not run as many vCPUs as the nodes have.

    What else the account runs counts against the same quota and is not asked for.

    Arguments:
        needs: of each quota.
        region: of the stack.

    Raises:
        pulumi.RunError: a quota is too small.
    """
    for one in needs:
        where = ", ".join(f"nodes.{name}" for name in one.groups)
        refuse_beyond(where, "vCPUs", one.vcpus, Quota("ec2", one.code), region)


def refuse_beyond(where: str, what: str, wanted: float, quota: Quota, region: str) -> None:
    """Stop where more is wanted than a quota of the account lets be had.

    Arguments:
        where: in the stack file, for messages.
        what: is counted.
        wanted: of it.
        quota: of the account.
        region: of the stack.

    Raises:
        pulumi.RunError: the quota is too small.
    """
    asked = {"quota_code": quota.code} if quota.code else {"quota_name": quota.name}
    counted = f"1 {what.removesuffix('s')}" if wanted == 1 else f"{wanted:,g} {what}"
    try:
        found = servicequotas.get_service_quota(service_code=quota.service, **asked)
    except Exception as error:  # the SDK raises no narrower type
        reason = str(error).rpartition("returned an error: ")[2].strip().partition("\n")[0]
        called = quota.code or repr(quota.name)
        pulumi.log.warn(
            f"{where}: {counted} {'is' if wanted == 1 else 'are'} needed, and AWS did not say what"
            f" its quota {called} is in {region}: {reason}"
        )
        return
    if wanted > found.value:
        has = "the nodes have" if what == "vCPUs" else "it has"
        raise pulumi.RunError(
            f"{where}: {has} {counted}, but the quota '{found.quota_name}'"
            f" is {found.value:,.0f} in {region}; ask for more, which may take days:\n"
            "  aws service-quotas request-service-quota-increase"
            f" --service-code {quota.service} --quota-code {found.quota_code}"
            f" --desired-value {math.ceil(wanted)} --region {region}"
        )
