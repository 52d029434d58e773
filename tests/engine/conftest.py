"""A Pulumi engine, a provider that reaches moto instead of AWS, and moto itself."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.server import ThreadedMotoServer
from pulumi.runtime.proto import provider_pb2_grpc

from infra.aws.image import NEURON, NVIDIA, PLAIN

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))  # pytest imports the tests alone

from engine import Engine  # noqa: E402
from examples import Example  # noqa: E402
from google_cloud import GoogleCloud  # noqa: E402
from google_provider import GoogleProvider  # noqa: E402
from language_host import add_language  # noqa: E402
from meddling import Meddling  # noqa: E402
from moto_backup import fill_gaps_of_backup  # noqa: E402
from moto_connect import fill_gaps_of_connect  # noqa: E402
from moto_deploy import fill_gaps_of_deploy  # noqa: E402
from moto_eks import fill_gaps_of_eks  # noqa: E402
from moto_gaps import fill_gaps  # noqa: E402
from moto_kafka import fill_gaps_of_kafka  # noqa: E402
from moto_reservations import fill_gaps_of_reservations, scarce  # noqa: E402
from moto_sagemaker import fill_gaps_of_sagemaker  # noqa: E402
from plugin_host import End, PluginHost, Start  # noqa: E402
from provider.cloud import Clients, Cloud  # noqa: E402
from provider.server import AwsProvider  # noqa: E402

BUILT = ROOT / ".tools" / "pulumi" / "bin"
REGION = "us-east-1"


@pytest.fixture(scope="session")
def pulumi_executable() -> Path:
    """The Pulumi CLI: the one built from source, or the one on PATH."""
    found = shutil.which("pulumi", path=f"{BUILT}{os.pathsep}{os.environ.get('PATH', '')}")
    if found:
        return Path(found)
    reason = "no Pulumi CLI: `make pulumi` builds it, or install it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """The address of a moto server in this process, which is as strict as moto can be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "EC2_ENABLE_INSTANCE_TYPE_VALIDATION", True)
        patch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        fill_gaps()
        fill_gaps_of_backup()
        fill_gaps_of_connect()
        fill_gaps_of_deploy()
        fill_gaps_of_eks()
        fill_gaps_of_kafka()
        fill_gaps_of_reservations()
        fill_gaps_of_sagemaker()
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


@pytest.fixture(scope="session")
def clients(moto_server: str) -> Clients:
    """Clients of moto, for the provider and to see what is really there."""
    return Clients(moto_server)


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """The socket of a process that runs programs."""
    with tempfile.TemporaryDirectory() as folder:  # the path of a socket must be short
        path = Path(folder) / "programs"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        server = subprocess.Popen(
            [sys.executable, "-u", HERE / "program_server.py", path],
            env=environment,
            stdin=subprocess.DEVNULL,
        )
        while not path.exists():
            assert server.poll() is None, "the server of programs has ended"
            time.sleep(0.05)
        yield path
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def all_meddling() -> Meddling:
    return Meddling()


@pytest.fixture
def meddling(all_meddling: Meddling) -> Iterator[Meddling]:
    """What a test does to the provider while the engine works."""
    yield all_meddling
    all_meddling.end()


@pytest.fixture(scope="session")
def all_google() -> GoogleCloud:
    return GoogleCloud()


@pytest.fixture
def google(all_google: GoogleCloud) -> GoogleCloud:
    """A Google Cloud that has nothing in it yet."""
    all_google.living.clear()
    return all_google


@pytest.fixture(scope="session")
def plugins(
    clients: Clients, programs: Path, all_meddling: Meddling, all_google: GoogleCloud
) -> Iterator[PluginHost]:
    """Serves what the engine starts."""

    def add_python(start: Start, server: Any) -> End:
        return add_language(start, server, programs)

    def add_provider(start: Start, server: Any) -> End:
        cloud = Cloud(start.environment.get("AWS_REGION", REGION), clients)
        provider = AwsProvider(cloud, all_meddling)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
        return lambda: None

    def add_google(start: Start, server: Any) -> End:
        provider = GoogleProvider(all_google, all_meddling)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
        return lambda: None

    kinds = {"aws": add_provider, "gcp": add_google, "python": add_python}
    with tempfile.TemporaryDirectory() as folder:  # the path of a socket must be short
        path = Path(folder) / "plugins"
        host = PluginHost(path, kinds)
        yield host
        host.close()


@pytest.fixture
def moto(moto_server: str) -> Iterator[str]:
    """The address of an AWS that has nothing in it yet."""
    yield moto_server
    request = urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST")
    urllib.request.urlopen(request, timeout=180).close()  # as long as a command may take


@pytest.fixture
def capacity() -> Iterator[dict[str, int]]:
    """Instances that can be had, by type; of a type that isn't in it as many as one likes."""
    yield scarce
    scarce.clear()


@pytest.fixture
def aws(moto: str, clients: Clients) -> Callable[[str], Any]:
    """Gives a client of moto by the name of its service."""
    return lambda service: clients(service, REGION)


@pytest.fixture
def environment(
    pulumi_executable: Path, moto: str, plugins: PluginHost, tmp_path: Path
) -> dict[str, str]:
    """The whole environment of the CLI: nothing of the user's cloud or account gets in."""
    shims, home, state = (tmp_path / name for name in ("bin", "home", "state"))
    for folder in (shims, home, state):
        folder.mkdir()
    _shim(shims / "pulumi-resource-aws", plugins, "aws")
    _shim(shims / "pulumi-resource-gcp", plugins, "gcp")
    if not shutil.which("pulumi-language-python"):
        _shim(shims / "pulumi-language-python", plugins, "python")
    path = [BUILT, shims, pulumi_executable.parent, Path(sys.executable).parent]
    return {
        "PATH": os.pathsep.join([*map(str, path), os.environ.get("PATH", os.defpath)]),
        "HOME": str(home),
        "PULUMI_HOME": str(home / ".pulumi"),
        # Without the files of attributes beside the state: an engine that is killed while it writes
        # one leaves it empty, and the next says "failed to load checkpoint: EOF".
        "PULUMI_BACKEND_URL": f"{state.as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(16),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_ENDPOINT_URL": moto,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _shim(path: Path, plugins: PluginHost, kind: str) -> None:
    relay = (sys.executable, "-I", "-S", HERE / "relay.py", plugins.path, kind)
    command = " ".join(f"'{word}'" for word in relay)
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    path.chmod(0o755)


@pytest.fixture
def images(aws: Callable[[str], Any]) -> list[str]:
    """The images that nodes boot, as Amazon offers them; moto has only older ones of its own."""
    made = []
    for pattern in (PLAIN, NVIDIA, NEURON):
        for architecture in ("x86_64", "arm64"):
            name = f"{pattern.replace('*', '')}20261101 {architecture}"
            registered = aws("ec2").register_image(Name=name)["ImageId"]
            known = ec2_backends[DEFAULT_ACCOUNT_ID][REGION].amis[registered]
            # moto drops most of what an image is made of.
            known.owner_alias, known.virtualization_type = "amazon", "hvm"
            known.architecture = architecture
            known.root_device_type, known.root_device_name = "ebs", "/dev/xvda"
            made.append(registered)
    return made


@pytest.fixture
def example(
    engine: Callable[[Path], Engine],
    images: list[str],
    aws: Callable[[str], Any],
    tmp_path: Path,
) -> Callable[[Path], Example]:
    """Makes a copy of an example, and the engine that builds it."""

    def make(path: Path) -> Example:
        certificate = aws("acm").request_certificate(DomainName="shop.example.com")
        arn = certificate["CertificateArn"]
        return Example(path, tmp_path / "stacks", engine(ROOT), arn)

    return make


@pytest.fixture
def engine(
    pulumi_executable: Path, environment: dict[str, str], tmp_path: Path
) -> Callable[[Path], Engine]:
    """Makes the engine of the Pulumi project in a folder, which it leaves as it is."""

    def make(project: Path) -> Engine:
        # Stack settings land beside Pulumi.yaml, so the engine sees the project through links.
        folder = tmp_path / "project"
        folder.mkdir()
        for entry in project.iterdir():
            if not (entry.name.startswith(("Pulumi.", ".")) and entry.name != "Pulumi.yaml"):
                (folder / entry.name).symlink_to(entry)
        return Engine(pulumi_executable, folder, environment)

    return make
