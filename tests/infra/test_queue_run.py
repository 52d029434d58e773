"""Jobs that nodes take from a queue, run for real with a queue of files."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.queue_run import QueueDoor, QueueRun

GRID = {"learning rate": [0.1, 0.01], "layers": [1.0, 2.0], "note": ["it's $HOME"]}


class Node:
    """A folder that stands for a node: a queue is a file with a job a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("queue", "done", "states", "peers"):
            (folder / name).write_text("")
        (folder / "states").write_text("Described\n")
        (folder / "peers").write_text("2026-01-01 i-1 10.0.0.1\n")
        (folder / "opt/windtunnel/search").mkdir(parents=True)
        (folder / "bin").mkdir()
        fast = folder / "bin" / "sleep"
        fast.write_text("#!/bin/bash\nexec /bin/sleep 0.02\n")
        fast.chmod(0o755)

    def run(self, command: str) -> QueueRun:
        queue = self.folder / "queue"
        bodies = {
            "report": f'echo "$1" >>{self.folder}/states',
            "told": f"tail -n 1 {self.folder}/states",
            "peers": f"cat {self.folder}/peers",
            "this_node": f"grep -w i-1 {self.folder}/peers",
            "send": f'echo "$1" >>{queue}',
            "receive": f"head -n 1 {queue} | sed 's/^\\(JOB=[0-9]*\\)/\\1\\t\\1/'",
            "keep": "true",
            "finish": f'sed -i "/^$1 /d" {queue}; echo "$1" >>{self.folder}/done',
            "waiting": f"grep -c . {queue} || true",
        }
        return QueueRun("search", command, None, GRID, 4, 60, {}, QueueDoor(bodies, "cp"))

    def bash(self, text: str) -> int:
        environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", text.replace("/opt/", f"{self.folder}/opt/")],
            env=environment, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        return done.returncode

    def script(self, run: QueueRun, part: str) -> int:
        [lines] = [one for one in run.startup() if f"'END_OF_{part}'" in one]
        return self.bash(lines.partition("\n")[2].removesuffix(f"END_OF_{part}"))

    def filled(self, run: QueueRun) -> None:
        [jobs] = [one for one in run.startup() if "/jobs-search" in one.partition("\n")[0]]
        assert self.bash(jobs) == 0
        assert self.script(run, "FILL") == 0

    def lines(self, name: str) -> list[str]:
        return (self.folder / name).read_text().splitlines()


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_each_combination_is_run_once_with_its_parameters(node: Node) -> None:
    run = node.run('echo "$JOB $LEARNING_RATE $LAYERS $NOTE" >>said')
    node.filled(run)
    assert len(node.lines("queue")) == 4
    assert node.script(run, "RUN") == 0
    assert node.lines("opt/windtunnel/search/said") == [
        "0 0.1 1 it's $HOME",
        "1 0.1 2 it's $HOME",
        "2 0.01 1 it's $HOME",
        "3 0.01 2 it's $HOME",
    ]
    assert node.lines("states")[-1] == f"Completed {run.identifier}"


def test_jobs_are_queued_once_and_by_the_first_node_alone(node: Node) -> None:
    run = node.run("true")
    node.filled(run)
    node.filled(run)
    assert len(node.lines("queue")) == 4
    assert node.lines("states") == [
        "Described",
        f"Queueing {run.identifier}",
        f"Running {run.identifier}",
    ]
    (node.folder / "peers").write_text("2025-01-01 i-0 10.0.0.9\n2026-01-01 i-1 10.0.0.1\n")
    node.filled(node.run("another"))
    assert len(node.lines("queue")) == 4


def test_a_job_that_fails_stays_in_the_queue(node: Node) -> None:
    # It fails the first time, as where a node is short of memory, and not the second.
    run = node.run('[ -e "tried-$JOB" ] || { touch "tried-$JOB"; exit 1; }')
    node.filled(run)
    assert node.script(run, "RUN") == 0
    assert node.lines("done") == [f"JOB={one}" for one in range(4)]
