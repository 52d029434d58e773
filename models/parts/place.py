"""Whose hardware a stack runs on."""

from models.catalog.provider_record import Provider
from models.catalog.providers import provider
from models.description.stack import Stack


def provider_of(stack: Stack) -> Provider:
    """The record of the provider that a stack names.

    Arguments:
        stack: the description.
    """
    return provider(stack.cloud)
