"""What stores are made of, in words, for every kind of store."""

from typing import Any, get_args

import pytest

from models.description.stack import Stack
from models.parts.kinds import STORES as STORE_KINDS
from models.parts.stores.store_kind import StoreKind
from models.prediction import Prediction
from reports.store_tables import storage

ARRAY = {"disk": "hdd", "disks": 12}
STORES: list[tuple[dict[str, Any], str]] = [
    ({"kind": "object", "service": "s3", "size": "1 TB"}, "s3, 1 prefix"),
    ({"kind": "nas", "bandwidth": "1 GB/s", "size": "1 TB"}, "shared link of 1 GB/s"),
    ({"kind": "nas", "service": "efs", "size": "1 TB"}, "efs"),
    (
        {"kind": "block", "service": "gp3", "nodes": "workers", "size": "1 TB"},
        "gp3, one on each node of workers",
    ),
    (
        {"kind": "raid", "level": 6, "bandwidth": "5 GB/s", **ARRAY},
        "RAID 6 of 12 hdd, link of 5 GB/s",
    ),
    (
        {"kind": "san", "level": 60, "groups": 2, "nodes": "w", "link": "fc", **ARRAY},
        "RAID 60 of 12 hdd in 2 groups, a volume for each node of w over fc",
    ),
    ({"kind": "local", "nodes": "w", **ARRAY}, "RAID 0 of 12 hdd in each node of w"),
    (
        {"kind": "parallel", "level": "8+4", "servers": 4, "bandwidth": "5 GB/s", "failover": True}
        | ARRAY,
        "4 servers, in failover pairs, each with code 8+4 of 12 hdd, link of 5 GB/s; files striped "
        "over 4; 1 metadata server",
    ),
    (
        {"kind": "hdfs", "datanodes": 10, "racks": 2, "namenodes": 2, "bandwidth": "1 GB/s"}
        | ARRAY,
        "10 datanodes in 2 racks, each with 12 hdd, link of 1 GB/s; 3 replicas of each block; "
        "2 namenodes",
    ),
]


def name_of(kind: StoreKind) -> str:
    [name] = get_args(kind.description.model_fields["kind"].annotation)
    return str(name)


@pytest.mark.parametrize(("described", "words"), STORES, ids=[words for _, words in STORES])
def test_every_kind_of_store_says_what_it_is_made_of(described: dict[str, Any], words: str) -> None:
    by_name = {
        get_args(one.description.model_fields["kind"].annotation): one for one in STORE_KINDS
    }
    kind = by_name[(described["kind"],)]
    assert kind.made_of(kind.description.model_validate(described)) == words


def test_stores_of_disks_hold_what_their_durability_is_for(
    on_premises: tuple[Stack, Prediction],
) -> None:
    rows = storage(on_premises[1]).rows
    assert [cells[-1].text for cells in rows] == ["1 TB", "76.8 TB"]
