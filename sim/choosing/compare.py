"""Stacks side by side: what each does in the same years, how they differ, which beat which."""

from collections.abc import Callable, Sequence
from importlib.metadata import version

from models.catalog.records import Catalog
from models.prediction.comparison_answer import Comparison, Refused, Variant
from models.reading.document import Document
from models.reading.variations import Axis, combinations
from sim.backends import LOCAL, Backend
from sim.choosing.differences import difference
from sim.choosing.dominance import dominated
from sim.choosing.variants import Case, Effort, check_paths, effort_for, predict_variants

_AT_ONCE = 400  # variants that threads have predicted before processes of their own would pay


def compare(
    documents: Sequence[Document],
    catalog: Catalog,
    axes: Sequence[Axis] = (),
    *,
    seed: int = 1,
    replications: int | None = None,
    backend: Backend = LOCAL,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Predict every combination of what is varied in every stack, in the same years.

    Arguments:
        documents: of the stacks, as read.
        catalog: the facts.
        axes: what is varied in each of them.
        seed: of the simulation, the same for all.
        replications: simulated years of each; by default a thousand, and fewer of many variants.
        backend: where they are predicted; not many of them by threads, where it is this machine.
        progress: told how many of how many are complete.

    Raises:
        InvalidDescription: a path that leads nowhere.
        BackendUnavailable: a cluster that can't be used.
    """
    check_paths(documents, axes)
    pairs = [(one, changes) for one in documents for changes in combinations(axes)]
    cases = [Case(str(number), *pair) for number, pair in enumerate(pairs, 1)]
    effort = Effort(replications) if replications else effort_for(len(cases))
    told = None if progress is None else lambda done: progress(done, len(cases))
    if backend.kind == "local" and len(cases) <= _AT_ONCE:
        backend = Backend("threads", workers=backend.workers)
    answers = predict_variants(
        cases, catalog, seed=seed, effort=effort, backend=backend, progress=told
    )
    variants = [one for one in answers if isinstance(one, Variant)]
    return Comparison(
        version=version("windtunnel"),
        catalog_hash=catalog.digest,
        seed=seed,
        replications=effort.years,
        variants=tuple(variants),
        refused=tuple(one for one in answers if isinstance(one, Refused)),
        differences=tuple(difference(variants[0], one) for one in variants[1:]),
        dominated=dominated(variants),
    )
