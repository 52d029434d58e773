"""What the descriptions of all parts are made of: names, counts, positive quantities."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$",
        description="lower-case letters, digits and inner hyphens, 40 at most",
    ),
]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Nodes = Annotated[int, Field(strict=True, ge=1, le=20_000)]  # of one group
CountOrNone = Annotated[int, Field(strict=True, ge=0, le=20_000)]
FileName = Annotated[str, Field(min_length=1, max_length=500)]
CatalogName = Annotated[str, Field(min_length=1, max_length=100)]
Purchase = Literal["on_demand", "spot", "reserved", "capacity_block", "flex_start"]
Precision = Literal["fp64", "fp32", "tf32", "fp16", "bf16", "fp8"]


def _positive(value: float) -> float:
    if value <= 0:
        raise ValueError("must be more than 0")
    return value


def one_of(part: BaseModel, *keys: str, nothing: str = "needs one of") -> str | None:
    """What is wrong with a part that must have just one of several keys; None if it has.

    Arguments:
        part: of a description.
        keys: of which one is given.
        nothing: how to say that none is, before the list of them.
    """
    listed = f"{', '.join(keys[:-1])} and {keys[-1]}"
    given = [key for key in keys if getattr(part, key) not in (None, {})]
    if len(given) == 1:
        return None
    return f"has {' and '.join(given)}; give one of {listed}" if given else f"{nothing} {listed}"


Positive = AfterValidator(_positive)


class Part(BaseModel):
    """What all descriptions share: no unknown keys, no change after reading.

    A part of a part is built with the whole, so that it need not be built for itself before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
