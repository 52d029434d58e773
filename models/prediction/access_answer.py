"""What identities of a stack may do with its stores, and why."""

from dataclasses import dataclass
from typing import Literal

AccessOutcome = Literal["allowed", "denied", "not allowed", "can't be said"]


@dataclass(frozen=True)
class AccessCell:
    """Whether one identity may do one thing with one store.

    Arguments:
        who: name of a user, of a role, or of a node group that takes no role.
        action: list, read or write.
        store: its name.
        objects: keys that are meant, as in a policy; empty for all that no policy names.
        outcome: denied where a statement says so, not allowed where none allows it.
        because: paths in the stack file of what decided.
        reason: in words, where no statement of a policy decided or where it can't be said.
        needed_by: paths of what workloads do that needs it.
    """

    who: str
    action: Literal["list", "read", "write"]
    store: str
    objects: str
    outcome: AccessOutcome
    because: tuple[str, ...] = ()
    reason: str = ""
    needed_by: tuple[str, ...] = ()
