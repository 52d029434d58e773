"""Broken stack files: one clear message each, exit code 2, never a traceback."""

import random
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

Cli = Callable[..., Any]
AWS, ON_PREMISES = "resnet50-imagenet-aws.yaml", "akiba-2017.yaml"

# Each: a stack, what is replaced in its text and by what, and what the message must say.
BROKEN = {
    "unknown top-level key": (AWS, "cloud: aws", "cloud: aws\nzone: a", "zone: is not a known key; did you mean 'zones'"),
    "unknown nested key": (AWS, "    count: 4", "    counts: 4", "nodes.trainers.counts: is not a known key; did you mean 'count'"),
    "unknown key of a store": (AWS, "prefixes: 16", "prefix: 16", "did you mean 'prefixes'"),
    "missing key": (AWS, "    count: 4\n", "", "nodes.trainers.count: is required"),
    "missing name": (AWS, "name: resnet50-imagenet-aws", "", "name: is required"),
    "bad name": (AWS, "name: resnet50-imagenet-aws", "name: ResNet 50!", "is not a name"),
    "unknown cloud": (AWS, "cloud: aws", "cloud: awz", "did you mean 'aws'"),
    "cloud of another provider": (AWS, "cloud: aws", "cloud: gcp", "unknown gcp region 'us-east-1'"),
    "unknown region": (AWS, "region: us-east-1", "region: us-eats-1", "did you mean 'us-east-1'"),
    "no region": (AWS, "region: us-east-1\n", "", "region: is required for aws"),
    "zone of another region": (AWS, "us-east-1b]", "us-west-2a]", "'us-west-2a' is not a zone of us-east-1 but of us-west-2"),
    "unknown zone": (AWS, "us-east-1b]", "us-east-1z]", "zones.1: 'us-east-1z' is not a zone"),
    "zone twice": (AWS, "us-east-1b]", "us-east-1a]", "is given twice"),
    "region on premises": (ON_PREMISES, "cloud: on-premises", "cloud: on-premises\nregion: us-east-1", "region: is only for a cloud"),
    "unknown instance": (AWS, "p4d.24xlarge\n    count", "p4d.24xlrage\n    count", "did you mean 'p4d.24xlarge'"),
    "instance of another cloud": (AWS, "instance: p4d.24xlarge", "instance: a2-highgpu-8g", "unknown instance 'a2-highgpu-8g'"),
    "both instance and machine": (AWS, "count: 4", "machine: {vcpus: 4, memory: 4 GB, network: 1 Gbps, network_link: x}\n    count: 4", "not both"),
    "machine in a cloud": (AWS, "instance: p4d.24xlarge", "machine: {vcpus: 4, memory: 4 GB, network: 1 Gbps, network_link: ethernet-10g}", "can't be had on aws"),
    "zero count": (AWS, "count: 4", "count: 0", "nodes.trainers.count: must be at least 1"),
    "negative count": (AWS, "count: 4", "count: -4", "must be at least 1"),
    "fractional count": (AWS, "count: 4", "count: 4.5", "must be a whole number"),
    "count in words": (AWS, "count: 4", "count: four", "must be a whole number"),
    "negative spares": (ON_PREMISES, "spares: 2", "spares: -2", "must be at least 0"),
    "unknown purchase": (AWS, "purchase: on_demand", "purchase: on-demand", "did you mean 'on_demand'"),
    "spot on premises": (ON_PREMISES, "count: 128", "count: 128\n    purchase: spot", "is only for a cloud"),
    "size without unit": (AWS, "size: 150 GB", "size: 150", "needs a unit"),
    "wrong unit": (AWS, "size: 150 GB", "size: 150 Gbps", "is a bandwidth, not a size"),
    "misspelled unit": (AWS, "size: 150 GB", "size: 150 gb", "unknown unit 'gb'; did you mean 'GB'"),
    "negative size": (AWS, "size: 150 GB", "size: -150 GB", "is negative"),
    "infinite size": (AWS, "size: 150 GB", "size: 1e400 GB", "is not finite"),
    "zero size": (AWS, "size: 150 GB", "size: 0 GB", "must be more than 0"),
    "unknown kind of store": (AWS, "kind: object", "kind: objekt", "did you mean 'object'"),
    "no kind of store": (AWS, "    kind: object\n", "", "storage.imagenet.kind: is required"),
    "unknown storage service": (AWS, "s3-standard", "s3-standart", "did you mean 's3-standard'"),
    "service of another kind": (AWS, "service: s3-standard", "service: ebs-gp3", "is of kind block, not object"),
    "RAID 6 of two disks": (ON_PREMISES, "disks: 12", "disks: 2", "RAID 6 needs 4 disks or more, not 2"),
    "RAID 10 of an odd number": (ON_PREMISES, 'level: "6"\n    disks: 12', 'level: "10"\n    disks: 5', "even number of disks"),
    "RAID of an unknown level": (ON_PREMISES, 'level: "6"', 'level: "9"', "'9' is not known; one of 0, 1, 10, 01, 4, 5, 6, 50, 60, or an erasure code such as 17+3"),
    "unknown disk": (ON_PREMISES, "disk: nvme-ssd", "disk: floppy", "unknown disk 'floppy'"),
    "dangling data set": (AWS, "store: imagenet\n      samples", "store: imagnet\n      samples", "did you mean 'imagenet'"),
    "dangling checkpoint": (AWS, "store: checkpoints\n      interval", "store: chkpts\n      interval", "unknown store 'chkpts'"),
    "dangling node group": (AWS, "kind: training\n    nodes: trainers", "kind: training\n    nodes: trainer", "did you mean 'trainers'"),
    "dangling permission": (AWS, "{store: imagenet, access: read}", "{store: nowhere, access: read}", "unknown store 'nowhere'"),
    "permission withheld": (AWS, "{store: imagenet, access: read}", "{store: imagenet, access: write}", "may not be used for read"),
    "dangling objective": (AWS, "{workload: train,", "{workload: training,", "did you mean 'train'"),
    "workload that waits for itself": (AWS, "kind: training\n", "kind: training\n    after: [train]\n", "waits for itself"),
    "workload that waits for nobody": (AWS, "kind: training\n", "kind: training\n    after: [other]\n", "unknown workload 'other'"),
    "unknown network": (AWS, "network: resnet-50", "network: resnet50", "did you mean 'resnet-50'"),
    "neither network nor model": (AWS, "    network: resnet-50\n", "", "workloads.train: needs one of network, model, transformer and convolutional"),
    "unknown software": (AWS, "optimizer: momentum", "optimizer: momentum\n    software: pytroch", "did you mean 'pytorch'"),
    "model too large for the memory": (AWS, "network: resnet-50", "model: {parameters: 70.0e9, forward: 1 TFLOP}\n    rate: 10", "needs 840 GB on each accelerator"),
    "batch too large for the memory": (AWS, "batch: 256", "batch: 25600", "of activations at batch 25600"),
    "no rate known": (AWS, "precision: fp16\n    gradient", "precision: fp8\n    gradient", "has no measured rate for resnet-50 in fp8"),
    "probability above one": (AWS, "probability: 95 %}\n  budget", "probability: 195 %}\n  budget", "more than 100 %"),
    "ssh from the whole world": (AWS, "cidr: 10.20.0.0/16", "ssh_from: [0.0.0.0/0]", "opens ssh to the world"),
    "ssh from half of the world": (AWS, "cidr: 10.20.0.0/16", "ssh_from: [0.0.0.0/1, 128.0.0.0/1]", "opens ssh to the world"),
    "ssh from half of the new world": (AWS, "cidr: 10.20.0.0/16", 'ssh_from: ["8000::/1"]', "opens ssh to the world"),
    "loopback addresses": (AWS, "cidr: 10.20.0.0/16", "cidr: 127.0.0.0/16", "must be a private IPv4 range"),
    "name that ends in a hyphen": (AWS, "name: resnet50-imagenet-aws", "name: resnet50-", "is not a name"),
    "volume below its minimum": (AWS, "kind: object\n    service: s3-standard\n    size: 150 GB\n    prefixes: 16", "kind: block\n    service: ebs-st1\n    size: 10 GB\n    nodes: trainers", "must be at least 134 GB"),
    "bad address range": (AWS, "cidr: 10.20.0.0/16", "cidr: 10.20.0.0/99", "does not appear to be an IPv4 or IPv6 network"),
    "public address range": (AWS, "cidr: 10.20.0.0/16", "cidr: 8.8.0.0/16", "must be a private IPv4 range"),
    "more nodes than addresses": (AWS, "count: 4", "count: 20000", "has room for"),
    "ninth node for eight slots": (ON_PREMISES, "power_feeds: 2", "power_feeds: 2\n  racks: 2\n  nodes_per_rack: 4", "have slots for 8 nodes, but 130 are wanted"),
    "racks without slots": (ON_PREMISES, "power_feeds: 2", "racks: 2", "needs both racks and nodes_per_rack"),
    "data set larger than its store": (AWS, "size: 150 GB", "size: 1 GB", "141 GB are put there"),
    "switches of a cloud": (AWS, "cidr: 10.20.0.0/16", "switches: 2", "is only for on premises"),
    "role that can't read its checkpoints": (AWS, "store: checkpoints\n      interval", "store: imagenet\n      interval", "may not be used for read_write"),
    "a store called like its nodes": (ON_PREMISES, "  workers:\n    instance", "  imagenet:\n    instance", "storage.imagenet: 'imagenet' is the name of a node group, too"),
    "nodes called like the zone": (AWS, "  trainers:\n    instance", "  zone:\n    instance", "nodes.zone: 'zone' is the name of what all nodes share"),
    "a store called like the switches": (ON_PREMISES, "  checkpoints:\n    kind", "  switches:\n    kind", "storage.switches: 'switches' is the name of what all nodes share"),
    "astronomic size": (AWS, "size: 150 GB", "size: 1e200 GB", "beyond what windtunnel reckons with"),
    "rate that is no number": (AWS, "epochs: 90", "epochs: 90\n    rate: true", "rate: must be a number"),
    "checkpoint on the volume of one node": (AWS, "kind: nas\n    service: fsx-lustre-scratch-2\n    size: 1200 GiB", "kind: block\n    service: ebs-gp3\n    size: 1200 GiB\n    nodes: trainers", "which the others can't read"),
    "nodes without accelerators": (AWS, "instance: p4d.24xlarge", "instance: c5.18xlarge", "have no accelerator"),
    "list for a mapping": (AWS, "network:\n  cidr: 10.20.0.0/16", "network: [1]", "network: must be keys and values"),
    "text for a mapping": (AWS, "network:\n  cidr: 10.20.0.0/16", "network: fast", "network: must be keys and values"),
    "key twice": (AWS, "cloud: aws", "cloud: aws\ncloud: gcp", "cloud: is given twice"),
    "tab as indentation": (AWS, "    count: 4", "\tcount: 4", "is not valid YAML"),
    "unclosed bracket": (AWS, "[us-east-1a, us-east-1b]", "[us-east-1a", "is not valid YAML"),
    "python object": (AWS, "cloud: aws", "cloud: !!python/object/apply:os.system [id]", "has the tag"),
    "alias to itself": (AWS, "cloud: aws", "cloud: &c [*c]", "contains itself"),
}  # fmt: skip


def broken(stacks: Path, name: str, old: str, new: str) -> str:
    text = (stacks / name).read_text(encoding="utf-8")
    assert old in text, f"the test replaces '{old}', which {name} does not hold"
    return text.replace(old, new, 1)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_stack_is_refused_with_a_clear_message(
    case: str, stacks: Path, tmp_path: Path, cli: Cli
) -> None:
    name, old, new, says = BROKEN[case]
    path = tmp_path / "stack.yaml"
    path.write_text(broken(stacks, name, old, new), encoding="utf-8")
    outcome = cli("predict", path, "--replications", 2)
    assert outcome.code == 2
    assert says in outcome.err
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert all(line.startswith(f"{path}:") for line in outcome.err.splitlines())


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(8)
)
FILES = {
    "empty": (b"", "is empty"),
    "only a comment": (b"# nothing\n", "is empty"),
    "binary": (bytes(range(256)), "is not text in UTF-8"),
    "zero bytes": (b"\0\0\0\0", "is not valid YAML"),
    "a list": (b"- 1\n- 2\n", "is not a mapping"),
    "a word": (b"hello\n", "is not a mapping"),
    "two documents": (b"name: a\n---\nname: b\n", "is not valid YAML"),
    "billion laughs": (BOMB.encode(), "once its aliases are expanded"),
    "deep nesting": (b"a: " + b"[" * 500 + b"]" * 500, "nested deeper"),
    "very deep nesting": (b"a: " + b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
    "too large": (b"# " + b"x" * 1_100_000, "is larger than 1,000,000 bytes"),
    "a key that is a list": (b"? [a, b]\n: c\n", "key that is not a name"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_stack_is_refused(case: str, tmp_path: Path, cli: Cli) -> None:
    content, says = FILES[case]
    path = tmp_path / "stack.yaml"
    path.write_bytes(content)
    outcome = cli("check", path)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert len(outcome.err) < 2000


def test_a_missing_file_names_the_nearest(stacks: Path, cli: Cli) -> None:
    outcome = cli("predict", stacks / "resnet50-imagenet-asw.yaml")
    assert outcome.code == 2
    assert "No such file" in outcome.err
    assert "did you mean" in outcome.err


def test_a_folder_is_no_stack(stacks: Path, cli: Cli) -> None:
    assert cli("check", stacks).code == 2


def test_all_faults_are_told_at_once_with_their_lines(
    stacks: Path, tmp_path: Path, cli: Cli
) -> None:
    text = (stacks / AWS).read_text(encoding="utf-8")
    for old, new in (("count: 4", "count: -4"), ("150 GB", "150"), ("batch: 256", "batsch: 256")):
        text = text.replace(old, new, 1)
    path = tmp_path / "stack.yaml"
    path.write_text(text, encoding="utf-8")
    lines = cli("check", path).err.splitlines()
    where = {key: text.splitlines().index(key) + 1 for key in text.splitlines()}
    assert len(lines) == 3
    assert f":{where['    count: -4']}: nodes.trainers.count" in lines[0]
    assert f":{where['    size: 150']}: storage.imagenet.size" in lines[1]
    assert any(
        "workloads.train.batsch: is not a known key; did you mean 'batch'" in x for x in lines
    )


def test_a_changed_value_is_checked_like_the_file(stacks: Path, cli: Cli) -> None:
    for change, says in (
        ("nodes.trainers.count=-1", "must be at least 1"),
        ("nodes.trainer.count=1", "does not exist"),
        ("nodes", "is not PATH=VALUE"),
    ):
        outcome = cli("predict", stacks / AWS, "--set", change)
        assert outcome.code == 2
        assert says in outcome.err


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(p for key, child in children for p in _paths(child, (*path, key)))]


NONSENSE = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**18), st.floats(), st.just([]), st.just({}),
    st.text(string.printable, max_size=20), st.lists(st.integers(), max_size=3),
    st.sampled_from(["0 GB", "1e30 GB", "-1 h", "9e99 h", "aws", "spot", "none", "5 %", "1 FLOP"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32), value=NONSENSE, action=st.sampled_from(["set", "drop", "rename"])
)
def test_a_mutated_stack_is_read_or_refused_but_never_crashes(
    seed: int, value: Any, action: str, stacks: Path, catalog: Catalog, tmp_path: Path
) -> None:
    choose = random.Random(seed)
    tree = yaml.safe_load((stacks / choose.choice([AWS, ON_PREMISES])).read_text(encoding="utf-8"))
    path = choose.choice([p for p in _paths(tree) if p])
    here = tree
    for step in path[:-1]:
        here = here[step]
    if action == "set" or isinstance(here, list):
        here[path[-1]] = value
    else:
        kept = here.pop(path[-1])
        if action == "rename":
            here[str(value)] = kept
    file = tmp_path / "stack.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    try:
        read_stack(file, catalog)
    except InvalidDescription as error:
        assert error.faults
        assert all(line.startswith(f"{file}") for line in error.lines())


def test_usage_has_the_name_of_the_command() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "windtunnel", "predicct"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.startswith("Usage: windtunnel [OPTIONS]")
    assert "windtunnel.py" not in run.stderr
