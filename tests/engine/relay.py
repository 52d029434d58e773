"""A plugin as the engine starts it: an end of a line to the process of the tests, which serves.

python relay.py SOCKET KIND [ARGUMENT ...]
"""

import contextlib
import json
import os
import socket
import sys

with socket.socket(socket.AF_UNIX) as line:
    line.connect(sys.argv[1])
    asked = {"arguments": sys.argv[2:], "environment": dict(os.environ)}
    # The engine reads the port from our output, and all that follows as the program's.
    socket.send_fds(line, [json.dumps(asked).encode() + b"\n"], [1, 2])
    # The engine ends a plugin by an interrupt; then the line ends, and with it who serves. As real
    # plugins do, it ends with an engine that was killed, too, whose process group it is not in.
    engine = os.getppid()
    line.settimeout(0.2)
    with contextlib.suppress(KeyboardInterrupt):
        while os.getppid() == engine:
            with contextlib.suppress(TimeoutError):
                line.recv(1)
                break
