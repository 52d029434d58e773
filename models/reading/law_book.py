"""Laws by name, each to be asked with figures alone, as they are written by hand."""

import functools
import importlib
import inspect
import math
import pkgutil
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
import yaml

import models.laws
from models.catalog.errors import UnknownName
from models.description import quantities

_LONGEST = 100_000  # characters of a figure or a table of figures
_SECTION = re.compile(r"^(Arguments|Raises|Returns|Attributes|Source[^:]*):", re.MULTILINE)
_ARGUMENT = re.compile(r"^    (\w+): ", re.MULTILINE)
_REQUIRED = inspect.Parameter.empty
_UNITS = {unit: one for one in quantities.DIMENSIONS for unit in one.units}
_QUANTITY = re.compile(r"[-+.\d][\d_.eE+-]*\s*(\D.*)")


class NotAsked(ValueError):
    """A law that can't be asked as it was; the message says what it wants."""


@dataclass(frozen=True)
class Argument:
    """A figure that a law asks for.

    Arguments:
        name: of it.
        meaning: what it is, with its unit.
        default: that stands where it is not given; `inspect.Parameter.empty` where it must be.
        words: that it may be; empty for what is a figure.
        part_of: argument of the function that it is a field of, such as a group of disks; empty
            for what the function takes itself.
        text: it is any text, and no figure.
        texts: it is a list of texts.
    """

    name: str
    meaning: str
    default: Any
    words: tuple[str, ...]
    part_of: str = ""
    text: bool = False
    texts: bool = False

    @property
    def required(self) -> bool:
        """It has no default."""
        return self.default is _REQUIRED


@dataclass(frozen=True)
class LawInBook:
    """A law that figures alone can ask.

    Arguments:
        name: of the function.
        topic: the module that holds it, without those that hold all.
        says: what it answers, one sentence with the unit.
        source: where it is from; empty where its name says it.
        arguments: in their order.
        function: itself.
    """

    name: str
    topic: str
    says: str
    source: str
    arguments: tuple[Argument, ...]
    function: Callable[..., Any]


@functools.cache
def laws() -> dict[str, LawInBook]:
    """All laws that figures alone can ask, by name; by topic and name where two have one name."""
    found = [law for module in _modules() for law in _laws_of(module)]
    names = [law.name for law in found]
    return {law.name if names.count(law.name) == 1 else _full(law): law for law in found}


def _full(law: LawInBook) -> str:
    return f"{law.topic}.{law.name}"


def _modules() -> list[types.ModuleType]:
    packages = pkgutil.walk_packages(models.laws.__path__, f"{models.laws.__name__}.")
    return [importlib.import_module(one.name) for one in packages if not one.ispkg]


def _laws_of(module: types.ModuleType) -> list[LawInBook]:
    topic = module.__name__.removeprefix(f"{models.laws.__name__}.")
    found = []
    for name, function in vars(module).items():
        here = inspect.isfunction(function) and function.__module__ == module.__name__
        if not here or name.startswith("_") or "Source" not in (function.__doc__ or ""):
            continue
        arguments = _arguments(function)
        if not arguments:
            continue
        says, sections = _read(function)
        source = " ".join(
            f"{title}: {' '.join(text.split())}".removeprefix("Source: ")
            for title, text in sections.items()
            if title.startswith("Source")
        )
        found.append(LawInBook(name, topic, says, source, arguments, function))
    return found


def _arguments(function: Callable[..., Any]) -> tuple[Argument, ...]:
    """The figures that a function takes, fields of records among them; none if it wants more."""
    hints = typing.get_type_hints(function)
    meanings = _meanings(function)
    found: list[Argument] = []
    for one in inspect.signature(function).parameters.values():
        hint = hints[one.name]
        if is_dataclass(hint) and isinstance(hint, type):
            parts = _arguments(hint)
            if not parts or any(part.part_of for part in parts):
                return ()
            found += (replace(part, part_of=one.name) for part in parts)
        elif _by_hand(hint):
            meaning = meanings.get(one.name, "")
            text, texts = hint is str, hint == Sequence[str]
            found.append(
                Argument(one.name, meaning, one.default, _words(hint), text=text, texts=texts)
            )
        else:
            return ()
    names = [one.name for one in found]
    return tuple(found) if len(set(names)) == len(names) else ()


def _meanings(function: Callable[..., Any]) -> dict[str, str]:
    parts = _ARGUMENT.split(_read(function)[1].get("Arguments", ""))
    return {
        name: " ".join(text.split()) for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def _read(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The first sentence of a docstring, and its sections by title."""
    text = inspect.getdoc(function) or ""
    parts = _SECTION.split(text)
    titles, bodies = parts[1::2], parts[2::2]
    says = " ".join(parts[0].split("\n\n")[0].split())
    return says, dict(zip(titles, bodies, strict=True))


def _by_hand(hint: Any) -> bool:
    """A figure, a word, or a list or table of figures."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        arms = typing.get_args(hint)
        return any(map(_by_hand, arms)) and not any(map(_is_ours, arms))
    if typing.get_origin(hint) is typing.Literal:
        return True
    if typing.get_origin(hint) is Sequence:
        return all(map(_by_hand, typing.get_args(hint)))
    return hint in (float, int, bool, str) or typing.get_origin(hint) is np.ndarray


def _is_ours(hint: Any) -> bool:
    return getattr(hint, "__module__", "").startswith("models.")


def _words(hint: Any) -> tuple[str, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()


def law_of(name: str) -> LawInBook:
    """The law of a name.

    Arguments:
        name: of the function, or with its topic before it.

    Raises:
        NotAsked: there is none, with the nearest names.
    """
    found = laws().get(name)
    if found is None:
        full = [law for law in laws().values() if _full(law) == name]
        found = full[0] if full else None
    if found is None:
        raise NotAsked(_unknown("law", name, tuple(laws()), "`windtunnel law` lists the topics"))
    return found


def topics() -> dict[str, tuple[LawInBook, ...]]:
    """Laws by topic, in alphabetical order."""
    by_topic: dict[str, list[LawInBook]] = {}
    for law in laws().values():
        by_topic.setdefault(law.topic, []).append(law)
    return {topic: tuple(by_topic[topic]) for topic in sorted(by_topic)}


def _unknown(kind: str, name: str, choices: tuple[str, ...], otherwise: str) -> str:
    near = UnknownName(kind, name, choices).nearest
    return f"unknown {kind} '{name}'; " + (f"did you mean '{near[0]}'?" if near else otherwise)


def ask(law: LawInBook, given: Mapping[str, str]) -> tuple[dict[str, Any], Any]:
    """The figures that a law was given, and what it answers.

    Arguments:
        law: of the book.
        given: figures as written, with their units or in seconds, bytes and their like, by name.

    Raises:
        NotAsked: a figure that is missing, unknown, unreadable or out of range.
        Exception: the law's own, where there is no steady state.
    """
    known = {one.name: one for one in law.arguments}
    for name in given:
        if name not in known:
            asks = f"{law.name} asks for {', '.join(known)}"
            raise NotAsked(_unknown("argument", name, tuple(known), asks))
    missing = [one.name for one in law.arguments if one.required and one.name not in given]
    if missing:
        raise NotAsked(f"{law.name} asks for {', '.join(missing)} too")
    values = {name: _value(known[name], text) for name, text in given.items()}
    try:
        return values, law.function(**_as_taken(law, values))
    except (ValueError, TypeError, OverflowError, ZeroDivisionError) as error:
        raise NotAsked(f"{law.name}: {error}") from None


def _as_taken(law: LawInBook, values: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of the function, of which some are records of the figures."""
    hints = typing.get_type_hints(law.function)
    taken: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {one.part_of: {} for one in law.arguments if one.part_of}
    for one in law.arguments:
        if one.name in values:
            holder = parts[one.part_of] if one.part_of else taken
            holder[one.name] = values[one.name]
    return taken | {name: hints[name](**fields) for name, fields in parts.items()}


def _value(argument: Argument, text: str) -> Any:
    if len(text) > _LONGEST:
        raise NotAsked(f"{argument.name} is longer than {_LONGEST:,} characters")
    if argument.words:
        if text not in argument.words:
            raise NotAsked(f"{argument.name} is {text!r}; it is one of {', '.join(argument.words)}")
        return text
    if argument.text:
        return text
    if argument.texts:
        return _texts(argument.name, text)
    try:
        return _figures(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0] if isinstance(error, ValueError) else "not a figure"
        raise NotAsked(f"{argument.name}: {text!r}: {reason}") from None


def _texts(name: str, text: str) -> list[str]:
    """The texts of a list; one alone needs no brackets."""
    if not text.startswith("["):
        return [text]
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        raise NotAsked(f"{name}: {text!r} is no list of texts, such as ['a', 'b']") from None
    return list(map(str, found))


def _figures(written: Any) -> Any:
    if isinstance(written, list):
        return [_figures(one) for one in written]
    if not isinstance(written, str):
        if isinstance(written, dict):
            raise ValueError("is keys and values; a law asks for figures and lists of them")
        return written
    match = _QUANTITY.fullmatch(written)
    dimension = _UNITS.get(match.group(1).strip()) if match else None
    if dimension is not None:
        return quantities.parse(written, dimension)
    try:
        return float(written)  # such as 1e5, which YAML takes for a word
    except ValueError:
        raise ValueError("is no figure, or has a unit that is not known") from None


def told(answer: Any) -> Any:
    """An answer as figures, words, lists and objects of them; what is no figure is left out.

    Arguments:
        answer: of a law.
    """
    if is_dataclass(answer) and not isinstance(answer, type):
        names = [one.name for one in fields(answer)] + _properties(type(answer))
        found = {name: told(getattr(answer, name)) for name in names}
        return {name: value for name, value in found.items() if value is not None}
    if isinstance(answer, np.ndarray | np.generic):
        return told(answer.tolist())
    if isinstance(answer, list | tuple):
        return [told(one) for one in answer]
    if isinstance(answer, Mapping):
        return {str(key): told(value) for key, value in answer.items()}
    if isinstance(answer, float) and not math.isfinite(answer):
        return str(answer)
    return answer if isinstance(answer, bool | int | float | str) else None


def _properties(kind: type) -> list[str]:
    return [
        name
        for name in dir(kind)
        if not name.startswith("_") and isinstance(getattr(kind, name), property)
    ]
