"""Compiled code on disk: whole, of these sources, and written by nobody else."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from models.machine_code import kept_code
from sim.kernels.sources import kept_code as code_of

CODE = bytes(range(256)) * 4


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room of one source, and a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    kept_code._say.cache_clear()
    source = tmp_path / "room" / "kernel" / "loop.py"
    source.parent.mkdir(parents=True)
    source.write_text("first", encoding="utf-8")
    return tmp_path / "room"


def own(room: Path) -> Path:
    return room / "__pycache__" / "machine-code"


def home(room: Path) -> Path:
    return room.with_name("home") / ".cache" / "windtunnel" / "room"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_what_is_kept_is_read(room: Path) -> None:
    kept = code_of(room)
    assert kept.read("loop") is None
    assert not kept.has("loop")
    kept.keep("loop", CODE)
    assert kept.has("loop")
    assert code_of(room).read("loop") == CODE
    assert [name[:5] for name in names(own(room))] == ["loop-"]
    assert not home(room).exists()


def test_variants_of_a_function_are_kept_beside_each_other(room: Path) -> None:
    kept = code_of(room)
    kept.keep("loop", b"one", "1")
    kept.keep("loop", b"two", "2")
    assert (kept.read("loop", "1"), kept.read("loop", "2")) == (b"one", b"two")
    assert kept.read("loop") is None
    assert kept.has("loop")
    assert not kept.has("loo")


@pytest.mark.parametrize("change", ["text", "file", "room"])
def test_code_of_other_sources_is_neither_read_nor_kept(room: Path, change: str) -> None:
    code_of(room).keep("loop", CODE, "1")
    other = own(room) / f"loop-{'m' * 16}-{'s' * 16}"
    other.write_bytes(b"of another machine")
    code_of(room).keep("loops", CODE)
    (old,) = own(room).glob("loop-*-1")
    if change == "text":
        (room / "kernel" / "loop.py").write_text("second", encoding="utf-8")
        kept = code_of(room)
    elif change == "file":
        (room / "kernel" / "more.py").write_text("more", encoding="utf-8")
        kept = code_of(room)
    else:
        second = room.with_name("second") / "arrays" / "records.py"
        second.parent.mkdir(parents=True)
        second.write_text("records", encoding="utf-8")
        kept = code_of(room, room.with_name("second"))
    assert kept.read("loop", "1") is None
    assert not kept.has("loop")
    kept.keep("loop", b"new")
    assert not old.exists()
    assert other.exists()
    assert len(names(own(room))) == 3  # the new one, another function, another machine


@pytest.mark.parametrize("damage", ["empty", "cut off", "a bit", "a folder"])
def test_damaged_code_is_not_read_and_is_made_again(room: Path, damage: str) -> None:
    kept = code_of(room)
    kept.keep("loop", CODE)
    (file,) = own(room).iterdir()
    whole = file.read_bytes()
    changed = bytes([*whole[:100], whole[100] ^ 1, *whole[101:]])
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    else:
        file.write_bytes({"empty": b"", "cut off": whole[:-100], "a bit": changed}[damage])
    assert kept.read("loop") is None
    kept.keep("loop", CODE)
    assert kept.read("loop") == CODE


def test_code_is_kept_at_home_where_the_room_is_read_only(room: Path) -> None:
    (room / "__pycache__").touch()  # a file, as nobody keeps root from writing to a folder
    code_of(room).keep("loop", CODE)
    assert code_of(room).read("loop") == CODE
    assert len(names(home(room))) == 1


def test_a_full_disk_is_told_once_and_leaves_nothing(
    room: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(number: int, mode: str) -> object:
        os.close(number)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fdopen", full)
    kept = code_of(room)
    kept.keep("loop", CODE)
    kept.keep("prepare", CODE)
    assert not kept.has("loop")
    assert names(own(room)) == names(home(room)) == []
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"compiled code can't be kept in {own(room)} (No space left on device): it is made anew\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_device_without_room_is_like_any_full_disk(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open
    monkeypatch.setattr(os, "open", lambda *_: opened("/dev/full", os.O_WRONLY))
    kept = code_of(room)
    kept.keep("loop", CODE)
    assert kept.read("loop") is None


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of POSIX")
@pytest.mark.parametrize("mode", [0o777, 0o775])
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_others_may_write_is_not_read(
    room: Path, what: str, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = code_of(room)
    kept.keep("loop", CODE)
    (file,) = own(room).iterdir()
    path = file if what == "file" else file.parent
    path.chmod(mode)
    assert kept.read("loop") is None
    assert kept.read("loop") is None
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"compiled code in {path} is not used, because others may write it\n"
    kept.keep("loop", b"made anew")
    assert kept.read("loop") == b"made anew"
    where = file.parent if what == "file" else home(room)
    assert [made.read_bytes().endswith(b"made anew") for made in where.iterdir()] == [True]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_what_another_user_wrote_is_not_read(
    room: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = code_of(room)
    kept.keep("loop", CODE)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    if own(room).stat().st_uid == 0:
        assert kept.read("loop") == CODE  # root could do anything anyway
        os.chown(own(room), 4712, -1)
    assert kept.read("loop") is None
    reason = "is not used, because it belongs to another user"
    assert capsys.readouterr().err == f"compiled code in {own(room)} {reason}\n"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_only_the_user_may_write_what_is_kept_whatever_the_mask(room: Path) -> None:
    before = os.umask(0)
    try:
        code_of(room).keep("loop", CODE)
    finally:
        os.umask(before)
    (file,) = own(room).iterdir()
    assert file.stat().st_mode & 0o777 == 0o644
    assert own(room).stat().st_mode & 0o777 == 0o755
    assert code_of(room).read("loop") == CODE


def test_one_makes_code_while_others_wait(room: Path) -> None:
    pytest.importorskip("fcntl")
    kept = code_of(room)
    waits, order = threading.Event(), []

    def second() -> None:
        waits.set()
        with code_of(room).alone("loop"):
            order.append("second")

    with kept.alone("loop"):
        thread = threading.Thread(target=second)
        thread.start()
        waits.wait()
        with code_of(room).alone("another"):
            order.append("another")
        order.append("first")
    thread.join()
    assert order == ["another", "first", "second"]


def test_a_process_that_was_killed_keeps_nobody_waiting(room: Path) -> None:
    pytest.importorskip("fcntl")
    program = (
        "import os, sys; from pathlib import Path; from sim.kernels.sources import kept_code\n"
        "with kept_code(Path(sys.argv[1])).alone('loop'): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(room)], check=False)
    with code_of(room).alone("loop"):
        pass


def test_who_waits_too_long_goes_on(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fcntl")
    monkeypatch.setattr(kept_code, "_PATIENCE", 0.05)
    with code_of(room).alone("loop"), code_of(room).alone("loop"):
        pass


def test_where_nothing_can_be_written_nobody_waits(room: Path) -> None:
    for folder in (room / "__pycache__", room.with_name("home")):
        folder.touch()
    with code_of(room).alone("loop"):
        pass
