"""What a shell completes: names of the catalog and of its tables."""

from __future__ import annotations


def tables(incomplete: str) -> list[str]:
    """Tables of the catalog that begin so.

    Arguments:
        incomplete: what is typed already.
    """
    from models.catalog.records import TABLES

    return [name for name in (*TABLES, "refresh") if name.startswith(incomplete)]


def instances(incomplete: str) -> list[str]:
    """Instances of the catalog that begin so.

    Arguments:
        incomplete: what is typed already.
    """
    from models.catalog.load import load_catalog

    names = dict.fromkeys(name for _, name in load_catalog().instances)
    return [name for name in names if name.startswith(incomplete)]


def regions(incomplete: str) -> list[str]:
    """Regions of all clouds that begin so.

    Arguments:
        incomplete: what is typed already.
    """
    from models.catalog.load import load_catalog

    return [name for _, name in load_catalog().regions if name.startswith(incomplete)]
