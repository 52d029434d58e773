"""The clouds that a stack can be built on: those of the catalog with a folder here."""

import importlib.util
from typing import Any, Protocol

import pulumi

from infra.blank_stores import blank_volumes, to_fill
from infra.builders import Builders, not_started, refuse_unbuildable
from infra.notices import warn
from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog
from models.parts.solve import SolvedStack


class Provider(Protocol):
    """What the module of a cloud has."""

    BUILDERS: Builders

    def build(self, solved: SolvedStack, catalog: Catalog) -> dict[str, Any]:
        """Build a stack there, all of whose stores are of kinds that it builds; its outputs.

        Arguments:
            solved: the stack.
            catalog: the facts that its names refer to.

        Raises:
            pulumi.RunError: something in it can't be had; nothing has been registered then.
        """


def build(solved: SolvedStack, catalog: Catalog) -> dict[str, Any]:
    """Build a stack in its cloud; its outputs say what is left to people: to start and to fill.

    Arguments:
        solved: the stack.
        catalog: the facts that its names refer to.

    Raises:
        pulumi.RunError: something in it can't be had; nothing has been registered then.
    """
    cloud = provider(solved.stack.cloud)
    refuse_unbuildable(solved, cloud.BUILDERS)
    refused = not_started(solved, cloud.BUILDERS)
    warn(f"workloads.{name}: {why}" for name, why in refused.items())
    warn(blank_volumes(solved))
    return {**cloud.build(solved, catalog), "to_fill": to_fill(solved), "not_started": refused}


def provider(cloud: str) -> Provider:
    """What builds stacks in a cloud.

    Arguments:
        cloud: as stacks name it.

    Raises:
        pulumi.RunError: nothing is built there.
    """
    known = [name for name in CLOUDS if importlib.util.find_spec(f"infra.{name}")]
    if cloud not in known:
        what = ", ".join(known)
        raise pulumi.RunError(f"cloud: nothing can be built on '{cloud}'; what can is {what}")
    # Late: the package of a cloud is large, and one of them is enough.
    module: Any = importlib.import_module(f"infra.{cloud}.build")
    found: Provider = module
    return found
