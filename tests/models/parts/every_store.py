"""Stacks with one more store, for tests of the parts."""

from pathlib import Path
from typing import Any

from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.read_stack import change_stack, read_stack
from models.parts.stores.store_speed import StoreSpeed, StoreState
from models.prediction import StoreDurability

from .asked import store

FILES = {
    "aws": "resnet50-imagenet-aws.yaml",
    "gcp": "resnet50-imagenet-gcp.yaml",
    "akiba": "akiba-2017.yaml",
}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "s3": ("aws", {"kind": "object", "service": "s3-standard", "size": "100 GB"}),
    "fsx": ("aws", {"kind": "nas", "service": "fsx-lustre-scratch-2", "size": "2 TB"}),
    "efs": ("aws", {"kind": "nas", "service": "efs-standard", "size": "2 TB"}),
    "ebs": ("aws", {"kind": "block", "service": "ebs-gp3", "size": "500 GB", "nodes": "trainers"}),
    "gcs": ("gcp", {"kind": "object", "service": "gcs-standard", "size": "100 GB"}),
    "filestore": ("gcp", {"kind": "nas", "service": "filestore-zonal", "size": "3 TB"}),
    "pd": ("gcp", {"kind": "block", "service": "pd-ssd", "size": "500 GB", "nodes": "trainers"}),
    "nas": ("akiba", {"kind": "nas", "size": "10 TB", "bandwidth": "1 GB/s"}),
    "raid": (
        "akiba",
        {"kind": "raid", "level": 6, "disks": 8, "disk": "nvme-ssd", "bandwidth": "5 GB/s"},
    ),
    "san": (
        "akiba",
        {
            "kind": "san",
            "level": 5,
            "disks": 8,
            "disk": "nearline-hdd",
            "nodes": "workers",
            "link": "ethernet-100g",
        },
    ),
    "local": (
        "akiba",
        {"kind": "local", "disks": 2, "disk": "textbook-ssd", "nodes": "workers"},
    ),
    "parallel": (
        "akiba",
        {
            "kind": "parallel",
            "servers": 4,
            "level": "8+2",
            "disks": 10,
            "disk": "nearline-hdd",
            "bandwidth": "1 GB/s",
        },
    ),
    "hdfs": (
        "akiba",
        {
            "kind": "hdfs",
            "datanodes": 10,
            "disks": 4,
            "disk": "textbook-hdd",
            "racks": 2,
            "bandwidth": "10 Gbps",
        },
    ),
}
OF_DISKS = ("raid", "san", "local", "parallel", "hdfs")


def with_store(kind: str, stacks: Path, catalog: Catalog, **changes: Any) -> Stack:
    """A stack of the examples with a store named "extra".

    Arguments:
        kind: one of `KINDS`.
        stacks: folder of the examples.
        catalog: the facts.
        changes: values of the store that are not those of `KINDS`.
    """
    name, described = KINDS[kind]
    stack_file = read_stack(stacks / FILES[name], catalog)
    return change_stack(stack_file, {"storage.extra": {**described, **changes}}, catalog).stack


def speed_of(stack: Stack, catalog: Catalog, clients: int, bandwidth: float) -> StoreSpeed:
    return store.speed(stack.storage["extra"], stack, Facts(catalog), clients, bandwidth)


def states_of(
    stack: Stack, catalog: Catalog, clients: int = 128, bandwidth: float = 1e12
) -> dict[str, StoreState]:
    described = stack.storage["extra"]
    found = store.states(described, stack, Facts(catalog), clients, bandwidth)
    return {state.name: state for state in found}


def components_of(stack: Stack, catalog: Catalog) -> dict[str, Component]:
    found = store.components("extra", stack.storage["extra"], stack, Facts(catalog))
    return {component.name: component for component in found}


def durability_of(stack: Stack, catalog: Catalog) -> StoreDurability:
    found = store.durability("extra", stack.storage["extra"], stack, Facts(catalog))
    assert found is not None
    return found
