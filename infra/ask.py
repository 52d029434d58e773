"""Questions to a cloud, and what to say where it does not answer."""

from collections.abc import Callable
from typing import TypeVar

import pulumi

Answer = TypeVar("Answer")


def ask(question: str, call: Callable[[], Answer]) -> Answer:
    """The answer of a provider; its refusal is a message, not a traceback.

    Arguments:
        question: what is asked, as the end of "the cloud did not say".
        call: asks it.

    Raises:
        pulumi.RunError: the provider refused.
    """
    try:
        return call()
    except Exception as error:  # the SDK raises no narrower type
        reason = str(error).rpartition("returned an error: ")[2].strip()
        raise pulumi.RunError(f"the cloud did not say {question}: {reason}") from None
