"""Quotas of vCPUs: whether the account may run the nodes, asked before the first resource."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import servicequotas

from infra.aws.quota_codes import quota_code
from models.catalog.records import Instance
from models.description.stack import NodeGroup


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
        refuse_beyond(where, "vCPUs", one.vcpus, "ec2", one.code, region)


def refuse_beyond(where: str, what: str, wanted: int, service: str, code: str, region: str) -> None:
    """Stop where more is wanted than a quota of the account lets be had.

    Arguments:
        where: in the stack file, for messages.
        what: is counted.
        wanted: of it.
        service: whose quota it is.
        code: of the quota.
        region: of the stack.

    Raises:
        pulumi.RunError: the quota is too small.
    """
    try:
        found = servicequotas.get_service_quota(service_code=service, quota_code=code)
    except Exception as error:  # the SDK raises no narrower type
        reason = str(error).rpartition("returned an error: ")[2].strip()
        pulumi.log.warn(
            f"{where}: {wanted:,} {what} are needed, and AWS did not say what its quota"
            f" {code} is in {region}: {reason}"
        )
        return
    if wanted > found.value:
        has = "the nodes have" if what == "vCPUs" else "it has"
        raise pulumi.RunError(
            f"{where}: {has} {wanted:,} {what}, but the quota '{found.quota_name}'"
            f" is {found.value:,.0f} in {region}; ask for more, which may take days:\n"
            f"  aws service-quotas request-service-quota-increase --service-code {service}"
            f" --quota-code {code} --desired-value {wanted} --region {region}"
        )
