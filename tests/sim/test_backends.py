"""Where replications run: the same numbers everywhere, whatever happens to a worker."""

import os
import pickle
import signal
import socket
import subprocess
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

from models.catalog.records import Catalog
from models.queueing.network import Network
from models.reading.document import read_document
from models.reading.variations import combinations, parse_variations
from reports.row_table import as_csv
from sim.backends import Backend, BackendUnavailable, in_processes, run_all
from sim.choosing.sweep import sweep
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


def test_a_sweep_with_a_killed_worker_gives_the_same_bytes(
    cluster: Any, stacks: Path, catalog: Catalog
) -> None:
    import distributed

    document = read_document(stacks / "resnet50-imagenet-aws.yaml")
    axes = parse_variations(["nodes.trainers.count=1..40"])
    rows: Any = (document, axes, list(combinations(axes)), catalog)
    sizes: Any = {"seed": 1, "replications": 5}
    killed: list[int] = []
    with distributed.Client(cluster.scheduler_address) as client:
        processes = list(client.run(os.getpid).values())

    def kill_one(done: int, wanted: int) -> None:
        if not killed and done >= wanted / 4:
            os.kill(processes[0], signal.SIGKILL)
            killed.append(done)

    backend = Backend("dask", cluster.scheduler_address)
    found = sweep(*rows, backend=backend, progress=kill_one, **sizes)
    assert killed
    assert as_csv(found) == as_csv(sweep(*rows, backend=Backend(workers=1), **sizes))


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


def test_workers_of_another_program_are_refused(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.backends.fingerprint", lambda: "9.9 of sources 1")
    match = r"a worker of the cluster runs windtunnel 0\..*and this is 9\.9 of sources 1; install"
    with pytest.raises(BackendUnavailable, match=match):
        run_all(fail, range(3), Backend("dask", cluster.scheduler_address))


def test_workers_of_an_earlier_program_are_refused(cluster: Any) -> None:
    from distributed import Client

    def forget() -> None:
        """As if the worker's windtunnel had no such module."""
        sys.modules["sim.same_version"] = types.ModuleType("sim.same_version")
        sys.modules["sim.same_version"].fingerprint = lambda: "an earlier version"  # type: ignore[attr-defined]

    def remember() -> None:
        sys.modules.pop("sim.same_version", None)

    with Client(cluster.scheduler_address, set_as_default=False) as client:
        client.run(forget)
        try:
            with pytest.raises(BackendUnavailable, match="runs windtunnel an earlier version, and"):
                run_all(fail, range(3), Backend("dask", cluster.scheduler_address))
        finally:
            client.run(remember)


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


@pytest.mark.parametrize("address", ["nonsense", "host:", "tcp://", "host:port", "tcp://a:99999"])
def test_what_is_no_address_of_a_scheduler_is_told(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(BackendUnavailable, match=f"'{address}' is no address of a Dask scheduler"):
        run_all(draw, streams(1, count=2), Backend("dask", address))


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
        "exceptions": types.SimpleNamespace(
            RaySystemError=RaySystemError, WorkerCrashedError=RaySystemError
        ),
        "calls": calls,
    }
    for name, value in parts.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, "ray", module)
    monkeypatch.setitem(sys.modules, "ray.cloudpickle", pickle)
    return module


def test_ray_is_asked_as_it_wants_to_be(ray: types.ModuleType) -> None:
    alone = replicate(draw, streams(7, 0, count=100), jobs=1)
    assert replicate(draw, streams(7, 0, count=100), backend=Backend("ray")) == alone
    assert ray.calls == ["init None", "shutdown"]


def test_a_ray_cluster_that_refuses(ray: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.backends._answers", lambda address: None)
    with pytest.raises(BackendUnavailable, match=r"no Ray cluster answers at ray://nowhere:10001"):
        run_all(draw, streams(1, count=2), Backend("ray", "ray://nowhere:10001"))


@pytest.fixture
def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("address", ["127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_where_nobody_listens_ray_is_not_asked(
    address: str, closed_port: int, ray: types.ModuleType
) -> None:
    place = address.format(closed_port)
    with pytest.raises(BackendUnavailable, match=rf"no Ray cluster answers at {place} \(.*refused"):
        run_all(draw, streams(1, count=2), Backend("ray", place))
    assert ray.calls == []


def test_an_address_that_is_none_is_told(ray: types.ModuleType) -> None:
    with pytest.raises(BackendUnavailable, match=r"no Ray cluster answers at here:there"):
        run_all(draw, streams(1, count=2), Backend("ray", "here:there"))


def test_another_service_is_not_taken_for_ray(
    ray: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.backends._HEALTH", 0.5)  # also where Ray is not installed
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(BackendUnavailable, match=rf"at {place} \(what is there is not Ray"):
            run_all(draw, streams(1, count=2), Backend("ray", place))
    assert ray.calls == []


@pytest.fixture(scope="module")
def ray_address() -> Iterator[str]:
    """The address of a real Ray cluster of two processors, where Ray is installed."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster  # type: ignore[import-not-found]

    head = {"num_cpus": 2, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    yield cluster.address
    cluster.shutdown()


PROGRAM = """
import sys
from pathlib import Path
from sim.backends import Backend, BackendUnavailable, run_all
{}
try:
    print(run_all(task, range(8), Backend("ray", sys.argv[1])))
except BackendUnavailable as error:
    print(f"refused: {{error}}")
"""
KILLS_ITS_WORKER = """
import os

def task(number, folder=Path(sys.argv[2])):
    died = folder / "died"
    if number == 3 and not died.exists():
        died.touch()
        os.kill(os.getpid(), 9)
    return number * 2
"""


def with_ray(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The outcome of a program; Ray itself warns too much to be loaded beside other tests."""
    command = [sys.executable, "-c", PROGRAM.format(program), *map(str, arguments)]
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_a_ray_worker_that_is_killed_changes_neither_numbers_nor_output(
    ray_address: str, tmp_path: Path
) -> None:
    done = with_ray(KILLS_ITS_WORKER, ray_address, tmp_path)
    assert done.stdout == "[0, 2, 4, 6, 8, 10, 12, 14]\n", done.stderr
    assert (tmp_path / "died").exists()


def test_a_ray_worker_of_another_program_is_refused(ray_address: str) -> None:
    other = "import sim.backends as b; b.fingerprint = lambda: '9.9 of sources 1'; task = abs"
    done = with_ray(other, ray_address)
    assert done.stdout.startswith("refused: a worker of the cluster runs windtunnel 0."), done
    assert "this is 9.9 of sources 1; install the same on all workers" in done.stdout


def test_an_error_of_a_task_comes_back_from_ray(ray_address: str) -> None:
    done = with_ray("def task(number): return 1 / (number - 3)", ray_address)
    assert "ZeroDivisionError" in done.stderr
    assert done.stdout == ""


def test_a_real_ray_says_that_nobody_is_there(closed_port: int) -> None:
    pytest.importorskip("ray")
    done = with_ray("task = abs", f"127.0.0.1:{closed_port}")
    assert done.stdout.startswith("refused: no Ray cluster answers at 127.0.0.1")


def test_work_that_takes_time_goes_to_processes(tmp_path: Path) -> None:
    count = 24
    result = replicate(Slow(tmp_path, 0.3), streams(7, 0, count=count), jobs=2)
    processes = {(tmp_path / str(k)).read_text(encoding="utf-8").split()[0] for k in range(count)}
    assert len(processes) > 1
    assert result == in_processes(Slow(tmp_path, 0.0), streams(7, 0, count=count), 1)


WORK = """
import os, sys, time
from pathlib import Path

from sim.backends import in_processes

def task(number):
    (Path(sys.argv[1]) / str(os.getpid())).touch()
    time.sleep(0.2)

print("begin", flush=True)
in_processes(task, range(10_000), 2)
"""


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_workers_end_with_the_process_that_started_them(number: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORK, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            end = time.monotonic() + 60
            while len(list(tmp_path.iterdir())) < 2:
                assert time.monotonic() < end
                time.sleep(0.05)
            process.send_signal(getattr(signal, number))
            # The pipes are at their end when the last process that holds them has ended.
            out, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert out == b"begin\n"


def test_nothing_to_do() -> None:
    nothing: Sequence[int] = []
    assert run_all(fail, nothing) == []


THREADS = Backend("threads", workers=2)


def test_threads_work_beside_each_other_and_answer_in_order() -> None:
    both = threading.Barrier(2)

    def task(number: int) -> int:
        if number < 2:
            both.wait(timeout=30)  # which one thread alone would never leave
            time.sleep(0.2 * (1 - number))  # the second is complete first
        return number * number

    told: list[int] = []
    assert run_all(task, range(20), THREADS, told.append) == [k * k for k in range(20)]
    assert told == [*range(1, 21), 20]


def test_an_error_in_a_thread_comes_back_and_ends_the_rest() -> None:
    begun: list[int] = []

    def task(number: int) -> int:
        begun.append(number)
        return fail(number)

    with pytest.raises(ZeroDivisionError, match="three"):
        run_all(task, range(1_000_000), THREADS)
    assert len(begun) < 1_000_000
    assert run_all(fail, [], THREADS) == []
