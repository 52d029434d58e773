"""The rows of all arrays of a run, in compiled code, found through the record of the run."""

import numpy as np

from sim.kernels.rows import record_of, row_through
from sim.kernels.streams import STREAM
from sim.queueing.arrays.arrivals import SOURCE
from sim.queueing.arrays.layout_records import (
    CLOSED,
    DESTINATION,
    RELUCTANCE,
    SHIFT,
    TARGET,
    VISIT,
)
from sim.queueing.arrays.tally import FLOW
from sim.queueing.kernel.queue_records import (
    CALENDAR,
    CLASS,
    CUSTOMER,
    POOL,
    RECORD,
    SERVER,
    STATION,
    WORLD,
)

COUNT = np.dtype([("value", "i8")])
SMALL_COUNT = np.dtype([("value", "i4")])
SECONDS = np.dtype([("value", "f8")])
world = record_of(WORLD)  # through which all others are found
station_at = row_through(WORLD, "stations", STATION)
pool_at = row_through(WORLD, "pools", POOL)
held_at = row_through(WORLD, "holds", COUNT)
visit_at = row_through(WORLD, "visits", VISIT)
reluctance_at = row_through(WORLD, "reluctance", RELUCTANCE)
destination_at = row_through(WORLD, "destinations", DESTINATION)
target_at = row_through(WORLD, "targets", TARGET)
source_at = row_through(WORLD, "sources", SOURCE)
profile_at = row_through(WORLD, "profile", SECONDS)
closed_at = row_through(WORLD, "closed", CLOSED)
shift_at = row_through(WORLD, "shifts", SHIFT)
stream_at = row_through(WORLD, "streams", STREAM)
customer_at = row_through(WORLD, "customers", CUSTOMER)
entry_at = row_through(WORLD, "calendar", CALENDAR)
server_at = row_through(WORLD, "servers", SERVER)
idle_since_at = row_through(WORLD, "idle_since", SECONDS)
slot_at = row_through(WORLD, "bags", COUNT)
flow_at = row_through(WORLD, "flows", FLOW)
class_at = row_through(WORLD, "classes", CLASS)
waiting_bin_at = row_through(WORLD, "waiting_times", SMALL_COUNT)
response_bin_at = row_through(WORLD, "response_times", SMALL_COUNT)
trip_bin_at = row_through(WORLD, "trip_times", COUNT)
seconds_at = row_through(WORLD, "lengths", SECONDS)
asked_at = row_through(WORLD, "asked", SECONDS)
wait_within_at = row_through(WORLD, "waits_within", COUNT)
response_within_at = row_through(WORLD, "responses_within", COUNT)
trip_within_at = row_through(WORLD, "trips_within", COUNT)
record_at = row_through(WORLD, "record", RECORD)
