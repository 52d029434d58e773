"""The clouds that a stack can be built on: the only list of them."""

import importlib
from collections.abc import Callable
from typing import Any

import pulumi

from models.catalog.records import Catalog
from models.parts.solve import SolvedStack

Build = Callable[[SolvedStack, Catalog], dict[str, Any]]
PROVIDERS = {"aws": "infra.aws.build", "gcp": "infra.gcp.build"}  # loaded when asked for


def builder(cloud: str) -> Build:
    """What builds a stack in a cloud.

    Arguments:
        cloud: as the stack names it.

    Raises:
        pulumi.RunError: nothing is built there.
    """
    if cloud not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise pulumi.RunError(f"cloud: nothing can be built on '{cloud}'; what can is {known}")
    build: Build = importlib.import_module(PROVIDERS[cloud]).build
    return build


def not_provisioned(solved: SolvedStack) -> list[str]:
    """Workloads whose software nobody starts, a sentence each.

    Arguments:
        solved: the stack.
    """
    return [
        f"workloads.{name}: {one.described.kind} workloads are predicted but not started; their "
        "node groups and stores are built, and what runs on them is yours to start"
        for name, one in solved.workloads.items()
        if not one.kind.provisioned
    ]
