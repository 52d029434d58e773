"""Where replications run: on the processors of this machine, on a Dask cluster, or with Ray."""

import contextlib
import importlib
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from sim.parent_process import end_with
from sim.processors import processors
from sim.same_version import fingerprint

Argument = TypeVar("Argument")
Result = TypeVar("Result")
Report = Callable[[int, Sequence[Any]], None]  # calls that are complete, and what is new, in order

_PATIENCE = 3.0  # s that processes must save: to start two of them and load what they run
_REPORT = 0.1  # s between two reports, and between two looks at whether processes pay
_LONG = 10.0  # s; one task of that length is enough to know that processes pay
_CHUNK = 0.2  # s that the calls take which are sent to a process together
_CONNECT = 10.0  # s to wait for a scheduler and for its first worker
_HEALTH = 20.0  # s for a Ray cluster to say that it is one, and for Ray to load
_LOOK = 5.0  # s between two looks at whether the cluster is still there
_WITHOUT_WORKERS = 60.0  # s to wait for a new worker when all of them are gone
_LOST_WORKERS = 10  # times that one piece of work may lose its worker


class BackendUnavailable(Exception):
    """A backend that can't be reached or used; the message says what to do."""


@dataclass(frozen=True)
class Backend:
    """Where replications run.

    Arguments:
        kind: local, threads, dask or ray. Threads start at once, and run beside each other where
            compiled code lets go of the interpreter; local work goes to processes if it is long.
        address: of the scheduler; None lets Ray find or start one.
        workers: processes of the local backend, or threads; None for as many as there are
            processors, and one process for short work.
    """

    kind: Literal["local", "threads", "dask", "ray"] = "local"
    address: str | None = None
    workers: int | None = None


LOCAL = Backend()


def run_all(
    task: Callable[[Argument], Result],
    arguments: Sequence[Argument],
    backend: Backend = LOCAL,
    progress: Callable[[int], None] | None = None,
    taken: Callable[[Sequence[Result]], None] | None = None,
) -> list[Result]:
    """The results of a task for every argument, in order; where they run changes none of them.

    Arguments:
        task: picklable; its result depends on its argument alone.
        arguments: picklable; one a call.
        backend: where they run.
        progress: told how many calls are complete.
        taken: given the results as they come, in order, each once.

    Raises:
        BackendUnavailable: a package that is missing, or a cluster that can't be used.
    """
    handed = 0

    def report(done: int, new: Sequence[Result]) -> None:
        nonlocal handed
        if new and taken is not None:
            taken(new)
        handed += len(new)
        if progress is not None:
            progress(done)

    if backend.kind == "dask":
        results = _with_dask(task, arguments, backend.address, report)
    elif backend.kind == "ray":
        results = _with_ray(task, arguments, backend.address, report)
    elif backend.kind == "threads":
        results = _in_threads(task, arguments, backend.workers or processors(), report)
    else:
        results = _locally(task, arguments, backend.workers or processors(), report)
    report(len(results), results[handed:])
    return results


def _in_threads(
    task: Callable[[Argument], Result], arguments: Sequence[Argument], workers: int, report: Report
) -> list[Result]:
    waiting = deque(range(len(arguments)))
    done: SimpleQueue[tuple[int, Future[Result]]] = SimpleQueue()

    def work() -> None:
        while waiting:
            try:
                place = waiting.popleft()
            except IndexError:  # another thread took the last
                return
            future: Future[Result] = Future()
            try:
                future.set_result(task(arguments[place]))
            except BaseException as error:
                future.set_exception(error)
            done.put((place, future))

    # An executor would wait for its threads after a Ctrl-C; the process ends these with itself.
    for _ in range(min(workers, len(arguments))):
        threading.Thread(target=work, daemon=True).start()
    results: dict[int, Result] = {}
    try:
        while len(results) < len(arguments):
            place, future = done.get()
            results[place] = future.result()
            report(len(results), ())
    finally:
        waiting.clear()  # after an error or an interruption nobody wants the rest
    return [results[place] for place in range(len(arguments))]


def _locally(
    task: Callable[[Argument], Result], arguments: Sequence[Argument], workers: int, report: Report
) -> list[Result]:
    results: list[Result] = []
    started = reported = time.perf_counter()
    told = 0  # results that were reported
    first = 0.0  # duration of the first call, which also loads what the others find loaded
    for argument in arguments:
        results.append(task(argument))
        now = time.perf_counter()
        first = first or now - started
        if now - reported < _REPORT:
            continue
        reported = now
        done = len(results)
        report(done, results[told:])
        told = done
        mean = (now - started - first) / (done - 1) if done > 1 else max(0.0, first - _LONG)
        left = mean * (len(arguments) - done)
        if workers > 1 and left * (1 - 1 / workers) > _PATIENCE:
            break
    if told < len(results):
        report(len(results), results[told:])
    rest = arguments[len(results) :]
    if not rest:
        return results
    mean = (time.perf_counter() - started) / len(results)
    return results + in_processes(task, rest, workers, len(results), report, mean)


def in_processes(
    task: Callable[[Argument], Result],
    arguments: Sequence[Argument],
    workers: int,
    done: int = 0,
    report: Report = lambda done, new: None,
    mean: float = 0.0,
) -> list[Result]:
    """The results of a task for every argument, in order, from processes of this machine.

    Arguments:
        task: picklable.
        arguments: picklable; one a call.
        workers: processes.
        done: calls that were complete before.
        report: told how many calls are complete, and what came with them.
        mean: time of a call, as far as it is known, s.
    """
    from joblib import Parallel, delayed  # heavy; only long work needs it

    results: list[Result] = []
    ends_with_us = {"initializer": end_with, "initargs": (os.getpid(),)}
    for chunk in Parallel(n_jobs=workers, return_as="generator", **ends_with_us)(
        delayed(_run_chunk)(task, chunk) for chunk in _chunks(arguments, workers, mean)
    ):
        results += chunk
        report(done + len(results), chunk)
    return results


def _run_chunk(task: Callable[[Argument], Result], arguments: Sequence[Argument]) -> list[Result]:
    return [task(argument) for argument in arguments]


def _on_a_worker() -> Callable[[str, bytes], Any]:
    """What a worker of a cluster runs: a chunk from its pickle, if its program is ours.

    A function of no module, which is sent as it is, as another version may have none of its name.
    A second try begins with the arguments as they were. Its answer is the results, or the program
    of the worker.
    """

    def run(ours: str, work: bytes) -> list[Any] | str:
        import importlib

        try:
            theirs = importlib.import_module("sim.same_version").fingerprint()
        except ModuleNotFoundError as error:
            if error.name != "sim.same_version":
                raise
            theirs = "an earlier version"
        if theirs != ours:
            return str(theirs)
        task, arguments = pickle.loads(work)
        return [task(argument) for argument in arguments]

    return run


def _of_our_version(answer: list[Any] | str) -> list[Any]:
    if isinstance(answer, str):
        raise BackendUnavailable(
            f"a worker of the cluster runs windtunnel {answer}, and this is {fingerprint()}; "
            "install the same on all workers"
        )
    return answer


def _chunks(
    arguments: Sequence[Argument], workers: int, mean: float = 0.0
) -> list[Sequence[Argument]]:
    """Calls that are sent together: of those that take long, fewer, so that all end at one time."""
    size = max(1, min(50, len(arguments) // (4 * workers)))
    if mean > 0:
        size = max(1, min(size, int(_CHUNK / mean)))
    return [arguments[start : start + size] for start in range(0, len(arguments), size)]


def _with_dask(
    task: Callable[[Argument], Result],
    arguments: Sequence[Argument],
    address: str | None,
    report: Report,
) -> list[Result]:
    cloudpickle = _package("cloudpickle", "Dask", "'windtunnel[cluster]'")
    distributed = _package("distributed", "Dask", "'windtunnel[cluster]'")
    if address is None:
        raise BackendUnavailable("the Dask backend needs the address of a scheduler, tcp://…")
    with _dask_client(distributed, address) as client:
        chunks = _chunks(arguments, max(1, _workers(client)))
        work = [cloudpickle.dumps((task, chunk)) for chunk in chunks]
        run = _on_a_worker()

        def submit(blob: bytes) -> Any:
            return client.submit(run, fingerprint(), blob, retries=2, pure=False)

        futures = [submit(blob) for blob in work]
        results: list[Result] = []
        for position, blob in enumerate(work):
            for _ in range(_LOST_WORKERS):
                try:
                    new = _of_our_version(_dask_result(client, futures[position], address))
                    break
                except distributed.KilledWorker:
                    # A scheduler gives up after a few lost workers; whose fault was that?
                    futures[position] = submit(blob)
            else:
                raise BackendUnavailable(
                    f"the Dask cluster at {address} lost its workers again and again; "
                    "their logs may say why, such as too little memory"
                )
            futures[position] = None  # lets the cluster forget the result
            results += new
            report(len(results), new)
        return results


def _dask_client(distributed: Any, address: str) -> Any:
    _check_address(address)
    try:
        client = distributed.Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise BackendUnavailable(
            f"no Dask scheduler answers at {address} within {_CONNECT:g} s ({error})"
        ) from error
    try:
        client.wait_for_workers(1, timeout=_CONNECT)
    except TimeoutError as error:
        client.close()
        raise BackendUnavailable(
            f"the Dask scheduler at {address} has no workers; start some with: "
            f"dask worker {address}"
        ) from error
    return client


def _check_address(address: str) -> None:
    """Refuse what is no address; a client of it would fail once more when Python forgets it."""
    try:
        place = urlsplit(address if "://" in address else f"tcp://{address}")
        if place.hostname and place.port:
            return
    except ValueError:  # the port is no number
        pass
    raise BackendUnavailable(
        f"'{address}' is no address of a Dask scheduler, such as tcp://host:8786"
    )


def _not_importable(error: ImportError) -> str:
    return f"a worker can't import what it should run ({error}); install windtunnel on all workers"


def _dask_result(client: Any, future: Any, address: str) -> Any:
    """What a future holds, once it is there; a cluster that is gone ends the wait."""
    seen = time.monotonic()  # when there was a worker
    try:
        while not future.done():
            try:
                return future.result(timeout=_LOOK)
            except (TimeoutError, UnboundLocalError):
                # The latter is how `distributed` ends a wait that was cancelled as it timed out.
                if client.status != "running":
                    raise BackendUnavailable(f"the Dask scheduler at {address} is gone") from None
            if _workers(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > _WITHOUT_WORKERS:
                raise BackendUnavailable(f"the Dask cluster at {address} has no workers left")
        return future.result()
    except ImportError as error:
        raise BackendUnavailable(_not_importable(error)) from error
    except CancelledError as error:
        raise BackendUnavailable(f"the Dask scheduler at {address} is gone") from error


def _workers(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])


def _with_ray(
    task: Callable[[Argument], Result],
    arguments: Sequence[Argument],
    address: str | None,
    report: Report,
) -> list[Result]:
    ray = _package("ray", "Ray", "ray")
    cloudpickle = _package("ray.cloudpickle", "Ray", "ray")
    with _output_apart(), _ray_cluster(ray, address):
        try:
            workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
            run = ray.remote(max_retries=_LOST_WORKERS)(_on_a_worker())
            waiting = [
                run.remote(fingerprint(), cloudpickle.dumps((task, chunk)))
                for chunk in _chunks(arguments, workers)
            ]
            results: list[Result] = []
            for reference in waiting:
                new = _of_our_version(ray.get(reference))
                results += new
                report(len(results), new)
            return results
        except ImportError as error:
            raise BackendUnavailable(_not_importable(error)) from error
        except ray.exceptions.WorkerCrashedError as error:
            raise BackendUnavailable(
                f"the Ray cluster lost its workers again and again ({_first_line(error)})"
            ) from error
        except ray.exceptions.RaySystemError as error:
            raise BackendUnavailable(f"the Ray cluster failed ({error})") from error


@contextlib.contextmanager
def _ray_cluster(ray: Any, address: str | None) -> Iterator[None]:
    """A connection to a cluster, unless there is one already; closed by whom it was opened."""
    if ray.is_initialized():
        yield
        return
    if address:
        _answers(address)
    try:
        ray.init(address=address, log_to_driver=False)
    except (ConnectionError, TimeoutError, RuntimeError, ValueError) as error:
        raise BackendUnavailable(
            f"no Ray cluster answers at {address or 'this machine'} ({_first_line(error)})"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _answers(address: str) -> None:
    """Ask before Ray does, which would ask for minutes and could not be interrupted."""
    place = urlsplit(address if "//" in address else f"//{address}")
    if address == "auto" or place.hostname is None:
        return
    try:
        with socket.create_connection((place.hostname, place.port or 10001), timeout=_CONNECT):
            pass
        if not place.scheme:  # somebody is there: is it Ray?
            command = [sys.executable, "-m", "ray.scripts.scripts", "health-check"]
            subprocess.run(
                [*command, "--address", address], check=True, capture_output=True, timeout=_HEALTH
            )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        why = error if isinstance(error, OSError | ValueError) else "what is there is not Ray"
        raise BackendUnavailable(f"no Ray cluster answers at {address} ({why})") from error


@contextlib.contextmanager
def _output_apart() -> Iterator[None]:
    """Let what a library prints, in Python or not, go to the standard error output.

    The standard output is for answers, which programs read.
    """
    sys.stdout.flush()
    try:
        kept = os.dup(1)
        os.dup2(2, 1)
    except OSError:  # one of them is closed
        yield
        return
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _package(name: str, backend_name: str, install: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise BackendUnavailable(
            f"the {backend_name} backend needs the package {name}: pip install {install}"
        ) from error
