"""Quotas of vCPUs: whether the account may run the nodes, asked before the first resource."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import servicequotas

from models.catalog.records import Instance
from models.description.stack import NodeGroup

# Amazon EC2 user guide, "Amazon EC2 instance type quotas", 2026-11-27: by the letters that a family
# begins with; those of all others are quotas of standard instances.
ON_DEMAND = {
    "dl": "L-6E869C2A",
    "f": "L-74FC7D96",
    "g": "L-DB2E81BA",
    "gr": "L-DB2E81BA",
    "hpc": "L-F7808C92",
    "inf": "L-1945791B",
    "p": "L-417A185B",
    "trn": "L-2C3B7624",
    "u": "L-43DA4232",
    "vt": "L-DB2E81BA",
    "x": "L-7295265B",
}
SPOT = {
    "dl": "L-85EED4F7",
    "f": "L-88CF9481",
    "g": "L-3819A6DF",
    "gr": "L-3819A6DF",
    "inf": "L-B5D1601B",
    "p2": "L-7212CCBC",
    "p3": "L-7212CCBC",
    "p4": "L-7212CCBC",
    "p5": "L-C4BD4855",
    "trn": "L-6B0D517C",
    "vt": "L-3819A6DF",
    "x": "L-E3A00192",
}
STANDARD = frozenset(["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"])
STANDARD_CODES = {"on_demand": "L-1216C47A", "spot": "L-34B43A08"}


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


def quota_code(instance: Instance, group: NodeGroup) -> str | None:
    """The quota that nodes count against; None where none is known.

    Arguments:
        instance: their instance type.
        group: as described.
    """
    letters = re.match("[a-z]+", instance.series)
    generation = re.match("[a-z]+[0-9]*", instance.series)
    names = [found[0] for found in (generation, letters) if found]
    codes = SPOT if group.purchase == "spot" else ON_DEMAND
    for name in names:
        if name in codes:
            return codes[name]
        if name in STANDARD:
            return STANDARD_CODES["spot" if group.purchase == "spot" else "on_demand"]
    return None


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
        code = quota_code(instances[name], group)
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
        try:
            found = servicequotas.get_service_quota(service_code="ec2", quota_code=one.code)
        except Exception as error:  # the SDK raises no narrower type
            reason = str(error).rpartition("returned an error: ")[2].strip()
            pulumi.log.warn(
                f"{where}: {one.vcpus:,} vCPUs are needed, and AWS did not say what its quota"
                f" {one.code} is in {region}: {reason}"
            )
            continue
        if one.vcpus > found.value:
            raise pulumi.RunError(
                f"{where}: the nodes have {one.vcpus:,} vCPUs, but the quota '{found.quota_name}'"
                f" is {found.value:,.0f} in {region}; ask for more, which may take days:\n"
                f"  aws service-quotas request-service-quota-increase --service-code ec2"
                f" --quota-code {one.code} --desired-value {one.vcpus} --region {region}"
            )
