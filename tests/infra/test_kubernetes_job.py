"""A Job whose containers work together: as the API has it, and its script run for real."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from infra.kubernetes_job import Together
from infra.kubernetes_manifest import literal, manifest, written
from infra.kubernetes_plugins import Devices

from .kubernetes_rules import expanded, wrong


def together(command: str = "true", count: int = 2, workload: str = "train") -> Together:
    return Together(
        workload=workload,
        group="trainers",
        account="trainers",
        image="registry/train:1",
        command=command,
        count=count,
        devices={"nvidia.com/gpu": 8, "vpc.amazonaws.com/efa": 4},
        vcpus=190.0,
        memory=2e12,
        variables={"STORE_CORPUS": "s3://corpus"},
    )


class Pod:
    """A folder that stands for a container, and a file for the names of the cluster."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.peers = folder / "peers"
        self.tells("10.0.0.1", "10.0.0.2")
        self.does("getent", f"cat {self.peers}")
        self.does("sleep", "exec /bin/sleep 0.01")  # what waits, waits shortly

    def does(self, tool: str, line: str) -> None:
        (self.folder / "bin").mkdir(exist_ok=True)
        path = self.folder / "bin" / tool
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def tells(self, *addresses: str) -> None:
        kinds = ("STREAM train", "DGRAM", "RAW")
        lines = [f"{one}      {kind}\n" for one in addresses for kind in kinds]
        self.peers.write_text("".join(lines))

    def run(self, command: str, count: int = 2, rank: int = 0) -> subprocess.CompletedProcess[str]:
        run = together(command, count)
        *_, job = run.objects("ml")
        [container] = job["spec"]["template"]["spec"]["containers"]
        known = {one["name"]: one.get("value", str(rank)) for one in container["env"]}
        told = [expanded(one, known) for one in (*container["command"], *container["args"])]
        environment = {**known, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        return subprocess.run(
            told, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=20,
            check=False,
        )  # fmt: skip


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(tmp_path)


def said(pod: Pod) -> str:
    return (pod.folder / "said").read_text().strip()


def test_a_container_knows_its_rank_and_where_the_first_is(pod: Pod) -> None:
    done = pod.run('echo "$RANK of $NODES, $MASTER_ADDR:$MASTER_PORT, $STORE_CORPUS" >said', rank=1)
    name = together('echo "$RANK of $NODES, $MASTER_ADDR:$MASTER_PORT, $STORE_CORPUS" >said').name
    assert done.returncode == 0
    assert said(pod) == f"1 of 2, {name}-0.{name}:29500, s3://corpus"


def test_it_waits_until_all_are_there(pod: Pod) -> None:
    pod.tells("10.0.0.1")
    pod.does("sleep", f"echo '10.0.0.2 STREAM' >>{pod.peers}; exec /bin/sleep 0.01")
    assert pod.run("cut -d' ' -f1 peers | sort -u | wc -l >said").returncode == 0
    assert said(pod) == "2"


def test_it_does_not_wait_for_ever(pod: Pod) -> None:
    """Others that are done before it fails do not come back."""
    pod.tells("10.0.0.1")
    pod.does("date", f"echo x >>{pod.folder}/time; echo $(( 900 * $(wc -l <{pod.folder}/time) ))")
    done = pod.run("true")
    assert done.returncode == 75
    assert "waits no longer" in done.stderr


def test_one_that_fails_ends_and_says_how(pod: Pod) -> None:
    done = pod.run("exit 3")
    assert done.returncode == 3
    assert "fails, exit status 3" in done.stderr


def test_all_begin_anew_where_another_has_an_address_that_was_not_there(pod: Pod) -> None:
    """The second time it is through; the first hangs, with a child of its own."""
    other = f"sed -i s/10.0.0.2/10.0.0.12/ {pod.peers}"
    done = pod.run(
        f"echo once >>said; [ $(wc -l <said) -gt 1 ] || {{ {other}; /bin/sleep 15 & wait; }}"
    )
    assert done.returncode == 0
    assert said(pod) == "once\nonce"
    assert done.stderr.count("begins anew") == 1


def test_who_ends_well_is_there_for_one_that_fails_at_the_end(pod: Pod) -> None:
    other = f"(/bin/sleep 0.04; sed -i s/10.0.0.2/10.0.0.3/ {pod.peers}) &"
    done = pod.run(f"echo once >>said; [ $(wc -l <said) -gt 1 ] || {{ {other} }}")
    assert (done.returncode, said(pod)) == (0, "once\nonce")


def test_others_that_are_done_and_names_that_are_not_told_disturb_nobody(pod: Pod) -> None:
    fewer = f"sed -i /10.0.0.2/d {pod.peers}; /bin/sleep 0.05; : >{pod.peers}; /bin/sleep 0.05"
    back = f"echo '10.0.0.1 STREAM' >{pod.peers}; /bin/sleep 0.05"
    assert pod.run(f"echo once >>said; {fewer}; {back}").returncode == 0
    assert said(pod) == "once"


def test_one_alone_waits_for_nobody(pod: Pod) -> None:
    pod.tells()
    assert pod.run("echo $RANK >said", count=1).returncode == 0
    assert said(pod) == "0"


def test_an_image_without_the_tools_says_so(pod: Pod) -> None:
    pod.does("sleep", "exit 0")
    run = together()
    *_, job = run.objects("ml")
    [container] = job["spec"]["template"]["spec"]["containers"]
    script = expanded(container["command"][2], {}).replace("getent setsid", "getent no-such-tool")
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 127
    assert "the image has no no-such-tool" in done.stderr


@pytest.mark.parametrize(
    "text", ["$(hostname)", "a$$b", "$$(x)", "$", "$$$", "${A}$(B", "$A $(NODES)"]
)
def test_dollars_are_those_of_the_command(text: str) -> None:
    assert expanded(literal(text), {"NODES": "2"}) == text


def test_the_api_knows_all_of_it() -> None:
    told = [together(), together(workload="a" * 40, count=1_000)]
    groups = ["trainers"]
    devices = Devices(groups, groups, groups, groups)
    objects = manifest("ml", groups, devices.objects(), told)
    assert wrong(objects) == []
    assert list(yaml.safe_load_all(written(objects))) == objects
    assert all(one["metadata"]["labels"]["windtunnel/stack"] == "ml" for one in objects)


def test_a_job_is_of_all_nodes_and_of_whole_ones() -> None:
    service, job = together().objects("ml")
    spec = job["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 2, 2)
    # Twenty failures of one, which is begun anew nineteen times, end all of them.
    assert (spec["backoffLimitPerIndex"], spec["maxFailedIndexes"]) == (19, 0)
    pod = spec["template"]["spec"]
    [container] = pod["containers"]
    assert container["resources"] == {
        "requests": {
            "cpu": "152000m",
            "memory": "1600000000000",
            "nvidia.com/gpu": 8,
            "vpc.amazonaws.com/efa": 4,
        },
        "limits": {"nvidia.com/gpu": 8, "vpc.amazonaws.com/efa": 4},
    }
    assert pod["subdomain"] == service["metadata"]["name"] == job["metadata"]["name"]
    assert service["spec"]["clusterIP"] == "None"
    assert pod["volumes"] == [{"name": "shared-memory", "emptyDir": {"medium": "Memory"}}]


def test_what_is_told_otherwise_is_another_job() -> None:
    names = {together().name, together("false").name, together(count=3).name}
    assert len(names) == 3
    assert together().name == together().name
