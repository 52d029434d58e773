"""A training step of a transformer: published times, and what must always hold."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.calibration.measured_steps import MeasuredStep, read_steps
from models.catalog.records import Catalog
from models.laws.collectives import StraightCollectives
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.machine import Calibration, Cluster, Practice
from models.laws.transformers.memory import Keeping
from models.laws.transformers.search import Offer, layouts, ranked
from models.laws.transformers.step_time import TransformerStep, blended, step_time

STEPS = Path(__file__).parents[4] / "benchmarks" / "measured" / "transformer_steps.csv"


@pytest.fixture(scope="module")
def steps(catalog: Catalog) -> list[MeasuredStep]:
    return read_steps(STEPS, catalog)


@pytest.fixture(scope="module")
def megatron(catalog: Catalog) -> Calibration:
    return catalog.step_calibrations["megatron-lm", "ampere"].calibration


@pytest.fixture(scope="module")
def cluster(steps: list[MeasuredStep]) -> Cluster:
    return next(step.cluster for step in of(steps, "megatron-2021"))


def of(steps: list[MeasuredStep], group: str) -> list[MeasuredStep]:
    return [step for step in steps if step.group == group]


def test_measured_steps_of_megatron_are_predicted_within_ten_per_cent(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    for step in (*of(steps, "megatron-2021"), *of(steps, "korthikanti-2022")):
        assert step.predicted(megatron) == pytest.approx(step.seconds, rel=0.1)


def test_steps_on_one_node_are_predicted_within_six_per_cent_on_average(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    some = of(steps, "vtrain-8")[::7]
    misses = [abs(step.predicted(megatron) / step.seconds - 1) for step in some]
    assert sum(misses) / len(misses) < 0.07


def example(steps: list[MeasuredStep]) -> MeasuredStep:
    return next(step for step in of(steps, "korthikanti-2022") if step.accelerators == 280)


def take(step: MeasuredStep, calibration: Calibration, layout: Layout) -> TransformerStep:
    return step_time(step.model, layout, step.cluster, calibration)


def test_the_bubble_is_that_of_the_law(steps: list[MeasuredStep], megatron: Calibration) -> None:
    # Narayanan et al. 2021, section 2.2: (p - 1) / v m of what the stages compute.
    step = example(steps)
    layout = replace(step.layouts[0], interleave=1)
    once, thrice = (take(step, megatron, replace(layout, interleave=v)) for v in (1, 3))
    assert thrice.bubble < once.bubble / 2
    more = take(step, megatron, replace(layout, micro_batches=2 * layout.micro_batches))
    assert more.bubble == pytest.approx(once.bubble, rel=1e-9)


def test_recomputing_takes_a_forward_pass_more(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    step = example(steps)
    kept, again = (
        take(step, megatron, replace(step.layouts[0], recompute=recompute))
        for recompute in (Recompute.NONE, Recompute.FULL)
    )
    assert kept.recomputed == 0
    assert again.total - kept.total > again.recomputed > 0.2 * kept.total


def test_a_faster_network_never_slows_a_step(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    step = of(steps, "megatron-2021")[0]
    layout = step.layouts[0]
    times = [
        step_time(step.model, layout, replace(step.cluster, network=rate), megatron).total
        for rate in (1e9, 1e10, 1e11)
    ]
    assert times == sorted(times, reverse=True)


LLAMA = Transformer(32, 4096, 32, 8, 128, 14336, True, 128256, 8192, tied=False)  # 3, of 8 B
MIXTRAL = Transformer(
    32, 4096, 32, 8, 128, 14336, True, 32000, 4096, experts=8, active_experts=2, tied=False
)


def test_an_exchange_leaves_a_node_by_all_of_its_members(cluster: Cluster) -> None:
    # nccl-tests, PERFORMANCE.md: each of n sends (n-1)/n of its bytes to others. Of 16 on two
    # nodes, each of eight sends half of its gigabyte to the other node: 4 GB leave a node.
    slow = replace(cluster, network=1e9, latency=0.0)
    inside = slow.inside.seconds("all_to_all", 8, 1e9)
    assert slow.collective("all_to_all", 16, 1, 1e9) == pytest.approx(inside + 4.0)
    # A sum is made inside before it leaves: 2 (n-1)/n of one gigabyte for two nodes.
    inside = slow.inside.seconds("all_reduce", 8, 1e9)
    assert slow.collective("all_reduce", 16, 1, 1e9) == pytest.approx(inside + 1.0)


def test_gradients_of_experts_are_summed_over_those_that_have_them(cluster: Cluster) -> None:
    # Rajbhandari et al. 2022, DeepSpeed-MoE, section 5.2. Experts of which nobody else has a copy
    # are summed with nobody: what is left is attention, norms, router and tables.
    plain = Calibration()
    routed = 32 * 8 * 3 * 4096 * 14336
    common = MIXTRAL.parameters - routed - 4096  # the last norm is of no stage
    each = {
        expert: step_time(MIXTRAL, Layout(data=8, expert=expert), cluster, plain).gradients
        for expert in (1, 8)
    }
    assert each[8] == pytest.approx(cluster.collective("all_reduce", 8, 1, 2.0 * common), rel=1e-6)
    assert each[1] > 5 * each[8]


def test_sharded_gradients_are_summed_after_every_micro_batch(cluster: Cluster) -> None:
    # Rajbhandari et al. 2020, section 5.2: nobody keeps all gradients from one to the next.
    once, often = (
        step_time(
            MIXTRAL, Layout(data=8, zero=2, micro_batches=batches), cluster, Calibration()
        ).gradients
        for batches in (1, 4)
    )
    size = 2.0 * (MIXTRAL.parameters - 4096)
    sums = sum(
        cluster.collective("reduce_scatter", 8, inner, part)
        for inner, part in ((1, size * 0.034), (1, size * 0.966))
    )
    assert often - once == pytest.approx(3 * sums, rel=0.01)


def test_uneven_stages_wait_for_the_longest(cluster: Cluster) -> None:
    # 126 layers over 16 stages take as long as 128 would.
    layers = {
        layers: step_time(
            replace(MIXTRAL, experts=1, active_experts=1, layers=layers),
            Layout(pipeline=16, micro_batches=64),
            cluster,
            Calibration(),
        )
        for layers in (126, 128)
    }
    assert layers[126].matrices == pytest.approx(layers[128].matrices)
    assert layers[126].bubble == pytest.approx(layers[128].bubble)


def test_interleaved_stages_hide_transfers_once_the_pipeline_is_full(cluster: Cluster) -> None:
    # Narayanan et al. 2021, figure 4: 4 stages of 2 parts make 2 x 3 + 1 x 4 = 10 forward passes
    # before their first backward one, of 2 m; the other transfers are hidden behind computing.
    layout = Layout(pipeline=4, interleave=2, micro_batches=20)
    open_, hidden = (
        step_time(
            MIXTRAL, layout, cluster, Calibration(), practice=Practice(overlap=overlap)
        ).boundaries
        for overlap in (False, True)
    )
    assert hidden == pytest.approx(open_ * 10 / 40)
    few = replace(layout, micro_batches=4)
    assert step_time(
        MIXTRAL, few, cluster, Calibration(), practice=Practice(overlap=True)
    ).boundaries == (step_time(MIXTRAL, few, cluster, Calibration()).boundaries)
    plain = replace(layout, interleave=1)
    assert (
        step_time(
            MIXTRAL, plain, cluster, Calibration(), practice=Practice(overlap=True)
        ).boundaries
        > 0
    )


def test_single_precision_sends_and_moves_twice_the_bytes(cluster: Cluster) -> None:
    layout = Layout(tensor=8, pipeline=4, sequence_parallel=True)
    links = replace(cluster, inside=StraightCollectives(1e9, 0.0), latency=0.0)
    half, single = (
        step_time(
            MIXTRAL,
            layout,
            replace(links, width=width, cast=width),
            Calibration(loss=0.0, boundary=0.0),
        )
        for width in (2.0, 4.0)
    )
    assert single.memory == 2 * half.memory
    assert single.tensor == pytest.approx(2 * half.tensor)
    assert single.boundaries == pytest.approx(2 * half.boundaries)
    assert single.matrices == half.matrices  # the peak is another


def test_a_shared_sequence_gathers_keys_and_values_and_sums_their_gradients(
    cluster: Cluster,
) -> None:
    # By hand, Liu et al. 2023: keys and values of 4,096 tokens, 8 heads of 128 and 2 bytes each,
    # twice forward and back, and as many of gradients back, of which each gets 7 of 8 parts.
    links = replace(cluster, inside=StraightCollectives(1e9, 0.0))
    layout = Layout(context=8)
    step = step_time(MIXTRAL, layout, links, Calibration())
    assert step.tensor == pytest.approx(32 * 3 * (2 * 2 * 4096 * 8 * 128) * 7 / 8 / 1e9)


def test_activities_that_overlap_take_between_the_longer_and_both() -> None:
    assert blended(3.0, 4.0, 1) == 7.0
    assert blended(3.0, 4.0, 2) == pytest.approx(5.0)
    assert blended(3.0, 4.0, float("inf")) == 4.0


def test_the_fastest_layout_fits_and_is_first(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    step = of(steps, "megatron-2021")[1]
    found = ranked(step.model, 16, 64, step.cluster, megatron, 80e9, "fp16", "adam", Keeping())
    assert found
    assert all(one.memory.total <= 80e9 for one in found)
    assert all(one.layout.accelerators == 16 and one.layout.batch == 64 for one in found)
    assert [one.step.total for one in found] == sorted(one.step.total for one in found)


@pytest.mark.parametrize(("model_parallel", "most"), [(False, 3), (False, 0), (True, 1)])
def test_layouts_that_a_software_lacks_are_not_tried(
    steps: list[MeasuredStep], megatron: Calibration, model_parallel: bool, most: int
) -> None:
    step, offer = of(steps, "megatron-2021")[0], Offer(model_parallel, most)
    keeping, adam = Keeping(), ("fp16", "adam")
    every = ranked(step.model, 16, 64, step.cluster, megatron, 1e12, *adam, keeping)
    found = ranked(step.model, 16, 64, step.cluster, megatron, 1e12, *adam, keeping, offer=offer)
    assert found == tuple(one for one in every if offer.has(one.layout))
    assert 0 < len(found) < len(every)
    assert max(one.layout.zero for one in found) == most
    spread = [(one.layout.tensor, one.layout.pipeline, one.layout.context) for one in found]
    assert (max(map(max, spread)) > 1) == model_parallel


def test_long_sequences_and_uneven_stages_are_tried(
    steps: list[MeasuredStep], megatron: Calibration
) -> None:
    # As Llama 3 405B was laid out: Dubey et al. 2024, table 4.
    llama = Transformer(126, 16384, 128, 8, 128, 53248, True, 128256, 131072, tied=False)
    tried = list(layouts(llama, 1024, 8, 128, fused=True))
    assert {layout.context for layout in tried} == {1, 2, 4, 8, 16, 32, 64}
    assert {8, 16} <= {layout.pipeline for layout in tried}
    assert {layout.zero for layout in tried} == {0, 1, 2, 3}
    assert all(layout.pipeline * layout.interleave <= 126 for layout in tried)
    assert all(layout.accelerators == 1024 and layout.batch == 128 for layout in tried)
    short = replace(llama, sequence=2048)
    assert {layout.context for layout in layouts(short, 1024, 8, 128, fused=True)} == {1}
    mixture = layouts(MIXTRAL, 16, 8, 16, fused=True)
    assert {layout.expert for layout in mixture} == {1, 2, 4, 8}
    assert all(one.copies == 1 for one in layouts(MIXTRAL, 16, 8, 16, True) if one.expert > 1)


def test_what_is_sharded_in_copies_is_gathered_inside_them_and_summed_over_them(
    cluster: Cluster,
) -> None:
    # By hand: eight copies, each on a node of eight: 1 GB/s inside, 1 GB/s of a node outside. A
    # gather and a scatter move 7/8 of a layer; an eighth of it is summed over eight nodes, 7/4 of
    # it, for each of the eight that share a node's network. The forward pass gathers, too.
    slow = replace(
        cluster, node=8, inside=StraightCollectives(1e9, 0.0), network=1e9, latency=0.0, tree=None
    )
    alone = Calibration(overlap=1.0)
    layer = 2.0 * MIXTRAL.common_parameters + 2.0 * MIXTRAL.routed_parameters
    here = step_time(MIXTRAL, Layout(data=64, zero=3, copies=8), slow, alone)
    by_hand = (3 * 7 / 8 + 7 / 4) * layer / 1e9
    assert here.parameters == pytest.approx(MIXTRAL.layers * by_hand)
    together = step_time(MIXTRAL, Layout(data=64, zero=3), slow, alone)
    crossing = 3 * (7 / 8 + 7 / 8) * layer / 1e9
    assert together.parameters == pytest.approx(MIXTRAL.layers * crossing)


def test_more_copies_take_as_long_as_maxtext_measured(
    steps: list[MeasuredStep], catalog: Catalog
) -> None:
    # Llama 2 70B on 128 to 2,048 H100, shards over 128 of them: 7.07 to 7.09 s a step.
    runs = [one for one in of(steps, "maxtext-2024") if one.accelerators >= 512]
    one = next(one for one in of(steps, "maxtext-2024") if one.accelerators == 128)
    jax = catalog.step_calibrations["maxtext", "hopper"].calibration
    for run in runs:
        grows = run.predicted(jax) / one.predicted(jax)
        assert grows == pytest.approx(run.seconds / one.seconds, rel=0.01)


def test_the_last_product_of_a_layer_need_not_be_computed_again(cluster: Cluster) -> None:
    layout, known = Layout(data=1, recompute=Recompute.FULL), Calibration()
    whole = step_time(LLAMA, layout, cluster, known)
    less = step_time(LLAMA, layout, cluster, known, practice=Practice(skips_last=True))
    last = cluster.matrices.seconds(LLAMA.sequence, LLAMA.hidden, LLAMA.feed_forward)
    assert whole.matrices - less.matrices == pytest.approx(LLAMA.layers * last)
    assert whole.recomputed - less.recomputed == pytest.approx(LLAMA.layers * last)


def test_shards_in_copies_are_tried_where_the_software_has_them() -> None:
    tried = list(layouts(LLAMA, 64, 8, 64, fused=True))
    assert {one.copies for one in tried if one.zero == 3 and one.tensor == 1} == {1, 2, 4, 8}
    assert {one.copies for one in tried if one.zero < 3} == {1}
    without = [one for one in tried if Offer(copies=False).has(one)]
    assert {one.copies for one in without} == {1}


def test_scores_that_are_not_fused_are_computed_though_packed(cluster: Cluster) -> None:
    packed = replace(LLAMA, packed=256)
    for scores, ratio in ((0.0, 32.0), (34.0, 1.0)):
        known = Calibration(scores=scores)
        one, all_of_it = (step_time(each, Layout(), cluster, known) for each in (packed, LLAMA))
        assert all_of_it.attention / one.attention == pytest.approx(ratio)
