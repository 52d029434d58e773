#!/usr/bin/env python3
"""Measures what one node can do, for `windtunnel observe`: accelerators through PyTorch, stores.

One file for Python 3.9 and later, which needs nothing else for stores, and PyTorch for
accelerators. Run it on a node that does nothing else:

    python measure_node.py --group trainers --store checkpoints=/mnt/checkpoints > node.csv
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

BLOCK = 8 * 1024 * 1024  # bytes of one write or read
REDUCED = 256 * 1024 * 1024  # bytes that each accelerator has of the sum
COPIED = 1024 * 1024 * 1024  # bytes that are read, and as many written
REPEATS = 10  # of what one value is the mean of


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one row for each measured value; gives the exit code."""
    options = read_options(arguments)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(("of", "measure", "value"))
    try:
        for of, measure, value in measured(options):
            rows.writerow((of, measure, value))
            sys.stdout.flush()
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except OSError as error:
        say(f"{error.filename or 'a store'}: {error.strerror or error}")
        return 3
    return 0


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line, checked before the first measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--group", help="name of the node group in the stack file: accelerators")
    parser.add_argument(
        "--store", action="append", default=[], metavar="NAME=FOLDER", help="a store, and where"
    )
    parser.add_argument("--size", type=float, default=4.0, help="GiB a store is given (4)")
    parser.add_argument("--streams", type=int, default=8, help="files at the same time (8)")
    parser.add_argument("--values", type=int, default=10, help="of each measure (10)")
    parser.add_argument("--device", default="cuda", help="of PyTorch (cuda)")
    parser.add_argument("--matrix", type=int, default=8192, help="rows and columns (8192)")
    options = parser.parse_args(arguments)
    if options.group is None and not options.store:
        parser.error("name what is to be measured: --group, --store, or both")
    for name in ("streams", "values", "matrix"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} must be 1 or more")
    if not 0 < options.size <= 1024:
        parser.error("--size must be more than 0 and at most 1024 GiB")
    options.stores = {}
    for text in options.store:
        name, _, folder = text.partition("=")
        if not name or not folder:
            parser.error(f"'{text}' is not NAME=FOLDER, such as checkpoints=/mnt/checkpoints")
        if not Path(folder).is_dir():
            parser.error(f"{folder}: is no folder")
        options.stores[name] = folder
    return options


def measured(options: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """What each value is of, its measure, and the value with its unit."""
    if options.group is not None:
        torch = pytorch(options.device)
        if torch is not None:
            say("multiplying matrices")
            for rate in matrix_rates(torch, options):
                yield options.group, "matrix_rate", f"{rate / 1e12:.6g} TFLOP/s"
            say("copying memory")
            for rate in memory_bandwidths(torch, options):
                yield options.group, "memory_bandwidth", f"{rate / 1e9:.6g} GB/s"
            say("summing over accelerators")
            for seconds in all_reduce_times(torch, options):
                yield options.group, "all_reduce_time", f"{seconds * 1e3:.6g} ms"
    for name, folder in options.stores.items():
        say(f"writing and reading {folder}")
        for _ in range(options.values):
            written, read = store_rates(folder, options.size, options.streams)
            yield name, "write_rate", f"{written / 1e6:.6g} MB/s"
            yield name, "read_rate", f"{read / 1e6:.6g} MB/s"


def pytorch(device: str) -> Any:
    """PyTorch, if it is there and sees such a device."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        say("PyTorch is not installed: accelerators are not measured")
        return None
    if device == "cuda" and not torch.cuda.is_available():
        say("PyTorch sees no accelerator: none is measured")
        return None
    return torch


def precision(torch: Any, device: str) -> Any:
    """Of matrices: bf16, or fp16 where an accelerator has no bf16."""
    if device == "cuda" and not torch.cuda.is_bf16_supported():
        return torch.float16
    return torch.bfloat16


def timed(torch: Any, device: str, work: Callable[[], object]) -> float:
    """Mean time of one of several repetitions, s, when all that was asked for is done."""
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    wait()
    start = time.perf_counter()
    for _ in range(REPEATS):
        work()
    wait()
    return (time.perf_counter() - start) / REPEATS


def matrix_rates(torch: Any, options: argparse.Namespace) -> Iterator[float]:
    """FLOP/s of products of two square matrices."""
    size = options.matrix
    kind = {"dtype": precision(torch, options.device), "device": options.device}
    left, right = (torch.randn(size, size, **kind) for _ in range(2))
    product = torch.empty(size, size, **kind)
    timed(torch, options.device, lambda: torch.mm(left, right, out=product))  # to warm up
    for _ in range(options.values):
        seconds = timed(torch, options.device, lambda: torch.mm(left, right, out=product))
        yield 2 * size**3 / seconds


def memory_bandwidths(torch: Any, options: argparse.Namespace) -> Iterator[float]:
    """Bytes/s, read and written, of copies."""
    source = torch.ones(COPIED, dtype=torch.uint8, device=options.device)
    copy = torch.empty_like(source)
    timed(torch, options.device, lambda: copy.copy_(source))
    for _ in range(options.values):
        yield 2 * COPIED / timed(torch, options.device, lambda: copy.copy_(source))


def all_reduce_times(torch: Any, options: argparse.Namespace) -> Iterator[float]:
    """Seconds of sums of 256 MiB over all accelerators of the node; none of a single one."""
    members = torch.cuda.device_count() if options.device == "cuda" else 2
    if members < 2:
        say("there is one accelerator: nothing is summed")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seconds"
        arguments = (members, port, options.device, options.values, str(path))
        torch.multiprocessing.spawn(reduce_as_member, arguments, nprocs=members)
        yield from map(float, path.read_text().split())


def reduce_as_member(
    rank: int, members: int, port: int, device: str, values: int, path: str
) -> None:
    """What one process of a sum does; the first writes the times."""
    torch = importlib.import_module("torch")
    distributed = importlib.import_module("torch.distributed")
    if device == "cuda":
        torch.cuda.set_device(rank)
    distributed.init_process_group(
        "nccl" if device == "cuda" else "gloo",
        init_method=f"tcp://127.0.0.1:{port}",
        rank=rank,
        world_size=members,
    )
    kind = torch.bfloat16 if device == "cuda" else torch.float32
    mine = torch.ones(REDUCED // kind.itemsize, dtype=kind, device=device)
    times = [timed(torch, device, lambda: distributed.all_reduce(mine)) for _ in range(values + 1)]
    if rank == 0:
        Path(path).write_text("\n".join(map(str, times[1:])))  # the first warms up
    distributed.destroy_process_group()


def store_rates(folder: str, gib: float, streams: int) -> tuple[float, float]:
    """Bytes/s written to files in a folder and read again, all streams together."""
    blocks = max(1, int(gib * 2**30 / BLOCK / streams))
    content = os.urandom(BLOCK)
    with contextlib.ExitStack() as made:
        files = [
            made.enter_context(tempfile.TemporaryFile(dir=folder, buffering=0))
            for _ in range(streams)
        ]
        size = streams * blocks * BLOCK
        with ThreadPoolExecutor(streams) as pool:
            start = time.perf_counter()
            list(pool.map(lambda file: write_file(file, content, blocks), files))
            written = size / (time.perf_counter() - start)
            for file in files:
                forget(file)
            start = time.perf_counter()
            list(pool.map(read_file, files))
            return written, size / (time.perf_counter() - start)


def write_file(file: BinaryIO, content: bytes, blocks: int) -> None:
    """Write so many blocks, until the store has them."""
    for _ in range(blocks):
        left = memoryview(content)
        while left:
            left = left[os.write(file.fileno(), left) :]
    os.fsync(file.fileno())


def read_file(file: BinaryIO) -> None:
    """Read all of it."""
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    while os.read(file.fileno(), BLOCK):
        pass


def forget(file: BinaryIO) -> None:
    """Let the node forget what it has of the file, so that it is read from the store."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def say(text: str) -> None:
    """Tell a person what goes on, beside the rows."""
    print(f"measure_node: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
