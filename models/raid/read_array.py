"""From a file to an `ArrayFile`: every fault of the file at once, each with its line and path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.laws.storage.raid import FEWEST_DISKS, GROUPED
from models.raid.array_description import ArrayFile
from models.raid.array_groups import layout, restore_of
from models.raid.disk_figures import DiskFigures, figures_of
from models.reading.check_names import unknown
from models.reading.described import described
from models.reading.document import Document, changed_document, read_document
from models.reading.faults import Fault, InvalidDescription, with_lines
from models.reading.file_kinds import FileKind
from models.reliability.lifetime_description import lifetime_of


@dataclass(frozen=True)
class ReadArray:
    """A disk or an array as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        description: of it.
        disk: what one of its disks is.
        digest: SHA-256 of the file and of what was changed since, hexadecimal.
        document: the file behind it.
    """

    name: str
    description: ArrayFile
    disk: DiskFigures
    digest: str
    document: Document = field(repr=False, compare=False)


def read_array(
    path: Path | str | Document, catalog: Catalog, changes: Mapping[str, object] | None = None
) -> ReadArray:
    """Read and check the file of a disk or of an array.

    Arguments:
        path: the file, YAML; "-" is standard input; or what was read of it.
        catalog: the facts that its names refer to.
        changes: values that take the place of the file's before it is checked, by path.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    document = path if isinstance(path, Document) else read_document(path)
    document = changed_document(document, changes)
    description = described(document, ArrayFile, FileKind.ARRAY)
    faults = list(_faults(description, catalog))
    if not faults:
        faults += _of_figures(description, catalog)
    if faults:
        raise InvalidDescription(document.name, with_lines(faults, document.places))
    disk = figures_of(description.disk, catalog)
    return ReadArray(document.name, description, disk, document.digest, document)


def _faults(description: ArrayFile, catalog: Catalog) -> Iterator[Fault]:
    model = description.disk.model
    if model is not None and model not in catalog.disks:
        yield unknown(("disk", "model"), UnknownName("disk", model, tuple(catalog.disks)))
    array = description.array
    if array is not None:
        try:
            layout(description)
        except ValueError as error:
            # Where it takes groups or takes none, not the disks are what is wrong.
            single = array.level in GROUPED and array.groups == 1
            ungrouped = array.level in FEWEST_DISKS and array.level not in GROUPED
            wrong = "groups" if single or (ungrouped and array.groups > 1) else "disks"
            yield Fault(("array", wrong), str(error))
    wanted = description.objectives
    if wanted.durability is not None and description.repair is None:
        hint = "give a repair, such as {mttr: 24 h}"
        yield Fault(("objectives", "durability"), "is of disks without a repair", hint)
    if wanted.response_time is not None and (
        description.requests is None or description.requests.rate is None
    ):
        hint = "give requests with a rate"
        yield Fault(("objectives", "response_time"), "is of disks without requests", hint)
    if description.latent_defects is not None and description.repair is None:
        yield Fault(("latent_defects",), "are of disks without a repair", "give a repair")


def _of_figures(description: ArrayFile, catalog: Catalog) -> Iterator[Fault]:
    try:
        disk = figures_of(description.disk, catalog)
    except ValueError as error:
        yield Fault(("disk",), f"can't be: {error}")
        return
    latent = description.latent_defects
    for key, one in (
        ("repair.restore", description.repair and description.repair.restore),
        ("latent_defects.appearance", latent and latent.appearance),
        ("latent_defects.scrub", latent and latent.scrub),
    ):
        try:
            if one:
                lifetime_of(one)
        except ValueError as error:
            yield Fault(tuple(key.split(".")), f"can't be: {error}")
            return
    if latent is not None and not layout(description).tolerated:
        yield Fault(("latent_defects",), "are of disks without redundancy, which lose them at once")
    if description.repair is not None:
        if disk.lifetime is None:
            hint = "give an mttf, an annual_failure_rate or a lifetime"
            yield Fault(("disk",), "has no time to failure, which repair asks for", hint)
        if restore_of(description.repair, disk) is None:
            hint = "give capacity and write"
            yield Fault(("repair", "replacement"), "needs a disk's capacity and rate", hint)
        if disk.unreadable and disk.capacity is None and layout(description).tolerated:
            hint = "give its capacity"
            yield Fault(("disk", "unrecoverable_bit_error_rate"), "is of a disk of no size", hint)
    asked = description.requests
    if asked is not None and disk.rotation_rpm and disk.read is None:
        yield Fault(("disk",), "has no rate under the head", "give read, or a geometry")
