"""Network files and the traces beside them."""

import csv
import os
import stat
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.queueing import traces
from models.queueing.read_network import NetworkFile, change_network, read_network
from models.reading import files_beside
from models.reading.faults import InvalidDescription

TEXT = """\
name: replay
stations: {a: {}}
classes:
  recorded:
    arrivals: {kind: trace, file: FILE, column: time}
    service: {a: {distribution: exponential, mean: 1 s}}
    route: [a]
"""


def read(folder: Path, file: str = "times.csv") -> NetworkFile:
    path = folder / "network.yaml"
    path.write_text(TEXT.replace("FILE", file), encoding="utf-8")
    return read_network(path)


def refused(folder: Path, file: str = "times.csv") -> str:
    with pytest.raises(InvalidDescription) as raised:
        read(folder, file)
    message = str(raised.value)
    assert f"{folder / 'network.yaml'}:5: classes.recorded.arrivals." in message
    return message


def written(folder: Path, *rows: tuple[object, ...], head: tuple[str, ...] = ("time",)) -> None:
    with (folder / "times.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([head, *rows])


def test_a_trace_is_read_with_the_network(tmp_path: Path) -> None:
    written(tmp_path, ("x", 0.5), ("y", 0.5), ("z", "1e1"), head=("what", " time "))
    found = read(tmp_path)
    assert found.traces["recorded"].tolist() == [0, 0, 9.5]
    assert found.network.name == "replay"


CLOCKS = {
    "from zero": "0 1 1.5",
    "midday": "43200 43201 43201.5",
    "seconds since 1970": "1700158624 1700158625 1700158625.5",
    "milliseconds": "1700158624000 1700158625000 1700158625500",
    "microseconds": "1700158624000000 1700158625000000 1700158625500000",
    "nanoseconds": "1700158624000000000 1700158625000000000 1700158625500000000",
    "dates": "2023-11-16T18:17:04 2023-11-16T18:17:05 2023-11-16T18:17:05.5",
    "zones": "2023-11-16T18:17:04Z 2023-11-16T19:17:05+01:00 2023-11-16T18:17:05.500+00:00",
    "before 1970": "1969-12-31T23:59:59 1970-01-01 1970-01-01T00:00:00.500",
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_whatever_clock_recorded_a_trace_it_begins_with_its_first_arrival(
    clock: str, tmp_path: Path
) -> None:
    written(tmp_path, *((cell,) for cell in CLOCKS[clock].split()))
    times = read(tmp_path).traces["recorded"]
    assert times.tolist() == pytest.approx([0, 1, 1.5], abs=1e-6)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "Europe/Rome"])
def test_timestamps_of_a_parquet_file_have_their_unit(
    unit: str, zone: str | None, tmp_path: Path
) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    moments = [datetime(2023, 11, 16, 18, 17, second) for second in (4, 5, 7)]
    column = arrow.array(moments, arrow.timestamp(unit, zone))
    parquet.write_table(arrow.table({"time": column}), tmp_path / "times.parquet")
    assert read(tmp_path, "times.parquet").traces["recorded"].tolist() == [0, 1, 3]


def test_traces_of_two_classes_keep_what_is_between_them(tmp_path: Path) -> None:
    more = TEXT[TEXT.index("  recorded:") :].replace("recorded", "others")
    path = tmp_path / "network.yaml"
    path.write_text((TEXT + more.replace("time}", "later}")).replace("FILE", "times.csv"))
    written(tmp_path, (1700158624, 1700158634000), head=("time", "later"))
    found = read_network(path).traces
    assert [found[name].tolist() for name in ("recorded", "others")] == [[0], [10]]
    written(tmp_path, (0, "2023-11-16T18:17:04"), head=("time", "later"))
    with pytest.raises(InvalidDescription) as raised:
        read_network(path)
    assert (
        "network.yaml:9: classes.others.arrivals.column: has dates and times without a time zone;"
        " class recorded has seconds from a beginning of their own"
    ) in str(raised.value)


def test_another_trace_is_another_digest(tmp_path: Path) -> None:
    written(tmp_path, (1,))
    first = read(tmp_path).digest
    assert read(tmp_path).digest == first
    written(tmp_path, (2,))
    assert read(tmp_path).digest != first


def test_a_parquet_file_is_read_as_well(tmp_path: Path) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"time": [1, 2, 4]}), tmp_path / "times.parquet")
    assert read(tmp_path, "times.parquet").traces["recorded"].tolist() == [0, 1, 3]
    parquet.write_table(arrow.table({"tiem": [1, 2, 4]}), tmp_path / "times.parquet")
    assert "did you mean 'tiem'" in refused(tmp_path, "times.parquet")
    parquet.write_table(arrow.table({"time": [1, None]}), tmp_path / "times.parquet")
    assert "rows without a number" in refused(tmp_path, "times.parquet")
    parquet.write_table(arrow.table({"time": ["a"]}), tmp_path / "times.parquet")
    assert "is not a Parquet file with numbers" in refused(tmp_path, "times.parquet")
    (tmp_path / "times.parquet").write_bytes(b"PAR1 and so on")
    assert "is not a Parquet file" in refused(tmp_path, "times.parquet")


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "times.parquet").write_bytes(b"")

    def missing(name: str, *others: Any) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(traces.importlib, "import_module", missing)
    assert "the extra 'table'" in refused(tmp_path, "times.parquet")


TRACES = {
    "not a number": ([(1,), ("two",)], "line 3: 'two' is not a number"),
    "an empty cell": ([(1,), ("",)], "line 3: '' is not a number"),
    "empty at once": ([("",)], "line 2: '' is neither a number of seconds nor a time such as"),
    "a date among numbers": ([(1,), ("2024-05-01",)], "line 3: '2024-05-01' is not a number"),
    "some with a zone": (
        [("2024-05-01T09:30Z",), ("2024-05-01T09:31",)],
        "line 3: '2024-05-01T09:31' has a time zone where others have none, or none",
    ),
    "of no known unit": (
        [(0,), (5_000_000_000,)],
        "arrivals.column: has times from 0 to 5000000000, whose unit is not clear; write seconds",
    ),
    "NaN": ([(1,), ("nan",)], "has nan as its arrival 2"),
    "infinite": ([("inf",)], "has inf as its arrival 1"),
    "negative": ([(-1,)], "has -1.0 as its arrival 1"),
    "not in order": ([(1,), (3,), (2,)], "goes back from 3 s to 2 s at arrival 3; sort the times"),
    "no arrivals": ([], "has no arrivals"),
}


@pytest.mark.parametrize("case", TRACES)
def test_times_that_make_no_sense_are_refused(case: str, tmp_path: Path) -> None:
    rows, says = TRACES[case]
    written(tmp_path, *rows)
    assert says in refused(tmp_path)


def test_a_column_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, (1,), head=("times",))
    message = refused(tmp_path)
    assert "arrivals.column: the file has no column 'time'; did you mean 'times'" in message
    written(tmp_path, (1,), head=("arrival",))
    assert "its columns: arrival" in refused(tmp_path)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refused(tmp_path)
    (tmp_path / "times.csv").write_bytes(b"")
    assert "is empty" in refused(tmp_path)
    assert "did you mean 'times.csv'" in refused(tmp_path, "time.csv")
    (tmp_path / "times.csv").write_bytes(b"time\n\xff\n")
    assert "is not text in UTF-8" in refused(tmp_path)
    assert "neither a .csv nor a .parquet" in refused(tmp_path, "network.yaml")


def test_a_trace_is_not_read_from_elsewhere(tmp_path: Path) -> None:
    written(tmp_path, (1,))
    folder = tmp_path / "inner"
    folder.mkdir()
    for file in ("../times.csv", str(tmp_path / "times.csv"), "/etc/hostname"):
        assert "is not in the folder of the description" in refused(folder, file)
    (tmp_path / "below").mkdir()
    (tmp_path / "times.csv").rename(tmp_path / "below" / "times.csv")
    assert read(tmp_path, "below/times.csv").traces["recorded"].size == 1


def test_too_long_a_trace_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "MOST_ROWS", 3)
    written(tmp_path, *((n,) for n in range(5)))
    assert "has more than 3 lines below its head" in refused(tmp_path)
    monkeypatch.setattr(traces, "MOST_BYTES", 5)
    assert "is larger than 5 bytes" in refused(tmp_path)


def test_too_large_a_trace_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "times.csv").open("wb") as file:
        file.truncate(traces.MOST_BYTES + 1)  # of holes, which take no room
    monkeypatch.setattr(traces, "_read", lambda *_: pytest.fail("was read"))
    assert "is larger than 1,000,000,000 bytes" in refused(tmp_path)


@pytest.mark.parametrize("what", ["one line", "one row"])
def test_a_row_without_end_fills_no_memory(what: str, tmp_path: Path) -> None:
    with (tmp_path / "times.csv").open("wb") as file:
        file.write(b"time\n1\n")
        if what == "one line":
            file.truncate(traces.MOST_BYTES)
        else:
            file.write(b'"\n",' * 1_000_000)
    tracemalloc.start()
    assert "is not a CSV file: a row without end" in refused(tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6


def test_a_file_that_grows_is_not_read_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, *((n,) for n in range(100)))
    size = (tmp_path / "times.csv").stat().st_size
    monkeypatch.setattr(traces, "MOST_BYTES", size - 1)
    status = os.stat_result((stat.S_IFREG, *[0] * 9))
    monkeypatch.setattr(files_beside.os, "fstat", lambda _: status)
    assert f"is larger than {size - 1} bytes" in refused(tmp_path)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "times.csv")
    assert "times.csv is not a file" in refused(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    assert "folder.csv cannot be read: Is a directory" in refused(tmp_path, "folder.csv")


def test_texts_of_a_column_are_not_read(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    texts = arrow.array(["long" * 1000] * 1000).dictionary_encode()
    parquet.write_table(arrow.table({"time": texts}), tmp_path / "times.parquet")
    assert "is not a Parquet file with numbers or timestamps: 'time' is of type" in refused(
        tmp_path, "times.parquet"
    )


def test_a_change_is_checked_and_changes_the_digest(networks: Path) -> None:
    file = read_network(networks / "mm1.yaml")
    changed = change_network(file, {"classes.requests.arrivals.rate": "9/s"})
    assert changed.changed
    assert changed.digest != file.digest
    assert changed.network.classes["requests"].arrivals.rate == 9  # type: ignore[union-attr]
    assert change_network(file, {}) is file
    for path, value in (("stations.sever.servers", 2), ("stations.server.servers", 0)):
        with pytest.raises(InvalidDescription):
            change_network(file, {path: value})


def test_the_same_file_has_the_same_digest(networks: Path) -> None:
    one, other = (read_network(networks / "mm1.yaml") for _ in range(2))
    assert one.digest == other.digest
    assert len(one.digest) == 64
