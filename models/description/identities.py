"""Who may do what with which store: identities and their policies, and the policies of stores."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Name, Part
from models.description.text_patterns import Pattern

Right = Literal["list", "read", "write"]
# Who reads must find: to read is to list, too.
RIGHTS: dict[str, tuple[Right, ...]] = {
    "list": ("list",),
    "read": ("list", "read"),
    "write": ("write",),
    "read_write": ("list", "read", "write"),
}
Access = Literal["list", "read", "write", "read_write"]
NamePattern = Annotated[
    str,
    Field(description="a name, in which * is any text and ? any one sign"),
    Pattern(
        r"[a-z*?]([a-z0-9*?-]{0,38}[a-z0-9*?])?",
        "a name, in which * is any text and ? any one sign, of 40 characters at most",
    ),
]
ConditionValue = str | bool | int


class Terms(Part):
    """What a statement of a policy allows or denies, and when."""

    access: Access | Annotated[tuple[Access, ...], Field(min_length=1, max_length=4)] = Field(
        description="list: find what is there; read: find and read; write: write and replace;"
        " read_write: all of it; or several of them"
    )
    effect: Literal["allow", "deny"] = Field(
        "allow", description="deny is stronger than whatever allows it elsewhere"
    )
    objects: Annotated[str, Field(min_length=1, max_length=1024)] = Field(
        "*",
        description="keys of an object store that are meant: * is any text, / too, and ? any one"
        " sign",
    )
    when: dict[str, dict[str, ConditionValue | tuple[ConditionValue, ...]]] = Field(
        {},
        max_length=20,
        description="conditions that must hold, as AWS writes them: operator, key, values",
    )

    @property
    def rights(self) -> tuple[Right, ...]:
        """What `access` means, each once."""
        named = (self.access,) if isinstance(self.access, str) else self.access
        found = {right for one in named for right in RIGHTS[one]}
        return tuple(right for right in RIGHTS["read_write"] if right in found)

    @property
    def plain(self) -> bool:
        """It allows, whatever the object and whenever."""
        return self.effect == "allow" and self.objects == "*" and not self.when


class Permission(Terms):
    """What an identity may, or must not, do with stores."""

    store: NamePattern = Field(description="a store of this file, or several by * and ?")


class StorePermission(Terms):
    """What a store lets identities do, or keeps them from."""

    identity: NamePattern = Field(
        description="a user or role of this file, or several by * and ?; a group is none"
    )


class Identity(Part):
    """Somebody who may do what is listed, and what stores let them, and nothing else."""

    kind: Literal["role", "user", "group"] = Field(
        "role",
        description="role: the nodes of a group take it; user: a person; group: users who share"
        " permissions",
    )
    nodes: Name | None = Field(None, description="the node group that takes the role")
    groups: tuple[Name, ...] = Field(
        (), max_length=50, description="groups of users that a user is in"
    )
    permissions: tuple[Permission, ...] = Field((), max_length=50, description="what it may do")

    @model_validator(mode="after")
    def _belongs(self) -> "Identity":
        if self.kind == "role" and self.nodes is None:
            raise ValueError("is a role that no nodes take; name the node group in 'nodes'")
        if self.kind != "role" and self.nodes is not None:
            raise ValueError(f"is a {self.kind}; only a role is taken by nodes")
        if self.kind != "user" and self.groups:
            raise ValueError(f"is a {self.kind}; only users are in groups")
        return self
