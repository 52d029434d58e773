"""A sample of the decisions that the benchmark compares with moto's."""

import pytest

from benchmarks.access import main
from benchmarks.access_cases import cases
from benchmarks.access_peers import KINDS, moto, ours, why, without
from models.laws.access.decisions import Outcome


def test_moto_decides_alike_of_what_it_reads_and_every_difference_has_a_reason() -> None:
    drawn = cases(400, seed=2)
    assert len({ours(one) for one in drawn}) == 3
    understood = [without(one, list(KINDS)) for one in drawn]
    assert all(moto(one) is (ours(one) is Outcome.ALLOWED) for one in understood)
    differing = [one for one in drawn if moto(one) is not (ours(one) is Outcome.ALLOWED)]
    assert differing
    assert None not in map(why, differing)


def test_the_benchmark_prints_agreements_and_kinds_of_differences(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["50"]) == 0
    told = capsys.readouterr().out
    assert "50 of 50 alike" in told
    assert "not explained; none: yes" in told
