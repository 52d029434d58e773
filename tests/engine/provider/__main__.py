"""The plugin process: prints its port, then serves the engine until the engine ends it."""

import contextlib
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from provider.server import AwsProvider


def main() -> None:
    # Without an endpoint boto3 would talk to the real cloud.
    if "AWS_ENDPOINT_URL" not in os.environ:
        sys.exit("the provider of the tests needs AWS_ENDPOINT_URL, the address of moto")
    # The engine shows standard error to the user; a refusal reaches it as the call's own status.
    logging.disable(logging.CRITICAL)
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    # The engine ends a plugin by an interrupt.
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(60)


main()
