"""What Numba makes, made where it is first used: a simulation that needs none waits for none."""

import functools
from collections.abc import Callable
from typing import Any


class Deferred:
    """A function of Numba's that is made when it is called, or compiled into another.

    Arguments:
        make: it.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @functools.cached_property
    def made(self) -> Any:
        """What Numba made."""
        return self._make()

    def __call__(self, *arguments: Any) -> Any:
        """Call it."""
        return self.made(*arguments)

    @property
    def _numba_type_(self) -> Any:
        """The type that Numba asks for where compiled code calls it: that of what it made."""
        from numba.core.registry import cpu_target

        made, context = self.made, cpu_target.typing_context
        context.refresh()  # it does not know yet what was made just now
        return context.resolve_value_type(made)
