"""Names that AWS keeps for itself: refused before anything is registered."""

from collections.abc import Iterator

import pulumi

from models.description.stack import Stack
from models.parts.workloads.endpoint import Endpoint

# Amazon EC2 API reference, CreateSecurityGroup, GroupName; Elastic Load Balancing API reference,
# CreateLoadBalancer, Name (2026-11-28).
SECURITY_GROUP, LOAD_BALANCER = "sg-", "internal-"


def refuse_reserved(stack: Stack) -> None:
    """Stop where a security group or a load balancer would have a name that AWS takes from nobody.

    Arguments:
        stack: the description.

    Raises:
        pulumi.RunError: with all such names.
    """
    found = list(_reserved(stack))
    if found:
        raise pulumi.RunError("\n".join(found))


def _reserved(stack: Stack) -> Iterator[str]:
    parts = (("storage", stack.storage), ("workloads", stack.workloads))
    for where, named in (*parts, ("notebooks", stack.notebooks)):
        for name in named:
            if name.startswith(SECURITY_GROUP):
                what = f"AWS takes no name of a security group that begins with '{SECURITY_GROUP}'"
                yield f"{where}.{name}: {what}; call it otherwise"
    if f"{stack.name}-".startswith(LOAD_BALANCER) and _is_balanced(stack):
        what = f"AWS takes no name of a load balancer that begins with '{LOAD_BALANCER}'"
        yield f"name: {what}; call the stack otherwise than '{stack.name}'"


def _is_balanced(stack: Stack) -> bool:
    endpoints = (one for one in stack.workloads.values() if isinstance(one, Endpoint))
    gateways = {stage.gateway for one in endpoints for stage in one.stages.values()}
    return "application-load-balancer" in gateways
