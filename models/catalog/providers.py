"""What providers call their services, and how they take spot nodes back: one record a provider."""

from dataclasses import dataclass

from models.catalog.errors import UnknownName
from models.catalog.units import Seconds


@dataclass(frozen=True)
class Billed:
    """Where the price list has something.

    Arguments:
        service: of the provider.
        item: of the price list.
        unit: that the price is for.
    """

    service: str
    item: str
    unit: str


@dataclass(frozen=True)
class Provider:
    """A provider of nodes, as the catalog knows it.

    Arguments:
        name: as stacks have it.
        compute: service that bills instances.
        boot_service: that bills the system volumes of nodes.
        boot_volume: kind of volume that they are.
        spot_notice: warning before a spot node is taken back.
        function_requests: what calls of functions are billed by; None where nothing is known.
        function_duration: what their time and memory are billed by; None as above.
        gateways: what is billed by the hour or by the request, by the name of the gateway.
        source: of the spot notice.
    """

    name: str
    compute: str
    boot_service: str
    boot_volume: str
    spot_notice: Seconds
    function_requests: Billed | None
    function_duration: Billed | None
    gateways: dict[str, Billed]
    source: str


_LIST = (
    Provider(
        name="aws",
        compute="ec2",
        boot_service="ebs",
        boot_volume="ebs-gp3",
        spot_notice=120.0,
        function_requests=Billed("lambda", "requests", "USD/1M requests"),
        function_duration=Billed("lambda", "duration", "USD/GB-s"),
        gateways={
            "application-load-balancer": Billed("elb", "application-load-balancer", "USD/h"),
            "http-api": Billed("apigateway", "http-api", "USD/1M requests"),
        },
        source="Amazon EC2 user guide: an interruption notice comes two minutes before",
    ),
    Provider(
        name="gcp",
        compute="gce",
        boot_service="pd",
        boot_volume="pd-balanced",
        spot_notice=30.0,
        function_requests=None,
        function_duration=None,
        gateways={},
        source="Compute Engine documentation: preemption gives up to 30 seconds",
    ),
)
PROVIDERS = {one.name: one for one in _LIST}


def provider(name: str) -> Provider:
    """The record of a provider.

    Arguments:
        name: as stacks have it.

    Raises:
        UnknownName: nothing is known of it, as on premises.
    """
    if name not in PROVIDERS:
        raise UnknownName("provider", name, tuple(PROVIDERS))
    return PROVIDERS[name]
