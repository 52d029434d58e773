"""Commit and date of issue, as options: given, so that the same command gives the same bytes."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from commands.leaving import BAD_INPUT, leave

if TYPE_CHECKING:
    from models.prediction import Issue

_HASH = re.compile(r"[0-9a-f]{7,64}")


def issue_of(commit: str | None, issued: str | None) -> Issue:
    """What the options say, once it is well-formed."""
    from models.prediction import Issue

    if commit is not None and not _HASH.fullmatch(commit):
        leave(f"--commit: '{commit}' is no hash of 7 to 64 hexadecimal digits", BAD_INPUT)
    if issued is not None:
        try:
            valid = datetime.date.fromisoformat(issued).isoformat() == issued
        except ValueError:
            valid = False
        if not valid:
            leave(f"--issued: '{issued}' is no date such as 2026-07-01", BAD_INPUT)
    return Issue(commit or "", issued or "")
