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
CatalogName = Annotated[str, Field(min_length=1, max_length=100)]
Cloud = Literal["aws", "gcp", "on-premises"]
Purchase = Literal["on_demand", "spot", "reserved"]
Precision = Literal["fp64", "fp32", "tf32", "fp16", "fp8"]


def _positive(value: float) -> float:
    if value <= 0:
        raise ValueError("must be more than 0")
    return value


Positive = AfterValidator(_positive)


class Part(BaseModel):
    """What all descriptions share: no unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
