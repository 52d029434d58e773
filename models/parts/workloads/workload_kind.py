"""What the file of a kind of workload answers, as one record."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.catalog.records import Catalog
from models.description.stack import Stack, Workload
from models.measurements.measured import Key, Samples
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.replicas import Replicas
from models.parts.site import Site
from models.parts.stores.store_speed import StoreSpeed
from models.parts.use import Use
from models.parts.workloads.places_needed import InZones, Needed
from models.prediction import CostLine, Finding
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.explanation_answer import Factor, LawUsed
from models.reading.faults import Fault, PathInFile


class Unreadable(Exception):
    """A file beside the stack file that can't be used.

    Arguments:
        fault: what is wrong, and where the stack file names it.
    """

    def __init__(self, fault: Fault) -> None:
        self.faults = [fault]
        super().__init__(str(fault))


class Impossible(ValueError):
    """A workload that can't run as described; the message says which figure shows it.

    Arguments:
        reasons: what is wrong, each alone or after the path of its place in the workload.
    """

    def __init__(self, *reasons: str | tuple[PathInFile, str]) -> None:
        self.reasons = tuple(((), one) if isinstance(one, str) else one for one in reasons)
        super().__init__("; ".join(text for _, text in self.reasons))


@dataclass(frozen=True)
class Likeness:
    """What the times of the answers of a workload, and its losses, follow from.

    Arguments:
        shape: all of it, but for numbers of servers, and for what servers take.
        servers: at each stage: with more at any of them nothing is slower. Where that is not sure,
            none, and they are part of the shape.
        services: times of answers at stages, s: with less at any of them nothing is slower;
            likewise.
    """

    shape: str
    servers: tuple[int, ...] = ()
    services: tuple[float, ...] = ()

    def no_faster_than(self, other: "Likeness") -> bool:
        """The same, with no more servers at any stage, and no shorter times.

        Arguments:
            other: of the same workload.
        """
        return (
            self.shape == other.shape
            and all(m <= o for m, o in zip(self.servers, other.servers, strict=True))
            and all(m >= o for m, o in zip(self.services, other.services, strict=True))
        )


def _nothing_billed(solved: Any, site: Site) -> tuple[CostLine, ...]:
    return ()


def _nothing_found(solved: Any, site: Site) -> tuple[Finding, ...]:
    return ()


def _as_given(name: str, workload: Any, folder: Path) -> tuple[Any, bytes]:
    return workload, b""


@dataclass(frozen=True)
class Given:
    """A value of the description as it was measured.

    Arguments:
        value: as the file has it; None where the file is to have none.
        by: the measured values that give it.
    """

    value: Any
    by: Key


def _nothing_calibrated(solved: Any, values: Mapping[Key, Samples]) -> dict[str, Given]:
    return {}


def _nothing_assumed(solved: Any) -> dict[Key, Any]:
    return {}


def _as_described(
    solved: Any, uses: tuple[Use, ...], interruption_rate: float, site: Site
) -> tuple[Use, ...]:
    return uses


def _no_components(name: str, workload: Any, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    return ()


def _no_files(name: str, workload: Any, folder: Path) -> tuple[Any, bytes] | None:
    return None


def _no_replicas(workload: Any) -> tuple[Replicas, ...]:
    return ()


def _held_nodes(workload: Any, group: str) -> bool:
    return False


def _no_share(solved: Any, group: str) -> float:
    return 0.0


def _all_nodes(solved: Any, group: str, site: Site) -> Needed:
    count = site.groups[group].described.count
    return Needed(count, count)


def _never(workload: Any) -> bool:
    return False


def _asks_unknown(solved: Any, group: str, site: Site) -> float | None:
    return None


def _contained(workload: Any, group: str) -> tuple[tuple[PathInFile, str], ...]:
    return ()


def _no_gateway(workload: Any) -> str | None:
    return None


def _own_roles(workload: Any) -> tuple[str, ...]:
    return ()


def _steady(solved: Any) -> bool:
    return False


def _certain(solved: Any) -> float:
    return 0.0


def _as_it_is(solved: Any, factor: float = 1.0) -> Any:
    return solved


def _unknown_power(solved: Any) -> float | None:
    return None


def _no_frameworks(workload: Any) -> tuple[str, str]:
    return "", ""


def _like_no_other(solved: Any) -> Likeness | None:
    return None


def _no_figures(solved: Any) -> dict[str, float]:
    return {}


def _no_laws(solved: Any) -> tuple[LawUsed, ...]:
    return ()


def _no_rate(solved: Any, speed: StoreSpeed, site: Site) -> float:
    raise AssertionError("no use of this kind of workload sets its rate")


@dataclass(frozen=True)
class WorkloadKind:
    """A kind of workload: what users write, and what the laws answer of such a workload.

    What is simulated of it is in `sim/workloads`, what people are shown in `reports/workloads`,
    each in a file with the name of the kind.

    Arguments:
        description: the part of the file; its `kind` is the name of the kind.
        mode: how it is deployed.
        completes: one comes to its end, so that others can wait for it.
        alone: it has its nodes for itself while it runs.
        serves: it answers requests, with a latency and a loss.
        lags: it reads a log, with events that wait there.
        groups: names of the node groups that it runs on.
        faults: what is wrong with one of a name, beyond its shape.
        uses: what one of a name does with which stores.
        solve: what the laws say of one of a name; raises Impossible.
        assumptions: what was taken for granted, one sentence each.
        factors: keys of its description that a factor of performance moves: paths below the
            workload, in which * is any step.
        findings: what a reader must know before believing a figure.
        traffic: what it does with stores, with all that it reads and writes, once the laws know
            how often it is interrupted, 1/s.
        cost_lines: what it is billed for beside nodes and stores.
        rate_reading: its rate, 1/s, where the store that sets it is so fast.
        work: productive time that failures of its nodes interrupt as a whole, s; None for a kind
            that goes on with fewer nodes.
        components: what fails for it beside nodes and stores.
        completed: one of a name with the values that a file beside the stack file gives, from the
            folder of that, and the file's bytes; raises Unreadable.
        files: what it reads beside the stack file, from the folder of that, and its bytes; raises
            Unreadable.
        calibrated: values for keys of the description, by key after the workload's, that measured
            values give.
        assumed: distributions of what can be measured of it, as they are described.
        replicas: that it places on nodes which others may be on, too.
        kept: its nodes are held, and billed, while they are away, too.
        scales: its nodes of a group come and go with its load, where it has them for itself.
        least_share: of its nodes of such a group that it holds on average, at the least.
        asks: share of the nodes of a group that it asks for, of the resource of which it asks most;
            None where nothing says it.
        nodes_needed: the nodes of a group that it needs up to work at all.
        uncertainty: relative standard error of its work, of which each run draws a factor of mean
            1 from a log-normal distribution; 0 where there is none.
        overloaded: the laws are sure that it has no steady state.
        at: what the laws say of the same work if it took a factor as long for certain, where it is
            uncertain.
        bare: the same without what only answers questions beside: something down, other loads.
        by_law: figures of its prediction that a law gives, by name; those that it does not name are
            simulated.
        laws: by which its figures are had.
        zones_needed: what it needs of the zones of the stack, over which it is spread, nothing
            where all is managed; None for a kind whose nodes stand together.
        together: nodes of such a workload stand together, though its kind can be spread.
        frameworks: of its models, and of its computing, in words; empty where nothing says one.
        managed: a service of the provider runs what it runs on, and not only rents nodes out.
        finished: what it answers with is a program of the provider, and not one's own.
        hires: such a service starts its nodes for it, and ends them with it.
        one_role: its node groups to which such a service gives one role, that of the first; none
            where each takes its own.
        uncontained: what keeps the nodes of a group from being those of a Kubernetes cluster,
            which starts containers alone: paths below the workload, each with why.
        gateway: the one of the provider that its requests come through; None where there is none.
        slowed: it reckons with what virtualization takes of the speed of its nodes.
        outside: it stands outside of the building or the cloud, and needs nothing but its own.
        outside_power: what draws there on average, W; None where it is not known.
        apart: whether it can be, and bears what comes, is a matter of each of its node groups
            alone; more nodes of a group, and fewer replicas on it, never keep it from being.
        alike: what its times and its losses follow from; None where failures change them.
    """

    description: type[Workload]
    mode: DeploymentMode
    completes: Callable[[Any], bool]
    alone: bool
    serves: bool
    groups: Callable[[Any], tuple[str, ...]]
    faults: Callable[[str, Any, Stack, Catalog], Iterator[Fault]]
    uses: Callable[[str, Any, Stack, Facts], tuple[Use, ...]]
    solve: Callable[[str, Any, Site], Any]
    assumptions: Callable[[Any, Site], tuple[str, ...]]
    factors: Mapping[Factor, tuple[str, ...]]
    findings: Callable[[Any, Site], tuple[Finding, ...]] = _nothing_found
    traffic: Callable[[Any, tuple[Use, ...], float, Site], tuple[Use, ...]] = _as_described
    cost_lines: Callable[[Any, Site], tuple[CostLine, ...]] = _nothing_billed
    rate_reading: Callable[[Any, StoreSpeed, Site], float] = _no_rate
    work: Callable[[Any], float] | None = None
    components: Callable[[str, Any, Stack, Facts], tuple[Component, ...]] = _no_components
    completed: Callable[[str, Any, Path], tuple[Any, bytes]] = _as_given
    files: Callable[[str, Any, Path], tuple[Any, bytes] | None] = _no_files
    calibrated: Callable[[Any, Mapping[Key, Samples]], dict[str, Given]] = _nothing_calibrated
    assumed: Callable[[Any], Mapping[Key, Any]] = _nothing_assumed
    replicas: Callable[[Any], tuple[Replicas, ...]] = _no_replicas
    kept: bool = False
    scales: Callable[[Any, str], bool] = _held_nodes
    least_share: Callable[[Any, str], float] = _no_share
    asks: Callable[[Any, str, Site], float | None] = _asks_unknown
    nodes_needed: Callable[[Any, str, Site], Needed] = _all_nodes
    zones_needed: Callable[[Any, Site], tuple[InZones, ...]] | None = None
    together: Callable[[Any], bool] = _never
    outside: Callable[[Any], bool] = _never
    outside_power: Callable[[Any], float | None] = _unknown_power
    frameworks: Callable[[Any], tuple[str, str]] = _no_frameworks
    managed: Callable[[Any], bool] = _never
    finished: Callable[[Any], bool] = _never
    hires: Callable[[Any], bool] = _never
    one_role: Callable[[Any], tuple[str, ...]] = _own_roles
    uncontained: Callable[[Any, str], tuple[tuple[PathInFile, str], ...]] = _contained
    gateway: Callable[[Any], str | None] = _no_gateway
    slowed: bool = False
    lags: bool = False
    apart: bool = False
    alike: Callable[[Any], Likeness | None] = _like_no_other
    uncertainty: Callable[[Any], float] = _certain
    overloaded: Callable[[Any], bool] = _steady
    at: Callable[[Any, float], Any] = _as_it_is
    bare: Callable[[Any], Any] = _as_it_is
    by_law: Callable[[Any], Mapping[str, float]] = _no_figures
    laws: Callable[[Any], tuple[LawUsed, ...]] = _no_laws

    @property
    def needs_all(self) -> bool:
        """Whether a workload works on all nodes of its groups, or not at all."""
        return self.nodes_needed is _all_nodes

    def spreads(self, workload: Any) -> bool:
        """Whether nodes of a workload stand in all zones of the stack, and not in one.

        Arguments:
            workload: its description.
        """
        return self.zones_needed is not None and not self.together(workload)


@dataclass(frozen=True)
class SolvedWorkload:
    """A workload and what the laws say of it.

    Arguments:
        name: of the workload.
        described: by the user.
        kind: of it.
        uses: of stores.
        answer: of the laws of its kind.
        needs: names of the components that must be up for it.
    """

    name: str
    described: Any
    kind: WorkloadKind
    uses: tuple[Use, ...]
    answer: Any
    needs: frozenset[str]
