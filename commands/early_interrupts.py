"""Ctrl-C while the program is loaded ends it without a word.

To be imported before all that takes long, which is a tenth of a second; `windtunnel.main` then says
of an interruption what there is to say. Whoever imports the front door without being the program,
such as a notebook, keeps its own ways.
"""

import signal
import sys

# `pathlib` would take as long to load as Python itself.
_PROGRAM = sys.argv[0].replace("\\", "/").rpartition("/")[2].partition(".")[0]

if (
    _PROGRAM == "windtunnel" and signal.getsignal(signal.SIGINT) is signal.default_int_handler
):  # not ignored
    signal.signal(signal.SIGINT, signal.SIG_DFL)
