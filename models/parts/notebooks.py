"""Notebook instances of a stack: what can't be had, and what they are billed."""

from collections.abc import Iterator

from models.catalog.provider_record import Billed
from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.laws.access.wildcards import meant_by
from models.parts.billing import billed_line, monthly_line
from models.parts.facts import Facts
from models.parts.managed_nodes import models_of
from models.parts.node_group import whole_gigabytes
from models.prediction import CostLine
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile

_GB = 1e9
_VOLUME = (5, 16_384)  # GB (Amazon SageMaker API reference, CreateNotebookInstance)


def faults(stack: Stack) -> Iterator[Fault]:
    """Notebooks that the cloud doesn't have.

    Arguments:
        stack: the description.
    """
    service = models_of(stack)
    for name, one in stack.notebooks.items():
        path: PathInFile = ("notebooks", name)
        if service is None:
            yield Fault(path, f"can't be had on {stack.cloud}", "leave it out")
            continue
        if not service.has(one.instance):
            text = f"'{one.instance}' is no instance of {service.name}"
            hint = f"did you mean '{service.prefix}{one.instance}'?"
            yield Fault((*path, "instance"), text, hint)
        least, most = _VOLUME
        if not least <= whole_gigabytes(one.volume) <= most:
            text = f"is {format_scaled(one.volume, 'B')}; a notebook has {least} to {most:,} GB"
            yield Fault((*path, "volume"), text)
        for index, terms in enumerate(one.permissions):
            where = (*path, "permissions", index, "store")
            if not meant_by(terms.store, stack.storage):
                yield from reference(where, terms.store, stack.storage, "store")


def cost_lines(stack: Stack, facts: Facts) -> Iterator[CostLine]:
    """What notebooks are billed as long as they are not stopped, and their volumes always.

    Arguments:
        stack: the description.
        facts: the catalog.
    """
    service = models_of(stack)
    if service is None:
        return
    for name, one in stack.notebooks.items():
        hourly = Billed(service.name, one.instance, "USD/h")
        yield billed_line(name, one.instance, 1, "notebooks", hourly, stack, facts)
        size = whole_gigabytes(one.volume) * _GB
        yield monthly_line(f"{name} volume", stack, facts, service.name, service.storage, size)
