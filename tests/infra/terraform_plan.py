"""What a program registers, written as a plan of Terraform, which scanners of such plans read.

Pulumi's provider of AWS is made from Terraform's: its properties are the same in camelCase, and
blocks that may be there several times are named in the plural.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .mock_cloud import SUFFIX, Registered, _outputs

# What a resource is called beside the module of Pulumi that it is in.
PREFIXES = {
    "ec2": "",
    "ec2transitgateway": "ec2_",
    "vpc": "vpc_",
}
TYPES = {
    "aws:codedeploy/application:Application": "aws_codedeploy_app",
    "aws:ec2/capacityReservation:CapacityReservation": "aws_ec2_capacity_reservation",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:sagemaker/hyperParameterTuningJob:HyperParameterTuningJob": (
        "aws_sagemaker_hyper_parameter_tuning_job"
    ),
}
# Lists that Terraform names otherwise than Pulumi, and lists of blocks that it names in the plural.
NAMES = {"vpcZoneIdentifiers": "vpc_zone_identifier"}
PLURAL = frozenset(
    {
        "block_device_mappings",
        "egress",
        "ingress",
        "network_interfaces",
        "production_variants",
        "tag_specifications",
    }
)
# Whose keys are the user's own.
MAPS = frozenset({"dimensions", "hyperParameters", "labels", "tags", "variables"})
_UPPER = re.compile(r"(?<=[a-z0-9])([A-Z])")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


def snake(name: str) -> str:
    """A name in snake_case.

    Arguments:
        name: in camelCase.
    """
    return _UPPER.sub(r"_\1", name).lower()


def terraform_type(token: str) -> str:
    """What Terraform calls a type of resource.

    Arguments:
        token: that of Pulumi, such as aws:s3/bucketVersioning:BucketVersioning.
    """
    if token in TYPES:
        return TYPES[token]
    _, module, name = token.split(":")
    module = module.partition("/")[0].lower()
    if module == "s3":
        return f"aws_s3_{snake(name)}"
    return f"aws_{PREFIXES.get(module, f'{module}_')}{snake(name)}"


def plan(resources: Iterable[Registered]) -> dict[str, Any]:
    """A plan that makes all of them.

    Arguments:
        resources: of the provider, as they are registered.
    """
    listed = sorted(resources, key=lambda one: one.urn)
    addresses = _addresses(listed)
    known = {one.urn: (addresses[one.urn], _called(one)) for one in listed}
    planned = [_resource(one, addresses[one.urn], known) for one in listed]
    changes = [
        {**one, "change": {"actions": ["create"], "before": None, "after": one["values"]}}
        for one in planned
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {"root_module": {}},
    }


def _addresses(resources: Iterable[Registered]) -> dict[str, str]:
    """An address for each, by its URN: two of a type may be called alike in two components."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for one in resources:
        plain = f"{terraform_type(one.type)}.{_NOT_IN_NAMES.sub('_', one.name)}"
        address, number = plain, 2
        while address in taken:
            address, number = f"{plain}_{number}", number + 1
        taken.add(address)
        found[one.urn] = address
    return found


def _called(one: Registered) -> dict[str, str]:
    """What others call a resource, and by which of its attributes."""
    kind = one.type.rsplit(":", 1)[1]
    name = one.inputs.get("name") or f"{one.name}{SUFFIX}"
    arn = _outputs(one.type, name, one.inputs).get("arn")
    return {
        str(name): "name",
        **({str(arn): "arn"} if arn else {}),
        **({one.inputs["bucket"]: "bucket"} if kind == "Bucket" else {}),
        f"{kind}-{one.name}": "id",
    }


def _resource(
    one: Registered, address: str, known: Mapping[str, tuple[str, Mapping[str, str]]]
) -> dict[str, Any]:
    kind, _, name = address.partition(".")
    values = {
        _name(key, value): _value(key, value, _references(one, key, known))
        for key, value in one.inputs.items()
    }
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values}


def _references(
    one: Registered, key: str, known: Mapping[str, tuple[str, Mapping[str, str]]]
) -> dict[str, str]:
    """What a property says of other resources, and how Terraform would say it."""
    found: dict[str, str] = {}
    for urn in sorted(one.property_dependencies.get(key, ())):
        if urn in known:
            address, called = known[urn]
            found |= {text: f"{address}.{attribute}" for text, attribute in called.items()}
    return found


def _name(key: str, value: Any) -> str:
    name = NAMES.get(key) or snake(key)
    blocks = isinstance(value, list) and value and isinstance(value[0], dict)
    if not blocks or name in PLURAL:
        return name
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def _value(key: str, value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if key in MAPS:
            return value
        return {_name(one, each): _value(one, each, references) for one, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value(key, one, references) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    # What is no plain value is a file or an archive, which no check looks into.
    return references.get(value, value) if isinstance(value, str) else type(value).__name__
