"""What Pulumi starts for a policy pack with the runtime `windtunnel`: ENGINE FOLDER."""

import contextlib
import sys
from concurrent import futures
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from infra.policy.analyzer import Analyzer

BAD_INPUT = 2
OVERLAY = "-overlay="
_LONGEST = 400 * 2**20  # bytes of a message, as the engine's own limit is


def main() -> None:
    """Serve the engine until it ends this process; the port is the first line that is printed."""
    if len(sys.argv) < 3 or not Path(sys.argv[2]).is_dir():
        told = "the engine starts this itself: pulumi preview --policy-pack FOLDER"
        print(told, file=sys.stderr)
        sys.exit(BAD_INPUT)
    _, _engine, folder, *options = sys.argv
    named = [one.removeprefix(OVERLAY) for one in options if one.startswith(OVERLAY)]
    file = Path(folder).resolve() / (named[-1] if named else "overlay.yaml")
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4),
        options=[("grpc.max_receive_message_length", _LONGEST)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(file), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    with contextlib.suppress(KeyboardInterrupt):  # which the engine sends to end it
        server.wait_for_termination()


if __name__ == "__main__":
    main()
