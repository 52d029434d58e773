"""Signals at random moments of every command, and many first runs of one machine at once.

python -m benchmarks.interruptions [--signals 75] [--first-runs 50] [--seed 1] [--at-once 2]
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.verdicts import Verdicts

ROOT = Path(__file__).parents[1]
FEW = ("--replications", "50")
VARY = ("--vary", "nodes.machine.count=1..4")
# Arguments; files are written into the working folder, which is empty.
COMMANDS = {
    "check": ("check", "stacks/hadoop.yaml"),
    "predict": ("predict", "stacks/resnet50-imagenet-aws.yaml", "--json", *FEW),
    "report": ("report", "stacks/grid-search.yaml", "--output", "{}/out", *FEW),
    "compare": ("compare", "stacks/grid-search.yaml", *VARY, *FEW, "--report", "{}/out.html"),
    "sweep": ("sweep", "stacks/grid-search.yaml", *VARY, *FEW, "--output", "{}/out.csv"),
    "optimise": ("optimise", "stacks/grid-search.yaml", *VARY, *FEW, "--write", "{}/out.yaml"),
    "explain": ("explain", "stacks/grid-search.yaml", "--json", *FEW),
    "queue": ("queue", "networks/priorities.yaml", "--jobs", "2", "--record", "{}/out.csv"),
    "reliability": ("reliability", "diagrams/bridge.yaml", "--json"),
    "raid": ("raid", "arrays/raid6.yaml", "--json"),
    "init": ("init", "{}/out.yaml", "--kind", "jobs", "--where", "aws"),
}
FIRST = ("queue", "networks/priorities.yaml", "--json", "--replications", "2", "--visits", "2000")
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL)
ALLOWED = {0, 1, 130, *(-one for one in SIGNALS)}
PATIENCE = 10.0  # s in which what a program started has to end after it


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Arguments:
        code: of its exit; minus the signal that ended it.
        files: digests of what it wrote, by name; of the standard output under "-".
        errors: what it wrote to the standard error output.
        seconds: it took.
        left: processes of its own that were there after it.
    """

    code: int
    files: dict[str, str]
    errors: str
    seconds: float
    left: int


def run(
    arguments: tuple[str, ...],
    folder: Path,
    number: signal.Signals | None = None,
    after: float = 0.0,
    program: Path = ROOT,
) -> Ended:
    """Run a command, and end it after a time.

    Arguments:
        arguments: of the command, where {} is the folder.
        folder: for what it writes.
        number: the signal; without one it runs to its end.
        after: time until the signal, s.
        program: folder of the program.
    """
    command = [sys.executable, str(program / "windtunnel.py")]
    command += [one.format(folder) for one in arguments]
    environment = {**os.environ, "PYTHONPATH": str(program)}
    started = time.monotonic()
    with (folder / "-").open("wb") as out, (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=program,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            start_new_session=True,
        )
        if number is not None:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(number)
        code = process.wait()
    seconds = time.monotonic() - started
    end = time.monotonic() + PATIENCE
    while (left := len(list(_of_session(process.pid)))) and time.monotonic() < end:
        time.sleep(0.1)
    errors_text = (folder / "errors").read_text(encoding="utf-8", errors="replace")
    (folder / "errors").unlink()
    return Ended(code, _digests(folder), errors_text, seconds, left)


def _of_session(leader: int) -> Iterator[int]:
    """Processes that live, of the session of one."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):  # it has just ended
            continue
        if session == str(leader) and state != "Z":
            yield int(folder.name)


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def interrupted(count: int, seed: int, at_once: int) -> list[str]:
    """What is wrong after signals at random moments, in words.

    Arguments:
        count: signals.
        seed: of the moments.
        at_once: commands that run side by side.
    """
    whole: dict[str, Ended] = {}
    for name, arguments in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            whole[name] = run(arguments, Path(folder))
            print(f"{name:<12}{whole[name].seconds:>7.1f} s", flush=True)
    chance = random.Random(seed)
    names = [name for _, name in zip(range(count), _in_turn(), strict=False)]
    cases = [
        (name, chance.choice(SIGNALS), chance.random() * whole[name].seconds) for name in names
    ]

    def one(case: tuple[str, signal.Signals, float]) -> list[str]:
        name, number, after = case
        with tempfile.TemporaryDirectory() as folder:
            ended = run(COMMANDS[name], Path(folder), number, after)
            wrong = list(_wrong(ended, whole[name]))
            if name == "sweep":  # goes on where it was
                again = run(COMMANDS[name], Path(folder))
                if again.files.get("out.csv") != whole[name].files["out.csv"]:
                    wrong.append("other bytes when it went on")
        return [f"{name}, {number.name} after {after:.2f} s: {what}" for what in wrong]

    with ThreadPoolExecutor(at_once) as pool:
        return [what for found in pool.map(one, cases) for what in found]


def _in_turn() -> Iterator[str]:
    while True:
        yield from COMMANDS


def _wrong(ended: Ended, whole: Ended) -> Iterator[str]:
    if ended.code not in ALLOWED:
        yield f"exit code {ended.code}: {ended.errors[-300:]}"
    if "Traceback" in ended.errors:
        yield f"a traceback: {ended.errors[-300:]}"
    if ended.left:
        yield f"{ended.left} processes left"
    for file, digest in ended.files.items():
        if file == "-" or "journal" in file:  # goes out piece by piece
            continue
        if file not in whole.files:
            yield f"left {file}"
        elif digest != whole.files[file]:
            yield f"{file} is not whole"


def first_runs(count: int) -> list[str]:
    """What is wrong where many run for the first time at once, none of them with compiled code.

    Arguments:
        count: runs.
    """
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program"
        skipped = shutil.ignore_patterns("__pycache__", ".*", "tests", "docs", "notebooks")
        shutil.copytree(ROOT, program, ignore=skipped)
        os.environ["HOME"] = folder

        def one(number: int) -> Ended:
            own = Path(folder) / str(number)
            own.mkdir()
            return run(FIRST, own, program=program)

        with ThreadPoolExecutor(count) as pool:
            ended = list(pool.map(one, range(count)))
        kept = list((program / "sim" / "queueing" / "__pycache__" / "machine-code").glob("*"))
    wrong = [
        f"first run: exit code {one.code}: {one.errors[-300:]}" for one in ended if one.code != 0
    ]
    different = {one.files["-"] for one in ended}
    if len(different) != 1:
        wrong.append(f"{len(different)} different answers")
    wrong += [f"left {file.name}" for file in kept if file.name.startswith("unfinished")]
    print(f"{count} first runs at once: {max(one.seconds for one in ended):.1f} s")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=75)
    parser.add_argument("--first-runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--at-once", type=int, default=2, help="commands that run side by side")
    options = parser.parse_args()
    verdicts = Verdicts()
    found: dict[str, list[str]] = {}
    if options.signals:
        found["signals"] = interrupted(options.signals, options.seed, options.at_once)
    if options.first_runs:
        found["first runs"] = first_runs(options.first_runs)
    for what, wrong in found.items():
        print(*wrong, sep="\n")
        print(f"nothing wrong after {what}: {verdicts.of(not wrong)}")
    sys.exit(verdicts.missed > 0)


if __name__ == "__main__":
    main()
