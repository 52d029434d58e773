"""Brokers of a service: what they cost and can do, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, read_stack
from models.reading.faults import InvalidDescription

Read = Callable[..., StackFile]
BROKERS = {"instance": "kafka.m5.large", "count": 3, "size": "1 TB"}


@pytest.fixture
def read(stacks: Path, tmp_path: Path, catalog: Catalog) -> Read:
    """The example on Kafka, with brokers of MSK and other keys of the log."""

    def run(changes: dict[str, Any] | None = None, **log: Any) -> StackFile:
        tree = yaml.safe_load((stacks / "kafka-clickstream.yaml").read_text())
        del tree["nodes"]["brokers"], tree["storage"]["log"]
        kafka = tree["workloads"]["clicks"]["log"]["kafka"]
        del kafka["nodes"], kafka["store"]
        kafka |= {"service": "msk", "brokers": BROKERS, **log}
        path = tmp_path / "clicks.yaml"
        path.write_text(yaml.safe_dump({**tree, **(changes or {})}))
        return read_stack(path, catalog)

    return run


def test_brokers_and_their_volumes_are_billed(read: Read) -> None:
    # aws.amazon.com/msk/pricing: 0.21 USD/h a kafka.m5.large, 0.10 USD a GB and month.
    lines = {one.item: one for one in read().solved.cost_lines if one.resource == "clicks log"}
    broker, storage = lines["broker, kafka.m5.large"], lines["broker-storage"]
    assert (broker.quantity, broker.unit_price) == (3, 0.21)
    assert storage.quantity == pytest.approx(3000, rel=1e-3)
    assert storage.unit_price == pytest.approx(0.10 / 730, rel=1e-3)


def test_an_own_price_takes_the_place_of_the_catalogs(read: Read) -> None:
    lines = read(brokers={**BROKERS, "price": "0.5 USD/h"}).solved.cost_lines
    [line] = [one for one in lines if one.item == "broker, kafka.m5.large"]
    assert (line.unit_price, line.source) == (0.5, "the stack file")


def test_what_a_service_does_not_bill_between_its_brokers_is_not_billed(
    read: Read, stacks: Path, catalog: Catalog
) -> None:
    own = read_stack(stacks / "kafka-clickstream.yaml", catalog).solved.cost_lines
    crossing = [
        next(one.quantity for one in lines if one.item == "log between zones")
        for lines in (read().solved.cost_lines, own)
    ]
    # Three replicas in three zones: two copies and two thirds of what is read against those alone.
    assert crossing[1] / crossing[0] == pytest.approx((2 + 2 / 3) / (2 / 3))


def test_a_broker_is_as_fast_as_its_machine_and_its_volume(read: Read) -> None:
    # m5.large sustains 0.75 Gb/s, and 0.65 Gb/s of its volumes (Amazon EC2 user guide); a volume of
    # MSK 250 MiB/s (Amazon MSK developer guide, provisioned storage throughput).
    job = read().solved.workloads["clicks"].answer
    assert job.logs["shop"].service == pytest.approx(500 * 3 / (0.65e9 / 8))
    large = read(brokers={**BROKERS, "instance": "kafka.m5.24xlarge"})
    job = large.solved.workloads["clicks"].answer
    assert job.logs["shop"].service == pytest.approx(500 * 3 / (250 * 2.0**20))


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ({"brokers": None}, "has a service without brokers, or brokers without a service"),
        ({"service": None}, "has a service without brokers, or brokers without a service"),
        ({"nodes": "workers"}, "has nodes and brokers; give one of nodes and brokers"),
        ({"store": "state"}, "has brokers of a service, whose volumes are their own, and a store"),
        ({"brokers": {**BROKERS, "count": 4}}, "count: is 4, and each of 3 zones has as many"),
        ({"brokers": {**BROKERS, "size": "20 TB"}}, "size: must be from 1 GiB to 16,384 GiB"),
        ({"brokers": {**BROKERS, "size": "100 GB"}}, "3 of them have 300 GB, but 778 GB are kept"),
        ({"brokers": {**BROKERS, "instance": "m5.large"}}, "did you mean 'kafka.m5.large'?"),
        ({"brokers": {**BROKERS, "instance": "kafka.m5.larg"}}, "did you mean 'kafka.m5.large'?"),
        ({"replicas": 4}, "is 4, and the service has 3 brokers, one a replica"),
        ({"service": "mks"}, "msk"),
    ],
)
def test_what_the_service_does_not_have_is_refused(
    log: dict[str, Any], says: str, read: Read
) -> None:
    with pytest.raises(InvalidDescription) as caught:
        read(**log)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"zones": ["us-east-1a"]}, "stand in 2 or 3 zones; the stack has 1"),
        ({"cloud": "gcp", "region": "us-central1"}, "service: is a service of AWS, not of gcp"),
    ],
)
def test_where_it_is_not_to_be_had_is_said(changes: dict[str, Any], says: str, read: Read) -> None:
    with pytest.raises(InvalidDescription) as caught:
        read(changes)
    assert says in str(caught.value)
