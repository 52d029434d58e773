"""A calibration: values of a stack file that were measured, for later predictions of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from models.description.fields import Part
from models.prediction.observation_answer import Calibrated
from models.reading.described import described
from models.reading.document import read_document
from models.reading.faults import Fault, InvalidDescription, with_lines


class CalibratedValue(Part):
    """A value that was measured."""

    path: str = Field(min_length=1, max_length=500, description="in the stack file")
    value: Any = Field(description="as the stack file would have it")
    source: str = Field("", max_length=2000, description="what it was measured by")


class Calibration(Part):
    """The values of one stack."""

    stack: str = Field(description="name of the stack")
    values: tuple[CalibratedValue, ...] = Field(max_length=10_000, description="that were measured")

    @property
    def changes(self) -> dict[str, object]:
        """The values by path."""
        return {one.path: one.value for one in self.values}


def read_calibration(path: Path, stack: object) -> Calibration:
    """Read and check a calibration.

    Arguments:
        path: of the file, YAML.
        stack: name of the stack that is to have it.

    Raises:
        InvalidDescription: with every fault of the file, or it is of another stack.
    """
    document = read_document(path)
    found = described(document, Calibration)
    if found.stack != stack:
        fault = Fault(("stack",), f"is '{found.stack}', and not '{stack}'")
        raise InvalidDescription(document.name, with_lines([fault], document.places))
    return found


def written(stack: str, values: Sequence[Calibrated]) -> str:
    """A calibration as a file.

    Arguments:
        stack: its name.
        values: that were measured.
    """
    tree = {
        "stack": stack,
        "values": [{"path": one.path, "value": one.value, "source": one.source} for one in values],
    }
    head = "# Measured by `windtunnel observe`; used by `windtunnel predict --calibration FILE`.\n"
    return head + yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)
