"""The loop in C simulates the network that it is a peer of."""

import shutil
from pathlib import Path

import pytest

from benchmarks.queue_peers import compiled_loop, loop_in_c
from models.queueing.read_network import read_network
from models.queueing.solve import solve

NETWORKS = Path(__file__).parents[2] / "networks"


@pytest.mark.skipif(shutil.which("cc") is None, reason="the loop needs a C compiler")
def test_the_loop_in_c_has_the_response_of_jackson_s_law(tmp_path: Path) -> None:
    program = compiled_loop(tmp_path)
    assert program is not None
    network = read_network(NETWORKS / "jackson.yaml").network
    _, response = loop_in_c(program, network, 400_000)
    # Jackson (1957): each station is an M/M/c of its own; the answer's sum of them.
    law = solve(network)
    assert law.classes[0].response_time is not None
    assert response == pytest.approx(law.classes[0].response_time.mean, rel=0.05)
