"""What a program of Pulumi would be, held against the objectives of an overlay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.existing.imported import imported
from infra.existing.pulumi_files import running
from infra.existing.read_program import Format, ProgramFile
from infra.shortfall import falls_short
from models.catalog.load import load_catalog
from models.catalog.records import CatalogError, UnknownName
from models.parts.read_stack import read_stack
from models.reading.document import read_document
from models.reading.faults import Fault, InvalidDescription

PROGRAM = "the program"
SEED, REPLICATIONS = 1, 1000


@dataclass(frozen=True)
class Held:
    """What became of the objectives.

    Arguments:
        missed: sentences on what is predicted to fall short, or on why nothing can be predicted;
            empty where all is met.
        untold: sentences on what was not understood, or is open.
    """

    missed: tuple[str, ...]
    untold: tuple[str, ...] = ()


def overlay(path: Path) -> dict[str, Any]:
    """Workloads and objectives, as their file says them.

    Arguments:
        path: of the file.

    Raises:
        InvalidDescription: it can't be read, or says of no objective.
    """
    document = read_document(path)
    if not document.tree.get("objectives"):
        fault = Fault(("objectives",), "is missing: there is nothing to hold a program against")
        raise InvalidDescription(document.name, [fault])
    return document.tree


def hold(
    resources: Iterable[Mapping[str, Any]],
    config: Mapping[str, str],
    said: dict[str, Any],
    folder: Path,
) -> Held:
    """Predict what a program would be.

    Arguments:
        resources: as the engine keeps them.
        config: of the Pulumi stack.
        said: the overlay.
        folder: of files that the overlay names.
    """
    from sim.predict import NoProgress, predict

    try:
        catalog = load_catalog()
        program = running(resources, config)
        file = ProgramFile(PROGRAM, Format.PULUMI_PROGRAM, program, program)
        found = imported(file, program, said, catalog)
        stack = read_stack(found.document(PROGRAM, folder), catalog)
        prediction = predict(stack, catalog, seed=SEED, replications=REPLICATIONS)
    except InvalidDescription as error:
        return Held(tuple(error.lines()))
    except (CatalogError, UnknownName, NoProgress) as error:
        return Held((str(error),))
    short = falls_short(prediction)
    return Held(tuple(short), tuple(found.findings))
