"""What a test does to the provider while the engine works."""

from collections.abc import Callable

from botocore.exceptions import ClientError

Act = Callable[[str, str], None]


class Unfinished(Exception):
    """The resource is there, and does not do yet what it is for."""


def _nothing(operation: str, urn: str) -> None:
    pass


class Meddling:
    """Called by the provider before and after it changes the cloud, from several threads.

    Attributes:
        before: gets the operation, "create", "update" or "delete", and the URN.
        after: the same, once the cloud has done it and the engine has not heard of it yet.
    """

    before: Act
    after: Act

    def __init__(self) -> None:
        self.end()

    def end(self) -> None:
        """Let everything happen again."""
        self.before = self.after = _nothing


def refusal(code: str, message: str, operation: str) -> ClientError:
    """An error of AWS.

    Arguments:
        code: of the error.
        message: of the error.
        operation: that was refused.
    """
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
