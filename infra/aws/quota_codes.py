"""The quotas of vCPUs that instances of AWS count against, by how they are bought."""

import re

from models.catalog.records import Instance
from models.description.fields import Purchase

# Amazon EC2 user guide, "Amazon EC2 instance type quotas", 2026-11-27: by the letters that a family
# begins with; those of all others are quotas of standard instances.
ON_DEMAND = {
    "dl": "L-6E869C2A",
    "f": "L-74FC7D96",
    "g": "L-DB2E81BA",
    "gr": "L-DB2E81BA",
    "hpc": "L-F7808C92",
    "inf": "L-1945791B",
    "p": "L-417A185B",
    "trn": "L-2C3B7624",
    "u": "L-43DA4232",
    "vt": "L-DB2E81BA",
    "x": "L-7295265B",
}
SPOT = {
    "dl": "L-85EED4F7",
    "f": "L-88CF9481",
    "g": "L-3819A6DF",
    "gr": "L-3819A6DF",
    "inf": "L-B5D1601B",
    "p2": "L-7212CCBC",
    "p3": "L-7212CCBC",
    "p4": "L-7212CCBC",
    "p5": "L-C4BD4855",
    "trn": "L-6B0D517C",
    "vt": "L-3819A6DF",
    "x": "L-E3A00192",
}
STANDARD = frozenset(["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"])
STANDARD_CODES = {"on_demand": "L-1216C47A", "spot": "L-34B43A08"}


def quota_code(instance: Instance, purchase: Purchase) -> str | None:
    """The quota that nodes count against; None where none is known.

    Arguments:
        instance: their instance type.
        purchase: how they are bought.
    """
    letters = re.match("[a-z]+", instance.series)
    generation = re.match("[a-z]+[0-9]*", instance.series)
    names = [found[0] for found in (generation, letters) if found]
    codes = SPOT if purchase == "spot" else ON_DEMAND
    for name in names:
        if name in codes:
            return codes[name]
        if name in STANDARD:
            return STANDARD_CODES["spot" if purchase == "spot" else "on_demand"]
    return None
