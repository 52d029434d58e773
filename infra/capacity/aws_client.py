"""The door to AWS: clients of boto3, and what they raise as refusals."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from infra.capacity.cloud import NoClient, Refused
from models.capacity.place import Place
from models.capacity.refusal import Kind, Refusal
from models.capacity.refusal_codes import Told, amazon_refusal

Answer = TypeVar("Answer")
HOME = "us-east-1"  # that knows of all others, where no region is set
_CONNECT, _READ = 5.0, 15.0  # s for a request
_ATTEMPTS = 4  # of what changes nothing; botocore waits longer each time


class AmazonClients:
    """Clients of AWS, by service and region."""

    def __init__(self) -> None:
        """Find the library and the user's settings.

        Raises:
            NoClient: boto3 is not installed, or there are no credentials.
        """
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise NoClient(
                "asking AWS needs boto3: python -m pip install 'windtunnel[find]'"
            ) from None
        try:
            self._session = boto3.Session()
            if self._session.get_credentials() is None:
                raise NoClient(
                    "no credentials of AWS were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and"
                    " AWS_SECRET_ACCESS_KEY, or run aws configure"
                )
        except BotoCoreError as error:
            raise NoClient(f"AWS: {error}") from None
        alike = {"connect_timeout": _CONNECT, "read_timeout": _READ, "max_pool_connections": 16}
        retries = {"mode": "standard", "total_max_attempts": _ATTEMPTS}
        self._asking = Config(**alike, retries=retries)
        # Whoever creates hears of each refusal, and repeats it himself.
        self._creating = Config(**alike, retries={"mode": "standard", "total_max_attempts": 1})
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._lock = threading.Lock()  # boto3 makes one client at a time

    @property
    def home(self) -> str:
        """The region that is asked for what all have in common."""
        return self._session.region_name or HOME

    def client(self, service: str, region: str, *, creates: bool = False) -> Any:
        """A client, which threads may share.

        Arguments:
            service: of AWS.
            region: of AWS.
            creates: it is not to repeat anything by itself.
        """
        key = (service, region, creates)
        with self._lock:
            if key not in self._clients:
                config = self._creating if creates else self._asking
                self._clients[key] = self._session.client(
                    service, region_name=region, config=config
                )
            return self._clients[key]

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()


def ask(call: Callable[[], Answer], place: Place | None = None) -> Answer:
    """The answer of AWS.

    Arguments:
        call: asks it.
        place: that was asked for.

    Raises:
        Refused: with what AWS said, or that its answer was lost.
        NoClient: it can't be reached, or the credentials can't be used.
    """
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    try:
        return call()
    except exceptions.ClientError as error:
        told = error.response.get("Error", {})
        codes = (str(told.get("Code", "")),)
        refusal = amazon_refusal(Told(codes, str(told.get("Message", ""))), place)
        if refusal.kind is Kind.UNKNOWN and _status(error) >= 500:
            refusal = Refusal(Kind.NO_ANSWER, refusal.code, refusal.words, place)
        raise Refused(refusal) from None
    except (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.TokenRetrievalError,
    ) as error:
        raise NoClient(f"AWS: {error}") from None
    except exceptions.ConnectTimeoutError as error:  # nothing was sent
        raise Refused(Refusal(Kind.TRANSIENT, "", str(error), place)) from None
    except exceptions.EndpointConnectionError as error:
        raise NoClient(f"AWS: {error}") from None
    except (exceptions.BotoCoreError, ResponseParserError, OSError) as error:
        raise Refused(Refusal(Kind.NO_ANSWER, "", str(error), place)) from None


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
