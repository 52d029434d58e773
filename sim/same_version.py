"""Whether processes of a cluster run the same program: one version, from the same sources."""

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("models", "sim")  # what replications run


@functools.cache  # sources that change meanwhile are not loaded either
def fingerprint() -> str:
    """The version of this program, and a digest of its sources."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for file in sorted((_ROOT / package).rglob("*.py")):
            digest.update(file.relative_to(_ROOT).as_posix().encode() + b"\0")
            digest.update(file.read_bytes())
    return f"{version('windtunnel')} of sources {digest.hexdigest()[:12]}"
