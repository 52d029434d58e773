"""What runs a program on nodes, run for real with a cloud that files stand in for."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.program_run import Door, ProgramRun


class Node:
    """A folder that stands for a node, and a file for each thing that the cloud says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.states = folder / "states"
        self.peers = folder / "peers"
        self.peers.write_text("2026-01-01 i-1 10.0.0.1\n2026-01-01 i-2 10.0.0.2\n")
        self.states.write_text("Described\n")
        (folder / "opt/windtunnel/train").mkdir(parents=True)
        (folder / "bin").mkdir()
        fast = folder / "bin" / "sleep"  # what waits, waits shortly
        fast.write_text("#!/bin/bash\nexec /bin/sleep 0.02\n")
        fast.chmod(0o755)

    def run(self, command: str, address: str = "10.0.0.1", count: int = 2) -> int:
        door = Door(
            report=f'echo "$1" >>{self.states}',
            told=f"tail -n 1 {self.states}",
            peers=f"cat {self.peers}",
            this_node=f"grep -w {address} {self.peers}",
            fetch="cp",
        )
        run = ProgramRun("train", command, None, count, {}, door, slots=8)
        self.identifier = run.identifier
        [script] = [one for one in run.startup() if "END_OF_RUN" in one]
        text = script.partition("\n")[2].removesuffix("END_OF_RUN")
        environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", text.replace("/opt/", f"{self.folder}/opt/")],
            env=environment, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        return done.returncode

    def told(self) -> list[str]:
        return self.states.read_text().splitlines()[1:]

    def said(self, name: str) -> str:
        return (self.folder / "opt/windtunnel/train" / name).read_text().strip()


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_it_is_started_with_its_rank_and_told_when_it_ends(node: Node) -> None:
    assert node.run('echo "$RANK of $NODES, $MASTER_ADDR:$MASTER_PORT" >said') == 0
    assert node.said("said") == "0 of 2, 10.0.0.1:29500"
    assert node.told() == [f"Running {node.identifier}", f"Completed {node.identifier}"]


def test_others_have_the_next_ranks_and_tell_nothing(node: Node) -> None:
    assert node.run('echo "$RANK $MASTER_ADDR" >said', "10.0.0.2") == 0
    assert node.said("said") == "1 10.0.0.1"
    assert node.told() == []


def test_the_nodes_of_the_run_are_in_a_file_of_hosts(node: Node) -> None:
    assert node.run('cat "$HOST_FILE" >said') == 0
    assert node.said("said") == "10.0.0.1 slots=8\n10.0.0.2 slots=8"


def test_a_spare_waits_until_a_node_is_gone(node: Node) -> None:
    node.peers.write_text(
        "2026-01-01 i-1 10.0.0.1\n2026-01-01 i-2 10.0.0.2\n2026-01-02 i-3 10.0.0.3\n"
    )
    # Of the first node that asks whether it is one of them, one of the others goes.
    (node.folder / "bin" / "sleep").write_text(
        f"#!/bin/bash\nsed -i /i-1/d {node.peers}\nexec /bin/sleep 0.02\n"
    )
    assert node.run("echo $RANK >said", "10.0.0.3") == 0
    assert node.said("said") == "1"


def test_what_fails_is_told_and_fails_for_whoever_starts_it_again(node: Node) -> None:
    assert node.run("exit 3") == 3
    running, failed = node.told()
    assert running.startswith("Running")
    assert failed == f"Failed {node.identifier}: exit status 3 on node 0; it is tried again"


def test_what_is_complete_is_not_run_again(node: Node) -> None:
    assert node.run("echo once >>said") == 0
    assert node.run("echo once >>said") == 0
    assert node.said("said") == "once"
    # Another command is another run.
    assert node.run("echo twice >>said") == 0
    assert node.said("said") == "once\ntwice"


def test_it_is_begun_anew_where_the_nodes_change(node: Node) -> None:
    changed = node.peers.read_text().replace("i-2 10.0.0.2", "i-3 10.0.0.3")
    # The program itself sees to it that a node is another one, then hangs.
    assert node.run(f"echo '{changed}' >{node.peers}; exec /bin/sleep 15") != 0
    assert f"Restarting {node.identifier}: its nodes have changed" in node.told()
    assert node.told()[-1].startswith("Failed")


def test_quotes_and_dollars_of_a_command_are_the_commands_own(node: Node) -> None:
    assert node.run("""echo "a 'b' COUNT NAME" $(echo HOME) >said""") == 0
    assert node.said("said") == "a 'b' COUNT NAME HOME"
