"""Durability and failed disks as tables: never a mean time alone, nothing that is not known."""

import math
from dataclasses import replace

from models.description.stack import Stack
from models.parts.stores.file_system import FileSystem
from models.prediction import Prediction, StoreDurability
from reports.durability_tables import (
    NOT_DESCRIBED,
    degraded,
    durability,
    losses,
    slowdowns,
)

from .plain import plain, texts


def test_every_store_has_a_row_even_if_nothing_is_published(
    stack: Stack, prediction: Prediction
) -> None:
    # 11 nines of S3: 1.5 of 150e9 bytes.
    assert texts(durability(stack, prediction)) == [
        [
            "imagenet", "150 GB", "1.3e-5", "1.5 B", "1e-11", "not published",
            "11 nines a year of each object",
        ],
        ["checkpoints", "—", "not published", "—", "—", "—", "—"],
    ]  # fmt: skip
    bucket, unpublished = losses(stack, prediction)
    assert plain(bucket[1]) == "any loss in a year 1.3e-5, expected 1.5 B"
    assert unpublished == ("checkpoints", "not published")


def test_a_share_whose_disks_are_not_described_has_no_publisher(
    on_premises: tuple[Stack, Prediction],
) -> None:
    stack, prediction = on_premises
    by_hand = FileSystem(kind="nas", size="1 TB", bandwidth="1 GB/s")
    changed = stack.model_copy(update={"storage": {**stack.storage, "share": by_hand}})
    assert dict(losses(changed, prediction))["share"] == NOT_DESCRIBED
    assert texts(durability(changed, prediction))[-1][2] == NOT_DESCRIBED


def test_a_mean_time_to_data_loss_never_stands_alone(
    on_premises: tuple[Stack, Prediction],
) -> None:
    stack, prediction = on_premises
    rows = texts(durability(stack, prediction))
    assert rows[1] == [
        "checkpoints", "76.8 TB", "1.1e-9", "0.085 B", "1.1e-15", "9.1e8 years",
        "RAID 6, repaired at once",
    ]  # fmt: skip


def test_extremes_are_readable(stack: Stack, prediction: Prediction) -> None:
    sure = StoreDurability("imagenet", 1e12, 1.0, 1e12, 3600.0, "RAID 0", "exact")
    safe = StoreDurability("checkpoints", 1e12, 1e-13, 1e-9, math.inf, "17+3", "approximation")
    rows = texts(durability(stack, replace(prediction, durability=(sure, safe))))
    assert rows[0][2:6] == ["1", "1 TB", "1", "1 h"]
    assert rows[1][2:6] == ["1e-13", "1e-9 B", "1e-21", "never"]


def test_without_stores_of_disks_there_is_no_table(
    stack: Stack, constant: Prediction, prediction: Prediction
) -> None:
    assert durability(stack, constant) is None
    assert degraded(prediction) is None
    assert slowdowns(prediction) == ()


def test_a_failed_disk_slows_each_workload(on_premises: tuple[Stack, Prediction]) -> None:
    _, prediction = on_premises
    table = degraded(prediction)
    assert texts(table) == [
        [
            "checkpoints", "whole", "5 GB/s", "4 GB/s", "—", "99.968 %",
            "train: 65,300 samples/s\nfine-tune: 65,300 samples/s",
        ],
        [
            "checkpoints", "one disk failed", "4.2 GB/s", "3.1 GB/s", "1 h", "0.0020 %",
            "train: 64,100 samples/s, 98.2 %\nfine-tune: 64,100 samples/s, 98.2 %",
        ],
        [
            "checkpoints", "rebuilding", "3.5 GB/s", "2.8 GB/s", "15 h", "0.030 %",
            "train: 60,100 samples/s, 92.0 %\nfine-tune: 60,100 samples/s, 92.0 %",
        ],
    ]  # fmt: skip
    assert table is not None
    assert [cells[2].note for cells in table.rows] == ["", "84.0 %", "70.0 %"]
    assert slowdowns(prediction) == (
        "checkpoints, one disk failed for 1 h: train 98.2 %, fine-tune 98.2 %",
        "checkpoints, rebuilding for 15 h: train 92.0 %, fine-tune 92.0 %",
    )


def test_a_store_without_samples_says_so(on_premises: tuple[Stack, Prediction]) -> None:
    _, prediction = on_premises
    unread = tuple(replace(one, throughput=()) for one in prediction.degraded)
    prediction = replace(prediction, degraded=unread)
    assert {cells[-1] for cells in texts(degraded(prediction))} == {"holds no samples"}
    assert slowdowns(prediction)[0].endswith("for 1 h: holds no samples")


def test_disks_without_redundancy_stop_the_workload(
    on_premises: tuple[Stack, Prediction],
) -> None:
    _, prediction = on_premises
    whole, failed, _ = prediction.degraded
    failed = replace(failed, read=0.0, write=0.0, throughput=(("train", 0.0),))
    prediction = replace(prediction, degraded=(whole, failed))
    row = texts(degraded(prediction))[1]
    assert row[2:4] == ["0 B/s", "0 B/s"]
    assert row[-1] == "train: 0 samples/s, 0 %"
