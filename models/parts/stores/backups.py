"""Backups that a cloud makes of a file system each day, and what they cost."""

from collections.abc import Iterator
from dataclasses import replace

from models.catalog.provider_record import Billed
from models.catalog.records import BilledBeside, StorageService
from models.description.quantities import DAY, MONTH, format_duration
from models.description.stack import Stack
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.use import Use
from models.prediction import CostLine
from models.reading.faults import Fault, PathInFile

KEPT = 30 * DAY  # if the stack file does not say how long, as old versions of objects are
# AWS Backup developer guide, Lifecycle (DeleteAfterDays): up to 36,500 days (2026-11-28).
LONGEST = 36_500 * DAY
_GIB = 2.0**30


def kept(described: float | None, service: StorageService) -> float:
    """How long a backup is kept, s; 0 where none is made.

    Arguments:
        described: by the stack file; None where it does not say.
        service: that holds the store.
    """
    if BilledBeside.BACKUPS not in service.bills:
        return 0.0
    return KEPT if described is None else described


def backup_faults(
    path: PathInFile, described: float | None, service: StorageService | None
) -> Iterator[Fault]:
    """Faults of how long backups are kept.

    Arguments:
        path: of the store.
        described: by the stack file; None where it does not say.
        service: that holds the store; None on premises.
    """
    path = (*path, "backups")
    if not described:
        return
    if service is None or BilledBeside.BACKUPS not in service.bills:
        who = "this file system" if service is None else service.name
        hint = "leave it out, or take a file system of EFS or a persistent one of FSx for Lustre"
        yield Fault(path, f"no backups are made of {who}", hint)
    elif described % DAY or described > LONGEST:
        hint = f"write whole days, {LONGEST / DAY:,.0f} d at most"
        yield Fault(path, f"{format_duration(described)} is no time that backups are kept", hint)


def _billed(service: StorageService) -> Billed:
    return Billed(service.billed_as, f"{service.name}-backup", "USD/GiB-month")


def held_lines(
    name: str,
    size: float,
    described: float | None,
    service: StorageService,
    stack: Stack,
    facts: Facts,
) -> tuple[CostLine, ...]:
    """What it costs to keep a copy of all that lies there, which backups begin with.

    Where capacity is bought in steps it need not be full: a backup holds what lies there.

    Arguments:
        name: of the store.
        size: of what lies there, bytes.
        described: how long backups are kept, by the stack file.
        service: that holds the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    if not kept(described, service):
        return ()
    line = billed_line(name, "backups", size / _GIB, "GiB", _billed(service), stack, facts)
    return (replace(line, low=0.0) if service.minimum_capacity else line,)


def changed_lines(
    name: str,
    size: float,
    described: float | None,
    service: StorageService,
    use: Use,
    stack: Stack,
    facts: Facts,
) -> tuple[CostLine, ...]:
    """What backups hold of what a workload overwrites: at most all of it, for as long as kept.

    A backup holds what has changed in a day, however often, so that the least is nothing.

    Arguments:
        name: of the store.
        size: of the store, bytes.
        described: how long backups are kept, by the stack file.
        service: that holds the store.
        use: of the store.
        stack: that it belongs to.
        facts: the catalog.
    """
    long = kept(described, service)
    if not (long and use.overwrites and use.written_size):
        return ()
    if use.endless:  # so many lie there at any time
        quantity, unit = min(24 * use.written_size, size) * long / DAY, "GiB"
    else:  # of a run: each byte for so many months after it
        quantity, unit = use.written_size * long / MONTH, "GiB-months"
    line = billed_line(
        name,
        f"changes in backups, kept {format_duration(long)}",
        quantity / _GIB,
        unit,
        _billed(service),
        stack,
        facts,
        per_run=not use.endless,
    )
    return (replace(line, low=0.0),)
