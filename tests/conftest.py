"""What tests of several rooms share."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from models.catalog.load import load_catalog
from models.catalog.records import Catalog

ROOT = Path(__file__).parents[1]

# A shell ignores signals of what runs in the background, and so would what tests start there.
signal.signal(signal.SIGINT, signal.default_int_handler)
for ignored in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(ignored, signal.SIG_DFL)

# The hundred processes that tests start would compile the same sources again and again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples in every run, so that a change is judged by itself; `HYPOTHESIS_PROFILE=explore`
# draws others each time.
settings.register_profile("repeat", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str


# Nobody's own prices change what the tests see.
os.environ["WINDTUNNEL_PRICES"] = ""
os.environ["WINDTUNNEL_STEPS"] = ""


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def stacks() -> Path:
    return ROOT / "stacks"


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Run the command line in this process; an exception that escapes fails the test."""
    import windtunnel

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["windtunnel", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            windtunnel.main()
        captured = capsys.readouterr()
        code = left.value.code
        return Outcome(0 if code is None else int(code), captured.out, captured.err)

    return run
