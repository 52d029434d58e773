"""How rows of networks and of what was measured of them become records in SI base units."""

from dataclasses import fields

from models.catalog.operators import (
    CollectiveTable,
    MatrixTable,
    Regime,
    StepCalibration,
    StepError,
)
from models.catalog.records import (
    PRECISIONS,
    DataPreparation,
    MeasuredRate,
    NeuralNetwork,
    Software,
)
from models.catalog.rows import Row
from models.catalog.scales import GIGA, TERA
from models.laws.collective_times import OPERATIONS
from models.laws.matrix_rates import MatrixRates
from models.laws.transformers.machine import Calibration


def neural_network(row: Row) -> NeuralNetwork:
    """Read a row of `neural_networks.csv`."""
    return NeuralNetwork(
        name=row.text("name"),
        parameters=row.positive("parameters"),
        forward_flops_per_sample=row.positive("forward_gflop_per_sample", GIGA),
        activation_bytes_per_sample=row.positive("activation_mb_per_sample", 1e6),
        sample_unit=row.text("sample_unit"),
        **row.cited(),
    )


def measured_rate(row: Row) -> MeasuredRate:
    """Read a row of `measured_rates.csv`."""
    return MeasuredRate(
        accelerator=row.text("accelerator"),
        network=row.text("network"),
        precision=row.text("precision"),
        software=row.text("software"),
        local_batch=row.count("local_batch"),
        accelerators=row.count("accelerators"),
        samples_per_second=row.positive("samples_per_s"),
        **row.cited(),
    )


def software(row: Row) -> Software:
    """Read a row of `software.csv`."""
    return Software(
        name=row.text("name"),
        overlap=row.flag("overlap"),
        bucket=row.amount("bucket_mb", 1e6),
        trees=row.flag("trees"),
        jitter=row.amount("jitter_ms", 1e-3),
        rates_of=row.text("rates_of"),
        steps_of=row.optional("steps_of"),
        fused_attention=row.flag("fused_attention"),
        attention_share=row.fraction_or_none("attention_share"),
        loss_bytes=row.positive("loss_bytes") if row.optional("loss_bytes") else None,
        memory_traffic=row.positive("memory_traffic") if row.optional("memory_traffic") else None,
        score_bytes=row.positive("score_bytes"),
        sums_fp32=row.flag("sums_fp32"),
        gathers_layers=row.flag("gathers_layers"),
        hides_sums=row.flag("hides_sums"),
        adds_up=row.flag("adds_up"),
        skips_last=row.flag("skips_last"),
        model_parallel=row.flag("model_parallel"),
        most_zero=row.count("most_zero"),
        copies=row.flag("copies"),
        **row.cited(),
    )


def data_preparation(row: Row) -> DataPreparation:
    """Read a row of `data_preparation.csv`."""
    return DataPreparation(
        sample_unit=row.text("sample_unit"),
        samples_per_second=row.positive("samples_per_s"),
        **row.cited(),
    )


def matrix_table(row: Row) -> MatrixTable:
    """Read a row of `matrix_rates.csv`: TFLOP/s of every m, n and k, of which k changes fastest."""
    m, n, k = (row.numbers(side) for side in "mnk")
    rates = tuple(float(text) * TERA for text in row.words("tflops"))
    points = len(m) * len(n) * len(k)
    if len(rates) != points:
        raise row.refuse("tflops", f"has {len(rates)} rates for {points} shapes")
    return MatrixTable(
        accelerator=row.text("accelerator"),
        precision=row.choice("precision", PRECISIONS),
        rates=MatrixRates(m, n, k, rates),
        **row.cited(),
    )


def collective_table(row: Row) -> CollectiveTable:
    """Read a row of `collective_times.csv`."""
    sizes = row.numbers("bytes")
    seconds = tuple(float(text) * 1e-6 for text in row.words("microseconds"))
    if len(seconds) != len(sizes):
        raise row.refuse("microseconds", f"has {len(seconds)} times for {len(sizes)} sizes")
    return CollectiveTable(
        accelerator=row.text("accelerator"),
        operation=row.choice("operation", OPERATIONS),
        members=row.count("members"),
        sizes=sizes,
        seconds=seconds,
        **row.cited(),
    )


def step_calibration(row: Row) -> StepCalibration:
    """Read a row of `step_calibrations.csv`, with a column for each coefficient."""
    names = [each.name for each in fields(Calibration)]
    return StepCalibration(
        software=row.text("software"),
        generation=row.text("generation"),
        calibration=Calibration(**{name: row.amount(name) for name in names}),
        most_accelerators=row.count("most_accelerators"),
        most_context=row.count("most_context"),
        longest=row.count("longest"),
        sizes=row.words("sizes"),
        **row.cited(),
    )


def step_error(row: Row) -> StepError:
    """Read a row of `step_errors.csv`."""
    return StepError(
        software=row.text("software"),
        regime=Regime(row.choice("regime", tuple(Regime))),
        error=row.positive("error"),
        rows=row.count("rows"),
        **row.cited(),
    )
