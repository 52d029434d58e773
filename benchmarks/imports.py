"""Programs of others in numbers: how long large ones take, and that none ends in a traceback.

python -m benchmarks.imports [--mutants 10000] [--seed 1] [--first 0]
"""

import argparse
import collections
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.mutants import Source, mutant
from infra.existing.imported import imported
from infra.existing.read_program import read_program
from models.catalog.load import load_catalog
from models.catalog.records import Catalog
from models.description.printable import printable
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

_SIZES = ((83, 1.0), (5000, 5.0))  # resources, and the seconds that they may take
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_ARN = "arn:aws:s3:::"


def team(number: int) -> list[tuple[str, str, dict[str, Any], dict[str, list[str]]]]:
    """Ten resources that belong together: type, name, values, and what each value is made of.

    Arguments:
        number: that tells them from others.
    """
    name = f"team{number}"
    bucket = f"{_ARN}{name}"
    allow = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [bucket, f"{bucket}/*"]}
    return [
        ("aws:ec2/subnet:Subnet", name, {"availabilityZone": "us-east-1a"}, {}),
        ("aws:iam/role:Role", name, {"name": name}, {}),
        ("aws:iam/instanceProfile:InstanceProfile", name, {"role": name}, {"role": ["role"]}),
        (
            "aws:iam/rolePolicy:RolePolicy",
            name,
            {"role": name, "policy": json.dumps({"Statement": [allow]})},
            {"role": ["role"]},
        ),
        ("aws:s3/bucket:Bucket", name, {"bucket": name, "arn": bucket}, {}),
        (
            "aws:s3/bucketPolicy:BucketPolicy",
            name,
            {"bucket": name, "policy": json.dumps({"Statement": [{"Principal": "*", **allow}]})},
            {"bucket": ["bucket"]},
        ),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            name,
            {
                "instanceType": "p5.48xlarge",
                "iamInstanceProfile": {"name": name},
                "blockDeviceMappings": [
                    {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 300}},
                    {"deviceName": "/dev/sdf", "ebs": {"volumeSize": 900, "volumeType": "gp3"}},
                ],
            },
            {"iamInstanceProfile": ["instanceProfile"]},
        ),
        (
            "aws:autoscaling/group:Group",
            name,
            {"desiredCapacity": 4, "launchTemplate": {"id": _UNKNOWN}, "vpcZoneIdentifiers": []},
            {"launchTemplate": ["launchTemplate"], "vpcZoneIdentifiers": ["subnet"]},
        ),
        ("aws:ec2/instance:Instance", name, {"instanceType": "c5.18xlarge"}, {}),
        ("aws:lb/loadBalancer:LoadBalancer", name, {"internal": True}, {}),
    ]


def preview(resources: int) -> dict[str, Any]:
    """A preview of Pulumi that creates so many.

    Arguments:
        resources: how many, in tens.
    """
    steps = [
        {"op": "create", "urn": state["urn"], "newState": state} for state in _states(resources)
    ]
    return {"config": {"aws:region": "us-east-1"}, "steps": steps, "changeSummary": {}}


def export(resources: int) -> dict[str, Any]:
    """An export of a Pulumi stack that has so many.

    Arguments:
        resources: how many, in tens.
    """
    held = [{**one, "id": one["urn"][-40:], "outputs": one["inputs"]} for one in _states(resources)]
    return {"version": 3, "deployment": {"resources": held}}


def plan(resources: int) -> dict[str, Any]:
    """A plan of Terraform that creates so many: instances, groups, templates and buckets.

    Arguments:
        resources: how many, in fours.
    """
    listed, settings = [], []
    for number in range(resources // 4):
        one = f"team{number}"
        group, template = f"aws_autoscaling_group.{one}", f"aws_launch_template.{one}"
        listed += [
            _planned("aws_instance", one, instance_type="c5.18xlarge"),
            _planned("aws_launch_template", one, instance_type="p5.48xlarge"),
            _planned("aws_autoscaling_group", one, desired_capacity=2, launch_template=[{}]),
            _planned("aws_s3_bucket", one, bucket=one),
        ]
        made_of = {"launch_template": [{"id": {"references": [f"{template}.id", template]}}]}
        settings.append({"address": group, "expressions": made_of})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": listed}},
        "resource_changes": [
            {"address": one["address"], "change": {"actions": ["create"], "after_unknown": {}}}
            for one in listed
        ],
        "configuration": {
            "provider_config": {
                "aws": {"expressions": {"region": {"constant_value": "us-east-1"}}}
            },
            "root_module": {"resources": settings},
        },
    }


def _states(resources: int) -> list[dict[str, Any]]:
    found = []
    for number in range(-(-resources // 10)):
        members = team(number)
        urns = {
            kind.rpartition("/")[2].partition(":")[0]: f"urn:pulumi:dev::shop::{kind}::{name}"
            for kind, name, _, _ in members
        }
        found += [
            {
                "urn": f"urn:pulumi:dev::shop::{kind}::{name}",
                "custom": True,
                "type": kind,
                "inputs": values,
                "propertyDependencies": {
                    key: [urns[one] for one in of] for key, of in made_of.items()
                },
            }
            for kind, name, values, made_of in members
        ]
    return found[:resources]


def _planned(kind: str, name: str, **values: Any) -> dict[str, Any]:
    address = f"{kind}.{name}"
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values}


FORMATS = {"preview": preview, "export": export, "plan": plan}


def taken(tree: Mapping[str, Any], folder: Path, catalog: Catalog) -> tuple[float, int]:
    """Seconds from a file to a stack file's text, and how many resources became something.

    Arguments:
        tree: of the file.
        folder: where it is written.
        catalog: facts.
    """
    path = folder / "program.json"
    path.write_text(json.dumps(tree))
    began = time.perf_counter()
    file = read_program(path)
    found = imported(file, file.after, {}, catalog)
    return time.perf_counter() - began, len(found.found.told)


def fate(tree: Mapping[str, Any], folder: Path, catalog: Catalog) -> tuple[str, str]:
    """What becomes of a broken program: a stack, or a message; and the traceback of neither.

    Arguments:
        tree: of the file.
        folder: where it is written.
        catalog: facts.
    """
    path = folder / "program.json"
    path.write_bytes(json.dumps(tree).encode(errors="surrogatepass"))
    try:
        file = read_program(path)
        found = imported(file, file.after, {}, catalog)
        if any(line != printable(line, "\n") for line in found.text.splitlines()):
            return "crashed", "the stack file can't be shown"
        if "workloads" in found.tree:
            read_stack(found.document("stack.yaml", folder), catalog)
    except InvalidDescription as error:
        if not error.lines() or any(line != printable(line) for line in error.lines()):
            return "crashed", f"a message that can't be shown: {error.lines()}"
        return "refused", ""
    except Exception:
        return "crashed", traceback.format_exc()
    return "imported", ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="of the whole experiment")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    options = parser.parse_args()
    catalog, failed = load_catalog(), False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("resources  format      seconds   limit")
        for size, limit in _SIZES:
            for kind, make in FORMATS.items():
                seconds, told = taken(make(size), folder, catalog)
                failed |= seconds > limit
                print(f"{told:>9,}  {kind:<9}{seconds:>9.2f}{limit:>8.0f}")
        given = [Source(Path(kind), make(20), network=False) for kind, make in FORMATS.items()]
        counts: collections.Counter[str] = collections.Counter()
        for number in range(options.first, options.first + options.mutants):
            source, tree = mutant(given, options.seed * 1_000_003 + number)
            outcome, detail = fate(tree, folder, catalog)
            counts[outcome] += 1
            if outcome == "crashed":
                print(f"--- mutant {number} of a {source.path}\n{detail}", flush=True)
    print(f"{options.mutants:,} mutants of {', '.join(FORMATS)}")
    for outcome in ("imported", "refused", "crashed"):
        print(f"  {outcome:<10}{counts[outcome]:>7,}")
    sys.exit(failed or bool(counts["crashed"]))


if __name__ == "__main__":
    main()
