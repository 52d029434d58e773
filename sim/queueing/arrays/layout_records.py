"""The records of a network as arrays: what compiled code reads of stations, visits and ways."""

import numpy as np

from models.queueing.visits import Way

ROUTINGS = tuple(Way)
SPLIT, SHORTEST_QUEUE, POWER_OF_TWO, ROUND_ROBIN, FORK = range(5)
OUTSIDE = -1
UNLIMITED = 2**40  # servers or places; beyond any count that is simulated

STATION = np.dtype(
    [
        ("discipline", "i8"),  # its position in the list of disciplines
        ("servers", "i8"),
        ("capacity", "i8"),
        ("blocks", "i8"),
        ("setup", "i8"),  # stream, or -1
        ("keep_warm", "f8"),  # s
        ("warm", "i8"),  # servers that are idle and warm at the beginning
        ("order", "i8"),  # stream of the choice among the waiting, or -1
        ("batch_size", "i8"),  # 0: one at a time
        ("batch_timeout", "f8"),
        ("batch_per_customer", "f8"),
        ("batch_least", "f8"),  # for each customer
        ("failure", "i8"),  # stream, or -1
        ("repair", "i8"),
        ("crews", "i8"),
        ("shifts", "i8"),  # offset into the shifts, or -1
        ("shift_count", "i8"),
        ("period", "f8"),
        ("scale_interval", "f8"),  # from one decision to the next, s; 0: it does not scale
        ("scale_target", "f8"),  # utilization
        ("scale_tolerance", "f8"),
        ("scale_cooldown", "f8"),  # s
        ("minimum", "i8"),  # replicas
        ("maximum", "i8"),
        ("step", "i8"),
        ("concurrency", "i8"),  # servers of a replica
        ("startup", "i8"),  # stream, or -1
        (
            "speeds",
            "i8",
        ),  # offset into the profile, in the order in which idle servers serve, or -1
        ("idle_choice", "i8"),  # stream, if any of the idle servers serves next, or -1
        ("pool", "i8"),  # the innermost that it is in, or -1
    ],
    align=True,
)
POOL = np.dtype(
    [
        ("limit", "i8"),
        ("loses", "i8"),
        ("outer", "i8"),  # the next around it, or -1
        ("holds", "i8"),  # offset into what is held, by the class in which a customer came
    ],
    align=True,
)
VISIT = np.dtype(
    [
        ("station", "i8"),
        ("customer_class", "i8"),
        ("flow", "i8"),  # position among the pairs of station and class
        ("service", "i8"),  # stream
        ("patience", "i8"),  # stream, or -1
        ("destination", "i8"),  # or -1 for a task of a fork, which ends here
        ("priority", "i8"),
        ("slots", "i8"),  # servers that it takes at once, at most
        ("recorded", "i8"),  # offset into the profile of its services by row of the trace, or -1
        ("recorded_slots", "i8"),  # the same of the servers that it takes
        ("reluctance", "i8"),  # row of those who balk or come again, or -1
    ],
    align=True,
)
RELUCTANCE = np.dtype(
    [
        ("joins", "i8"),  # offset into the profile of the chances of joining, or -1
        ("join_count", "i8"),
        ("most_waiting", "i8"),  # with as many nobody joins
        ("balking", "i8"),  # stream
        ("delay", "i8"),  # stream of the time until a customer comes again, or -1
        ("chance", "f8"),  # of coming again
        ("again", "i8"),  # stream
        ("most", "i8"),  # times
    ],
    align=True,
)
DESTINATION = np.dtype(
    [
        ("kind", "i8"),
        ("offset", "i8"),  # into the targets
        ("count", "i8"),
        ("stream", "i8"),
        ("turn", "i8"),  # of the round robin
        ("then", "i8"),  # visit after the join, or outside
        ("ahead", "i8"),  # of a split: the visit of who comes next
    ],
    align=True,
)
TARGET = np.dtype(
    [
        ("visit", "i8"),
        ("cumulative", "f8"),  # probability of this one and those before
        ("guide", "i8"),  # in row j of n: the first that a uniform of j/n or more can choose
    ],
    align=True,
)
CLOSED = np.dtype(
    [
        ("customer_class", "i8"),
        ("population", "i8"),
        ("think", "i8"),  # stream, or -1
        ("destination", "i8"),
    ],
    align=True,
)
SHIFT = np.dtype([("duration", "f8"), ("servers", "i8")], align=True)
