"""Networks in few words, for tests."""

from typing import Any

from models.queueing.check_network import check
from models.queueing.network import Network


def exponential(mean: float) -> dict[str, Any]:
    return {"distribution": "exponential", "mean": f"{mean!r} s"}


def deterministic(value: float) -> dict[str, Any]:
    return {"distribution": "deterministic", "value": f"{value!r} s"}


def fitted(mean: float, scv: float) -> dict[str, Any]:
    return {"distribution": "two-moments", "mean": f"{mean!r} s", "scv": scv}


def poisson(rate: float) -> dict[str, Any]:
    return {"kind": "poisson", "rate": f"{rate!r}/s"}


def renewal(interarrival: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "renewal", "interarrival": interarrival}


def split(**to: float) -> dict[str, Any]:
    return {"kind": "split", "to": to}


def visitor(service: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A class that visits station "a" once."""
    return {"service": {"a": service}, "route": ["a"], **more}


def network(stations: dict[str, Any], **classes: dict[str, Any]) -> Network:
    """A network whose description is checked."""
    made = Network.model_validate({"name": "test", "stations": stations, "classes": classes})
    assert check(made) == []
    return made


def one_station(station: dict[str, Any], **classes: dict[str, Any]) -> Network:
    return network({"a": station}, **classes)
