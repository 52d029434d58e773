"""Holds registered resources against the generated SDK: every name and every type, nested too."""

import importlib
import inspect
import keyword
import types
import typing
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, is_typeddict

import pulumi
from pulumi import _types


def violations(token: str, inputs: Mapping[str, Any]) -> list[str]:
    """What the provider would not know in the inputs of a resource, a sentence each.

    Arguments:
        token: type of the resource, such as aws:ec2/vpc:Vpc.
        inputs: its properties as registered.
    """
    return list(_object(token.rsplit(":", 1)[1], _arguments_of(token), inputs))


def has_property(token: str, name: str) -> bool:
    """Whether resources of a type have a property.

    Arguments:
        token: type of the resource.
        name: of the property, as registered.
    """
    return name in _fields(_arguments_of(token))


@cache
def _arguments_of(token: str) -> type:
    """The class of the arguments of a resource type."""
    package, module, name = token.split(":")
    folder = module.split("/")[0].lower()
    folder += "_" * keyword.iskeyword(folder)  # lambda_
    sdk = importlib.import_module(f"pulumi_{package}.{folder}")
    resource = getattr(sdk, name)
    assert issubclass(resource, pulumi.CustomResource), token
    # The first of the names that its module exports is the class of its arguments: BucketArgs,
    # but BucketVersioningInitArgs where a nested type already has the name.
    exporting = importlib.import_module(resource.__module__)
    arguments = getattr(exporting, exporting.__all__[0])
    assert _types.is_input_type(arguments), token
    return typing.cast(type, arguments)


@cache
def _fields(cls: type) -> dict[str, Any]:
    return dict(_types.input_type_types(cls))


@cache
def _required(cls: type) -> frozenset[str]:
    names = _types.input_type_py_to_pulumi_names(cls)
    parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
    return frozenset(
        names[parameter.name]
        for parameter in parameters
        if parameter.name in names and parameter.default is inspect.Parameter.empty
    )


def _object(path: str, cls: type, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: {value!r} is not an object of type {cls.__name__}"
        return
    fields = _fields(cls)
    for name, item in value.items():
        if name not in fields:
            yield f"{path}.{name}: {cls.__name__} has no such property"
        else:
            yield from _value(f"{path}.{name}", fields[name], item)
    for name in sorted(_required(cls) - value.keys()):
        yield f"{path}.{name}: is required"


def _value(path: str, kind: Any, value: Any) -> Iterator[str]:
    alternatives = list(_alternatives(kind))
    findings = [list(_one(path, alternative, value)) for alternative in alternatives]
    if all(findings):
        yield from min(findings, key=len)


def _alternatives(kind: Any) -> Iterator[Any]:
    """The types that a property may have, without Input, Output, Optional and typed dicts."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        for part in typing.get_args(kind):
            yield from _alternatives(part)
    elif not (origin in (pulumi.Output, Awaitable) or kind is NoneType or is_typeddict(kind)):
        yield kind


def _one(path: str, kind: Any, value: Any) -> Iterator[str]:
    origin = typing.get_origin(kind)
    if kind is Any:
        return
    if isinstance(kind, type) and _types.is_input_type(kind):
        yield from _object(path, kind, value)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        if value not in {member.value for member in kind}:
            yield f"{path}: {value!r} is not one of {kind.__name__}"
    elif origin in (list, Sequence):
        yield from _items(path, typing.get_args(kind)[0], value)
    elif origin in (dict, Mapping):
        yield from _entries(path, typing.get_args(kind)[1], value)
    elif not _is_plain(kind, value):
        yield f"{path}: {value!r} is not of type {getattr(kind, '__name__', kind)}"


def _items(path: str, kind: Any, value: Any) -> Iterator[str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        yield f"{path}: {value!r} is not a list"
        return
    for position, item in enumerate(value):
        yield from _value(f"{path}[{position}]", kind, item)


def _entries(path: str, kind: Any, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: {value!r} is not a mapping"
        return
    for key, item in value.items():
        yield from _value(f"{path}.{key}", kind, item)


def _is_plain(kind: Any, value: Any) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    if kind is int:
        return isinstance(value, int | float) and float(value).is_integer()
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(kind, type) and isinstance(value, kind)
