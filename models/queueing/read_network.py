"""From a file to a `Network`: every fault of the file at once, each with its line and path."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.queueing.check_network import check
from models.queueing.check_ways import beside_arrivals
from models.queueing.network import Network, Trace
from models.queueing.tables_in_files import with_tables
from models.queueing.traces import Recorded, read_trace
from models.reading.document import Document, changed_document, read_document
from models.reading.faults import Fault, InvalidDescription, with_lines
from models.reading.file_kinds import FileKind, of_another_kind
from models.reading.recorded_times import WANTED, Times
from models.reading.table_files import InvalidTable
from models.reading.validation import faults_of

_RATES = ("rate", "rates", "unit")  # keys of what is written in a unit of rates


@dataclass(frozen=True)
class NetworkFile:
    """A queueing network as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        network: the description.
        digest: SHA-256 of the file, its traces and what was changed since, hexadecimal.
        traces: recorded times of arrival by class, ascending, s after the first of all; and what is
            recorded beside them in the order of the rows: services, s, by class/station, and the
            servers that are taken at once there by class/station/slots.
        tree: the plain values of the file.
        changed: values were changed since the file was read.
        document: the file behind it.
        rate_unit: of all rates of the file and its tables, such as /h; /s where there are several
            or none.
    """

    name: str
    network: Network
    digest: str
    traces: Mapping[str, Times] = field(repr=False, compare=False)
    tree: dict[str, Any] = field(repr=False)
    changed: bool
    document: Document = field(repr=False, compare=False)
    rate_unit: str = "/s"


def _rate_unit(tree: dict[str, Any]) -> str:
    units = set(_units(tree.get("classes", {})))
    return units.pop() if len(units) == 1 else "/s"


def _units(tree: object) -> Iterator[str]:
    """Units of the rates below a part of a file."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if key in _RATES:
                texts = value if isinstance(value, list) else [value]
                yield from (str(text).lstrip("0123456789._eE+- ") for text in texts)
            else:
                yield from _units(value)
    elif isinstance(tree, (list, tuple)):
        for value in tree:
            yield from _units(value)


def read_network(
    path: Path | str | Document, changes: Mapping[str, object] | None = None
) -> NetworkFile:
    """Read and check a network file, and the traces that it names.

    Arguments:
        path: the file, YAML; "-" is standard input; or what was read of it.
        changes: values that take the place of the file's before it is checked, by path.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    document = path if isinstance(path, Document) else read_document(path)
    return _checked(changed_document(document, changes))


def change_network(network_file: NetworkFile, changes: Mapping[str, object]) -> NetworkFile:
    """The same network with some values changed.

    Arguments:
        network_file: the description as read.
        changes: new values by path, such as {"stations.gpu.servers": 8}.

    Raises:
        InvalidDescription: a path that leads nowhere, or a network that is no longer valid.
    """
    if not changes:
        return network_file
    return _checked(
        changed_document(network_file.document, changes, "change of", makes_parts=False)
    )


def _checked(document: Document) -> NetworkFile:
    name, tree = document.name, document.tree
    tables = with_tables(tree, document.folder)
    try:
        network = Network.model_validate(tables.tree)
    except ValidationError as error:
        if other := of_another_kind(tree, FileKind.NETWORK):
            raise InvalidDescription(name, other) from None
        wrong = {fault.path[:-1] for fault in tables.faults}  # is told once, and why
        faults = [
            *tables.faults,
            *(
                one
                for one in faults_of(error, Network, tables.tree)
                if not any(one.path[: len(path)] == path for path in wrong)
            ),
        ]
        raise InvalidDescription(name, with_lines(faults, document.places)) from None
    faults = [*tables.faults, *check(network)]
    if not faults:
        faults += beside_arrivals(network, tables.recorded)
    digest = document.digest
    for each in tables.digests:
        digest = hashlib.sha256(digest.encode() + each).hexdigest()
    traces: dict[str, Recorded] = {}
    for customer_class, customers in network.classes.items():
        if isinstance(customers.arrivals, Trace):
            try:
                recorded = read_trace(customers.arrivals, document.folder)
            except InvalidTable as error:
                path = ("classes", customer_class, "arrivals", error.key)
                faults.append(Fault(path, error.message, error.hint))
                continue
            traces[customer_class] = recorded
            digest = hashlib.sha256(digest.encode() + recorded.digest).hexdigest()
    faults += _clocks(traces)
    if faults:
        raise InvalidDescription(name, with_lines(faults, document.places))
    times = _from_the_first(traces) | tables.recorded
    unit = _rate_unit(tables.tree)
    return NetworkFile(name, network, digest, times, tree, document.changed, document, unit)


def _clocks(traces: Mapping[str, Recorded]) -> list[Fault]:
    """Traces by different clocks, of which nobody knows what came before what."""
    first = next(iter(traces), "")
    return [
        Fault(
            ("classes", name, "arrivals", "column"),
            f"has {one.clock.value}; class {first} has {traces[first].clock.value}",
            WANTED,
        )
        for name, one in traces.items()
        if one.clock is not traces[first].clock
    ]


def _from_the_first(traces: Mapping[str, Recorded]) -> dict[str, Times]:
    """Whatever clock recorded them, the first arrival of all is at the beginning."""
    begin = min((float(one.times[0]) for one in traces.values()), default=0.0)
    return {name: one.times - begin for name, one in traces.items()}
