"""Runs checkov over the graph of every example on AWS, and over copies with planted faults.

python -m tests.infra.checkov_run CHECKOV

It ends with 1 where checkov finds something that no line of checkov_skips.yaml gives a reason for,
where such a line is of no use any more, or where a planted fault is not found. What an example
tells a Kubernetes cluster is held against the schema of its version, by what lies beside checkov.
"""

import argparse
import copy
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from .example_graphs import built, graph_of
from .mock_cloud import Run
from .terraform_plan import plan

HERE = Path(__file__).parent
SKIPS, CHECKS = HERE / "checkov_skips.yaml", HERE / "checkov_checks"
EXAMPLES, FAULTY = "examples", "faulty"  # folders of plans


@dataclass(frozen=True)
class Skip:
    """Why what a check finds stays as it is.

    Arguments:
        check: its ID.
        why: in words.
        where: pattern of the addresses that are meant.
    """

    check: str
    why: str
    where: str = "*"

    def covers(self, one: "Failure") -> bool:
        """Whether it is meant by this line.

        Arguments:
            one: what was found.
        """
        return self.check == one.check and fnmatchcase(one.address, self.where)


@dataclass(frozen=True)
class Failure:
    """What checkov found.

    Arguments:
        check: ID of the check.
        says: what it demands.
        plan: name of the plan.
        address: of the resource.
    """

    check: str
    says: str
    plan: str
    address: str


# The example, the check that must find it, the resource, and what is done to its inputs; None where
# it is taken away.
Change = Callable[[dict[str, Any]], None]
Fault = tuple[str, str, str, str, Change | None]


def _set(**values: Any) -> Change:
    return lambda inputs: inputs.update(values)


def _open(port: int) -> Change:
    def change(inputs: dict[str, Any]) -> None:
        inputs.pop("referencedSecurityGroupId", None)
        inputs.update(cidrIpv4="0.0.0.0/0", ipProtocol="tcp", fromPort=port, toPort=port)

    return change


def _plain_volume(inputs: dict[str, Any]) -> None:
    inputs["blockDeviceMappings"][0]["ebs"]["encrypted"] = "false"


def _public_bucket(inputs: dict[str, Any]) -> None:
    policy = json.loads(inputs["policy"])
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    policy["Statement"].append(everybody)
    inputs["policy"] = json.dumps(policy)


def _everything(inputs: dict[str, Any]) -> None:
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    inputs["policy"] = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


BLOCK, POLICY = "s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "s3/bucketPolicy:BucketPolicy"
TEMPLATE, INGRESS = "ec2/launchTemplate:LaunchTemplate", "SecurityGroupIngressRule"
ECR, EFS, LISTENER = (
    "ecr/repository:Repository",
    "efs/fileSystem:FileSystem",
    "lb/listener:Listener",
)
EKS = "eks-endpoint"
FAULTS: tuple[Fault, ...] = (
    (EKS, "CKV2_WINDTUNNEL_1", TEMPLATE, "gpus.kubernetes", _plain_volume),
    (EKS, "CKV_AWS_79", TEMPLATE, "gpus.kubernetes", _set(metadataOptions={})),
    (EKS, "CKV2_AWS_6", BLOCK, "models", None),
    (EKS, "CKV_AWS_53", BLOCK, "logs", _set(blockPublicAcls=False)),
    (EKS, "CKV_AWS_70", POLICY, "models", _public_bucket),
    (EKS, "CKV_AWS_24", INGRESS, "nodes", _open(22)),
    (EKS, "CKV_AWS_260", INGRESS, "kubernetes-api", _open(80)),
    (EKS, "CKV_AWS_7", "kms/key:Key", "kubernetes", _set(enableKeyRotation=False)),
    (EKS, "CKV_AWS_37", "eks/cluster:Cluster", "kubernetes", _set(enabledClusterLogTypes=["api"])),
    (EKS, "CKV_AWS_58", "eks/cluster:Cluster", "kubernetes", _set(encryptionConfig={})),
    (
        EKS,
        "CKV_AWS_39",
        "eks/cluster:Cluster",
        "kubernetes",
        _set(vpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}),
    ),
    (EKS, "CKV_AWS_51", ECR, "vision.model", _set(imageTagMutability="MUTABLE")),
    (EKS, "CKV_AWS_62", "iam/rolePolicy:RolePolicy", "server", _everything),
    (EKS, "CKV_AWS_103", LISTENER, "vision.gateway", _set(sslPolicy="ELBSecurityPolicy-2015-05")),
    (EKS, "CKV2_AWS_11", "ec2/flowLog:FlowLog", "network", None),
    (EKS, "CKV2_AWS_12", "ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default", None),
    (EKS, "CKV_AWS_338", "cloudwatch/logGroup:LogGroup", "kubernetes", _set(retentionInDays=30)),
    ("kafka-clickstream", "CKV_AWS_42", EFS, "state", _set(encrypted=False)),
    ("kinesis-sensors", "CKV_AWS_43", "kinesis/stream:Stream", "", _set(encryptionType="NONE")),
    ("grid-search", "CKV_AWS_27", "sqs/queue:Queue", "search", _set(sqsManagedSseEnabled=False)),
)  # fmt: skip


def faulty(run: Run, faults: Iterable[Fault]) -> tuple[Run, list[tuple[str, str]]]:
    """A copy of a graph with faults, and of each the check and the name of its resource.

    Arguments:
        run: the graph.
        faults: of its example.
    """
    planted = []
    for _, check, type_, name, change in faults:
        victim = next(one for one in run.of(type_) if name in ("", one.name))
        rest = [one for one in run.resources if one is not victim]
        if change is not None:
            inputs = copy.deepcopy(victim.inputs)
            change(inputs)
            rest.append(replace(victim, inputs=inputs))
        run = replace(run, resources=rest)
        planted.append((check, victim.name))
    return run, planted


def write(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Write the plans; what is planted in each of the faulty ones, by its name.

    Arguments:
        folder: for the plans.
    """
    for name in (EXAMPLES, FAULTY):
        (folder / name).mkdir()
    planted: dict[str, list[tuple[str, str]]] = {}
    for path in built("aws"):
        run = graph_of(path)
        _write(folder / EXAMPLES / f"{path.stem}.json", run)
        if mine := [one for one in FAULTS if one[0] == path.stem]:
            broken, planted[path.stem] = faulty(run, mine)
            _write(folder / FAULTY / f"{path.stem}.json", broken)
    return planted


def _write(path: Path, run: Run) -> None:
    path.write_text(json.dumps(plan(run.clouds)), encoding="utf-8")


def scan(checkov: Path, folder: Path) -> tuple[dict[str, Any], list[Failure]]:
    """What checkov says of all plans in a folder: its summary, and what failed.

    Arguments:
        checkov: its executable.
        folder: of the plans.
    """
    command = [
        *(checkov, "--directory", folder, "--framework", "terraform_plan"),
        *("--external-checks-dir", CHECKS, "--skip-download", "--quiet", "--compact"),
        *("--output", "json"),
    ]
    # No key of a platform: nothing is told to anybody.
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"checkov ended with {done.returncode}\n{done.stderr}")
    answer = json.loads(done.stdout)
    summary: dict[str, Any] = answer["summary"]
    return summary, [
        Failure(
            one["check_id"],
            one["check_name"],
            one["file_path"].strip("/").removesuffix(".json"),
            one["resource"],
        )
        for one in answer["results"]["failed_checks"]
    ]


def misfits(validator: Path, manifest: str, version: str, folder: Path) -> list[str]:
    """What the schema of Kubernetes says against a manifest.

    Arguments:
        validator: executable of kubernetes-validate.
        manifest: objects as kubectl reads them.
        version: of Kubernetes.
        folder: for a file.
    """
    path = folder / "manifest.yaml"
    path.write_text(manifest, encoding="utf-8")
    command = [validator, "--kubernetes-version", version, "--strict", "--quiet", "--no-warn", path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = (done.stdout + done.stderr).replace(f"{path} ", "").splitlines()
    return said or ["it does not hold"] if done.returncode else []


def manifests(validator: Path, folder: Path) -> Iterator[str]:
    """What is wrong with the manifests of the examples, a sentence each.

    Arguments:
        validator: executable of kubernetes-validate.
        folder: for files.
    """
    for path in built("aws"):
        outputs = graph_of(path).outputs
        if "manifest" in outputs:
            told, version = outputs["manifest"], outputs["kubernetes"]["version"]
            yield from (f"{path.stem}: {one}" for one in misfits(validator, told, version, folder))
            broken = told.replace("nodeSelector:", "nodeSelectr:")
            if not misfits(validator, broken, version, folder):
                yield f"{path.stem}: a property that Kubernetes does not have is not found"


def read_skips() -> list[Skip]:
    """The lines of the file, each with its reason."""
    return [Skip(**one) for one in yaml.safe_load(SKIPS.read_text(encoding="utf-8"))]


def wrong(
    failures: Iterable[Failure],
    skips: Iterable[Skip],
    planted: Mapping[str, Iterable[tuple[str, str]]],
) -> Iterator[str]:
    """Everything that must not be so, a sentence each.

    Arguments:
        failures: that were found.
        skips: with their reasons.
        planted: faults, by the name of their plan.
    """
    found = list(failures)
    real = [one for one in found if one.plan.startswith(f"{EXAMPLES}/")]
    for one in real:
        if not any(skip.covers(one) for skip in skips):
            yield f"{one.plan}: {one.address}: {one.check}: {one.says}"
    for skip in skips:
        if not any(skip.covers(one) for one in real):
            yield f"{SKIPS.name}: {skip.check} at {skip.where}: nothing fails it; take it out"
    left = {(one.plan, one.check) for one in found if not any(skip.covers(one) for skip in skips)}
    for name, faults in planted.items():
        for check, resource in faults:
            if (f"{FAULTY}/{name}", check) not in left:
                yield f"{name}: {check} does not find the fault planted in {resource}"


def main() -> None:
    """Write the plans, scan them, print what is wrong, or how much is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkov", type=Path, help="its executable")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        planted = write(Path(folder))
        summary, failures = scan(arguments.checkov, Path(folder))
        validator = arguments.checkov.with_name("kubernetes-validate")
        misfit = list(manifests(validator, Path(folder)))
    skips = read_skips()
    faults = [*wrong(failures, skips, planted), *misfit]
    for one in faults:
        print(one, file=sys.stderr)
    if summary["parsing_errors"]:
        faults.append("a plan could not be read")
    print(
        f"checkov {summary['checkov_version']}: {summary['resource_count']:,} resources,"
        f" {summary['passed']:,} checks passed, {len(failures):,} failed;"
        f" {len(skips)} reasons, {sum(map(len, planted.values()))} planted faults,"
        f" {len(faults)} wrong"
    )
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
