"""Many variants of a stack as rows of a table, a row as soon as it is known."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from models.catalog.records import Catalog
from models.description.plain_values import said
from models.prediction import Distribution, Estimate
from models.prediction.comparison_answer import Refused, Variant, WorkloadFigures
from models.reading.document import Document
from models.reading.variations import Axis
from sim.backends import LOCAL, Backend, run_all
from sim.choosing.variants import Case, Effort, check_paths, know_catalog, predict_variant
from sim.same_version import fingerprint

Row = dict[str, Any]  # plain values by the name of their column, with units


def identity(
    document: Document,
    axes: Sequence[Axis],
    changes: Sequence[Mapping[str, Any]],
    catalog: Catalog,
    *,
    seed: int,
    replications: int,
) -> str:
    """SHA-256 of all that the rows of a sweep depend on, hexadecimal.

    Arguments:
        document: of the stack.
        axes: what is varied.
        changes: new values by path, of each row.
        catalog: the facts.
        seed: of the simulation.
        replications: simulated years of each.
    """
    of = [document.digest, catalog.digest, fingerprint(), seed, replications]
    told = json.dumps([of, [axis.path for axis in axes], list(changes)], default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def sweep(
    document: Document,
    axes: Sequence[Axis],
    changes: Sequence[Mapping[str, Any]],
    catalog: Catalog,
    *,
    seed: int,
    replications: int,
    backend: Backend = LOCAL,
    known: int = 0,
    taken: Callable[[Sequence[Row]], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """The rows that are not known yet, in order.

    Arguments:
        document: of the stack.
        axes: what is varied.
        changes: new values by path, of each row.
        catalog: the facts.
        seed: of the simulation.
        replications: simulated years of each.
        backend: where they are predicted.
        known: rows at the beginning that are known.
        taken: given the rows as they come, in order.
        progress: told how many of how many are complete.

    Raises:
        InvalidDescription: a path that leads nowhere.
        BackendUnavailable: a cluster that can't be used.
    """
    check_paths([document], axes)
    know_catalog(catalog)
    cases = [Case(str(k), document, one) for k, one in enumerate(changes, 1)][known:]
    task = partial(_row, seed, replications, catalog.digest)
    told = None if progress is None else lambda done: progress(known + done, len(changes))
    return run_all(task, cases, backend, told, taken)


def _row(seed: int, replications: int, catalog_digest: str, case: Case) -> Row:
    answer = predict_variant(seed, Effort(replications), catalog_digest, case)
    row: Row = {"number": int(case.name)}
    row |= {path: _plain(value) for path, value in case.changes.items()}
    return row | (_refused(answer) if isinstance(answer, Refused) else _figures(answer))


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | None) else said(value)


def _refused(one: Refused) -> Row:
    return {"refused": one.faults[0], "objectives_met": None}


def _figures(one: Variant) -> Row:
    row: Row = {"refused": None, "objectives_met": one.fine}
    for each in one.objectives:
        row[f"objectives.{each.name.replace(' ', '_')}.verdict"] = each.verdict.value
        row[f"objectives.{each.name.replace(' ', '_')}.probability"] = each.probability
    row |= _spread("cost", "usd", one.cost)
    row |= {
        "cost_of": one.cost_of,
        "cost_at_least": one.at_least,
        "monthly_usd_per_month": one.monthly,
        "monthly_at_most": one.at_most,
        "unavailability": one.unavailability,
        "simulated_availability": one.availability.mean.mean,
        "loss_probability_within_a_year": one.loss_probability,
    }
    row |= _spread("energy", "j", one.energy)
    for each_of in one.workloads:
        row |= _of_workload(each_of)
    return row | {"warnings": len(one.warnings), "stack_hash": one.stack_hash}


def _of_workload(one: WorkloadFigures) -> Row:
    head = f"workloads.{one.name}"
    mean = None if not one.samples else sum(one.samples) / len(one.samples)
    served = {"time_p99": ("s", one.time_p99), "wanted_time": ("s", one.wanted_time)}
    served["loss"] = ("", one.loss)
    only_served = (
        _estimate(f"{head}.{name}", unit, known)
        for name, (unit, known) in served.items()
        if known is not None
    )
    return {
        f"{head}.completes": one.completes,
        f"{head}.time_mean_s": mean,
        **_estimate(f"{head}.time_p50", "s", one.time_p50),
        **_estimate(f"{head}.time_p95", "s", one.time_p95),
        **{name: value for each in only_served for name, value in each.items()},
        f"{head}.throughput_per_s": one.throughput.mean,
        f"{head}.limit": one.limit,
        **({} if one.speedup is None else {f"{head}.speedup": one.speedup}),
        **({} if one.efficiency is None else {f"{head}.efficiency": one.efficiency}),
    }


def _spread(name: str, unit: str, one: Distribution | None) -> Row:
    return {
        **_estimate(f"{name}_mean", unit, None if one is None else one.mean),
        f"{name}_p50_{unit}": None if one is None else one.p50.mean,
        f"{name}_p95_{unit}": None if one is None else one.p95.mean,
    }


def _estimate(name: str, unit: str, one: Estimate | None) -> Row:
    end = f"_{unit}" if unit else ""
    return {
        f"{name}{end}": None if one is None else one.mean,
        f"{name}_low{end}": None if one is None else one.low,
        f"{name}_high{end}": None if one is None else one.high,
    }
