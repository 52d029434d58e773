"""Where a user's own prices are, which lie over the shipped ones."""

import os
from pathlib import Path

NAMED_BY = "WINDTUNNEL_PRICES"  # of the environment; empty for none at all


def own_prices() -> Path | None:
    """The file of a user's own prices, whether it is there or not; None where none is wanted."""
    named = os.environ.get(NAMED_BY)
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "windtunnel" / "prices.csv"
