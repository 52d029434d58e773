"""The rows of all arrays of a replication, in compiled code, found through its record."""

from sim.cluster.arrays.year_records import (
    CAUSE,
    CLUSTER,
    GROUP,
    PLACE,
    RACK,
    REPAIR,
    STREAM,
)
from sim.kernels.rows import record_of, row_through

world = record_of(CLUSTER)  # through which all others are found
group_at = row_through(CLUSTER, "groups", GROUP)
cause_at = row_through(CLUSTER, "causes", CAUSE)
stream_at = row_through(CLUSTER, "streams", STREAM)
repair_at = row_through(CLUSTER, "repairs", REPAIR)
rack_at = row_through(CLUSTER, "racks", RACK)
place_at = row_through(CLUSTER, "places", PLACE)
