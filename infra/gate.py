"""Objectives before resources: what is predicted to miss its objectives is not built."""

from dataclasses import fields
from typing import Any

import pulumi

from infra.environment import ROOT, environment
from infra.settings import refuse_unknown_settings, structured
from infra.shortfall import falls_short
from models.catalog.load import load_catalog
from models.catalog.records import Catalog, CatalogError, UnknownName
from models.parts.place import provider_of
from models.parts.read_stack import StackFile, read_stack
from models.parts.solve import SolvedStack
from models.prediction import UNIT, Prediction, Verdict, WorkloadPrediction
from models.reading.document import changed_document, read_document
from models.reading.faults import InvalidDescription

_CHANGES = (
    "hold values by path, such as {nodes.trainers.count: 2}:"
    """ pulumi config set --path 'windtunnel:set["nodes.trainers.count"]' 2"""
)


def pass_gate(config: pulumi.Config) -> tuple[SolvedStack, Catalog, Prediction]:
    """Read the stack, predict it, and let it pass only if it may be built.

    Arguments:
        config: `stack` is the path of the stack file, relative to the repository; `enforce` says
            whether a missed objective stops the program; `seed` and `replications` are those of
            the simulation; `set` holds values that take the place of the file's, by path.

    Raises:
        pulumi.RunError: the file is bad, there is nothing to build, or an objective is missed.
            Nothing has been registered then.
    """
    refuse_unknown_settings()
    environment()  # what of it can't be is told before the work
    enforce = config.get_bool("enforce", True)
    seed = _between(config, "seed", 1, least=0, most=2**63 - 1)
    replications = _between(config, "replications", 1000, least=2, most=1_000_000)
    path = config.require("stack")
    if not path.strip():
        raise pulumi.RunError(
            "windtunnel:stack names no file; set it: pulumi config set windtunnel:stack"
            " stacks/mine.yaml"
        )
    catalog, file = _read(path, _changes())
    if provider_of(file.stack).owned:
        raise pulumi.RunError(
            f"nothing to provision: stack '{file.stack.name}' is on premises; "
            "its prediction needs no cloud (run windtunnel instead)"
        )
    prediction = _predict(file, catalog, seed, replications)
    _hold_against_objectives(prediction, bool(enforce))
    return file.solved, catalog, prediction


def _between(config: pulumi.Config, key: str, default: int, *, least: int, most: int) -> int:
    value = config.get_int(key, default)
    if value is None or not least <= value <= most:
        raise pulumi.RunError(f"windtunnel:{key} must be from {least} to {most}, not {value}")
    return value


def _changes() -> dict[str, object]:
    """What this environment changes of the stack file, as --set does on the command line."""
    changes: dict[str, object] = structured("set", dict, _CHANGES)
    return changes


def _read(path: str, changes: dict[str, object]) -> tuple[Catalog, StackFile]:
    try:
        catalog = load_catalog()
        document = changed_document(read_document(ROOT / path), changes, "windtunnel:set")
        return catalog, read_stack(document, catalog)
    except InvalidDescription as error:
        # The path as the user gave it: the program runs elsewhere.
        raise pulumi.RunError("\n".join(InvalidDescription(path, error.faults).lines())) from None
    except (CatalogError, UnknownName) as error:
        raise pulumi.RunError(str(error)) from None


def _predict(file: StackFile, catalog: Catalog, seed: int, replications: int) -> Prediction:
    # Late: a stack that can't be read needs no simulation.
    from sim.predict import NoProgress, predict

    try:
        return predict(file, catalog, seed=seed, replications=replications)
    except (UnknownName, NoProgress) as error:
        raise pulumi.RunError(str(error)) from None


def _hold_against_objectives(prediction: Prediction, enforce: bool) -> None:
    if prediction.fine:
        return
    verdicts = {one.verdict for one in prediction.objectives}
    findings = "\n".join(f"  {one}" for one in falls_short(prediction))
    what = " and to ".join(
        [
            *(["be overloaded"] if prediction.overloaded else []),
            *(["miss its objectives"] if Verdict.MISSED in verdicts else []),
            *(
                ["leave open whether it meets its objectives"]
                if Verdict.UNKNOWN in verdicts
                else []
            ),
        ]
    )
    if enforce:
        raise pulumi.RunError(
            f"stack '{prediction.stack}' is predicted to {what}; nothing is built:\n"
            f"{findings}\n"
            "Change the stack or its objectives, or build it all the same with\n"
            "  pulumi config set windtunnel:enforce false"
        )
    pulumi.log.warn(
        f"stack '{prediction.stack}' is predicted to {what}; "
        f"windtunnel:enforce is false, so it is built all the same:\n{findings}"
    )


def prediction_outputs(prediction: Prediction) -> dict[str, Any]:
    """The headline numbers as a stack output, with units in their names.

    Arguments:
        prediction: what was predicted for the stack that is built.
    """
    return {
        "version": prediction.version,
        "stack_hash": prediction.stack_hash,
        "catalog_hash": prediction.catalog_hash,
        "nodes": {
            group.name: {"count": group.nodes, "instance": group.node}
            for group in prediction.groups
        },
        "seed": prediction.seed,
        "replications": prediction.replications,
        "objectives_met": prediction.objectives_met,
        "overloaded": list(prediction.overloaded),
        "objectives": {
            objective.name: {
                "target": objective.target,
                "predicted": objective.predicted,
                "probability": objective.probability,
                "met": objective.met,
                "verdict": objective.verdict.value,
            }
            for objective in prediction.objectives
        },
        "availability": 1 - prediction.availability.unavailability,
        "hourly_cost_usd": prediction.cost.hourly,
        "cost_at_least": prediction.cost.at_least,
        "run_cost_usd": {
            "p50": prediction.cost.run.p50.mean,
            "p95": prediction.cost.run.p95.mean,
        },
        "workloads": {workload.name: _figures(workload) for workload in prediction.workloads},
    }


def _figures(workload: WorkloadPrediction) -> dict[str, Any]:
    """The headline numbers of a workload of any kind."""
    unit = next(one.metadata[UNIT] for one in fields(workload) if one.name == "throughput")
    figures: dict[str, Any] = {
        "kind": workload.kind,
        f"throughput_{unit.replace('/s', '_per_second')}": workload.throughput.mean,
        "availability": 1 - workload.unavailability,
    }
    if workload.completion is not None:
        figures["completion_seconds"] = {
            "p50": workload.completion.p50.mean,
            "p95": workload.completion.p95.mean,
        }
    return figures
