"""What Numba makes is made where it is first used."""

import subprocess
import sys

from numba import njit

from sim.kernels.deferred import Deferred


def test_it_is_made_once_and_when_it_is_called() -> None:
    made = []

    def make() -> object:
        made.append(1)
        return lambda x: 2 * x

    double = Deferred(make)
    assert made == []
    assert [double(2), double(3)] == [4, 6]
    assert made == [1]


def test_compiled_code_calls_it() -> None:
    double = Deferred(lambda: njit(lambda x: 2 * x))
    assert njit(lambda x: double(x) + 1)(3) == 7


def test_a_network_is_simulated_without_numba() -> None:
    program = """
import sys
from pathlib import Path
from models.queueing.read_network import read_network
from models.reading.document import read_document
from sim.queueing.simulate_network import simulate
simulate(read_network(read_document(Path("networks/jackson.yaml"))).network, visits=10_000)
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
