"""Broken descriptions in numbers: each is refused with its faults, or predicted and simulated.

python -m benchmarks.mutants [--count 10000] [--seed 1] [--first 0]
"""

import argparse
import collections
import copy
import io
import math
import random
import re
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from models.catalog.load import load_catalog
from models.catalog.records import Catalog
from models.description.printable import printable
from models.parts.read_stack import read_stack
from models.queueing.network_answer import NetworkAnswer
from models.queueing.read_network import read_network
from models.queueing.solve import solve
from models.reading.document import Document
from models.reading.faults import InvalidDescription
from models.reading.yaml_tree import parse_yaml
from reports import html, json_report, queue_json, queue_terminal, terminal
from sim.predict import NoProgress, predict
from sim.queueing.simulate_network import simulate

ROOT = Path(__file__).parents[1]
REPLICATIONS, SERVICES = 2, 1000  # of a mutant; every path is walked, no figure is wanted
SLOW = 20.0  # s, of one mutant; more is printed

# What people and programs write by mistake, and what nobody would.
_NONSENSE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 20_000, 10**6, 10**18, -(10**18), 0.5, 1e-300, 1e300,
    float("inf"), float("nan"), "", " ", "0", "x", "none", "infinite", "optimal", [], {}, [[]],
    [None], {"kind": None}, {"x": 1}, "0 GB", "1 B", "1 GB", "1e20 GB", "1e30 GB", "-1 h", "0 s",
    "1e-300 s", "1e-6 s", "1 us", "1 s", "1 h", "1 year", "1e15 years", "9e99 h", "0/s", "1e-20/s",
    "1/s", "1e20/s", "0 %", "1e-9 %", "99.9999999 %", "100 %", "101 %", "1 FLOP", "1e24 FLOP",
    "0 USD", "1e20 USD", "1 Gbps", "1 bps", "1e24 B/s", "aws", "gcp", "on-premises", "spot",
    "a\x1b[31mb", "a\nb", "\u202eabc", "\ud800", "a" * 3000, "<script>alert(1)</script>", "exit",
    "start", "17+3", "2+1", "network", "N+1", "read", "us-east-1", "training", "object", "nas",
)  # fmt: skip
_KEYS = ("x", "kind", "", "name", "count", "a.b", "\x1b[2J", "<<", "nodes", "start", "exit", "0")
_KIND_KEYS = ("kind", "distribution", "discipline", "level", "service", "instance", "purchase")
_ACTIONS = ("set", "drop", "rename", "add", "swap", "kind", *("scale",) * 14)
_FACTORS = (0.0, -1.0, 1e-9, 1e-3, 0.1, 0.5, 0.9, 1.1, 2.0, 3.0, 10.0, 100.0, 1e3, 1e6, 1e15)
_NUMBER = re.compile(r"\s*([0-9.eE+_-]+)(.*)")
_NOT_A_FIGURE = re.compile(r"(?<![\w./])[-+]?(?:nan|inf|infinity)(?![\w-])", re.IGNORECASE)
# Figures that are without bound by nature: what never fails is never lost, what limits nothing.
_MAY_BE_UNBOUNDED = re.compile(
    r"mttf|mttdl|mttr|headroom|nines|rate_samples|checkpoint_interval|samples_per_s|\.unstable\."
    r"|tail|_variance|importance"
)


@dataclass(frozen=True)
class Source:
    """A shipped description that mutants are made of.

    Arguments:
        path: of the file.
        tree: its plain values.
        network: it describes a queueing network.
    """

    path: Path
    tree: dict[str, Any]
    network: bool


@dataclass(frozen=True)
class Fate:
    """What became of a mutant.

    Arguments:
        outcome: refused, refused late, predicted, simulated, unstable, crashed or not a figure.
        detail: the message or the traceback.
        seconds: that it took.
    """

    outcome: str
    detail: str
    seconds: float


def sources() -> tuple[Source, ...]:
    """All shipped descriptions."""
    found = []
    for folder in ("stacks", "networks"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            tree, _ = parse_yaml(str(path), path.read_bytes())
            found.append(Source(path, tree, folder == "networks"))
    return tuple(found)


def mutant(given: Sequence[Source], seed: int) -> tuple[Source, dict[str, Any]]:
    """A description with one to three things changed, and what it was made of.

    Arguments:
        given: the shipped descriptions.
        seed: another mutant each.
    """
    choose = random.Random(seed)
    source = choose.choice(given)
    tree = copy.deepcopy(source.tree)
    for _ in range(choose.choice((1, 1, 1, 1, 2, 3))):
        _change(tree, given, choose)
    return source, tree


def _change(tree: dict[str, Any], given: Sequence[Source], choose: random.Random) -> None:
    action = choose.choice(_ACTIONS)
    places = [path for path in paths(tree) if path]
    if action == "scale":  # what is accepted is mostly another figure
        places = [path for path in places if _is_quantity(_at(tree, path))]
    elif action == "kind":
        places = [path for path in places if path[-1] in _KIND_KEYS]
    if not places:
        return
    path = choose.choice(places)
    here, last = _at(tree, path[:-1]), path[-1]
    if action == "scale":
        here[last] = _scaled(here[last], choose)
    elif action == "drop":
        del here[last]
    elif action in ("swap", "kind"):
        here[last] = _from_elsewhere(given, str(last), choose)
    elif action == "rename" and isinstance(here, dict):
        here[_misspelled(str(last), choose)] = here.pop(last)
    elif action == "add" and isinstance(here[last], dict):
        here[last][choose.choice(_KEYS)] = choose.choice(_NONSENSE)
    else:
        here[last] = choose.choice(_NONSENSE)


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _is_quantity(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value))
    return isinstance(value, int | float)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in plain values.

    Arguments:
        value: mappings, lists and scalars.
        path: of the value.
    """
    children: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(below for key, child in children for below in paths(child, (*path, key)))]


def _misspelled(key: str, choose: random.Random) -> str:
    at = choose.randrange(len(key) + 1)
    return choose.choice((key[:at] + key[at + 1 :], key[:at] + "x" + key[at:], key.upper()))


def _scaled(value: Any, choose: random.Random) -> Any:
    factor = choose.choice(_FACTORS)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return int(value * factor)
    if isinstance(value, float):
        return value * factor
    match = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    try:
        return f"{float(match[1]) * factor!r}{match[2]}" if match else choose.choice(_NONSENSE)
    except ValueError:
        return choose.choice(_NONSENSE)


def _from_elsewhere(given: Sequence[Source], key: str, choose: random.Random) -> Any:
    """A value of another place, of the same key where there is one."""
    tree = choose.choice(given).tree
    places = paths(tree)
    alike = [path for path in places if path and path[-1] == key]
    return copy.deepcopy(_at(tree, choose.choice(alike or places)))


def fate(source: Source, tree: dict[str, Any], catalog: Catalog) -> Fate:
    """What becomes of a mutant; whatever is accepted is predicted, simulated and written.

    Arguments:
        source: what it was made of.
        tree: its plain values.
        catalog: the facts.
    """
    began = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            outcome, detail = _lived(source, tree, catalog)
    except Exception:
        outcome, detail = "crashed", traceback.format_exc()
    return Fate(outcome, detail, time.perf_counter() - began)


def _lived(source: Source, tree: dict[str, Any], catalog: Catalog) -> tuple[str, str]:
    try:
        content = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True).encode(
            errors="surrogatepass"
        )
        tree, lines = parse_yaml("mutant.yaml", content)
        document = Document("mutant.yaml", source.path.parent, "0" * 64, tree, lines)
        if source.network:
            return _queued(document)
        return _predicted(document, catalog)
    except InvalidDescription as error:
        told = error.lines()
        if not told or any(line != printable(line) for line in told):
            return "crashed", f"a message that can't be shown: {told}"
        return "refused", "\n".join(told)


def _predicted(document: Document, catalog: Catalog) -> tuple[str, str]:
    stack_file = read_stack(document, catalog)
    try:
        prediction = predict(stack_file, catalog, replications=REPLICATIONS, jobs=1)
    except NoProgress as error:
        return "refused late", str(error)
    text = _shown(terminal.summary(stack_file.stack, prediction))
    html.render(stack_file.stack, prediction)
    json_report.as_json(prediction)  # refuses what is not a number
    wrong = [*_not_figures(text), *_unbounded(json_report.tree_of(prediction))]
    return ("not a figure", "\n".join(wrong)) if wrong else ("predicted", "")


def _queued(document: Document) -> tuple[str, str]:
    network_file = read_network(document)
    law, simulated = solve(network_file.network), None
    if not law.unstable:
        simulated = simulate(
            network_file.network,
            traces=network_file.traces,
            replications=REPLICATIONS,
            visits=SERVICES,
        )
    text = _shown(queue_terminal.page(law, simulated))
    queue_json.as_json("", law, simulated)
    wrong = [*_not_figures(text), *_unbounded(json_report.tree_of(law), "law")]
    if simulated:
        wrong += _unbounded(json_report.tree_of(simulated), "simulation")
    if wrong:
        return "not a figure", "\n".join(wrong)
    return ("unstable" if _without_answer(law, simulated) else "simulated"), ""


def _without_answer(law: NetworkAnswer, simulated: NetworkAnswer | None) -> bool:
    return bool(law.unstable or (simulated and simulated.unstable))


def _shown(renderable: Any) -> str:
    from rich.console import Console

    text = io.StringIO()
    Console(file=text, width=80, highlight=False).print(renderable)
    return text.getvalue()


def _not_figures(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if _NOT_A_FIGURE.search(line):
            yield f"the terminal shows: {line}"


def _unbounded(tree: Any, path: str = "") -> Iterator[str]:
    """Means without a value; `tree_of` has made infinities of them."""
    if isinstance(tree, dict):
        if "mean" in tree and tree["mean"] is None and not _MAY_BE_UNBOUNDED.search(path):
            yield f"{path} is without bound"
        for key, value in tree.items():
            yield from _unbounded(value, f"{path}.{key}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _unbounded(value, f"{path}.{index}")
    elif isinstance(tree, float) and math.isnan(tree):
        yield f"{path} is not a number"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="mutants")
    parser.add_argument("--seed", type=int, default=1, help="of the whole experiment")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--show", type=int, default=10, help="failures printed in full")
    options = parser.parse_args()
    given, catalog = sources(), load_catalog()
    counts: collections.Counter[str] = collections.Counter()
    shown, longest = 0, 0.0
    for number in range(options.first, options.first + options.count):
        source, tree = mutant(given, options.seed * 1_000_003 + number)
        found = fate(source, tree, catalog)
        counts[found.outcome] += 1
        longest = max(longest, found.seconds)
        bad = found.outcome in ("crashed", "not a figure") or found.seconds > SLOW
        if bad and shown < options.show:
            shown += 1
            print(
                f"--- mutant {number} of {source.path.name}: {found.outcome}, {found.seconds:.1f} s"
            )
            print(found.detail)
            sys.stdout.flush()
    print(f"{options.count:,} mutants of {len(given)} descriptions, the longest {longest:.1f} s")
    for outcome, count in counts.most_common():
        print(f"  {outcome:<14}{count:>7,}")
    for outcome in ("crashed", "not a figure"):
        if outcome not in counts:
            print(f"  {outcome:<14}{0:>7,}")
    sys.exit(bool(counts["crashed"] or counts["not a figure"]))


if __name__ == "__main__":
    main()
