"""`windtunnel sweep`: a table, which goes on where it was with the same bytes."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.parts.read_stack import read_stack
from sim.choosing import sweep
from sim.predict import predict

Cli = Callable[..., Any]
AWS = Path(__file__).parents[2] / "stacks" / "resnet50-imagenet-aws.yaml"
VARIED = (
    *("--vary", "nodes.trainers.count=0..3"),
    *("--vary", "storage.imagenet.size=150 GB,100 GB"),
    *("--replications", 4),
)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_row_is_what_predict_says(cli: Cli, tmp_path: Path, catalog: Any) -> None:
    path = tmp_path / "new" / "table.csv"
    outcome = cli("sweep", AWS, *VARIED, "-o", path)
    assert outcome.code == 0
    assert outcome.out.endswith("8 rows of 4 years, 2 with all objectives met, 5 that can't be\n")
    found = rows(path)
    assert [row["number"] for row in found] == list("12345678")
    assert found[0]["refused"].endswith("nodes.trainers.count: must be at least 1, not '0'")
    assert "100 GB" in found[3]["refused"]  # the data set does not fit
    changes = {"nodes.trainers.count": 2, "storage.imagenet.size": "150 GB"}
    alone = predict(read_stack(AWS, catalog, changes), catalog, replications=4)
    row = found[4]
    assert {path: row[path] for path in changes} == {path: str(v) for path, v in changes.items()}
    assert float(row["cost_mean_usd"]) == alone.cost.run.mean.mean
    assert float(row["workloads.train.time_p95_s"]) == alone.workloads[0].late_time.mean  # type: ignore[union-attr]
    assert float(row["monthly_usd_per_month"]) == alone.cost.monthly
    assert [one["objectives.deadline.verdict"] for one in found[2:5:2]] == ["missed", "met"]
    assert row["loss_probability_within_a_year"] == ""  # one store's is not published


def test_an_endpoint_has_the_percentile_that_is_wanted_and_what_it_loses(
    cli: Cli, tmp_path: Path, catalog: Any
) -> None:
    path, stack = tmp_path / "table.csv", AWS.parent / "flask-endpoint.yaml"
    varied = ("--vary", "workloads.shop.target=400 ms", "--replications", 2)
    assert cli("sweep", stack, *varied, "-o", path).code == 0
    [row] = rows(path)
    alone = predict(read_stack(stack, catalog), catalog, replications=2).workloads[0]
    assert float(row["workloads.shop.time_p99_s"]) == alone.p99.mean  # type: ignore[union-attr]
    assert float(row["workloads.shop.loss"]) == alone.loss.mean  # type: ignore[union-attr]
    assert float(row["workloads.shop.wanted_time_s"]) == alone.p95.mean  # type: ignore[union-attr]


def test_a_table_of_nothing_that_can_be_is_bad_input(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    wrong = ("--set", "workloads.train.epochs=none", "--vary", "nodes.trainers.count=1..3")
    outcome = cli("sweep", AWS, *wrong, "-o", path)
    assert outcome.code == 2
    assert len(rows(path)) == 3
    [line] = outcome.err.splitlines()  # once, though it is in all of them
    assert "workloads.train.epochs" in line


def test_a_kill_costs_no_row_and_no_byte(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once, again = tmp_path / "once.csv", tmp_path / "again.csv"
    assert cli("sweep", AWS, *VARIED, "-o", once).code == 0
    predicted: list[str] = []
    real = sweep.predict_variant

    def killed_at_the_sixth(seed: int, years: int, digest: str, case: Any) -> Any:
        predicted.append(case.name)
        if len(predicted) == 6:
            raise KeyboardInterrupt
        return real(seed, years, digest, case)

    monkeypatch.setattr(sweep, "predict_variant", killed_at_the_sixth)
    monkeypatch.setattr("sim.backends._REPORT", 0.0)
    interrupted = cli("sweep", AWS, *VARIED, "-o", again)
    assert interrupted.code == 130
    assert not again.exists()
    (journal,) = tmp_path.glob(".again.csv.journal")
    journal.write_bytes(journal.read_bytes()[:-3])  # and the disk lost the end of a line
    outcome = cli("sweep", AWS, *VARIED, "-o", again)
    assert outcome.code == 0
    assert outcome.err == "goes on after 4 of 8 rows\n"
    assert predicted == [*"123456", *"5678"]
    assert again.read_bytes() == once.read_bytes()
    assert list(tmp_path.glob(".*")) == []


def test_another_sweep_does_not_go_on_there(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sweep, "predict_variant", killed)
        assert cli("sweep", AWS, *VARIED, "-o", tmp_path / "table.csv").code == 130
    for other in (("--seed", 2), ("--samples", 3), ("--set", "workloads.train.epochs=9")):
        outcome = cli("sweep", AWS, *VARIED, *other, "-o", tmp_path / "table.csv")
        assert outcome.code == 2
        assert "is of another sweep" in outcome.err


def test_parquet_holds_the_same(cli: Cli, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    sampled = (*VARIED, "--samples", 5)
    assert cli("sweep", AWS, *sampled, "-o", tmp_path / "table.csv").code == 0
    assert cli("sweep", AWS, *sampled, "-o", tmp_path / "table.parquet").code == 0
    table = parquet.read_table(tmp_path / "table.parquet")
    found = rows(tmp_path / "table.csv")
    assert table.column_names == list(found[0])
    assert len(table) == len(found) == 5
    assert [str(one) for one in table["nodes.trainers.count"].to_pylist()] == [
        row["nodes.trainers.count"] for row in found
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing is varied"),
        (("--vary", "a=1", "-o", "x.xlsx"), "x.xlsx: a table ends in .csv or .parquet"),
        (("--vary", "nodes.trainer.count=1"), "did you mean 'nodes.trainers'"),
        (("--vary", "a=1..1000", "--vary", "b=1..2000"), "2,000,000 rows; take some of them"),
        (("--vary", "a=1", "--scheduler", "tcp://x:1"), "--scheduler goes with --backend"),
    ],
)
def test_what_can_not_be_swept(
    arguments: tuple[str, ...], message: str, cli: Cli, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = cli("sweep", AWS, *arguments)
    assert outcome.code == 2
    assert message in outcome.err
