"""What those that share matrices exchange: hidden behind products, and as measured."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.calibration.measured_steps import MeasuredStep, read_steps
from models.catalog.records import Catalog
from models.laws.collectives import StraightCollectives
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layer_time import backward_time, forward_time
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.machine import Calibration, Cluster, Practice
from models.laws.transformers.shared_matrices import backward_exchanges, forward_exchanges

STEPS = Path(__file__).parents[4] / "benchmarks" / "measured" / "transformer_steps.csv"
WIDE = Transformer(1, 1024, 8, 8, 128, 4096, False, 32000, 1000)
LATER = Practice(hides_sums=True, adds_up=True)


@pytest.fixture(scope="module")
def recomputing(catalog: Catalog) -> list[MeasuredStep]:
    found = read_steps(STEPS, catalog)
    return [step for step in found if step.group == "korthikanti-2022"]


@pytest.fixture(scope="module")
def links(recomputing: list[MeasuredStep]) -> Cluster:
    """One GB/s between neighbours, so that times of exchanges can be had by hand."""
    return replace(recomputing[0].cluster, inside=StraightCollectives(1e9, 0.0))


# By hand: 1,000 tokens of 1,024 values of 2 bytes over 8 accelerators: 7/8 of them gathered or
# scattered, twice that summed.
GATHER = 1000 * 1024 * 2 * 7 / 8 / 1e9


def test_two_sums_a_pass_or_as_many_gathers_and_scatters(links: Cluster) -> None:
    summed = forward_exchanges(WIDE, Layout(tensor=8), links)
    assert summed == pytest.approx(2 * 2 * GATHER)
    shared = forward_exchanges(WIDE, Layout(tensor=8, sequence_parallel=True), links)
    assert shared == pytest.approx(summed)
    assert forward_exchanges(WIDE, Layout(), links) == 0


def test_each_sends_its_share_of_the_tokens_to_experts_that_share_matrices(
    links: Cluster,
) -> None:
    # NVIDIA/Megatron-LM, token_dispatcher.py: an eighth of the tokens goes to their two experts,
    # and is gathered there: attention's 2 exchanges, and twice those for the network.
    mixture = replace(WIDE, experts=8, active_experts=2)
    layout = Layout(tensor=8, data=2, expert=2, sequence_parallel=True)
    assert forward_exchanges(mixture, layout, links) == pytest.approx((2 + 2 * 2) * GATHER)
    # Only attention's are hidden on the way back, by what its weights take.
    found = backward_exchanges(mixture, layout, links, (9.0, 9.0), (GATHER, 9.0))
    assert found == pytest.approx((1 + 2 * 2) * GATHER)

    def moved(layout: Layout) -> float:
        """Beside what those that share matrices exchange: to the experts and back, s."""
        both = forward_time(mixture, layout, links, Calibration()).links
        return both - forward_exchanges(mixture, layout, links)

    # By hand: a node has eight of either replica, which send half of an eighth of 1,000 tokens of
    # 2,048 bytes to the other node, for each of their two experts.
    sent = 8 * 1000 / 8 * 2048 * 2 / 2 / links.network
    assert moved(layout) == pytest.approx(2 * (sent + links.latency))
    whole = replace(layout, sequence_parallel=False)
    assert moved(whole) == pytest.approx(2 * (8 * sent + links.latency))


def test_tokens_are_sorted_by_their_experts_in_memory(links: Cluster) -> None:
    # NVIDIA/Megatron-LM, token_dispatcher.py. By hand: of 1,000 tokens of 2,048 bytes two copies
    # are written and read again; sorted twice where they arrive, once each is read and written.
    mixture = replace(WIDE, experts=8, active_experts=2)
    plain = Calibration(memory=1.0)

    def moved(layout: Layout, experts: int) -> float:
        model = replace(mixture, experts=experts)
        return forward_time(model, layout, links, plain).memory * links.memory_bandwidth

    copies = 1000 * 2048 * 2
    none, several = Layout(data=8, expert=8), Layout(data=8, expert=4)
    assert moved(several, 8) - moved(none, 8) == pytest.approx(4 * copies)
    shared = Layout(data=2, tensor=8, expert=2, sequence_parallel=True)
    whole = replace(shared, sequence_parallel=False)
    kept = (8 + 14) * 1000 * 1024 * (1 - 1 / 8)  # norms and residuals, which are shared too
    assert moved(whole, 2) - moved(shared, 2) == pytest.approx(kept + 2 * copies * 7 / 8)


def test_gradients_of_weights_hide_sums_of_what_enters(links: Cluster) -> None:
    layout, none = Layout(tensor=8), (0.0, 0.0)
    assert backward_exchanges(WIDE, layout, links, none, none) == pytest.approx(4 * GATHER)
    half = backward_exchanges(WIDE, layout, links, none, (GATHER, 9.0))
    assert half == pytest.approx(GATHER)


def test_shared_tokens_are_gathered_again_for_gradients_of_weights_alone(links: Cluster) -> None:
    layout = Layout(tensor=8, sequence_parallel=True)
    weights = (0.25 * GATHER, 0.25 * GATHER)
    found = backward_exchanges(WIDE, layout, links, (0.5 * GATHER, 9.0), weights)
    assert found == pytest.approx((2 + 2 * 0.75 + 0.5) * GATHER)
    frozen = backward_exchanges(WIDE, layout, links, (0.5 * GATHER, 9.0), (0.0, 0.0))
    assert frozen == pytest.approx(4 * GATHER)


def test_what_is_gathered_in_eight_bits_takes_half(links: Cluster) -> None:
    # NVIDIA/TransformerEngine: cast before it is gathered, summed in half precision.
    layout = Layout(tensor=8, sequence_parallel=True)
    found = forward_exchanges(WIDE, layout, replace(links, cast=1.0))
    assert found == pytest.approx(3 * GATHER)


def test_recomputing_costs_more_than_a_third_where_backward_hides_its_sums(
    recomputing: list[MeasuredStep], catalog: Catalog
) -> None:
    # Korthikanti et al. 2022, section 6.2: 39 % of forward and backward together in the model of
    # 22 billion parameters, not 33 %, since sums of gradients go on beside those of weights.
    step = next(one for one in recomputing if one.layouts[0].recompute is Recompute.FULL)
    known = catalog.step_calibrations["megatron-lm", "ampere"].calibration
    layout = replace(step.layouts[0], recompute=Recompute.NONE)
    forward = forward_time(step.model, layout, step.cluster, known).total
    backward = backward_time(step.model, layout, step.cluster, known, LATER).total
    assert forward / (forward + backward) == pytest.approx(0.39, abs=0.03)


def test_steps_of_2022_follow_from_those_of_2021_by_what_the_software_does_since(
    recomputing: list[MeasuredStep], catalog: Catalog
) -> None:
    # Korthikanti et al. 2022, table 5, of which no coefficient here knows.
    known = catalog.step_calibrations["megatron-lm", "ampere"].calibration
    misses = [step.predicted(known) / step.seconds - 1 for step in recomputing]
    assert sum(map(abs, misses)) / len(misses) < 0.03
    assert max(map(abs, misses)) < 0.06
    before = [replace(step, practice=Practice()).predicted(known) for step in recomputing]
    assert all(
        seconds > 1.02 * step.predicted(known)
        for seconds, step in zip(before, recomputing, strict=True)
    )


def test_a_product_that_adds_up_gradients_moves_none_of_them_again(links: Cluster) -> None:
    from models.laws.transformers.step_time import step_time

    plain = Calibration(accumulation=6.0, optimizer=30.0)
    one, many = (Layout(data=4, micro_batches=count) for count in (1, 9))
    once = step_time(WIDE, one, links, plain).optimizer
    assert step_time(WIDE, many, links, plain, practice=LATER).optimizer == once
    assert step_time(WIDE, many, links, plain).optimizer == pytest.approx(once * (30 + 8 * 6) / 30)
    # Sharded gradients are summed after every micro-batch: each adds up a quarter of them.
    sharded = [step_time(WIDE, replace(lay, zero=2), links, plain).optimizer for lay in (one, many)]
    assert sharded[1] == pytest.approx(once / 4 * (30 + 8 * 6) / 30)


def test_matrices_are_gathered_a_third_time_whose_next_use_is_far(links: Cluster) -> None:
    # By hand, DeepSpeed keeps 1e9 parameters: of 175 billion, with 12 h^2 = 1.8e9 a layer, it lets
    # go of the 4 h^2 of attention; of 530 billion, with 5.0e9, of the 4 h^2 before the last too.
    from models.laws.transformers.step_time import step_time

    def gathers(hidden: int, by_layer: bool) -> float:
        model = Transformer(1, hidden, 128, 128, hidden // 128, 4 * hidden, False, 51200, 2048)
        practice = Practice(gathers_layers=by_layer)
        exposed = Calibration(overlap=1.0)
        layout = Layout(data=8, zero=3, recompute=Recompute.FULL)
        return step_time(model, layout, links, exposed, practice=practice).parameters

    for hidden, again in ((12288, 1 / 3), (20480, 2 / 3)):
        assert gathers(hidden, False) / gathers(hidden, True) == pytest.approx((3 + again) / 3)
