"""A compiled diagram: chances of the system, and of each component to matter, at any figures."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

import numpy as np

from models.laws.arrays import Floats
from models.laws.reliability.bdd import Decisions
from models.laws.reliability.diagram_modules import Module, Pair, Value

_CELLS = 4_000_000  # of the largest table that is held at once


class Chances(NamedTuple):
    """Probabilities that something has failed and that it works, each with all its digits.

    Arguments:
        fail: the unavailability, or unreliability.
        work: the availability, or reliability.
    """

    fail: Value
    work: Value


@dataclass(frozen=True, eq=False)
class Structure:
    """A diagram as modules that share nothing, children before parents.

    Arguments:
        components: names; component k has the number k, and module j the number that follows.
        units: how many alike units each of the components stands for.
        modules: of the diagram.
        root: number of the whole.
    """

    components: tuple[str, ...]
    units: tuple[int, ...]
    modules: tuple[Module, ...]
    root: int

    def unavailability(self, unavailabilities: Mapping[str, Value]) -> Value:
        """Probability that the system has failed.

        Arguments:
            unavailabilities: of a unit of each component, 0 to 1; numbers, or arrays of one length.

        Raises:
            ValueError: a component is unknown or missing, or a value is no probability.
        """
        return self.chances(unavailabilities).fail

    def chances(
        self, fail: Mapping[str, Value], work: Mapping[str, Value] | None = None
    ) -> Chances:
        """Probabilities that the system has failed and that it works.

        Arguments:
            fail: unavailability of a unit of each component, 0 to 1; numbers, or arrays of one
                length.
            work: availabilities, where 1 - fail would lose digits that matter.

        Raises:
            ValueError: a component is unknown or missing, or a value is no probability.
        """
        parts = self.parts(fail, work)
        length = max(
            (value.size for part in parts for value in part if _is_array(value)), default=0
        )
        if not length:
            return Chances(*self.evaluate(parts)[self.root])
        found = [self.evaluate(some)[self.root] for some in self.sliced(parts, length)]
        fails, works = zip(*found, strict=True)
        return Chances(_joined(fails, length), _joined(works, length))

    def birnbaum(self, unavailabilities: Mapping[str, Value]) -> dict[str, Value]:
        """Probability that the system works with a unit of each component and fails without it.

        Arguments:
            unavailabilities: of a unit of each component, 0 to 1; numbers, or arrays of one length.

        Raises:
            ValueError: a component is unknown or missing, or a value is no probability.

        Source: Birnbaum (1969), On the importance of different components in a multicomponent
            system; all at once by one pass back from the system, as Rauzy (1993).
        """
        return self.passed_back(self.parts(unavailabilities), "slopes")

    def parts(
        self, fail: Mapping[str, Value], work: Mapping[str, Value] | None = None
    ) -> list[Pair]:
        """The pair of each component, checked.

        Arguments:
            fail: unavailabilities, by name.
            work: availabilities, by name; 1 - fail where none are given.

        Raises:
            ValueError: a component is unknown or missing, or a value is no probability.
        """
        failing = self._by_number("unavailability", fail)
        if work is None:
            return [(value, 1 - value) for value in failing]
        return list(zip(failing, self._by_number("availability", work), strict=True))

    def evaluate(self, parts: Sequence[Pair]) -> list[Pair]:
        """The pairs of all components and modules, by their numbers.

        Arguments:
            parts: of the components.
        """
        found = list(parts)
        for module in self.modules:
            found.append(module.evaluate([found[child] for child in module.children]))
        return found

    def passed_back(self, parts: Sequence[Pair], what: str) -> dict[str, Value]:
        """Products down from the system, for each component.

        Arguments:
            parts: of the components.
            what: "slopes" or "closures" of the modules.
        """
        known = self.evaluate(parts)
        found: list[Value] = [0.0] * len(known)
        found[self.root] = 1.0
        for k in range(len(self.modules) - 1, -1, -1):
            module, above = self.modules[k], found[len(self.components) + k]
            factors = getattr(module, what)([known[child] for child in module.children])
            for child, factor in zip(module.children, factors, strict=True):
                found[child] = above * factor
        return dict(zip(self.components, found, strict=False))

    def sliced(self, parts: Sequence[Pair], length: int) -> list[list[Pair]]:
        """The parts in pieces of so many columns as tables can hold at once.

        Arguments:
            parts: of the components; arrays, or numbers that hold throughout.
            length: of the arrays.
        """
        largest = max((m.size for m in self.modules if isinstance(m, Decisions)), default=1)
        step = max(1, _CELLS // (2 * largest))
        if step >= length:
            return [list(parts)]

        def columns(value: Value, start: int) -> Value:
            return value[start : start + step] if _is_array(value) else value

        return [
            [(columns(fail, start), columns(work, start)) for fail, work in parts]
            for start in range(0, length, step)
        ]

    def _by_number(self, what: str, values: Mapping[str, Value]) -> list[Value]:
        if values.keys() != set(self.components):
            self._refuse_names(values)
        found = [values[name] for name in self.components]
        for k, value in enumerate(found):
            if not isinstance(value, float):
                found[k] = value = _number_or_array(value)
            if not (0.0 <= value <= 1.0 if isinstance(value, float) else _all_fine(value)):
                name = self.components[k]
                raise ValueError(f"{what} of {name!r} is {value}; it must lie between 0 and 1")
        return found

    def _refuse_names(self, values: Mapping[str, Value]) -> None:
        for name in values:
            if name not in self.components:
                near = difflib.get_close_matches(name, self.components, 1)
                hint = f"; {near[0]!r} is" if near else ""
                raise ValueError(f"{name!r} is no component of the diagram{hint}")
        missing = ", ".join(repr(name) for name in self.components if name not in values)
        raise ValueError(f"no figures are given for {missing}")


def _is_array(value: Value) -> TypeGuard[Floats]:
    return not isinstance(value, float)


def _number_or_array(value: Value) -> Value:
    array = np.asarray(value, dtype=np.float64)
    return float(array) if array.ndim == 0 else array


def _all_fine(values: Floats) -> bool:
    return bool(((values >= 0) & (values <= 1)).all())


def _joined(pieces: Sequence[Value], length: int) -> Value:
    """The pieces in one array; a number holds throughout, where nothing depends on the arrays."""
    if len(pieces) == 1:
        return np.broadcast_to(pieces[0], length)
    return np.concatenate([np.atleast_1d(piece) for piece in pieces])
