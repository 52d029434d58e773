"""Traces of jobs: what is read, and how each fault is told."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from models.parts.workloads import job_trace
from models.parts.workloads.job_trace import JobTrace, read_job_trace
from models.parts.workloads.trace_shapes import trace_shapes
from models.reading.table_files import InvalidTable


def read(folder: Path, text: str, name: str = "jobs.csv", **columns: str) -> JobTrace:
    (folder / name).write_text(text)
    return read_job_trace(name, folder, columns)[0]  # type: ignore[arg-type]


def fault(folder: Path, text: str, name: str = "jobs.csv", **columns: str) -> str:
    with pytest.raises(InvalidTable) as caught:
        read(folder, text, name, **columns)
    return str(caught.value)


def test_a_trace_of_submissions_and_run_times(tmp_path: Path) -> None:
    trace = read(tmp_path, "submit,runtime\n0,3600\n10,7200\n20,60\n")
    assert trace.submitted.tolist() == [0, 10, 20]
    assert trace.run_time.tolist() == [3600, 7200, 60]
    assert trace.classes == ("jobs",)


@pytest.mark.parametrize(
    "clock",
    [
        ("1700000000", "1700000030"),
        ("2024-05-01T09:30:00", "2024-05-01 09:30:30"),
        ("2024-05-01T09:30:00Z", "2024-05-01T11:30:30+02:00"),
        ("-20", "10"),
        ("1700000000000", "1700000030000"),
        ("1700000000000000", "1700000030000000"),
    ],
)
def test_any_clock_counts_from_its_first_job(tmp_path: Path, clock: tuple[str, str]) -> None:
    trace = read(tmp_path, f"submit,run\n{clock[0]},1\n{clock[1]},2\n")
    assert trace.submitted.tolist() == [0, 30]


def test_jobs_are_put_in_order_and_classes_named(tmp_path: Path) -> None:
    text = "submit,run,gpus,class,priority\n5,1,8,train,2\n0,2,1,debug,0\n5,3,1,train,1\n"
    trace = read(tmp_path, text)
    assert trace.run_time.tolist() == [2, 1, 3]
    assert trace.classes == ("train", "debug")
    assert trace.job_class.tolist() == [1, 0, 0]
    assert trace.amounts["accelerators"].tolist() == [1, 8, 1]
    assert trace.amounts["priority"].tolist() == [0, 2, 1]


def test_numbers_of_a_job_are_shared_by_its_tasks(tmp_path: Path) -> None:
    # HeliosData, README.md: gpu_num and cpu_num are "required for the job", node_num is the "number
    # of nodes in the job": 16 GPUs on two nodes are eight on each.
    text = "submit_time,duration,gpu_num,cpu_num,node_num\n0,60,16,64,2\n1,60,1,4,1\n"
    shapes, shape = trace_shapes(read(tmp_path, text))
    found = [(one.needs.accelerators, one.needs.vcpus, one.tasks) for one in shapes]
    assert [found[k] for k in shape] == [(8, 32, 2), (1, 4, 1)]
    # What the description calls the accelerators of a task is of a task.
    shapes, shape = trace_shapes(read(tmp_path, text, accelerators="gpu_num"))
    assert shapes[shape[0]].needs.accelerators == 16
    # Other headers are of a task, too.
    shapes, shape = trace_shapes(read(tmp_path, "submit,run,gpus,tasks\n0,60,8,2\n"))
    assert (shapes[0].needs.accelerators, shapes[0].tasks) == (8, 2)


def test_an_estimate_is_never_below_the_run_time(tmp_path: Path) -> None:
    trace = read(tmp_path, "submit,run,time_limit\n0,100,60\n1,100,600\n")
    assert trace.amounts["estimate"].tolist() == [100, 600]


def test_headers_can_be_named(tmp_path: Path) -> None:
    trace = read(tmp_path, "Submitted,Took\n0,1\n", submit="Submitted", run="Took")
    assert trace.run_time.tolist() == [1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("submit,run\n", "has no jobs"),
        ("submitt,run\n0,1\n", "the file has no column 'submit'; did you mean 'submitt'?"),
        ("a,b\n0,1\n", "its columns: a, b"),
        ("submit,run\n0,1\n5,x\n", "line 3: 'x' as run is not a number"),
        ("submit,run\n0,1\n\n5\n", "line 4: '' as run is not a number"),
        ("submit,run\n0,-1\n", "line 2: '-1' as run is not a number from 0 to"),
        ("submit,run\n0,nan\n", "line 2: 'nan' as run is not a number from 0"),
        ("submit,run\nsoon,1\n", "line 2: 'soon' as submit is neither a number of seconds nor"),
        ("submit,run\n0,1\n2024-05-01,1\n", "line 3: '2024-05-01' as submit is not a number"),
        ("submit,run\n2024-05-01T00:00Z,1\n2024-05-02,1\n", "line 3: '2024-05-02' as submit has"),
        ("submit,run,tasks\n0,1,1.5\n", "line 2: '1.5' as tasks is not a whole number from 1"),
        ("submit,run,class\n0,1,\n", "line 2: '' as class is not a name"),
        ("submit,run,class\n0,1,a\x1bb\n", r"line 2: 'a\x1bb' as class is not a name"),
        ("submit,run\n0,1\nnan,1\n", "line 3: 'nan' as submit is not a number"),
        ("submit,run\n0,1\n5e9,1\n", "has times from 0 to 5000000000, whose unit is not clear"),
        ('submit,run\n0,"1\n', "is not CSV"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in fault(tmp_path, text)


def test_files_that_are_elsewhere_missing_or_something_else(tmp_path: Path) -> None:
    assert "did you mean 'jobs.csv'?" in fault_of_file(tmp_path, "jobs.csv", "job.csv")
    assert "not in the folder" in fault_of_file(tmp_path, "jobs.csv", "../jobs.csv")
    assert "neither a .csv nor" in fault_of_file(tmp_path, "jobs.txt", "jobs.txt")
    assert "is not the name of a file" in fault_of_file(tmp_path, "jobs.csv", "a\0b.csv")
    (tmp_path / "latin.csv").write_bytes(b"submit,run\n\xe9,1\n")
    assert "not text in UTF-8 (after line 0)" in fault_of_file(tmp_path, "jobs.csv", "latin.csv")


def fault_of_file(folder: Path, there: str, asked: str) -> str:
    (folder / there).write_text("submit,run\n0,1\n")
    with pytest.raises(InvalidTable) as caught:
        read_job_trace(asked, folder)
    return str(caught.value)


def test_large_files_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_trace, "MOST_BYTES", 20)
    assert "larger than 20 bytes" in fault(tmp_path, "submit,run\n0,1\n1,1\n2,1\n")
    monkeypatch.setattr(job_trace, "MOST_BYTES", 10**6)
    monkeypatch.setattr(job_trace, "MOST_JOBS", 2)
    assert "more than 2 lines" in fault(tmp_path, "submit,run\n0,1\n1,1\n2,1\n")


def test_a_parquet_file_says_the_same(tmp_path: Path) -> None:
    arrow, parquet = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet"))
    table = {
        "submit": [datetime(2024, 5, 1, 9, 30), datetime(2024, 5, 1, 9, 30, 30)],
        "run": [60.0, 90.0],
        "gpus": [1, 8],
    }
    parquet.write_table(arrow.table(table), tmp_path / "jobs.parquet")
    trace, content = read_job_trace("jobs.parquet", tmp_path)
    assert trace.submitted.tolist() == [0, 30]
    np.testing.assert_array_equal(trace.amounts["accelerators"], [1, 8])
    assert content == (tmp_path / "jobs.parquet").read_bytes()
    parquet.write_table(arrow.table({**table, "run": [60.0, None]}), tmp_path / "gap.parquet")
    with pytest.raises(InvalidTable, match="row 2: '' as run is not a number"):
        read_job_trace("gap.parquet", tmp_path)
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(InvalidTable, match="is not a Parquet file"):
        read_job_trace("damaged.parquet", tmp_path)
