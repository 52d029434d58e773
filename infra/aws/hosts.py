"""Where the nodes of a group are, for programs that others start on them."""

import ipaddress
from collections.abc import Iterable

import pulumi
from pulumi_aws import _utilities, autoscaling

from models.catalog.records import Instance

_INSTANCES = "aws:ec2/getInstances:getInstances"


def addresses(group: autoscaling.Group) -> pulumi.Output[list[str]]:
    """Private addresses of the nodes that run once a group is as described, in order.

    Arguments:
        group: of Auto Scaling.
    """
    # Known with its ID, which is so once its nodes are there, and not known where they never are.
    found: pulumi.Output[list[str]] = group.id.apply(_running)
    return found


async def _running(group: str) -> list[str]:
    wanted = {"tag:aws:autoscaling:groupName": group, "instance-state-name": "running"}
    filters = [{"name": key, "values": [value]} for key, value in wanted.items()]
    try:
        # Of the SDK's version, so that the provider that built the group is asked.
        options = _utilities.get_invoke_opts_defaults()
        found = await pulumi.runtime.invoke_async(_INSTANCES, {"filters": filters}, options)
    except Exception as error:  # the SDK raises no narrower type
        # An update that has failed elsewhere asks no more, and its outputs are kept by nobody.
        pulumi.log.warn(f"AWS did not say which nodes of {group} run: {error}")
        return []
    return sorted(found["privateIps"], key=ipaddress.ip_address)


def host_file(known: Iterable[str], instance: Instance) -> str:
    """Nodes as mpirun, DeepSpeed and Horovod read them: a line each, with its accelerators.

    Arguments:
        known: their addresses.
        instance: their type.
    """
    return "".join(f"{one} slots={slots_of(instance)}\n" for one in known)


def slots_of(instance: Instance) -> int:
    """How many processes a node runs: one for each accelerator, or each vCPU where it has none.

    Arguments:
        instance: its type.
    """
    return instance.accelerators or instance.vcpus
