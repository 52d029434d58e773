"""Of a package of the SDK of a cloud what is asked for is imported, and nothing is missing."""

import json
import subprocess
import sys

import pytest

from .example_graphs import ROOT

PROGRAM = """\
import json, sys
import infra.{cloud}
from pulumi_{cloud} import {package}
def files():
    return sum(one.startswith("pulumi_{cloud}.{package}.") for one in sys.modules)
said = [files()]
for name in {names}:
    found = getattr({package}, name)
    assert found is getattr({package}, name)
    said += [found.__module__.rpartition(".")[2], files()]
print(json.dumps(said))
"""


def run(cloud: str, package: str, *names: str) -> list[object]:
    text = PROGRAM.format(cloud=cloud, package=package, names=names)
    ran = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said: list[object] = json.loads(ran.stdout)
    return said


@pytest.mark.parametrize(
    ("cloud", "package", "name", "file"),
    [
        ("aws", "ec2", "LaunchTemplate", "launch_template"),
        ("aws", "ec2", "get_ami", "get_ami"),
        ("gcp", "compute", "InstanceTemplate", "instance_template"),
    ],
)
def test_a_name_imports_its_file_alone(cloud: str, package: str, name: str, file: str) -> None:
    before, found, after = run(cloud, package, name)
    assert (before, found) == (0, file)
    assert isinstance(after, int)
    assert after <= 6  # with what describes nested properties


def test_a_name_without_a_file_of_its_own_is_found_all_the_same() -> None:
    *_, name, after = run("aws", "s3", "Bucket", "get_object_output", "BucketCorsRuleArgs")
    assert name == "_inputs"
    assert isinstance(after, int)
    assert after > 60


def test_what_is_not_there_is_told() -> None:
    text = "import infra.aws; from pulumi_aws import s3; s3.Pail"
    ran = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True)
    assert "AttributeError: module 'pulumi_aws.s3' has no attribute 'Pail'" in ran.stderr
