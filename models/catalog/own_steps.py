"""Where a user's own calibrations of training steps are, which lie over the shipped ones."""

import os
from pathlib import Path

NAMED_BY = "WINDTUNNEL_STEPS"  # of the environment; empty for none at all
TABLES = ("step_calibrations", "step_errors")  # that `windtunnel calibrate --write` writes


def own_steps() -> Path | None:
    """The folder of a user's own tables, whether it is there or not; None where none is wanted."""
    named = os.environ.get(NAMED_BY)
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "windtunnel" / "steps"
