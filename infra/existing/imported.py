"""What another tool's file and an overlay make together: the text of a stack file."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from infra.existing.found import Fate, Found
from infra.existing.read_program import ProgramFile
from infra.existing.resource import Program
from infra.existing.stack_of import merged, stack_of, tree_of, untold
from models.catalog.records import Catalog
from models.description.printable import printable
from models.reading.document import Document
from models.reading.yaml_tree import parse_yaml

_WIDTH = 100


@dataclass(frozen=True)
class Imported:
    """A stack as it was found.

    Arguments:
        file: that says it.
        cloud: of the stack.
        found: its parts, and what became of each resource.
        tree: of the stack file.
        text: of the stack file.
        overlay: what was said beside the file.
    """

    file: ProgramFile
    cloud: str
    found: Found
    tree: dict[str, Any]
    text: str
    overlay: dict[str, Any]

    @property
    def findings(self) -> list[str]:
        """What was not understood, and what the file does not say and nobody gave."""
        return [one for one in untold(self.found) if not self._given(one.partition(":")[0])]

    @property
    def counts(self) -> dict[Fate, int]:
        """How many resources became what."""
        fates = [one.fate for one in self.found.told.values()]
        return {fate: fates.count(fate) for fate in Fate}

    def called(self, name: str) -> "Imported":
        """The same stack by another name.

        Arguments:
            name: of the stack.
        """
        tree = {**self.tree, "name": name}
        return replace(self, tree=tree, text=_text(replace(self, tree=tree)))

    def _given(self, path: str) -> bool:
        """Whether the overlay says it."""
        tree: Any = self.overlay
        for key in path.split("."):
            if not isinstance(tree, dict) or key not in tree:
                return False
            tree = tree[key]
        return path != "resources"

    def document(self, name: str, folder: Path) -> Document:
        """The stack file, as one that was read.

        Arguments:
            name: that messages call it.
            folder: of files that it names.
        """
        content = self.text.encode()
        tree, lines = parse_yaml(name, content)
        digest = hashlib.sha256(content).hexdigest()
        return Document(name, folder, digest, tree, lines, text=self.text)


def imported(
    file: ProgramFile, program: Program, overlay: dict[str, Any], catalog: Catalog
) -> Imported:
    """A stack from the resources of a program.

    Arguments:
        file: that says them.
        program: the resources, before a change or after it.
        overlay: what else is known of the stack, as a stack file has it.
        catalog: facts.

    Raises:
        InvalidDescription: the resources make no stack.
    """
    cloud, found = stack_of(program, catalog, file.name)
    tree = merged(tree_of(cloud, found, catalog), overlay)
    one = Imported(file, cloud, found, tree, "", overlay)
    return replace(one, text=_text(one))


def _text(one: Imported) -> str:
    kind = one.file.format.value
    lines = [f"Imported from {Path(one.file.name).name}, {kind}.", *one.findings]
    if "workloads" not in one.tree:
        lines.append("workloads: what runs on it is not in the file; windtunnel init has examples")
    head = "".join(f"# {printable(' '.join(line.split()))}\n" for line in lines)
    return head + yaml.safe_dump(one.tree, sort_keys=False, allow_unicode=True, width=_WIDTH)
