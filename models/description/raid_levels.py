"""RAID levels and erasure codes, as all files write them."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from models.description.text_patterns import Pattern
from models.laws.storage.raid import FEWEST_DISKS, ErasureCode, Layout, Raid

_CODE = re.compile(r"[1-9]\d{0,2}\+[1-9]\d{0,2}")
_LEVEL_SCHEMA = {
    "anyOf": [
        {"enum": list(FEWEST_DISKS), "type": "string"},
        {
            "type": "string",
            "format": "erasure code",
            "examples": ["17+3"],
            "pattern": f"^{_CODE.pattern}$",
        },
    ]
}


def _text_of_whole_number(value: object) -> object:
    return str(value) if type(value) is int else value


def _known(level: str) -> str:
    if level not in FEWEST_DISKS and not _CODE.fullmatch(level):
        known = ", ".join(FEWEST_DISKS)
        raise ValueError(
            f"'{level[:60]}' is not known; one of {known}, or an erasure code such as 17+3"
        )
    return level


Level = Annotated[
    str,
    BeforeValidator(_text_of_whole_number),
    AfterValidator(_known),
    WithJsonSchema(_LEVEL_SCHEMA),
]
# Any k of the k + m pieces, each on another host, give the data.
Code = Annotated[
    str,
    Field(strict=True, max_length=7),
    Pattern(_CODE.pattern, "an erasure code, such as 17+3"),
]


def layout_of(level: str, disks: int, groups: int) -> Layout:
    """How disks hold the data of an array.

    Arguments:
        level: a RAID level or an erasure code.
        disks: of the array.
        groups: sets of disks that it is striped over.

    Raises:
        ValueError: a number of disks or groups that the level can't have.
    """
    if "+" not in level:
        return Raid(level, disks, groups)
    data, parity = map(int, level.split("+"))
    code = ErasureCode(data, parity, groups)
    if code.disks != disks:
        of = "1 group" if groups == 1 else f"{groups} groups"
        raise ValueError(f"{level} in {of} needs {code.disks} disks, not {disks}")
    return code
