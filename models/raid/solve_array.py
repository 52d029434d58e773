"""A disk or an array solved by laws: what it holds, how fast it is, how long, what it loses."""

import math

from models.catalog.records import Catalog
from models.description.quantities import format_duration, format_percent
from models.laws.storage.array_loss import array_data_loss
from models.laws.storage.data_loss import DataLoss, DiskGroup
from models.laws.storage.degraded_states import degraded_sequential
from models.laws.storage.disk import service_time
from models.laws.storage.flash_wear import (
    bytes_written_in_life,
    drive_writes_per_day,
    life,
    write_amplification,
)
from models.laws.storage.latent_errors import latent_defect_data_loss
from models.laws.storage.raid import Layout
from models.laws.storage.raid_rates import host_rate, rebuilding_bandwidth, rebuilding_rate
from models.prediction import Estimate
from models.raid.array_answer import (
    ArrayAnswer,
    ArraySpace,
    ArraySpeed,
    DiskTimes,
    FlashWear,
    Losses,
)
from models.raid.array_description import ArrayFile, Flash, Requests
from models.raid.array_groups import LossGroup, layout, loss_group, restore_of
from models.raid.disk_figures import DiskFigures, seek_of

_exact = Estimate.exact


def solve(described: ArrayFile, disk: DiskFigures, catalog: Catalog) -> ArrayAnswer:
    """What the laws say about a disk or an array.

    Arguments:
        described: as read and checked.
        disk: what one of its disks is.
        catalog: the facts.
    """
    plan, notes = layout(described), []
    times = None
    if described.requests is not None:
        if disk.rotation_rpm:
            times = _times(described, described.requests, disk, catalog)
        else:
            notes.append(
                "Requests of a disk that does not turn overlap: its rate is that of its data sheet."
            )
    random_reads = times.rate if times else disk.random_reads
    losses, group = None, loss_group(described, disk)
    if isinstance(group, str):
        notes += [group] if described.repair is not None else []
    else:
        losses, more = _losses(described, group)
        notes += more
    return ArrayAnswer(
        described.name,
        described.mission,
        _space(described, plan, disk),
        _repair_time(described, disk),
        _speeds(described, plan, disk, random_reads),
        times,
        None if described.disk.flash is None else _wear(described.disk.flash, disk),
        losses,
        tuple(notes),
    )


def _space(described: ArrayFile, plan: Layout, disk: DiskFigures) -> ArraySpace | None:
    if disk.capacity is None:
        return None
    disks = plan.sets * plan.set_disks
    words = "1 disk"
    if described.array is not None:
        level = described.array.level
        words = f"code {level}" if "+" in level else f"RAID {level}"
        groups = f" in {plan.sets} groups" if described.array.groups > 1 else ""
        words += f" of {disks:,} disks{groups}"
    usable, raw = plan.data_disks * disk.capacity, disks * disk.capacity
    return ArraySpace(words, disks, plan.sets, plan.tolerated, usable, raw)


def _repair_time(described: ArrayFile, disk: DiskFigures) -> float | None:
    restore = None if described.repair is None else restore_of(described.repair, disk)
    return None if restore is None else restore.mttf


def _speeds(
    described: ArrayFile, plan: Layout, disk: DiskFigures, random_reads: float | None
) -> tuple[ArraySpeed, ...]:
    if disk.read is None or disk.write is None or random_reads is None:
        return ()
    reads = 1.0 if described.requests is None else described.requests.reads

    def random(failed: int) -> tuple[float, ...]:
        return tuple(host_rate(plan, random_reads, mix, failed) for mix in (1.0, 0.0, reads))

    found = [
        ArraySpeed("whole", plan.sequential(disk.read), plan.sequential(disk.write), *random(0))
    ]
    if plan.tolerated:
        slow = (degraded_sequential(plan, disk.read), degraded_sequential(plan, disk.write))
        found.append(ArraySpeed("one disk failed", *slow, *random(1)))
        repair = described.repair
        if repair is not None:
            share = repair.rebuild
            found.append(
                ArraySpeed(
                    f"rebuilding at {format_percent(share, 0)}",
                    rebuilding_bandwidth(plan, disk.read, share),
                    rebuilding_bandwidth(plan, disk.write, share),
                    *(rebuilding_rate(plan, random_reads, mix, share) for mix in (1.0, 0.0, reads)),
                )
            )
    return tuple(found)


def _times(
    described: ArrayFile, requests: Requests, disk: DiskFigures, catalog: Catalog
) -> DiskTimes:
    assert disk.read is not None  # the check asks for it
    seek = seek_of(described.disk, requests, catalog)
    one = service_time(
        requests.size,
        disk.read,
        seek.mean,
        disk.rotation_rpm,
        disk.controller,
        requests.locality,
        seek.variance,
    )
    shortest = disk.controller + one.transfer
    longest = None
    if seek.longest is not None:
        longest = shortest + seek.longest + 60 / disk.rotation_rpm
    arrivals = utilization = response = None
    # How far the arm goes where the disk chooses is known nearly.
    in_order = requests.order == "fcfs" or requests.queue_depth == 1
    law, exact = "seek, half a turn, transfer, controller", in_order
    if requests.rate is not None:
        plan = layout(described)
        utilization = requests.rate / host_rate(plan, one.rate, requests.reads)
        arrivals = utilization * one.rate
        law += "; M/G/1, Pollaczek and Khinchine"
        # Accesses of one request come together; and of most seeks only the mean is known.
        exact = described.array is None and (seek.variance > 0 or seek.mean == 0)
        exact = exact and in_order
        if utilization < 1:
            response = one.response(arrivals).response_time
    return DiskTimes(
        one.controller,
        one.seek,
        one.rotation,
        one.transfer,
        one.mean,
        shortest,
        longest,
        one.rate,
        one.rate * requests.size,
        arrivals,
        utilization,
        response,
        law,
        "exact" if exact else "approximation",
    )


def _wear(flash: Flash, disk: DiskFigures) -> FlashWear:
    amplified = write_amplification(flash.over_provisioning, flash.pages_per_block)
    if flash.erase_cycles is None or disk.capacity is None:
        return FlashWear(amplified, None, None, None)
    physical = disk.capacity * (1 + flash.over_provisioning)
    written = bytes_written_in_life(physical, flash.erase_cycles, amplified)
    return FlashWear(
        amplified,
        written,
        drive_writes_per_day(written, disk.capacity, flash.warranty),
        None if flash.written is None else life(written, flash.written),
    )


def _losses(described: ArrayFile, group: LossGroup) -> tuple[Losses | None, list[str]]:
    """What the law says of losses, and what it leaves out."""
    notes = []
    if not group.markovian:
        notes.append(
            "The law takes every time at its mean, as if it were exponential; the simulation takes"
            " it as it is."
        )
    if group.defect is not None and group.unreadable:
        return None, ["No law knows hidden defects beside unreadable bits in a rebuild."]
    try:
        found = _data_loss(described, group)
    except ValueError as error:
        return None, [f"No law: {error}."]
    exact = found.method == "exact" and group.markovian
    again = "one rebuild at a time" if group.order == "serial" else "rebuilds all at once"
    law = f"{found.law}, {again}, {format_duration(group.restore.mttf)} each"
    return (
        Losses(
            "exact" if exact else "approximation",
            law,
            _of(found.mttdl, exact),
            _of(found.loss_probability, group.markovian),
            _of(found.expected_losses, group.markovian),
            _of(found.expected_bytes_lost, group.markovian),
            _of(found.nomdl, group.markovian),
            textbook=found.textbook,
        ),
        notes,
    )


def _of(value: float, exact: bool) -> Estimate:
    if exact:
        return _exact(value)
    return Estimate(value, value, value, 0.0, "approximation")


def _data_loss(described: ArrayFile, group: LossGroup) -> DataLoss:
    plan, mttf, mttr = group.layout, group.lifetime.mttf, group.restore.mttf
    if group.defect is not None:
        disks = DiskGroup(group.disks, group.tolerated, mttf, mttr, group.disk_bytes, group.order)
        scrub = math.inf if group.scrub is None else group.scrub.mttf
        mission, rate = described.mission, 1 / group.defect.mttf
        return latent_defect_data_loss(disks, rate, scrub, mission, group.sets)
    as_one = plan.sets if plan.mirrored_stripes else 1
    return array_data_loss(
        plan,
        mttf=mttf * as_one,
        mttr=mttr,
        disk_bytes=group.disk_bytes / as_one,
        mission=described.mission,
        repair=group.order,
        uber=group.bit_errors,
    )
