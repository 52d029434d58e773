"""The type of system disk that a machine series of Google Cloud boots from."""

# Newer machine series take no Persistent Disks.
ONLY_HYPERDISK = {"a3-ultragpu", "a4", "a4x", "c4", "c4a", "c4d", "h4d", "n4", "n4a"}


def boot_disk_type(series: str) -> str:
    """What its machines boot from.

    Arguments:
        series: of a machine type.
    """
    return "hyperdisk-balanced" if series in ONLY_HYPERDISK else "pd-balanced"
