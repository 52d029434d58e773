"""Every law is reached by what people run: commands, notebooks, executed documentation."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.examples import BLOCK, SESSION

ROOT = Path(__file__).parents[3]
LAWS = "models.laws"
LAW = re.compile(r"^\$ windtunnel law (\w+)", re.MULTILINE)
Symbol = tuple[str, str]  # module and name


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {
    module_of(path): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "models" / "laws").rglob("*.py"))
}


def defined(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name, statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for part in (node for target in targets for node in ast.walk(target)):
                if isinstance(part, ast.Name):
                    yield part.id, statement


SYMBOLS = {module: dict(defined(tree)) for module, tree in TREES.items()}


def imported(tree: ast.AST) -> dict[str, Symbol]:
    """What names of a file stand for; a module has an empty name within."""
    names: dict[str, Symbol] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(LAWS):
            for alias in node.names:
                within = f"{node.module}.{alias.name}"
                found = (within, "") if within in TREES else (str(node.module), alias.name)
                names[alias.asname or alias.name] = found
    return names


IMPORTS = {module: imported(tree) for module, tree in TREES.items()}


def mentioned(node: ast.AST, names: dict[str, Symbol], module: str = "") -> set[Symbol]:
    found: set[Symbol] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(names.get(part.id, (module, part.id)))
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            within, inside = names.get(part.value.id, ("", ""))
            if not inside:
                found.add((within, part.attr))
    return {symbol for symbol in map(origin, found) if symbol[1] in SYMBOLS.get(symbol[0], ())}


def origin(symbol: Symbol) -> Symbol:
    """Where a name is defined that a module may only pass on."""
    module, name = symbol
    if module not in TREES or name in SYMBOLS[module]:
        return symbol
    before = IMPORTS[module].get(name)
    return origin(before) if before else symbol


def run_by_people() -> Iterator[str]:
    """Python of each file; cells of a notebook and sessions of a page are one text."""
    for folder in ("models", "sim", "reports", "infra", "commands"):
        for path in (ROOT / folder).rglob("*.py"):
            if not module_of(path).startswith(LAWS):
                yield path.read_text(encoding="utf-8")
    yield (ROOT / "windtunnel.py").read_text(encoding="utf-8")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "code")
    for path in (ROOT / "docs").glob("*.md"):
        sessions = "".join(SESSION.findall(path.read_text(encoding="utf-8")))
        lines = sessions.splitlines()
        yield "\n".join(line[4:] for line in lines if line.startswith((">>> ", "... ")))


def asked_by_name() -> set[Symbol]:
    """Laws that executed documentation asks from a terminal, `windtunnel law NAME`."""
    names = {
        name
        for path in (ROOT / "docs").glob("*.md")
        for name in LAW.findall("".join(BLOCK.findall(path.read_text(encoding="utf-8"))))
    }
    return {(module, name) for module, symbols in SYMBOLS.items() for name in names & set(symbols)}


@pytest.fixture(scope="module")
def reached() -> set[Symbol]:
    found = asked_by_name()
    for text in run_by_people():
        if LAWS in text:
            tree = ast.parse(text)
            found |= mentioned(tree, imported(tree))
    waiting = list(found)
    while waiting:
        module, name = waiting.pop()
        further = mentioned(SYMBOLS[module][name], IMPORTS[module], module) - found
        found |= further
        waiting += further
    return found


@pytest.mark.parametrize("module", sorted(TREES))
def test_every_public_law_is_reached_from_outside_the_tests(
    module: str, reached: set[Symbol]
) -> None:
    public = {
        name
        for name, statement in SYMBOLS[module].items()
        if not name.startswith("_") and isinstance(statement, ast.FunctionDef | ast.ClassDef)
    }
    assert {name for name in public if (module, name) not in reached} == set()
