"""The example stacks as the engine tests build them: copies that a test may change."""

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from engine import Engine

from models.catalog.load import load_catalog
from models.catalog.records import Instance
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "windtunnel-tests"


def examples(cloud: str) -> list[Path]:
    """The example stacks of a cloud.

    Arguments:
        cloud: as stacks name it.
    """
    found = sorted((ROOT / "stacks").glob("*.yaml"))
    return [one for one in found if yaml.safe_load(one.read_text())["cloud"] == cloud]


class Example:
    """A copy of an example, and the engine that builds what the copy says.

    Arguments:
        path: of the example.
        folder: where the copy is made.
        engine: of the project.
        certificate: that the account has, for that of the example.
    """

    def __init__(self, path: Path, folder: Path, engine: Engine, certificate: str) -> None:
        self.engine, self.folder = engine, folder
        folder.mkdir()
        for beside in path.parent.iterdir():  # files that the example reads
            if beside.is_dir():  # no link: what a stack reads must be in its folder
                shutil.copytree(beside, folder / beside.name)
        self._copy = folder / path.name
        self.tree: dict[str, Any] = yaml.safe_load(path.read_text())
        for workload in self.tree["workloads"].values():
            for stage in workload.get("stages", {}).values():
                if "certificate" in stage:
                    stage["certificate"] = certificate
        self._write()
        engine.init("test")
        cloud, region = self.tree["cloud"], self.tree["region"]
        project = {"gcp:project": PROJECT} if cloud == "gcp" else {}
        engine.config_set_all(
            {
                f"{cloud}:region": region,
                **project,
                "windtunnel:stack": str(self._copy),
                # What is predicted is none of these tests' business.
                "windtunnel:enforce": "false",
                "windtunnel:replications": "2",
            }
        )

    def change(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change what the copy says.

        Arguments:
            change: of its plain values.
        """
        change(self.tree)
        self._write()

    def _write(self) -> None:
        self._copy.write_text(yaml.safe_dump(self.tree, sort_keys=False))

    def group(self) -> str | None:
        """The first of its node groups."""
        return next(iter(self.tree.get("nodes", {})), None)

    def more(self) -> int:
        """Let the first node group have a node more, or twice as many where it must; how many."""
        catalog, group = load_catalog(), self.tree["nodes"][self.group()]
        now = group["count"]
        for count in (now + 1, 2 * now):
            group["count"] = count
            self._write()
            try:
                read_stack(self._copy, catalog)
            except InvalidDescription:
                continue
            return int(count)
        raise AssertionError("no other number of nodes is taken")

    def other_instance(self, offered: Callable[[list[str]], set[str]]) -> str:
        """Let the first node group be of the most similar instance type that the stack can have.

        Arguments:
            offered: which of some types are to be had where the nodes are.
        """
        catalog, group = load_catalog(), self.tree["nodes"][self.group()]
        now = catalog.instance(self.tree["cloud"], group["instance"])

        def far(one: Instance) -> float:
            return sum(
                abs(math.log((after + 1) / (before + 1)))
                for before, after in (
                    (now.vcpus, one.vcpus),
                    (now.memory, one.memory),
                    (now.accelerators, one.accelerators),
                    (now.local_disk, one.local_disk),
                )
            )

        similar = [
            one
            for one in catalog.instances.values()
            if (one.provider, one.driver, one.architecture)
            == (now.provider, now.driver, now.architecture)
            and one.name != now.name
        ]
        found = offered([one.name for one in similar])
        for one in sorted((one for one in similar if one.name in found), key=far):
            group["instance"] = one.name
            self._write()
            try:
                read_stack(self._copy, catalog)
            except InvalidDescription:
                continue
            return one.name
        raise AssertionError(f"{now.name} has no other that fits {self._copy.name}")
