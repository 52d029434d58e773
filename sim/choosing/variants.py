"""Variants of stacks, predicted in the same years, wherever that is done."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from models.catalog.load import load_catalog
from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.prediction import Prediction, WorkloadPrediction
from models.prediction.comparison_answer import Refused, Variant, WorkloadFigures
from models.prediction.served import Accelerated, Lagging, Served
from models.reading.document import Document, changed_document
from models.reading.faults import InvalidDescription
from models.reading.variations import Axis
from sim.backends import LOCAL, Backend, BackendUnavailable, run_all
from sim.experiment import distribution
from sim.predict import FAILURES, FEWEST_YEARS, NoProgress, predict

Answer = Variant | Refused
BY = "--vary"  # what changes a variant, as messages say it
YEARS_IN_ALL = 25_000  # of all variants together, where nobody says how many
_MOST_YEARS, _FEWEST_YEARS = 1000, 200
_FAILURES_IN_ALL = 100_000_000  # of all units of all variants together, likewise
_FEWEST_IN_ALL = 10_000  # years of all variants together, however much fails in them
_FEWEST_OF_MANY = 100  # of each


@dataclass(frozen=True)
class Case:
    """A stack to predict.

    Arguments:
        name: unlike that of any other.
        document: of the stack.
        changes: new values by path.
    """

    name: str
    document: Document
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Effort:
    """How long each of the variants is simulated.

    Arguments:
        years: at the most.
        failures: of all its units that are worth simulating, in all of these years together.
        fewest: years that are simulated however much fails in them.
    """

    years: int
    failures: int = FAILURES
    fewest: int = FEWEST_YEARS


def effort_for(variants: int) -> Effort:
    """How long each of so many variants is simulated, where nobody says how long.

    Arguments:
        variants: there are.
    """
    fewest = max(_FEWEST_OF_MANY, min(FEWEST_YEARS, _FEWEST_IN_ALL // max(1, variants)))
    failures = min(FAILURES, _FAILURES_IN_ALL // max(1, variants))
    return Effort(replications_for(variants), failures, fewest)


def replications_for(variants: int) -> int:
    """Years that each of so many variants is simulated for, where nobody says how many.

    Arguments:
        variants: there are.
    """
    return max(_FEWEST_YEARS, min(_MOST_YEARS, YEARS_IN_ALL // max(1, variants)))


def check_paths(documents: Sequence[Document], axes: Sequence[Axis]) -> None:
    """See that every path leads somewhere, before long work.

    Arguments:
        documents: of the stacks.
        axes: what is varied.

    Raises:
        InvalidDescription: a path that leads nowhere.
    """
    for document in documents:
        for axis in axes:
            changed_document(document, {axis.path: axis.values[0]}, BY)


def predict_variants(
    cases: Sequence[Case],
    catalog: Catalog,
    *,
    seed: int,
    effort: Effort,
    backend: Backend = LOCAL,
    progress: Callable[[int], None] | None = None,
    taken: Callable[[Sequence[Answer]], None] | None = None,
) -> list[Answer]:
    """Predict stacks in the same years, so that they meet the same chance; in order.

    Arguments:
        cases: the stacks.
        catalog: the facts.
        seed: of the simulation.
        effort: how long each is simulated.
        backend: where they are predicted.
        progress: told how many are complete.
        taken: given the answers as they come, in order.

    Raises:
        BackendUnavailable: a cluster that can't be used, or that has another catalog.
    """
    know_catalog(catalog)
    task = partial(predict_variant, seed, effort, catalog.digest)
    return run_all(task, cases, backend, progress, taken)


# Of this process: a worker reads its own once. What it answers depends on the digest alone.
_catalogs: dict[str, Catalog] = {}


def know_catalog(catalog: Catalog) -> None:
    """Let this process predict by a catalog that it has read.

    Arguments:
        catalog: the facts.
    """
    _catalogs[catalog.digest] = catalog


def catalog_of(digest: str) -> Catalog:
    """The facts of this process.

    Arguments:
        digest: SHA-256 of those that are meant.

    Raises:
        BackendUnavailable: it has others.
    """
    if digest not in _catalogs:
        found = load_catalog()
        if found.digest != digest:
            raise BackendUnavailable(
                f"a worker of the cluster has the catalog {found.digest[:12]}, and this is"
                f" {digest[:12]}; give all of them the same prices"
            )
        _catalogs[digest] = found
    return _catalogs[digest]


def predict_variant(
    seed: int,
    effort: Effort,
    catalog_digest: str,
    case: Case,
    remembered: dict[Hashable, Any] | None = None,
    lived: bool = True,
) -> Answer:
    """Predict one stack, in this process.

    Arguments:
        seed: of the simulation.
        effort: how long it is simulated.
        catalog_digest: SHA-256 of the facts.
        case: the stack.
        remembered: what was simulated of others with this seed that knows nothing of failures and
            prices; what is simulated now is kept there.
        lived: how often the stack is up in each year is asked for, or by an objective.

    Raises:
        BackendUnavailable: this process has other facts.
    """
    catalog = catalog_of(catalog_digest)
    try:
        stack_file = read_stack(changed_document(case.document, case.changes, BY), catalog)
        prediction = predict(
            stack_file,
            catalog,
            seed=seed,
            replications=effort.years,
            failures=effort.failures,
            fewest=effort.fewest,
            jobs=1,
            bare=True,
            remembered=remembered,
            lived=lived,
        )
    except InvalidDescription as error:
        return _refused(case, error.lines())
    except NoProgress as error:
        return _refused(case, [str(error)])
    return variant_of(case.name, case.changes, prediction)


def _refused(case: Case, lines: Sequence[str]) -> Refused:
    stack = case.document.tree.get("name")
    name = stack if isinstance(stack, str) else case.document.name
    return Refused(case.name, name, tuple(case.changes.items()), tuple(lines))


def variant_of(name: str, changes: Mapping[str, Any], prediction: Prediction) -> Variant:
    """What a comparison shows of a prediction.

    Arguments:
        name: unlike that of any other variant.
        changes: what was varied.
        prediction: of the stack.
    """
    known = {one.name for one in prediction.durability}
    return Variant(
        name=name,
        stack=prediction.stack,
        changes=tuple(changes.items()),
        stack_hash=prediction.stack_hash,
        replications=prediction.replications,
        workloads=tuple(map(_figures, prediction.workloads)),
        objectives=prediction.objectives,
        unstable=prediction.overloaded,
        never_available=prediction.never_available,
        cost_of=prediction.cost.of,
        cost=prediction.cost.run,
        monthly=prediction.cost.monthly,
        at_least=prediction.cost.at_least,
        at_most=prediction.cost.at_most,
        unavailability=prediction.availability.unavailability,
        availability=distribution(prediction.availability.samples),
        durability=prediction.durability,
        unknown_durability=tuple(s.name for s in prediction.stores if s.name not in known),
        energy=None if prediction.energy is None else prediction.energy.run,
        warnings=prediction.warnings,
    )


def _figures(one: WorkloadPrediction) -> WorkloadFigures:
    served = one if isinstance(one, Served) else None
    return WorkloadFigures(
        name=one.name,
        kind=one.kind,
        completes=one.completion is not None,
        time_p50=one.typical_time,
        time_p95=one.late_time,
        time_p99=served.p99 if served else None,
        wanted_time=served.wanted_time if served else None,
        loss=served.loss if served else None,
        lag=one.lag if isinstance(one, Lagging) else None,
        throughput=one.throughput,
        limit=one.held_back_by,
        speedup=one.speedup if isinstance(one, Accelerated) else None,
        efficiency=one.efficiency if isinstance(one, Accelerated) else None,
        samples=() if one.completion is None else one.completion.samples,
    )
