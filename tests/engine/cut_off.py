"""An engine that is killed in the middle of an update, and what its state is mended by."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence

import pytest
from engine import Engine, EngineError
from examples import ROOT
from meddling import Meddling


class Cut(Exception):
    """Nothing comes back of what was asked for."""


def cut(engine: Engine, meddling: Meddling, moment: str, kind: str, later: Sequence[str]) -> None:
    """Kill the engine at a moment of the next creation of a kind.

    Arguments:
        engine: of the project.
        meddling: with its provider.
        moment: before or after the cloud has made it.
        kind: its type.
        later: types of further cuts, which wait so that they are not made beside it.
    """
    killed = threading.Event()

    def is_of(kinds: Iterable[str], urn: str) -> bool:
        return any(f"{one}::" in urn for one in kinds)

    def kill(operation: str, urn: str) -> None:
        if operation == "create" and is_of([kind], urn):
            engine.kill()
            killed.set()
            raise Cut

    def hold(operation: str, urn: str) -> None:
        if operation == "create" and is_of(later, urn):
            killed.wait()
            raise Cut
        if moment == "before":
            kill(operation, urn)

    meddling.before = hold
    if moment == "after":
        meddling.after = kill
    with pytest.raises(EngineError, match="exited with -9"):
        engine.up()
    meddling.end()
    time.sleep(0.5)  # what was on its way to the cloud arrives there


def mend(engine: Engine) -> str:
    """What docs/operating.md says to do then; what was found."""
    engine.run("cancel", "--yes")
    command = [sys.executable, "-m", "infra.recover"]
    environment = {**os.environ, **engine.environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command,
        input=engine.run("stack", "export"),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    mended = engine.folder.parent / "mended.json"
    mended.write_text(done.stdout)
    engine.run("stack", "import", "--file", str(mended))
    return done.stderr
