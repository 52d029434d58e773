"""What the program registers for a stack file, without an engine and without a cloud."""

import asyncio
import math
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.stack import run_in_stack

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile

ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Resource:
    """A resource as the program asks for it.

    Arguments:
        type: its type token.
        name: its logical name.
        inputs: its properties.
    """

    type: str
    name: str
    inputs: Mapping[str, Any]


@dataclass
class Graph:
    """What the program asks for.

    Arguments:
        resources: of the provider, without components.
        functions: of the provider that it calls, by their tokens.
    """

    resources: list[Resource] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)


class _Cloud(mocks.Mocks):
    """Has everything: every zone, every instance type in each of them, every image."""

    def __init__(self, graph: Graph, file: StackFile, catalog: Catalog, account: str) -> None:
        self._graph, self._account = graph, account
        self._region = str(file.stack.region)
        self._zones = list(catalog.regions[file.stack.cloud, self._region].zones)
        self._lock = threading.Lock()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if not args.typ.startswith("windtunnel:"):
            with self._lock:
                self._graph.resources.append(Resource(args.typ, args.name, args.inputs))
        # Settings of a bucket and policies of a role name it by its ID, which is its name.
        known = (args.inputs.get(key) for key in ("bucket", "name"))
        return next(filter(None, known), args.name), dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        with self._lock:
            self._graph.functions.add(args.token)
        wanted = {one["name"]: one["values"] for one in args.args.get("filters", [])}
        pairs = [(one, zone) for one in wanted.get("instance-type", []) for zone in self._zones]
        answer = {
            "accountId": self._account,
            "arn": f"arn:aws:iam::{self._account}:role/deployer",
            "issuerArn": f"arn:aws:iam::{self._account}:role/deployer",
            "region": self._region,
            "names": self._zones,
            "id": "image",
            "rootDeviceName": "/dev/xvda",
            "selfLink": "image",
            "diskSizeGb": 0,
            "version": "v1.0.0-eksbuild.1",  # of an add-on
            "maximumNetworkInterfaces": 1_000_000,  # of an instance type
            "value": math.inf,  # of a quota
            "resourceTagMappingLists": [],  # nothing is there yet
            "privateIps": [],  # of nodes, none of which runs
            "instanceTypes": [one for one, _ in pairs],
            "locations": [zone for _, zone in pairs],
        }
        return answer, []


def graph_of(
    path: str, file: StackFile, catalog: Catalog, pulumi_stack: str, account: str | None = None
) -> Graph:
    """What is registered for a stack file.

    Arguments:
        path: of the stack file.
        file: as read.
        catalog: that it was read with.
        pulumi_stack: name of the Pulumi stack, which is in names.
        account: of the cloud, which is in the ends of names; None for one that nobody has.

    Raises:
        pulumi.RunError: the stack can't be built.
    """
    from infra.providers import build

    graph = Graph()

    def program() -> None:
        build(file.solved, catalog)

    with _event_loop() as loop:
        pulumi.runtime.set_all_config({"windtunnel:stack": str(Path(path).resolve())})
        # As in a preview: what only a cloud knows stays unknown.
        mocks.set_mocks(
            _Cloud(graph, file, catalog, account or ACCOUNT),
            "windtunnel",
            pulumi_stack,
            preview=True,
        )
        # The program runs in a stack of its own, not in that of the mocks.
        pulumi.runtime.settings.set_root_resource(None)  # type: ignore[arg-type]
        loop.run_until_complete(run_in_stack(program))
    return graph


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop for the program, and one for each thread that answers it: mocks leave theirs open."""
    made = []

    def of_this_thread() -> asyncio.AbstractEventLoop:
        made.append(asyncio.new_event_loop())
        asyncio.set_event_loop(made[-1])
        return made[-1]

    loop = of_this_thread()
    executor = ThreadPoolExecutor(initializer=of_this_thread)
    loop.set_default_executor(executor)
    try:
        yield loop
    finally:
        executor.shutdown()
        asyncio.set_event_loop(None)
        for one in made:
            one.close()
