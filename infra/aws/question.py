"""One question to AWS: whether it has a resource, and what it calls it."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Question(NamedTuple):
    """One question to AWS; "$name" in it stands for a property of the resource.

    Arguments:
        service: that is asked.
        operation: of it.
        parameters: of the operation.
        answer: JMESPath of the ID in what comes back; null where there is none.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    answer: str
