"""Clouds on this machine."""

from collections.abc import Callable, Iterator

import pytest

from tests.infra.capacity.aws_server import AmazonServer
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
