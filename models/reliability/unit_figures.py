"""How one unit of a component fails and is repaired, as the laws and the simulation take it."""

from dataclasses import dataclass, replace

from models.laws.reliability import lifetimes
from models.laws.reliability.lifetime import Lifetime
from models.reliability.block_diagram import Component, Standby
from models.reliability.lifetime_description import AnyLifetime, lifetime_of


@dataclass(frozen=True)
class UnitFigures:
    """One unit: a probability for all time, or a lifetime.

    Arguments:
        chances: probabilities that it has failed and that it works; None with a lifetime.
        lifetime: until it fails, at work.
        repair: until it works again; None where it stays down.
        stop_age: at work until it is stopped for maintenance, s; None without.
        stop: how long that takes.
        waits: it waits in standby where it is not required.
        dormant: until it fails, waiting; None never fails.
        switching: probability that it takes over.
    """

    chances: tuple[float, float] | None = None
    lifetime: Lifetime | None = None
    repair: Lifetime | None = None
    stop_age: float | None = None
    stop: Lifetime | None = None
    waits: bool = False
    dormant: Lifetime | None = None
    switching: float = 1.0

    @property
    def plain(self) -> bool:
        """Without stops and standby."""
        return self.stop is None and not self.waits

    @property
    def rates(self) -> tuple[float, float] | None:
        """Constant rates of failure and of repair, /s, 0 without repair; None where they vary."""
        fails = constant_rate(self.lifetime)
        mends = 0.0 if self.repair is None else constant_rate(self.repair)
        return None if fails is None or mends is None or not self.plain else (fails, mends)

    def share(self, part: float) -> "UnitFigures":
        """What fails with a part of its probability, or at a part of its constant rate.

        Arguments:
            part: more than 0, 1 at most.

        Raises:
            ValueError: its rate varies, or it is stopped or waits.
        """
        if self.chances is not None:
            failed = part * self.chances[0]
            return replace(self, chances=(failed, 1 - failed))
        rate = constant_rate(self.lifetime)
        if rate is None or not self.plain:
            raise ValueError("has no constant rate of failure that could be split")
        return replace(self, lifetime=lifetimes.Exponential(part * rate))


def constant_rate(lifetime: Lifetime | None) -> float | None:
    """The rate of an exponential lifetime, /s; None of any other.

    Arguments:
        lifetime: any.
    """
    if isinstance(lifetime, lifetimes.Exponential):
        return lifetime.failure_rate
    if isinstance(lifetime, lifetimes.Weibull) and lifetime.shape == 1 and not lifetime.location:
        return 1 / lifetime.scale
    if isinstance(lifetime, lifetimes.Gamma) and lifetime.shape == 1:
        return 1 / lifetime.scale
    return None


def figures_of(component: Component) -> UnitFigures:
    """The figures of one unit of a component.

    Arguments:
        component: as described.

    Raises:
        ValueError: a lifetime or a time to repair that nothing has.
    """
    if component.unavailability is not None:
        return UnitFigures((component.unavailability, 1 - component.unavailability))
    if component.availability is not None:
        return UnitFigures((1 - component.availability, component.availability))
    standby, planned = component.standby, component.maintenance
    return UnitFigures(
        lifetime=_law(component.mttf, component.failure_rate, component.lifetime),
        repair=_law(component.mttr, component.repair_rate, component.repair),
        stop_age=planned.age if planned else None,
        stop=lifetime_of(planned.duration) if planned else None,
        waits=standby is not None,
        dormant=_dormant(standby) if standby else None,
        switching=standby.switching if standby else 1.0,
    )


def _dormant(standby: Standby) -> Lifetime | None:
    return _law(standby.mttf, standby.failure_rate, standby.lifetime)


def _law(mean: float | None, rate: float | None, described: AnyLifetime | None) -> Lifetime | None:
    if mean is not None:
        return lifetimes.Exponential(1 / mean)
    if rate is not None:
        return lifetimes.Exponential(rate)
    return None if described is None else lifetime_of(described)
