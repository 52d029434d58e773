"""How long `windtunnel find` takes to ask a whole cloud, every zone of it, without trying anything.

The clouds are servers on this machine that speak their protocols (those of the tests) and take
0.1 s for each answer; the command is a process of its own, from its start to its end. The exit
status is 1 where one takes longer than 20 s, or has more than 10 requests under way at once.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from models.catalog.load import load_catalog
from models.catalog.records import Catalog
from tests.infra.capacity.aws_server import AmazonServer
from tests.infra.capacity.gcp_server import GoogleServer, google_account
from tests.infra.capacity.loopback import Answer, Loopback, World

ROOT = Path(__file__).parents[1]
ANSWER = 0.1  # s
LONGEST = 20.0  # s
MOST = 10  # requests under way
STACKS = {"aws": "resnet50-imagenet-aws.yaml", "gcp": "resnet50-imagenet-gcp.yaml"}


class Asked(NamedTuple):
    """What a survey took.

    Arguments:
        seconds: of the whole process.
        zones: that it names.
        requests: of the cloud.
        most: under way at once.
    """

    seconds: float
    zones: int
    requests: int
    most: int


def main() -> int:
    """Print the time of a survey of each cloud; 1 where one takes too long or asks too much."""
    catalog, slow = load_catalog(), False
    print("cloud  zones  requests  at once  seconds")
    for cloud in STACKS:
        found = survey(cloud, catalog)
        print(
            f"{cloud:<6} {found.zones:>5} {found.requests:>9} {found.most:>8} {found.seconds:>8.1f}"
        )
        slow |= found.seconds > LONGEST or found.most > MOST
    return int(slow)


def survey(cloud: str, catalog: Catalog) -> Asked:
    """Run the command against a cloud with all regions of the catalog.

    Arguments:
        cloud: by name.
        catalog: of its regions and instances.
    """
    regions = {name: list(row.zones) for (at, name), row in catalog.regions.items() if at == cloud}
    shapes = tuple(name for at, name in catalog.instances if at == cloud)
    world = World(regions, shapes)
    answer: Answer = AmazonServer(world) if cloud == "aws" else GoogleServer(world)
    with tempfile.TemporaryDirectory() as folder:
        server = Loopback(answer, ANSWER)
        try:
            variables = {**os.environ, **_environment(cloud, server.url, Path(folder))}
            command = [sys.executable, "-m", "windtunnel", "find", f"stacks/{STACKS[cloud]}"]
            begun = time.perf_counter()
            done = subprocess.run(
                [*command, "--json"],
                cwd=ROOT,
                env=variables,
                capture_output=True,
                text=True,
                check=False,
            )
            seconds = time.perf_counter() - begun
        finally:
            server.close()
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    zones = {row["zone"] for row in json.loads(done.stdout)["rows"]}
    return Asked(seconds, len(zones), server.asked, server.most)


def _environment(cloud: str, url: str, folder: Path) -> Mapping[str, str]:
    if cloud == "aws":
        return {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    return {
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE": f"{url}/compute/v1/",
        "GOOGLE_APPLICATION_CREDENTIALS": str(google_account(folder)),
    }


if __name__ == "__main__":
    sys.exit(main())
