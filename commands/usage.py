"""What is wrong with an option, in one line; other wrong usage is shown with how it is right."""

from __future__ import annotations

import io
import re

import typer

_CHOICE = re.compile(r"'(?P<given>.*)' is not one of (?P<known>.*)\.", re.DOTALL)
_PREFIXES = ("Value error, ", "Input ")  # of the library that reads values, which says them to all


def told(error: typer.TyperException) -> str:
    """What to say of wrong usage.

    Arguments:
        error: of the command line.
    """
    if isinstance(error, typer.BadParameter) and error.message:
        return _of_value(error)
    shown = io.StringIO()
    error.show(shown)  # type: ignore[attr-defined]  # what typer raises can show itself
    return shown.getvalue().removesuffix("\n")


def _of_value(error: typer.BadParameter) -> str:
    """A value that can't be: of which option, what is known, and the nearest of that."""
    text = str(error.message)
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    choice = _CHOICE.fullmatch(text)
    if choice is not None:
        text = _of_choice(choice["given"], re.findall(r"'([^']*)'", choice["known"]))
    hint = error.param_hint or (error.param.get_error_hint() if error.param else "")
    where = hint if isinstance(hint, str) else " / ".join(hint or ())
    asked = f" ({error.ctx.command_path} -h says more)" if error.ctx else ""
    return f"{where.replace(chr(39), '')}: {text}{asked}" if where else f"{text}{asked}"


def _of_choice(given: str, known: list[str]) -> str:
    import difflib  # only a wrong value needs it

    close = difflib.get_close_matches(given.casefold(), known, n=1, cutoff=0.6)
    near = f"; did you mean '{close[0]}'?" if close else ""
    return f"'{given}' is none of {', '.join(known)}{near}"
