"""Two queueing networks with the same random numbers: by how much they differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.prediction import Estimate
from models.queueing.asked import NOTHING
from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer
from models.queueing.periods import intervals_of
from sim import output_analysis
from sim.backends import LOCAL, Backend, run_all
from sim.queueing.pooled_runs import PooledRuns
from sim.queueing.replication import Engine, Outcome, Replication, recorded
from sim.queueing.simulate_network import (
    MOST_SERVICES,
    REPLICATIONS,
    SERVICES,
    SLOW_SERVICES,
    Progress,
    Traces,
    answer_of,
    check_sizes,
    draws_of,
    services_of,
    told_by,
)


@dataclass(frozen=True)
class Comparison:
    """Two networks simulated with the same random numbers.

    Arguments:
        a: the first answer.
        b: the second.
        differences: of mean response times, b less a, s, by class that both have.
        variance_reductions: of each difference, against independent runs of the same length.
        notes: what a reader must know.
    """

    a: NetworkAnswer
    b: NetworkAnswer
    differences: dict[str, Estimate]
    variance_reductions: dict[str, float]
    notes: tuple[str, ...]


def compare(
    network_a: Network,
    network_b: Network,
    *,
    seed: int = 1,
    traces: Traces | None = None,
    engine: Engine = "compiled",
    replications: int = REPLICATIONS,
    visits: int = SERVICES,
    backend: Backend = LOCAL,
    progress: Progress | None = None,
) -> Comparison:
    """By how much two networks differ, with common random numbers for what both have.

    Arguments:
        network_a: the first, checked.
        network_b: the second, checked.
        seed: of the experiment.
        traces: recorded times of arrival, s, by class; of both networks.
        engine: compiled or simpy, or what makes a run from a layout.
        replications: pairs of runs, 2 or more.
        visits: services of one run.
        backend: where the runs are.
        progress: told how many runs of how many are complete.

    Raises:
        ValueError: sizes that do not go together, or an unknown engine.
        BackendUnavailable: a package that is missing, or a cluster that can't be used.

    Source: Law (2015), sections 10.2.1 and 11.2.
    """
    check_sizes(replications, visits)
    if replications < 2:
        raise ValueError("replications is 1; a comparison needs 2 or more pairs")
    draws = [draws_of(seed, k) for k in range(replications)]
    answers, values = [], []
    for position, network in enumerate((network_a, network_b)):
        asked = services_of(network, visits, SLOW_SERVICES // replications)
        longest = MOST_SERVICES if recorded(network) else asked
        intervals, share = intervals_of(network), MOST_SERVICES // replications
        task = Replication(network, traces or {}, engine, longest, False, intervals, share)
        told = told_by(progress, position * replications, 2 * replications)
        pooled = PooledRuns(network, NOTHING)
        outcomes = pooled.take(run_all(task, draws, backend, told))
        answers.append(answer_of(network, engine, asked, outcomes, pooled, intervals=intervals))
        values.append(_class_responses(network, outcomes))
    a, b = answers
    known = [] if a.unstable or b.unstable else [name for name in values[0] if name in values[1]]
    differences = {
        name: output_analysis.compare(values[0][name], values[1][name]) for name in known
    }
    reductions = {
        name: output_analysis.variance_reduction(values[0][name], values[1][name]) for name in known
    }
    notes = tuple(
        f"Class {name}: common random numbers make the variance of the difference "
        f"{factor:.3g} times smaller than independent runs."
        for name, factor in reductions.items()
    )
    return Comparison(a, b, differences, reductions, notes)


def _class_responses(network: Network, outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Mean response times by class, s, of the classes that came through in every run."""
    columns = {
        name: [one.measured.response_of_class(k) for one in outcomes]
        for k, name in enumerate(network.classes)
    }
    return {name: column for name, column in columns.items() if not any(map(math.isnan, column))}
