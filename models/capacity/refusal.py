"""What a cloud's refusal of nodes means: what it rules out, for how long, and what to do next.

Kinds after Google Cloud, "Troubleshooting VM creation" and "Troubleshooting bulk VM creation", and
Amazon EC2, "Error codes for the Amazon EC2 API" (both read in November 2026). How long a kind holds
is our choice where no cloud publishes it.
"""

from dataclasses import dataclass
from enum import Enum, auto

from models.capacity.place import Place
from models.description.quantities import HOUR
from models.prediction.capacity_answer import Outcome


class Reach(Enum):
    """What else a refusal rules out beside what was asked for."""

    NOTHING = auto()
    SHAPE_IN_ZONE = auto()
    SHAPE_IN_REGION = auto()
    ZONE = auto()
    REGION = auto()
    BUCKET_IN_REGION = auto()  # all that counts against the same quota there
    BUCKET = auto()  # the same in all regions
    PURCHASE_OF_SHAPE = auto()  # the shape bought that way, wherever
    ALL = auto()


class Step(Enum):
    """What to do next."""

    GO_ON = auto()  # to the next place; this one is tried again once the refusal no longer holds
    BACK_OFF = auto()  # the same once more, after a while
    STOP = auto()  # nothing of it would be otherwise elsewhere


@dataclass(frozen=True)
class RefusalKind:
    """A kind of refusal.

    Arguments:
        meaning: for people.
        reach: what it rules out.
        holds: for how long, s; None for as long as nobody changes something.
        step: what to do next.
        outcome: of the place; None where it is none: nothing is known of the place then.
        advice: what a person can do.
    """

    meaning: str
    reach: Reach
    holds: float | None
    step: Step
    outcome: Outcome | None
    advice: str


# The stockouts of zones in the public spot traces of SkyServe and others last minutes to hours;
# soon enough to see the short ones end, seldom enough to be no load.
_STOCKOUT = 600.0
_SOON = 60.0
_LONG = HOUR


class Kind(Enum):
    """The kinds of refusals."""

    STOCKOUT = RefusalKind(
        "no hardware is free", Reach.SHAPE_IN_ZONE, _STOCKOUT, Step.GO_ON, Outcome.NO_CAPACITY,
        "another zone or shape; flex start or a reservation",
    )  # fmt: skip
    REGION_STOCKOUT = RefusalKind(
        "no hardware is free in the region", Reach.SHAPE_IN_REGION, _STOCKOUT, Step.GO_ON,
        Outcome.NO_CAPACITY, "another region or shape; flex start or a reservation",
    )  # fmt: skip
    QUOTA = RefusalKind(
        "the quota is used up", Reach.BUCKET_IN_REGION, None, Step.GO_ON, Outcome.NO_QUOTA,
        "ask for more quota there, or another region",
    )  # fmt: skip
    GLOBAL_QUOTA = RefusalKind(
        "the quota of all regions together is used up", Reach.BUCKET, None, Step.GO_ON,
        Outcome.NO_QUOTA, "ask for more quota of all regions",
    )  # fmt: skip
    PRE_EMPTED = RefusalKind(
        "pre-empted while it was created", Reach.ZONE, _SOON, Step.GO_ON, Outcome.NO_CAPACITY,
        "try again, or on demand",
    )  # fmt: skip
    TRANSIENT = RefusalKind(
        "the cloud is busy", Reach.NOTHING, 0.0, Step.BACK_OFF, None, "try again later",
    )  # fmt: skip
    NO_ANSWER = RefusalKind(
        "the answer was lost, so that it may have been created", Reach.NOTHING, 0.0,
        Step.BACK_OFF, None, "try again later",
    )  # fmt: skip
    VANISHED = RefusalKind(
        "it vanished while it was created, likely for lack of hardware", Reach.ZONE, _STOCKOUT,
        Step.GO_ON, Outcome.NO_CAPACITY, "another zone",
    )  # fmt: skip
    CONFIGURATION = RefusalKind(
        "the request or the account is set up wrongly", Reach.ALL, None, Step.STOP, None,
        "mend what the cloud names",
    )  # fmt: skip
    NO_NETWORK = RefusalKind(
        "the network has no subnet there", Reach.REGION, None, Step.GO_ON, None,
        "make a subnet in the region, or another region",
    )  # fmt: skip
    NO_ACCESS = RefusalKind(
        "the account may not use the zone", Reach.ZONE, None, Step.GO_ON,
        Outcome.NO_RESOURCE_TYPE, "another zone",
    )  # fmt: skip
    TPU_STOCKOUT = RefusalKind(
        "no TPUs are free", Reach.ZONE, _STOCKOUT, Step.GO_ON, Outcome.NO_CAPACITY, "another zone",
    )  # fmt: skip
    TPU_RESERVATION_SHORT = RefusalKind(
        "the reservation has too few TPUs", Reach.ZONE, _LONG, Step.GO_ON, Outcome.NO_CAPACITY,
        "another zone or reservation",
    )  # fmt: skip
    BID = RefusalKind(
        "the highest price that was bid is below the spot price", Reach.PURCHASE_OF_SHAPE, _LONG,
        Step.GO_ON, Outcome.NO_CAPACITY, "bid more, or on demand",
    )  # fmt: skip
    NOT_OFFERED = RefusalKind(
        "the zone does not offer it", Reach.SHAPE_IN_ZONE, None, Step.GO_ON,
        Outcome.NO_RESOURCE_TYPE, "another zone",
    )  # fmt: skip
    NO_ADDRESSES = RefusalKind(
        "the subnet of the zone has no address left", Reach.ZONE, None, Step.GO_ON, None,
        "a larger subnet, or another zone",
    )  # fmt: skip
    VOLUME_QUOTA = RefusalKind(
        "the quota of volumes is used up", Reach.REGION, None, Step.GO_ON, Outcome.NO_QUOTA,
        "smaller volumes, or ask for more quota of them",
    )  # fmt: skip
    VOLUME_STOCKOUT = RefusalKind(
        "no room for volumes is free", Reach.ZONE, _STOCKOUT, Step.GO_ON, Outcome.NO_CAPACITY,
        "smaller volumes, or another zone",
    )  # fmt: skip
    NO_PERMISSION = RefusalKind(
        "the credentials may not do it", Reach.ALL, None, Step.STOP, None,
        "use credentials that may do what the cloud names",
    )  # fmt: skip
    WOULD_BE_ALLOWED = RefusalKind(
        "it was asked whether it would be allowed, and it would", Reach.NOTHING, 0.0, Step.GO_ON,
        None, "try it",
    )  # fmt: skip
    UNKNOWN = RefusalKind(
        "a refusal of a kind that is not known", Reach.SHAPE_IN_ZONE, _STOCKOUT, Step.GO_ON, None,
        "read what the cloud says",
    )  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """What a cloud said to a request for nodes.

    Arguments:
        kind: of refusal.
        code: of the cloud.
        words: of the cloud.
        place: that was asked for; None where the question was of none.
        hinted: zones that the cloud says have some of the shape.
    """

    kind: Kind
    code: str
    words: str
    place: Place | None = None
    hinted: tuple[str, ...] = ()

    def rules_out(self, other: Place) -> bool:
        """Whether another place is refused with it, as long as it holds.

        Arguments:
            other: of the same cloud.
        """
        place = self.place
        if place is None:
            return self.kind.value.reach is Reach.ALL
        if other.zone in self.hinted and other.shape == place.shape:
            return False
        shape = other.shape == place.shape and other.purchase == place.purchase
        bucket = other.bucket == place.bucket if place.bucket else shape
        match self.kind.value.reach:
            case Reach.NOTHING:
                return False
            case Reach.SHAPE_IN_ZONE:
                return shape and other.zone == place.zone
            case Reach.SHAPE_IN_REGION:
                return shape and other.region == place.region
            case Reach.ZONE:
                return other.zone == place.zone
            case Reach.REGION:
                return other.region == place.region
            case Reach.BUCKET_IN_REGION:
                return bucket and other.region == place.region
            case Reach.BUCKET:
                return bucket
            case Reach.PURCHASE_OF_SHAPE:
                return shape
            case Reach.ALL:
                return True
