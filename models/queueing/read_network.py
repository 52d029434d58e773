"""From a file to a `Network`: every fault of the file at once, each with its line and path."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.queueing.check_network import check
from models.queueing.network import Network, Trace
from models.queueing.traces import InvalidTrace, Times, read_trace
from models.reading.changes import changed_digest, changed_tree
from models.reading.faults import Fault, InvalidDescription, PathInFile, with_lines
from models.reading.validation import faults_of
from models.reading.yaml_tree import bytes_of, parse_yaml


@dataclass(frozen=True)
class NetworkFile:
    """A queueing network as read from a file.

    Arguments:
        name: of the file, as the user gave it.
        network: the description.
        digest: SHA-256 of the file, its traces and what was changed since, hexadecimal.
        traces: recorded times of arrival by class, ascending, s.
        tree: the plain values of the file.
        changed: values were changed since the file was read.
    """

    name: str
    network: Network
    digest: str
    traces: Mapping[str, Times] = field(repr=False, compare=False)
    tree: dict[str, Any] = field(repr=False)
    changed: bool = False


def read_network(path: Path | str) -> NetworkFile:
    """Read and check a network file, and the traces that it names.

    Arguments:
        path: the file, YAML.

    Raises:
        InvalidDescription: with every fault of the file.
    """
    content = bytes_of(Path(path))
    tree, lines = parse_yaml(str(path), content)
    return _checked(str(path), tree, lines, hashlib.sha256(content).hexdigest())


def is_network(path: Path | str) -> bool:
    """Whether a file describes a queueing network, by its keys, and not a stack.

    Arguments:
        path: the file, YAML.

    Raises:
        InvalidDescription: it can't be read as a mapping.
    """
    tree, _ = parse_yaml(str(path), bytes_of(Path(path)))
    return "stations" in tree and not {"workloads", "nodes"} & tree.keys()


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
    tree = changed_tree(network_file.name, network_file.tree, changes)
    digest = changed_digest(network_file.digest, changes)
    return replace(_checked(network_file.name, tree, {}, digest), changed=True)


def _checked(
    name: str, tree: dict[str, Any], lines: Mapping[PathInFile, int], digest: str
) -> NetworkFile:
    try:
        network = Network.model_validate(tree)
    except ValidationError as error:
        faults = faults_of(error, Network, tree)
        raise InvalidDescription(name, with_lines(faults, lines)) from None
    faults = check(network)
    traces: dict[str, Times] = {}
    for customer_class, customers in network.classes.items():
        if isinstance(customers.arrivals, Trace):
            try:
                times, content = read_trace(customers.arrivals, Path(name).parent)
            except InvalidTrace as error:
                path = ("classes", customer_class, "arrivals", error.key)
                faults.append(Fault(path, error.message, error.hint))
                continue
            traces[customer_class] = times
            digest = hashlib.sha256(digest.encode() + content).hexdigest()
    if faults:
        raise InvalidDescription(name, with_lines(faults, lines))
    return NetworkFile(name, network, digest, traces, tree)
