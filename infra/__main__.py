"""The program that `pulumi up` runs: the gate first, then the stack in its cloud."""

import gc
import sys
from pathlib import Path

# Pulumi runs this folder as the program, so the packages beside it are not on the path yet.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pulumi

from infra.gate import pass_gate, prediction_outputs
from infra.providers import build


def main() -> None:
    """Predict, stop where an objective is missed, build the cloud in use, export what was built."""
    solved, catalog, prediction = pass_gate(pulumi.Config("windtunnel"))
    # A cloud's SDK is tens of thousands of objects that all stay: to look through them for garbage
    # again and again is a fifth of the time that its import takes.
    gc.set_threshold(100_000)
    outputs = build(solved, catalog)
    for name, value in {**outputs, "prediction": prediction_outputs(prediction)}.items():
        pulumi.export(name, value)


main()
