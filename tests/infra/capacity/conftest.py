"""Clouds on this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra.capacity.aws_server import AmazonServer
from tests.infra.capacity.gcp_server import GoogleServer, google_account
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
    return google_account(tmp_path_factory.mktemp("google"))


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
