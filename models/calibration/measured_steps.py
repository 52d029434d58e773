"""Measured training steps of transformers, read from a file of comma-separated values."""

import math
from dataclasses import dataclass
from pathlib import Path

from models.catalog.errors import UnknownName
from models.catalog.operator_tables import (
    half_peak,
    kept_by,
    practice_of,
    serving_collectives,
    serving_matrices,
)
from models.catalog.records import Catalog
from models.catalog.rows import Row, read_rows
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.layout import Layout, Recompute
from models.laws.transformers.low_rank import LowRank, Target
from models.laws.transformers.machine import Calibration, Cluster, Practice
from models.laws.transformers.memory import (
    HeldMemory,
    Keeping,
    activation_bytes,
    cast_bytes,
    held_memory,
)
from models.laws.transformers.step_time import TransformerStep, step_time

COLUMNS = (
    "set", "software", "accelerator", "node", "network_gbps", "accelerators", "layers", "hidden",
    "heads", "kv_heads", "feed_forward", "gated", "vocabulary", "sequence", "tied", "positions",
    "precision", "tensor", "pipeline", "data", "interleave", "sequence_parallel", "zero",
    "recompute", "micro_batch", "batch", "seconds",
)  # fmt: skip
FURTHER = (  # may be missing
    "head_size", "experts", "active_experts", "context", "expert", "rank", "dropout", "optimizer",
    "copies", "packed",
)  # fmt: skip
_TOLD = ("model", "tokens_per_s_per_accelerator")  # for people alone
_OPTIMIZERS = ("sgd", "momentum", "adam", "adam-bf16")
_BEST = "best"  # what the source does not say, of which its authors took the best
_MICRO_BATCHES = (1, 2, 4, 8, 16)
_USABLE = 0.93  # share of a network's line rate that is left for data
_HOP = 10e-6  # s of one hop between nodes with kernel bypass


@dataclass(frozen=True)
class MeasuredStep:
    """One measured step.

    Arguments:
        group: set of measurements that it belongs to.
        software: of the catalog.
        accelerator: name in the catalog.
        generation: of the accelerator.
        precision: of the computation.
        model: what was trained.
        layouts: that the source may mean, of which the best counts.
        cluster: that it ran on.
        memory: of one accelerator, bytes.
        optimizer: that it took.
        keeping: what its software keeps in memory.
        practice: of the software.
        seconds: that a step took.
    """

    group: str
    software: str
    accelerator: str
    generation: str
    precision: str
    model: Transformer
    layouts: tuple[Layout, ...]
    cluster: Cluster
    memory: float
    optimizer: str
    keeping: Keeping
    practice: Practice
    seconds: float

    @property
    def accelerators(self) -> int:
        """That it ran on."""
        return self.layouts[0].accelerators

    def held(self, layout: Layout) -> HeldMemory:
        """What one accelerator has in its memory.

        Arguments:
            layout: one of its own.
        """
        return held_memory(self.model, layout, self.precision, self.optimizer, self.keeping)

    def predicted(self, calibration: Calibration) -> float:
        """How long the step takes by the law, s.

        Arguments:
            calibration: of its software.
        """
        return self.step(calibration).total

    def step(self, calibration: Calibration) -> TransformerStep:
        """Where its time goes by the law, by the best of its layouts that fits.

        Arguments:
            calibration: of its software.
        """
        layouts = self.layouts
        if len(layouts) > 1:
            layouts = tuple(each for each in layouts if self.held(each).total <= self.memory)
        found = [
            step_time(self.model, each, self.cluster, calibration, practice=self.practice)
            for each in layouts or self.layouts[:1]
        ]
        return min(found, key=lambda step: step.total)


def read_steps(path: Path, catalog: Catalog) -> list[MeasuredStep]:
    """Read measured steps.

    Arguments:
        path: of a file with the columns `COLUMNS`, and of `FURTHER` those that it needs; an empty
            cell is the usual: as many heads of keys as of queries, four times the width in the
            feed-forward network, 1, no. `rank` is that of low-rank adaptation of queries, keys and
            values.
        catalog: the facts.

    Raises:
        CatalogError: with the line and the column of the first cell that cannot be read.
    """
    clusters: dict[tuple[str, str, int, float], Cluster] = {}
    found: list[MeasuredStep] = []
    for row in read_rows(path):
        if not found:
            _check_columns(row)
        found.append(_step(row, catalog, clusters))
    return found


def _check_columns(row: Row) -> None:
    """Refuse a file with what it lacks and what nobody knows, all at once."""
    lacking = [name for name in COLUMNS if name not in row.columns]
    unknown = [name for name in row.columns if name not in (*COLUMNS, *FURTHER, *_TOLD)]
    said = [
        f"{verb} no column {' and '.join(names)}"
        for verb, names in (("has", lacking), ("knows", unknown))
        if names
    ]
    if said:
        raise row.refuse(next(iter(row.columns)), "; ".join(said))


def _step(
    row: Row, catalog: Catalog, clusters: dict[tuple[str, str, int, float], Cluster]
) -> MeasuredStep:
    accelerator = catalog.accelerators.get(row.text("accelerator"))
    software = catalog.software.get(row.text("software"))
    for column, found, table in (
        ("accelerator", accelerator, catalog.accelerators),
        ("software", software, catalog.software),
    ):
        if found is None:
            error = UnknownName(column, row.text(column), tuple(table))
            raise row.refuse(column, str(error))
    assert accelerator is not None  # refused above
    assert software is not None
    model, layouts = described_layout(row)
    precision, node = row.text("precision"), _count(row, "node", 8)
    network = row.amount("network_gbps") if row.optional("network_gbps") else 0.0
    asked = (accelerator.name, precision, node, network)
    if asked not in clusters:
        clusters[asked] = _cluster(row, catalog, *asked)
    return MeasuredStep(
        group=row.text("set"),
        software=software.name,
        accelerator=accelerator.name,
        generation=accelerator.generation,
        precision=precision,
        model=model,
        layouts=layouts,
        cluster=clusters[asked],
        memory=accelerator.memory,
        optimizer=_choice(row, "optimizer", _OPTIMIZERS, "adam"),
        keeping=kept_by(software),
        practice=practice_of(software),
        seconds=row.positive("seconds"),
    )


def described_layout(row: Row) -> tuple[Transformer, tuple[Layout, ...]]:
    """A transformer and the layouts that its source may mean.

    Arguments:
        row: with the columns of a measured step that describe them.

    Raises:
        CatalogError: where a cell cannot be read, or the layout takes other accelerators.
    """
    model = _model(row)
    layouts = tuple(_layouts(row, model))
    if not layouts or layouts[0].accelerators != row.count("accelerators"):
        raise row.refuse("accelerators", "is not what the layout takes")
    return model, layouts


def _cluster(
    row: Row, catalog: Catalog, name: str, precision: str, node: int, network: float
) -> Cluster:
    accelerator = catalog.accelerators[name]
    served = serving_matrices(catalog, accelerator, precision)
    if served is None:
        raise row.refuse("precision", f"{name} has no known rate in {precision}")
    link = catalog.links[accelerator.link] if accelerator.link else None
    return Cluster(
        node=node,
        peak=accelerator.peak_flops[precision],
        memory_bandwidth=accelerator.memory_bandwidth,
        matrices=served.rates,
        inside=serving_collectives(catalog, name, link),
        link=link.bandwidth if link else math.inf,
        network=network * 1e9 / 8 * _USABLE if network else math.inf,
        latency=_HOP,
        width=activation_bytes(precision),
        cast=cast_bytes(precision),
        half_peak=half_peak(accelerator, precision),
    )


def _count(row: Row, column: str, usual: int) -> int:
    if column in FURTHER and column not in row.columns:
        return usual
    return row.count(column) if row.optional(column) else usual


def _choice(row: Row, column: str, known: tuple[str, ...], usual: str) -> str:
    there = column in row.columns and row.optional(column)
    return row.choice(column, known) if there else usual


def _flag(row: Row, column: str, usual: bool) -> bool:
    if column in FURTHER and column not in row.columns:
        return usual
    return row.flag(column) if row.optional(column) else usual


def _model(row: Row) -> Transformer:
    hidden, heads, gated = row.count("hidden"), row.count("heads"), _flag(row, "gated", False)
    sequence, rank = row.count("sequence"), _count(row, "rank", 0)
    return Transformer(
        layers=row.count("layers"),
        hidden=hidden,
        heads=heads,
        kv_heads=_count(row, "kv_heads", heads),
        head_size=_count(row, "head_size", hidden // heads),
        feed_forward=_count(row, "feed_forward", 4 * hidden),
        gated=gated,
        vocabulary=row.count("vocabulary"),
        sequence=sequence,
        tied=_flag(row, "tied", True),
        positions=sequence if _flag(row, "positions", True) else 0,
        experts=_count(row, "experts", 1),
        active_experts=_count(row, "active_experts", 1),
        adapted=LowRank(rank, (Target.QKV,)) if rank else None,
        dropout=_flag(row, "dropout", not gated),
        packed=_count(row, "packed", sequence),
    )


def _layouts(row: Row, model: Transformer) -> list[Layout]:
    data, pipeline = _count(row, "data", 1), _count(row, "pipeline", 1)
    batch = row.count("batch")
    layers = model.layers // pipeline
    micro, parts = row.optional("micro_batch"), row.optional("interleave")
    micros = _MICRO_BATCHES if micro == _BEST else (_count(row, "micro_batch", 1),)
    if parts == _BEST:
        interleaves = tuple(v for v in range(1, layers + 1) if layers % v == 0)
    else:
        interleaves = (_count(row, "interleave", 1),)
    recompute = row.choice("recompute", tuple(Recompute)) if row.optional("recompute") else "none"
    return [
        Layout(
            data=data,
            tensor=_count(row, "tensor", 1),
            pipeline=pipeline,
            context=_count(row, "context", 1),
            expert=_count(row, "expert", 1),
            micro_batch=each,
            micro_batches=batch // (data * each),
            interleave=interleave,
            sequence_parallel=_flag(row, "sequence_parallel", False),
            zero=_count(row, "zero", 0),
            copies=_count(row, "copies", 1),
            recompute=Recompute(recompute),
        )
        for each in micros
        for interleave in interleaves
        if batch % (data * each) == 0
        and (interleave == 1 or batch // (data * each) % pipeline == 0)
    ]
