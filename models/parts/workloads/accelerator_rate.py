"""The rate of one accelerator that trains alone, and where the figure comes from."""

import math

from models.catalog.records import Accelerator, MeasuredRate, NeuralNetwork, Software
from models.description.quantities import format_percent
from models.laws import scaling
from models.laws import training_step as training
from models.parts.facts import Facts
from models.parts.workloads.training import Training
from models.parts.workloads.workload_kind import Impossible

_TENSOR_CORES = ("tf32", "fp16", "bf16", "fp8")
_ALIKE = {"bf16": "fp16"}  # a rate measured in one is that of the other
# Share of a step that does not hang on the batch, where it was measured at one batch alone: as of
# the largest batches that were measured on T4 (6 %) and P100 (13 %).
FIXED_SHARE = 0.08


def single_rate(
    workload: Training,
    batch: float,
    network: NeuralNetwork,
    accelerator: Accelerator | None,
    software: Software,
    facts: Facts,
) -> tuple[float, str]:
    """Samples/s of one accelerator alone, and where the figure comes from.

    In order: the rate or the efficiency of the stack file, a rate measured on this accelerator,
    the efficiency measured on another accelerator of its kind.

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
        return workload.rate, "rate given in the stack file"
    assert accelerator is not None  # without one, only a rate is of use
    flops = training.training_flops(network.forward_flops_per_sample)
    if workload.efficiency is not None:
        peak = _peak(accelerator, workload.precision)
        if workload.efficiency == 0:
            raise Impossible("has an efficiency of 0")
        return (
            peak * workload.efficiency / flops,
            f"{format_percent(workload.efficiency, 0)} of the peak rate, by the stack file",
        )
    measured = [
        row
        for row in facts.measured_rates()
        if row.network == network.name
        and row.precision in (workload.precision, _ALIKE.get(workload.precision))
        and row.software in (software.name, software.rates_of)
    ]
    same = [row for row in measured if row.accelerator == accelerator.name]
    if same:
        row = facts.use_rate(_nearest_batch(same, batch))
        where = f"measured on {row.accelerator} with {_with(row, workload)}"
        return batch / _step_alone(same, batch, facts), where
    return _by_efficiency_of_another(workload, batch, accelerator, measured, flops, facts)


def _by_efficiency_of_another(
    workload: Training,
    batch: float,
    accelerator: Accelerator,
    measured: list[MeasuredRate],
    flops: float,
    facts: Facts,
) -> tuple[float, str]:
    known = facts.accelerators_of_kind(accelerator.kind)
    others = [
        row
        for row in measured
        if known.get(row.accelerator) and workload.precision in known[row.accelerator].peak_flops
    ]
    if not others:
        what = workload.network or "this model"
        raise Impossible(
            f"has no measured rate for {what} in {workload.precision} with {workload.software} on"
            f" {accelerator.name} or its like; give 'rate' (samples/s of one accelerator)"
            " or 'efficiency'"
        )
    peak = _peak(accelerator, workload.precision)
    # The accelerator whose peak is nearest is the most alike.
    nearest = min(
        others,
        key=lambda row: abs(math.log(known[row.accelerator].peak_flops[workload.precision] / peak)),
    )
    alike = [row for row in others if row.accelerator == nearest.accelerator]
    row = facts.use_rate(_nearest_batch(alike, batch))
    rate = batch / _step_alone(alike, batch, facts)
    rate *= _faster(accelerator, facts.accelerator(row.accelerator), workload.precision)
    where = f"{row.accelerator} with {_with(row, workload)}"
    text = f"efficiency {format_percent(rate * flops / peak, 1)}, scaled from {where}"
    return rate, text


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
        raise Impossible(
            f"computes in {precision}, for which {accelerator.name} has no known peak rate"
        )
    return accelerator.peak_flops[precision]


def _nearest_batch(rows: list[MeasuredRate], batch: float) -> MeasuredRate:
    # A rate of one accelerator needs no correction, so it goes first.
    return min(rows, key=lambda row: (row.accelerators > 1, abs(math.log(row.local_batch / batch))))


def _step_alone(rows: list[MeasuredRate], batch: float, facts: Facts) -> float:
    """Step of one accelerator with a batch, s: a part that is fixed, and one for each sample.

    Between measured batches the step is a line of the batch; beyond them it goes on as that line.
    """
    steps: dict[int, float] = {}
    for row in sorted(rows, key=lambda row: -row.accelerators):  # one accelerator goes last
        steps[row.local_batch] = _alone(row, facts)
    points = sorted(steps.items())
    if len(points) == 1:
        measured, step = points[0]
        return step * (FIXED_SHARE + (1 - FIXED_SHARE) * batch / measured)
    high = next((i for i, point in enumerate(points) if point[0] >= batch), len(points) - 1)
    (low, least), (top, most) = points[max(0, high - 1) : max(0, high - 1) + 2]
    each = (most - least) / (top - low)
    fixed = max(0.0, least - each * low)  # a step never takes less than its samples
    return max(fixed + each * batch, each * batch)


def _alone(row: MeasuredRate, facts: Facts) -> float:
    """Step of one accelerator, s: what was measured on many, less their wait for the slowest."""
    each = row.local_batch / (row.samples_per_second / row.accelerators)
    jitter = facts.software(row.software).jitter if row.accelerators > 1 else 0.0
    return each - scaling.straggler_delay(jitter, row.accelerators)
