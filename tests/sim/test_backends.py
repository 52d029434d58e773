"""Where replications run: the same numbers everywhere, whatever happens to a worker."""

import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.queueing.network import Network
from sim.backends import Backend, BackendUnavailable, in_processes, run_all
from sim.experiment import replicate, streams
from sim.queueing.simulate_network import simulate

# A worker that is killed may leave distributed with a connection that it never closes.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


def draw(random: np.random.Generator) -> float:
    return float(random.exponential())


@dataclass(frozen=True)
class Slow:
    """A replication that says who runs it, and takes its time."""

    folder: Path
    pause: float = 0.15

    def __call__(self, random: np.random.Generator) -> float:
        position = int(random.bit_generator.seed_seq.spawn_key[-1])  # type: ignore[attr-defined]
        value = float(random.exponential())
        with (self.folder / f"{position}").open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(self.pause)
        return value + float(random.exponential())


def fail(number: int) -> int:
    if number == 3:
        raise ZeroDivisionError("three")
    return number


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, processes=True, threads_per_worker=1, dashboard_address=":0"
    ) as made:
        yield made


def test_dask_gives_the_numbers_of_one_core(cluster: Any) -> None:
    told: list[int] = []
    alone = replicate(draw, streams(7, 0, count=100), jobs=1)
    backend = Backend("dask", cluster.scheduler_address)
    assert replicate(draw, streams(7, 0, count=100), told.append, backend=backend) == alone
    assert told[-1] == 100
    assert told == sorted(told)


def test_a_worker_killed_at_work_changes_no_number(cluster: Any, tmp_path: Path) -> None:
    killed: list[tuple[int, Path]] = []

    def kill_one_at_work() -> None:
        end = time.monotonic() + 20
        while not killed and time.monotonic() < end:
            # The twelfth replication or a later one: some work is done, some is not.
            late = [file for file in tmp_path.iterdir() if int(file.name) >= 12]
            if late and (text := late[0].read_text(encoding="utf-8")):
                process = int(text.split()[0])
                os.kill(process, signal.SIGKILL)
                killed.append((process, late[0]))
            time.sleep(0.005)

    killer = threading.Thread(target=kill_one_at_work, daemon=True)
    killer.start()
    backend = Backend("dask", cluster.scheduler_address)
    result = replicate(Slow(tmp_path), streams(7, 0, count=40), backend=backend)
    killer.join()
    process, file = killed[0]
    workers = file.read_text(encoding="utf-8").split()
    assert len(workers) > 1  # it was under way, and was done again
    assert workers[0] == str(process)
    quick = tmp_path / "alone"
    quick.mkdir()
    assert result == replicate(Slow(quick, 0.0), streams(7, 0, count=40), jobs=1)


def test_a_simulation_with_a_killed_worker_gives_the_answer_of_one_core(cluster: Any) -> None:
    import distributed

    exponential = {"distribution": "exponential", "mean": "1 s"}
    network = Network.model_validate(
        {
            "name": "feedback",
            "stations": {"desk": {"servers": 2}},
            "classes": {
                "people": {
                    "arrivals": {"kind": "poisson", "rate": "0.8/s"},
                    "service": {"desk": exponential},
                    "routing": {
                        "start": {"kind": "split", "to": {"desk": 1}},
                        "desk": {"kind": "split", "to": {"desk": 0.5, "exit": 0.5}},
                    },
                }
            },
        }
    )
    killed: list[int] = []
    with distributed.Client(cluster.scheduler_address) as client:
        processes = list(client.run(os.getpid).values())

    def kill_one(done: int, wanted: int) -> None:
        if not killed and 4 <= done < wanted:
            os.kill(processes[0], signal.SIGKILL)
            killed.append(done)

    sizes: Any = {"replications": 64, "visits": 100_000}
    backend = Backend("dask", cluster.scheduler_address)
    answer = simulate(network, backend=backend, progress=kill_one, **sizes)
    assert killed
    assert answer == simulate(network, backend=Backend(workers=1), **sizes)


def test_an_error_of_the_task_comes_back_as_it_was(cluster: Any) -> None:
    backend = Backend("dask", cluster.scheduler_address)
    with pytest.raises(ZeroDivisionError, match="three"):
        run_all(fail, range(6), backend)


def test_what_a_worker_cannot_import_is_named(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "only_here.py").write_text("def task(number):\n    return number\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import only_here  # type: ignore[import-not-found]

    with pytest.raises(BackendUnavailable, match=r"import.*only_here.*install windtunnel"):
        run_all(only_here.task, range(3), Backend("dask", cluster.scheduler_address))


def test_a_scheduler_without_workers_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("sim.backends._CONNECT", 0.5)
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty:
        backend = Backend("dask", empty.scheduler_address)
        with pytest.raises(BackendUnavailable, match=r"no workers.*dask worker tcp://"):
            run_all(draw, streams(1, count=2), backend)


def test_a_scheduler_that_does_not_answer_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("sim.backends._CONNECT", 0.5)
    with pytest.raises(BackendUnavailable, match=r"no Dask scheduler answers at tcp://127\.0"):
        run_all(draw, streams(1, count=2), Backend("dask", "tcp://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("kind", "package", "install"),
    [("dask", "distributed", r"windtunnel\[cluster\]"), ("ray", "ray", "pip install ray")],
)
def test_a_missing_package_is_named(
    kind: Any, package: str, install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BackendUnavailable, match=rf"package {package}.*{install}"):
        run_all(draw, streams(1, count=2), Backend(kind, "tcp://127.0.0.1:9"))


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module with the few names of Ray that are used; calls run at once, here."""
    module = types.ModuleType("ray")
    calls: list[str] = []

    class RaySystemError(Exception):
        pass

    class Remote:
        def __init__(self, function: Callable[..., Any]) -> None:
            self.function = function

        def remote(self, *arguments: object) -> Callable[[], Any]:
            return lambda: self.function(*arguments)

    def init(address: str | None, **_: object) -> None:
        if address == "ray://nowhere:10001":
            raise ConnectionError("refused")
        calls.append(f"init {address}")

    parts: dict[str, object] = {
        "is_initialized": lambda: False,
        "init": init,
        "cluster_resources": lambda: {"CPU": 2.0},
        "remote": lambda **_: Remote,
        "get": lambda reference: reference(),
        "shutdown": lambda: calls.append("shutdown"),
        "exceptions": types.SimpleNamespace(RaySystemError=RaySystemError),
        "calls": calls,
    }
    for name, value in parts.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, "ray", module)
    return module


def test_ray_gives_the_numbers_of_one_core(ray: types.ModuleType) -> None:
    alone = replicate(draw, streams(7, 0, count=100), jobs=1)
    assert replicate(draw, streams(7, 0, count=100), backend=Backend("ray")) == alone
    assert ray.calls == ["init None", "shutdown"]


def test_a_ray_cluster_that_does_not_answer(ray: types.ModuleType) -> None:
    with pytest.raises(BackendUnavailable, match=r"no Ray cluster answers at ray://nowhere:10001"):
        run_all(draw, streams(1, count=2), Backend("ray", "ray://nowhere:10001"))


def test_work_that_takes_time_goes_to_processes(tmp_path: Path) -> None:
    count = 24
    result = replicate(Slow(tmp_path), streams(7, 0, count=count), jobs=2)
    processes = {(tmp_path / str(k)).read_text(encoding="utf-8").split()[0] for k in range(count)}
    assert len(processes) > 1
    assert result == in_processes(Slow(tmp_path, 0.0), streams(7, 0, count=count), 1)


def test_nothing_to_do() -> None:
    nothing: Sequence[int] = []
    assert run_all(fail, nothing) == []
