"""Recorded events of a source: how many came in each hour."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from models.description.quantities import HOUR
from models.parts.workloads.by_hour import WEEK_HOURS
from models.parts.workloads.stream import EventsFrom
from models.parts.workloads.workload_kind import Unreadable
from models.queueing.network import Trace
from models.queueing.traces import read_trace
from models.reading.faults import Fault, PathInFile
from models.reading.table_files import InvalidTable


def hourly(path: PathInFile, source: EventsFrom, folder: Path) -> tuple[dict[str, Any], bytes]:
    """What a trace says of the rate of a source, and the digest of the file.

    A trace of less than an hour is taken as a steady load.

    Arguments:
        path: of the source in the file.
        source: as described.
        folder: of the stack file.

    Raises:
        Unreadable: a file that can't be used, or that says too little or too much.
    """
    try:
        trace = Trace(kind="trace", file=str(source.trace), column=source.column)
        recorded = read_trace(trace, folder)
    except InvalidTable as error:
        key = "column" if error.key == "column" else "trace"
        raise Unreadable(Fault((*path, key), error.message, error.hint)) from None
    times = recorded.times - recorded.times[0]
    span = float(times[-1])
    if span == 0:
        text = "has all of its arrivals at one time, and so no rate"
        hint = "give a trace of two arrivals or more"
        raise Unreadable(Fault((*path, "trace"), text, hint))
    hours = math.floor(span / HOUR)
    if hours == 0:
        return {"rate": (len(times) - 1) / span}, recorded.digest
    if hours > WEEK_HOURS:
        text = f"is {hours:,} hours long; a week of {WEEK_HOURS} is the most"
        raise Unreadable(Fault((*path, "trace"), text, "cut it to the week that counts"))
    # The last hour that is not whole is left out: it would count for less than it is.
    counts = np.bincount((times[times < hours * HOUR] / HOUR).astype(int), minlength=hours)
    return {"by_hour": tuple((counts / HOUR).tolist())}, recorded.digest
