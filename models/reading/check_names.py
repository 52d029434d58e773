"""Names that a description uses and nothing has, as faults that say what is near."""

from collections.abc import Iterator, Mapping

from models.catalog.errors import UnknownName
from models.reading.faults import Fault, PathInFile

_LISTED = 12  # names that a message has room for


def reference(
    path: PathInFile, name: str, known: Mapping[str, object], kind: str
) -> Iterator[Fault]:
    """A fault if the file has nothing of a name.

    Arguments:
        path: where the name is used.
        name: as written there.
        known: what the file has, by name.
        kind: what is looked for, such as "store".
    """
    if name not in known:
        yield unknown(path, UnknownName(kind, name, tuple(known)), "the file has")


def unknown(path: PathInFile, error: UnknownName, holder: str = "the catalog has") -> Fault:
    """The fault of a name that nothing has, with the nearest one or the choices.

    Arguments:
        path: where the name is used.
        error: what was looked for among what.
        holder: of the names, as the beginning of a sentence.
    """
    if error.nearest:
        return Fault(
            path, f"unknown {error.kind} '{error.name}'", f"did you mean '{error.nearest[0]}'?"
        )
    listed = ", ".join(error.choices[:_LISTED]) or "none"
    if len(error.choices) > _LISTED:
        listed += f" and {len(error.choices) - _LISTED} more"
    return Fault(path, f"unknown {error.kind} '{error.name}'", f"{holder}: {listed}")
