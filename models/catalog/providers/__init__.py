"""The providers that a stack may name: the only list of them."""

from models.catalog.errors import UnknownName
from models.catalog.provider_record import Cloud, ModelService, Provider
from models.catalog.providers import aws, gcp, on_premises

CLOUDS: dict[str, Cloud] = {one.name: one for one in (aws.PROVIDER, gcp.PROVIDER)}
PROVIDERS: dict[str, Provider] = {**CLOUDS, on_premises.PROVIDER.name: on_premises.PROVIDER}


def provider(name: str) -> Provider:
    """The record of a provider.

    Arguments:
        name: as stacks have it.

    Raises:
        UnknownName: there is no such provider.
    """
    if name not in PROVIDERS:
        raise UnknownName("provider", name, tuple(PROVIDERS))
    return PROVIDERS[name]


def cloud(name: str) -> Cloud:
    """The record of a provider that rents its hardware out.

    Arguments:
        name: as stacks have it.

    Raises:
        UnknownName: there is no such cloud.
    """
    if name not in CLOUDS:
        raise UnknownName("cloud", name, tuple(CLOUDS))
    return CLOUDS[name]


def service_of(provider: str, instance: str) -> ModelService | None:
    """The service that rents an instance out; None where it is a machine of the provider itself.

    Arguments:
        provider: its name.
        instance: its name.
    """
    sold_by = CLOUDS.get(provider)
    if sold_by is None or sold_by.models is None or not sold_by.models.has(instance):
        return None
    return sold_by.models
