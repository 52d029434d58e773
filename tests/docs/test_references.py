"""The reference pages call every part by its own name."""

from pathlib import Path

import pytest

from docs.generate import REFERENCES


@pytest.mark.parametrize("page", REFERENCES, ids=lambda page: page.name)
def test_no_two_parts_of_a_file_have_one_name(page: Path) -> None:
    _, model = REFERENCES[page]
    # Pydantic tells parts of one name apart by their modules, which readers don't know.
    assert not [name for name in model.model_json_schema()["$defs"] if "__" in name]
