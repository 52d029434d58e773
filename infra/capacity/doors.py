"""The clouds that can be asked for nodes: the only list of them."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from infra.capacity.aws_client import AmazonClients
from infra.capacity.aws_provisioner import AmazonProvisioner
from infra.capacity.aws_survey import AmazonSurveyor
from infra.capacity.cloud import Provisioner
from infra.capacity.gcp_client import GoogleClients
from infra.capacity.gcp_provisioner import GoogleProvisioner
from infra.capacity.gcp_survey import GoogleSurveyor
from infra.capacity.survey import Surveyor
from models.catalog.records import Instance

Shapes = dict[str, Instance]


@dataclass(frozen=True)
class Door:
    """A cloud, open.

    Arguments:
        surveyor: tells what it has.
        provisioner: creates and deletes.
    """

    surveyor: Surveyor
    provisioner: Provisioner


@contextlib.contextmanager
def _aws(shapes: Shapes) -> Iterator[Door]:
    clients = AmazonClients()
    try:
        yield Door(AmazonSurveyor(clients), AmazonProvisioner(clients, shapes))
    finally:
        clients.close()


@contextlib.contextmanager
def _gcp(shapes: Shapes) -> Iterator[Door]:
    clients = GoogleClients()
    try:
        yield Door(GoogleSurveyor(clients), GoogleProvisioner(clients, shapes))
    finally:
        clients.close()


DOORS: Mapping[str, Callable[[Shapes], contextlib.AbstractContextManager[Door]]] = {
    "aws": _aws,
    "gcp": _gcp,
}
