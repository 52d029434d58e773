"""The rate of one accelerator that trains alone, and where the figure comes from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.catalog.operators import Regime
from models.catalog.records import Accelerator, MeasuredRate, NeuralNetwork, Software
from models.description.quantities import format_percent
from models.laws import scaling
from models.laws import training_step as training
from models.laws.convolutions.architectures import ARCHITECTURES, convolutional_network
from models.laws.convolutions.layers import ConvolutionalNetwork
from models.laws.convolutions.roofline import Multiplier, convolution_step
from models.parts.facts import Facts
from models.parts.workloads.training import Training
from models.parts.workloads.workload_kind import Impossible

_TENSOR_CORES = ("tf32", "fp16", "bf16", "fp8")
_ALIKE = {"bf16": "fp16"}  # a rate measured in one is that of the other
# Of a step that was measured at one batch alone, what does not hang on the batch: as of the largest
# batches that were measured on T4 (6 %, as long as 12 images take) and P100 (13 %, 10 images). It
# does not grow with the batch, so that of images no more is taken than some of ResNet-50 compute.
FIXED_SHARE = 0.08
FIXED_FLOPS = 10 * 7.72e9


@dataclass(frozen=True)
class SingleRate:
    """What one accelerator trains alone.

    Arguments:
        rate: samples/s.
        source: where it comes from, for people.
        regime: how it lies to what was measured.
    """

    rate: float
    source: str
    regime: Regime = Regime.ONE_NODE


@dataclass(frozen=True)
class _Asked:
    """What a rate is asked of: a workload's batch of one accelerator."""

    workload: Training
    batch: float
    network: NeuralNetwork
    accelerator: Accelerator
    software: Software
    facts: Facts

    def rows(self, *networks: str) -> list[MeasuredRate]:
        """Measured in its precision with its software or what stands for it."""
        precision = self.workload.precision
        return [
            row
            for row in self.facts.measured_rates()
            if row.network in networks
            and row.precision in (precision, _ALIKE.get(precision))
            and row.software in (self.software.name, self.software.rates_of)
        ]


def single_rate(
    workload: Training,
    batch: float,
    network: NeuralNetwork,
    accelerator: Accelerator | None,
    software: Software,
    facts: Facts,
) -> SingleRate:
    """What one accelerator trains alone, and where the figure comes from.

    In order: the rate, the rates by batch or the efficiency of the stack file, a rate measured on
    this accelerator, the efficiency measured on another accelerator of its kind, the efficiency
    measured of another convolutional network.

    Arguments:
        workload: the training workload.
        batch: samples of one step on one accelerator.
        network: what it trains.
        accelerator: on which; None for nodes without any.
        software: with which.
        facts: the catalog.

    Raises:
        Impossible: none of these is known.
    """
    if workload.rate is not None:
        return SingleRate(workload.rate, "rate given in the stack file")
    if workload.rates:
        return _by_given_rates(workload, batch)
    assert accelerator is not None  # without one, only a rate is of use
    asked = _Asked(workload, batch, network, accelerator, software, facts)
    if workload.efficiency is not None:
        return _by_efficiency(asked, workload.efficiency)
    known = _measured(asked, asked.rows(network.name))
    if known is not None:
        return known
    layers = layers_of(workload)
    if layers is not None:
        known = _by_another_family(asked, layers)
        if known is not None:
            return known
    what = workload.network or "this model"
    raise Impossible(
        f"has no measured rate for {what} in {workload.precision} with {workload.software} on"
        f" {accelerator.name} or its like; give 'rate' (samples/s of one accelerator)"
        " or 'efficiency'"
    )


def layers_of(workload: Training) -> ConvolutionalNetwork | None:
    """The layers of what a workload trains, where it is a known convolutional network.

    Arguments:
        workload: the training workload.
    """
    if workload.convolutional is not None:
        return workload.convolutional.network
    if workload.network is not None and workload.network in ARCHITECTURES:
        return convolutional_network(workload.network)
    return None


def _by_given_rates(workload: Training, batch: float) -> SingleRate:
    steps = {one.batch: one.batch / one.rate for one in workload.rates}
    known = any(math.isclose(batch, each) for each in steps)
    regime = Regime.ONE_NODE if known else Regime.OTHER_BATCH
    rate = batch / step_at(batch, steps)
    return SingleRate(rate, "rates by batch given in the stack file", regime)


def _by_efficiency(asked: _Asked, efficiency: float) -> SingleRate:
    if efficiency == 0:
        raise Impossible("has an efficiency of 0")
    flops = training.training_flops(asked.network.forward_flops_per_sample)
    peak = _peak(asked.accelerator, asked.workload.precision)
    share = format_percent(efficiency, 0)
    return SingleRate(peak * efficiency / flops, f"{share} of the peak rate, by the stack file")


def _measured(asked: _Asked, rows: list[MeasuredRate]) -> SingleRate | None:
    """By rows of its network: of this accelerator, else of the one most like it."""
    workload, accelerator = asked.workload, asked.accelerator
    same = [row for row in rows if row.accelerator == accelerator.name]
    if same:
        row = asked.facts.use_rate(_nearest_batch(same, asked.batch))
        where = f"measured on {row.accelerator} with {_with(row, workload)}"
        rate = asked.batch / _step_alone(same, asked.batch, asked.facts)
        known = any(math.isclose(asked.batch, each.local_batch) for each in same)
        return SingleRate(rate, where, Regime.ONE_NODE if known else Regime.OTHER_BATCH)
    return _by_a_common_network(asked, rows) or _by_efficiency_of_another(asked, rows)


def _by_a_common_network(asked: _Asked, rows: list[MeasuredRate]) -> SingleRate | None:
    """As fast beside another convolutional network as where both were measured.

    Of use where that other one was measured on the accelerator itself, or on one more like it:
    how two networks compare differs less from one accelerator to the next than how fast those are.
    """
    usable = [row for row in rows if math.isfinite(_apart(asked, row))]
    if not usable:
        return None
    there = min(usable, key=lambda row: _apart(asked, row))
    mine = [row for row in usable if row.accelerator == there.accelerator]
    known = [row for row in asked.rows(*ARCHITECTURES) if row.network != there.network]
    nearer = [row for row in known if _apart(asked, row) < _apart(asked, there)]
    both = {row.network for row in known if row.accelerator == there.accelerator}
    shared = sorted({row.network for row in nearer} & both)
    if not shared:
        return None
    step = _step_alone(mine, asked.batch, asked.facts)

    def ratio(name: str) -> float:
        """Its step over the step that is asked for, where both were measured."""
        beside = [
            row for row in known if (row.network, row.accelerator) == (name, there.accelerator)
        ]
        return _step_alone(beside, asked.batch, asked.facts) / step

    name = min(shared, key=lambda each: (abs(math.log(ratio(each))), each))
    found = _measured(asked, [row for row in nearer if row.network == name])
    if found is None:
        return None
    text = f"{name} {found.source}, and how both compare on {there.accelerator}"
    return SingleRate(found.rate * ratio(name), text, Regime.OTHER_FAMILY)


def _by_another_family(asked: _Asked, layers: ConvolutionalNetwork) -> SingleRate | None:
    """By rows of other convolutional networks: as efficient over the least that both take."""
    rows = asked.rows(*ARCHITECTURES)
    if not rows:
        return None
    multiplier = _multiplier(asked)
    least = _least(asked, layers, multiplier)
    ratios = {
        name: least / _least(asked, convolutional_network(name), multiplier)
        for name in {row.network for row in rows}
    }

    def unlike(name: str) -> tuple[bool, float, float, str]:
        """Its own architecture first; then the most alike accelerator, the most alike step."""
        there = [_apart(asked, row) for row in rows if row.network == name]
        return name != layers.name, min(there), abs(math.log(ratios[name])), name

    for name in sorted(ratios, key=unlike):
        known = _measured(asked, [row for row in rows if row.network == name])
        if known is not None:
            text = f"another family: {name} {known.source}, and what layers take at least"
            return replace(
                known, rate=known.rate / ratios[name], source=text, regime=Regime.OTHER_FAMILY
            )
    return None


def _apart(asked: _Asked, row: MeasuredRate) -> float:
    """How far the accelerator of a row is from the one that is asked for, in peak."""
    if row.accelerator == asked.accelerator.name:
        return -1.0
    precision = asked.workload.precision
    known = asked.facts.accelerators_of_kind(asked.accelerator.kind).get(row.accelerator)
    if known is None or precision not in known.peak_flops:
        return math.inf
    return abs(math.log(known.peak_flops[precision] / _peak(asked.accelerator, precision)))


@dataclass(frozen=True)
class _Peak:
    """Multiplies matrices of every shape at one rate, FLOP/s."""

    rate: float

    def seconds(self, m: float, n: float, k: float) -> float:
        """How long one product takes, s."""
        return 2 * m * n * k / self.rate


def _multiplier(asked: _Asked) -> Multiplier:
    """By measured shapes where tensor cores multiply, at the peak without them."""
    precision = asked.workload.precision
    if precision in _TENSOR_CORES:
        served = asked.facts.matrices(asked.accelerator, precision)
        if served is not None:
            return served.rates
    return _Peak(_peak(asked.accelerator, precision))


def _least(asked: _Asked, layers: ConvolutionalNetwork, multiplier: Multiplier) -> float:
    precision = asked.workload.precision
    return convolution_step(
        layers,
        asked.batch,
        multiplier,
        asked.accelerator.memory_bandwidth,
        training.BYTES_OF[precision],
        precision not in _TENSOR_CORES,
    )


def _by_efficiency_of_another(asked: _Asked, rows: list[MeasuredRate]) -> SingleRate | None:
    facts, accelerator, precision = asked.facts, asked.accelerator, asked.workload.precision
    known = facts.accelerators_of_kind(accelerator.kind)
    others = [
        row
        for row in rows
        if known.get(row.accelerator) and precision in known[row.accelerator].peak_flops
    ]
    if not others:
        return None
    peak = _peak(accelerator, precision)
    # The accelerator whose peak is nearest is the most alike.
    nearest = min(
        others,
        key=lambda row: abs(math.log(known[row.accelerator].peak_flops[precision] / peak)),
    )
    alike = [row for row in others if row.accelerator == nearest.accelerator]
    row = facts.use_rate(_nearest_batch(alike, asked.batch))
    rate = asked.batch / _step_alone(alike, asked.batch, facts)
    rate *= _faster(accelerator, facts.accelerator(row.accelerator), precision)
    flops = training.training_flops(facts.neural_network(row.network).forward_flops_per_sample)
    where = f"{row.accelerator} with {_with(row, asked.workload)}"
    text = f"efficiency {format_percent(rate * flops / peak, 1)}, scaled from {where}"
    related = known[nearest.accelerator].generation == accelerator.generation
    return SingleRate(rate, text, Regime.SAME_GENERATION if related else Regime.OTHER_ACCELERATOR)


def _faster(accelerator: Accelerator, other: Accelerator, precision: str) -> float:
    """How much faster one is than another.

    Where tensor cores compute, half of a step waits for memory: the geometric mean of the ratios
    of peak and bandwidth is off by 10 % on average from A100 to H100, H200, L4, L40S and A10G
    (MLPerf Training), of the peaks alone by 45 %. Without them a step is computation.
    """
    peak = accelerator.peak_flops[precision] / other.peak_flops[precision]
    if precision not in _TENSOR_CORES:
        return peak
    return math.sqrt(peak * accelerator.memory_bandwidth / other.memory_bandwidth)


def _with(row: MeasuredRate, workload: Training) -> str:
    if row.software == workload.software:
        return row.software
    return f"{row.software}, taken for {workload.software}"


def _peak(accelerator: Accelerator, precision: str) -> float:
    if precision not in accelerator.peak_flops:
        raise Impossible(no_peak(accelerator, precision))
    return accelerator.peak_flops[precision]


def no_peak(accelerator: Accelerator, precision: str) -> str:
    """Why an accelerator is not known to compute in a precision, and in which it is.

    Arguments:
        accelerator: of the catalog.
        precision: that was asked for.
    """
    return (
        f"computes in {precision}, for which {accelerator.name} has no known peak rate; known are"
        f" those in {', '.join(sorted(accelerator.peak_flops))}"
    )


def _nearest_batch(rows: list[MeasuredRate], batch: float) -> MeasuredRate:
    # A rate of one accelerator needs no correction, so it goes first.
    return min(rows, key=lambda row: (row.accelerators > 1, abs(math.log(row.local_batch / batch))))


def _step_alone(rows: list[MeasuredRate], batch: float, facts: Facts) -> float:
    """Step of one accelerator with a batch, s: a part that is fixed, and one for each sample."""
    by_batch: dict[int, MeasuredRate] = {}
    for row in sorted(rows, key=lambda row: -row.accelerators):  # one accelerator goes last
        by_batch[row.local_batch] = row
    batches = sorted(by_batch)
    if len(batches) == 1:
        measured, step = batches[0], _alone(by_batch[batches[0]], facts)
        share = _fixed_share(rows[0], measured, facts)
        return step * (share + (1 - share) * batch / measured)
    return step_at(batch, {each: _alone(by_batch[each], facts) for each in batches})


def step_at(batch: float, steps: Mapping[int, float]) -> float:
    """Step with a batch, s, where steps with others were measured: t = a + b batch.

    Between measured batches the step is a line of the batch; beyond them it goes on as that line.

    Arguments:
        batch: samples of one step.
        steps: of two batches or more, s.
    """
    batches = sorted(steps)
    high = next((i for i, each in enumerate(batches) if each >= batch), len(batches) - 1)
    low, top = batches[max(0, high - 1) : max(0, high - 1) + 2]
    each = (steps[top] - steps[low]) / (top - low)
    fixed = max(0.0, steps[low] - each * low)  # a step never takes less than its samples
    return max(fixed + each * batch, each * batch)


def _fixed_share(row: MeasuredRate, batch: float, facts: Facts) -> float:
    """Share of a step, measured at one batch alone, that does not hang on the batch."""
    network = facts.neural_network(row.network)
    if network.sample_unit != "image":
        return FIXED_SHARE
    few = FIXED_FLOPS / network.forward_flops_per_sample
    return min(FIXED_SHARE, few / (few + batch))


def _alone(row: MeasuredRate, facts: Facts) -> float:
    """Step of one accelerator, s: what was measured on many, less their wait for the slowest."""
    row = facts.use_rate(row)
    each = row.local_batch / (row.samples_per_second / row.accelerators)
    jitter = facts.software(row.software).jitter if row.accelerators > 1 else 0.0
    return each - scaling.straggler_delay(jitter, row.accelerators)
