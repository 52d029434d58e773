"""A Kubernetes cluster that a service of the cloud runs, with nodes of the stack."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from models.description.address_range import address_range, not_the_world
from models.description.fields import Name, Part
from models.description.text_patterns import Pattern


def _as_written(value: object) -> object:
    """YAML takes 1.30 for the number 1.3; minor versions have two digits."""
    return f"{value:.2f}" if isinstance(value, float) else value


Version = Annotated[
    str,
    BeforeValidator(_as_written),
    Field(description="minor version, such as 1.35"),
    Pattern(r"1\.\d{2}", "a minor version, such as 1.35"),
]


AddOnVersion = Annotated[
    str,
    Field(description="such as v1.12.3-eksbuild.1"),
    Pattern(r"v\d+\.\d+\.\d+-eksbuild\.\d+", "a version of an add-on, such as v1.12.3-eksbuild.1"),
]


def _of_the_internet(text: str) -> str:
    network = ipaddress.ip_network(text)
    if not isinstance(network, ipaddress.IPv4Network):
        raise ValueError("is no range of IPv4; the endpoint is reached by IPv4 from outside")
    return not_the_world(text, "the endpoint of the cluster")


class Kubernetes(Part):
    """A cluster whose control plane the cloud runs; containers of workloads run on its nodes."""

    nodes: Annotated[tuple[Name, ...], Field(min_length=1, max_length=30)] = Field(
        description="node groups that are its nodes"
    )
    version: Version | None = Field(
        None, description="of Kubernetes, such as 1.35; the newest of the catalog if not given"
    )
    support: Literal["standard", "extended"] = Field(
        "standard",
        description="standard: the cloud upgrades the cluster when the version's standard support"
        " ends; extended: it stays for a year more, at the price of extended support",
    )
    add_ons: dict[str, AddOnVersion] = Field(
        {},
        description="versions of add-ons that run in it, such as v1.12.3-eksbuild.1, by their"
        " names; of others the one that the cloud takes for this version of Kubernetes when the"
        " cluster is first built with it",
    )
    open_to: tuple[
        Annotated[str, BeforeValidator(address_range), AfterValidator(_of_the_internet)], ...
    ] = Field(
        (),
        max_length=40,
        description="address ranges from which its API is reached over the internet; none: from"
        " inside of the network alone",
    )
