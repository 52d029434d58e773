"""The eight factors that performance hangs on: what of a stack each of them moves together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.catalog.hardware import Accelerator, Disk, Instance, InstanceStorage, Link
from models.catalog.operators import CollectiveTable, MatrixTable
from models.catalog.records import DataPreparation, MeasuredRate, StorageService
from models.parts.read_stack import StackFile
from models.prediction.explanation_answer import Factor
from models.reading.faults import PathInFile
from sim.explaining.inputs import Move, bettered, leaves

_TENTH = 0.1
_NODES = {Factor.MEMORY: ("machine.memory",), Factor.NETWORK: ("machine.network",)}
_STORES = {Factor.DISKS: ("bandwidth", "iops", "read", "write")}
_RATES: Mapping[Factor, Mapping[type, tuple[str, ...]]] = {
    Factor.PROCESSORS: {
        Accelerator: ("peak_flops",),
        DataPreparation: ("samples_per_second",),
        MeasuredRate: ("samples_per_second",),
    },
    Factor.MEMORY: {Accelerator: ("memory", "memory_bandwidth"), Instance: ("memory",)},
    Factor.DISKS: {
        Disk: ("sequential_read", "sequential_write", "random_read_iops", "random_write_iops"),
        InstanceStorage: (
            "block_burst", "block_iops", "block_burst_iops", "local_read", "local_write",
            "local_read_iops", "local_write_iops",
        ),
        Instance: ("block_storage_bandwidth",),
        StorageService: (
            "base_bandwidth", "bandwidth_per_byte", "client_bandwidth", "write_bandwidth",
            "get_rate_limit", "put_rate_limit", "burst_per_byte", "least_bandwidth",
            "rate_per_byte", "least_rate", "most_rate", "flat_bandwidth", "flat_rate",
        ),
    },
    Factor.NETWORK: {
        Accelerator: ("host_bandwidth",),
        Instance: ("network_bandwidth",),
        Link: ("bandwidth",),
    },
}  # fmt: skip
_TIMES: Mapping[Factor, Mapping[type, tuple[str, ...]]] = {
    Factor.NETWORK: {CollectiveTable: ("seconds",)},
    Factor.LATENCY: {Disk: ("seek_s",), Link: ("latency",), StorageService: ("latency",)},
}


@dataclass(frozen=True)
class Together:
    """All inputs of a factor, each a tenth better; load is a tenth more.

    Arguments:
        factor: of the eight.
        inputs: names, for people.
        moves: of them; none where the stack says nothing of the factor.
    """

    factor: Factor
    inputs: tuple[str, ...]
    moves: tuple[Move, ...]


def factors(stack_file: StackFile) -> tuple[Together, ...]:
    """The eight factors, and what of a stack each of them moves.

    Of virtualization it is what processors do, of which it takes a tenth. Groups of one node, such
    as masters, are left alone where there are larger ones.

    Arguments:
        stack_file: the description as read.
    """
    found = []
    for factor in Factor:
        if factor is Factor.VIRTUALIZATION:
            moved = dict(_moved(stack_file, Factor.PROCESSORS, 1 - _TENTH))
        else:
            moved = dict(_moved(stack_file, factor, 1 + _TENTH))
        found.append(Together(factor, tuple(moved), tuple(moved.values())))
    return tuple(found)


def _moved(stack_file: StackFile, factor: Factor, better: float) -> Iterator[tuple[str, Move]]:
    solved = stack_file.solved
    rows = solved.site.facts.rows()
    used = {row.name for row in rows.values() if isinstance(row, Accelerator)}
    for text, row in rows.items():
        changed = _changed(row, factor, better, used)
        if changed != row:
            yield text.partition(":")[0], Move(changed, row=text)
    tree = stack_file.document.tree
    counts = [group.get("count") for group in tree.get("nodes", {}).values()]
    several = any(isinstance(count, int) and count > 1 for count in counts)
    for path, value in leaves(tree):
        if factor is Factor.MACHINES:
            is_count = path[0] == "nodes" and path[2:] == ("count",) and isinstance(value, int)
            if is_count and (value > 1 or not several):
                yield _dotted(path), Move(max(value + 1, round(value * better)), _dotted(path))
        elif _is_of(path, _patterns(stack_file, factor, path)):
            moved = bettered(value, better)
            if moved is not None:
                yield _dotted(path), Move(moved, _dotted(path))


def _changed(row: Any, factor: Factor, better: float, used: set[str]) -> Any:
    """A row with what a factor moves of it; rows of accelerators that only stand in stay."""
    if isinstance(row, MatrixTable | MeasuredRate | CollectiveTable):
        if row.accelerator not in used:
            return row
        if isinstance(row, MatrixTable):
            if factor is not Factor.PROCESSORS:
                return row
            return replace(row, rates=replace(row.rates, scale=row.rates.scale * better, _known={}))
    for by, fields in (
        (better, _RATES.get(factor, {}).get(type(row), ())),
        (1 / better, _TIMES.get(factor, {}).get(type(row), ())),
    ):
        row = replace(row, **{name: _times(getattr(row, name), by) for name in fields})
    return row


def _times(value: Any, by: float) -> Any:
    if isinstance(value, Mapping):
        return {key: _times(one, by) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_times(one, by) for one in value)
    return value if value is None else value * by


def _patterns(stack_file: StackFile, factor: Factor, path: PathInFile) -> tuple[str, ...]:
    """Keys below a workload, a store or nodes that a factor moves."""
    if path[0] == "workloads":
        return stack_file.solved.workloads[str(path[1])].kind.factors.get(factor, ())
    if path[0] == "nodes":
        return _NODES.get(factor, ())
    return _STORES.get(factor, ()) if path[0] == "storage" else ()


def _is_of(path: PathInFile, patterns: tuple[str, ...]) -> bool:
    below = path[2:]
    for pattern in patterns:
        steps = pattern.split(".")
        if len(below) >= len(steps) and all(
            step in ("*", str(there)) for step, there in zip(steps, below, strict=False)
        ):
            return True
    return False


def _dotted(path: PathInFile) -> str:
    return ".".join(map(str, path))
