"""What tests of networks share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def networks() -> Path:
    return ROOT / "networks"
