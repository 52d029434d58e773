"""Data loss of RAID levels and erasure codes, from the layout of their disks."""

from models.laws.storage.data_loss import (
    DataLoss,
    DiskGroup,
    Repair,
    chain_data_loss,
    group_chain,
    leading_term,
)
from models.laws.storage.latent_errors import rebuild_error_chain
from models.laws.storage.raid import Layout, Raid
from models.laws.storage.textbook_mttdl import chen_1994


def array_data_loss(
    layout: Layout,
    *,
    mttf: float,
    mttr: float,
    disk_bytes: float,
    mission: float,
    repair: Repair = "serial",
    uber: float = 0.0,
) -> DataLoss:
    """Data loss of an array, each of whose sets of disks is repaired by itself.

    Arguments:
        layout: a RAID level or an erasure code.
        mttf: of a disk, s.
        mttr: mean time until a failed disk is replaced and rebuilt, s.
        disk_bytes: capacity of a disk.
        mission: s.
        repair: "serial", one rebuild at a time in a set; "parallel", all failed disks at once.
        uber: unrecoverable bit errors a bit read in a rebuild; 0 leaves them out.

    Raises:
        ValueError: an argument out of range, or errors in rebuilds of RAID 0.

    Source: sets of disks as `mds_data_loss`, with `uber` as `rebuild_error_data_loss`; RAID 01 as
        one mirrored pair of its two sides.
    """
    # One failure takes the whole stripe on its side of a RAID 01 out, so that each side is one disk
    # as large and as short-lived as all of its disks.
    as_one = layout.sets if layout.mirrored_stripes else 1
    group = DiskGroup(
        layout.set_disks, layout.tolerated, mttf / as_one, mttr, disk_bytes * as_one, repair
    )
    sets = layout.sets // as_one
    textbook = [("leading term", leading_term(group, sets))]
    # Printed for one repair at a time, which a single parity can't tell from parallel repair.
    if group.tolerated == 1 or (group.tolerated == 2 and repair == "serial"):
        value = chen_1994(sets * group.disks, group.disks, group.tolerated, group.mttf, mttr)
        textbook.append(("Chen et al. (1994)", value))
    name = f"RAID {layout.level} of {layout.disks} disks" if isinstance(layout, Raid) else ""
    if not name:
        code = f"{layout.set_data}+{layout.tolerated} disks"
        name = code if sets == 1 else f"{sets} groups of {code}"
    return chain_data_loss(
        group,
        rebuild_error_chain(group, uber) if uber else group_chain(group),
        law=f"{name}, unreadable bits in a rebuild" if uber else name,
        mission=mission,
        groups=sets,
        textbook=tuple(textbook),
    )
