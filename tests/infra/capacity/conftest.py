"""Clouds on this machine."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra.capacity.aws_server import AmazonServer
from tests.infra.capacity.gcp_server import PROJECT, GoogleServer
from tests.infra.capacity.loopback import Answer, Loopback, World


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Loopback]]:
    servers: list[Loopback] = []

    def start(answer: Answer, delay: float = 0.0) -> Loopback:
        servers.append(Loopback(answer, delay))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def aws(
    serve: Callable[[Answer], Loopback], monkeypatch: pytest.MonkeyPatch
) -> Callable[[World], tuple[AmazonServer, Loopback]]:
    """A server of AWS, with credentials that it takes."""

    def start(world: World, delay: float = 0.0) -> tuple[AmazonServer, Loopback]:
        server = AmazonServer(world)
        loopback = serve(server, delay)  # type: ignore[call-arg]
        monkeypatch.setenv("AWS_ENDPOINT_URL", loopback.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
        return server, loopback

    return start


@pytest.fixture(scope="session")
def service_account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Credentials that sign their own tokens, which no server is asked for."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path_factory.mktemp("google") / "credentials.json"
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "1",
        "private_key": key.decode(),
        "client_email": f"nobody@{PROJECT}.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": "http://127.0.0.1:9/token",
    }
    path.write_text(json.dumps(account))
    return path


@pytest.fixture
def gcp(
    serve: Callable[..., Loopback], monkeypatch: pytest.MonkeyPatch, service_account: Path
) -> Callable[..., tuple[GoogleServer, Loopback]]:
    """A server of Google Cloud, with credentials that it takes."""

    def start(world: World, delay: float = 0.0) -> tuple[GoogleServer, Loopback]:
        server = GoogleServer(world)
        loopback = serve(server, delay)
        monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", f"{loopback.url}/compute/v1/")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account))
        monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
        return server, loopback

    return start
