"""What is put on nodes."""

from typing import Annotated

from pydantic import AfterValidator, Field

from models.description.fields import Part
from models.description.text_patterns import Pattern


def _pinned(text: str) -> str:
    name, equals, version = text.partition("==")
    if not (name and equals and version):
        raise ValueError("is not pinned; write it with its version, such as 'torch==2.5.1'")
    return text


Package = Annotated[
    str,
    Field(description="a package of the system, with its version where that matters"),
    Pattern(
        r"[A-Za-z0-9][A-Za-z0-9.+_:~=-]{0,99}",
        "a package: letters, digits and . + _ : ~ = -, 100 at most",
    ),
]
Requirement = Annotated[
    str,
    Field(description="as pip takes it"),
    Pattern(
        r"[A-Za-z0-9][A-Za-z0-9.,+_\[\]=!-]{0,199}",
        "a package with its version, such as 'torch==2.5.1'",
    ),
    AfterValidator(_pinned),
]


class Setup(Part):
    """What is put on each node of a group at its start."""

    packages: tuple[Package, ...] = Field(
        (), max_length=50, description="packages of the system, installed by dnf or apt"
    )
    pip: tuple[Requirement, ...] = Field(
        (),
        max_length=100,
        description="packages of Python with their versions, installed into an environment of"
        " their own in /opt/windtunnel/python",
    )
