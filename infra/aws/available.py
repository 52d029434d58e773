"""What an account has where a stack is to be: the region, its zones, instance types in them."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.ask import ask
from models.description.stack import Stack
from models.parts.managed_nodes import hired_groups


def refuse_other_region(region: str) -> None:
    """Stop where the provider is set to another region than the description names.

    Arguments:
        region: of the description.

    Raises:
        pulumi.RunError: it is.
    """
    provider = ask("which region it is set to", aws.get_region).region
    if provider != region:
        raise pulumi.RunError(
            f"region: the stack is described for {region}, but the provider is set to {provider}; "
            f"set it: pulumi config set aws:region {region}"
        )


def zones(stack: Stack) -> list[str]:
    """The zones that are named, or the first that the account has.

    Arguments:
        stack: the description.

    Raises:
        pulumi.RunError: one that is named is not available to the account.
    """
    available = ask(
        "which zones are available",
        lambda: aws.get_availability_zones(
            state="available", filters=[{"name": "zone-type", "values": ["availability-zone"]}]
        ),
    ).names
    for zone in stack.zones:
        if zone not in available:
            raise pulumi.RunError(
                f"zones: '{zone}' is not available to this account; "
                f"available: {', '.join(sorted(available))}"
            )
    return list(stack.zones) or sorted(available)[:1]


def refuse_not_offered(stack: Stack, zones: Sequence[str]) -> None:
    """Stop where a zone has no such instances; of those of a service nothing is asked.

    Arguments:
        stack: the description.
        zones: in which its nodes are.

    Raises:
        pulumi.RunError: one of them does not offer an instance type.
    """
    hired = hired_groups(stack)
    machines = {name: group for name, group in stack.nodes.items() if name not in hired}
    types = sorted({str(group.instance) for group in machines.values()})
    if not types:
        return
    found = ask(
        "which zones offer the instance types",
        lambda: aws.ec2.get_instance_type_offerings(
            location_type="availability-zone",
            filters=[{"name": "instance-type", "values": types}],
        ),
    )
    offered = set(zip(found.instance_types, found.locations, strict=True))
    for name, group in machines.items():
        for zone in zones:
            if (group.instance, zone) in offered:
                continue
            elsewhere = sorted(place for kind, place in offered if kind == group.instance)
            others = ", ".join(elsewhere) or "no zone of this region"
            raise pulumi.RunError(
                f"nodes.{name}.instance: zone '{zone}', where nodes are, does not offer "
                f"{group.instance}; offered by: {others}"
            )
