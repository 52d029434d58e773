"""A calibration: values of a stack file that were measured, for later predictions of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from models.description.fields import Part
from models.prediction.observation_answer import Calibrated
from models.reading.faults import Fault, InvalidDescription
from models.reading.validation import faults_of
from models.reading.yaml_tree import bytes_of, name_of, parse_yaml


class CalibratedValue(Part):
    """A value that was measured."""

    path: str = Field(min_length=1, max_length=500, description="in the stack file")
    value: Any = Field(description="as the stack file would have it")
    source: str = Field("", max_length=2000, description="what it was measured by")


class Calibration(Part):
    """The values of one stack."""

    stack: str = Field(description="name of the stack")
    values: tuple[CalibratedValue, ...] = Field(max_length=10_000, description="that were measured")


def read_calibration(path: Path) -> Calibration:
    """Read and check a calibration.

    Arguments:
        path: of the file, YAML.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    name = name_of(path)
    tree, _ = parse_yaml(name, bytes_of(path))
    try:
        return Calibration.model_validate(tree)
    except ValidationError as error:
        raise InvalidDescription(name, faults_of(error, Calibration, tree)) from None


def changes_of(calibration: Calibration, path: Path, stack: object) -> dict[str, object]:
    """Its values by path.

    Arguments:
        calibration: as read.
        path: of its file, for messages.
        stack: name of the stack that is to have them.

    Raises:
        InvalidDescription: it is of another stack.
    """
    if calibration.stack != stack:
        fault = Fault(("stack",), f"is '{calibration.stack}', and not '{stack}'")
        raise InvalidDescription(name_of(path), [fault])
    return {one.path: one.value for one in calibration.values}


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
