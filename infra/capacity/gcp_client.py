"""The door to Google Cloud: clients of google-cloud-compute, and what they raise as refusals."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from infra.capacity.cloud import NoClient, Refused
from models.capacity.place import Place
from models.capacity.refusal import Kind, Refusal
from models.capacity.refusal_codes import Told, google_refusal

Answer = TypeVar("Answer")
# As gcloud has them: `gcloud config set api_endpoint_overrides/compute`, and the project.
ENDPOINT = "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE"
_TIMEOUT = 20.0  # s for a request
_PATIENCE = 12.0  # s in all, while what changes nothing is asked again
_SERVER_ERROR, _TOO_MANY = 500, 429


class GoogleClients:
    """Clients of Google Cloud.

    Attributes:
        project: that is asked.
    """

    def __init__(self) -> None:
        """Find the library and the user's settings.

        Raises:
            NoClient: the library is not installed, or there are no credentials, or no project.
        """
        try:
            import google.auth
            import google.auth.exceptions
            from google.api_core.client_options import ClientOptions
            from google.cloud import compute_v1
        except ImportError:
            raise NoClient(
                "asking Google Cloud needs its library: python -m pip install 'windtunnel[find]'"
            ) from None
        self.types = compute_v1
        scopes = ["https://www.googleapis.com/auth/cloud-platform"]
        try:
            self._credentials, project = google.auth.default(scopes=scopes)
        except (google.auth.exceptions.GoogleAuthError, OSError, ValueError) as error:
            raise NoClient(
                "no credentials of Google Cloud were found; run gcloud auth application-default"
                f" login, or set GOOGLE_APPLICATION_CREDENTIALS ({error})"
            ) from None
        if not project:
            raise NoClient("no project of Google Cloud is set; set GOOGLE_CLOUD_PROJECT")
        self.project: str = project
        endpoint = os.environ.get(ENDPOINT, "").partition("/compute/")[0].rstrip("/")
        self._options = ClientOptions(api_endpoint=endpoint) if endpoint else None
        self._clients: dict[Any, Any] = {}
        self._lock = threading.Lock()

    def client(self, kind: Callable[..., Answer]) -> Answer:
        """A client, which threads may share.

        Arguments:
            kind: class of the library.
        """
        with self._lock:
            if kind not in self._clients:
                self._clients[kind] = kind(
                    credentials=self._credentials, transport="rest", client_options=self._options
                )
            found: Answer = self._clients[kind]
            return found

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.transport.close()


def patient() -> dict[str, Any]:
    """How what changes nothing is asked: again, for a while, where the cloud is busy."""
    from google.api_core import exceptions, retry

    def busy(error: BaseException) -> bool:
        if not isinstance(error, exceptions.GoogleAPICallError):
            return False
        return refusal_of(error).kind is Kind.TRANSIENT

    again = retry.Retry(predicate=busy, initial=0.3, maximum=3.0, timeout=_PATIENCE)
    return {"retry": again, "timeout": _TIMEOUT}


def once() -> dict[str, Any]:
    """How what changes something is asked: whoever creates repeats it, hearing of each refusal."""
    return {"retry": None, "timeout": _TIMEOUT}


def ask(call: Callable[[], Answer], place: Place | None = None) -> Answer:
    """The answer of Google Cloud.

    Arguments:
        call: asks it.
        place: that was asked for.

    Raises:
        Refused: with what it said, or that its answer was lost.
        NoClient: it can't be reached, or the credentials can't be used.
    """
    import google.auth.exceptions
    import requests
    from google.api_core import exceptions
    from urllib3.exceptions import NewConnectionError

    try:
        return call()
    except exceptions.RetryError as error:
        cause = error.cause
        if isinstance(cause, exceptions.GoogleAPICallError):
            raise Refused(refusal_of(cause, place)) from None
        raise Refused(Refusal(Kind.TRANSIENT, "", str(error), place)) from None
    except exceptions.GoogleAPICallError as error:
        raise Refused(refusal_of(error, place)) from None
    except google.auth.exceptions.GoogleAuthError as error:
        raise NoClient(f"Google Cloud: {error}") from None
    except requests.exceptions.RequestException as error:
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NewConnectionError):  # nothing was sent
            raise NoClient(f"Google Cloud can't be reached: {reason}") from None
        raise Refused(Refusal(Kind.NO_ANSWER, "", str(error), place)) from None


def refusal_of(error: Any, place: Place | None = None) -> Refusal:
    """What a refused request means.

    Arguments:
        error: of the API.
        place: that was asked for.
    """
    told = [one for one in error.errors if isinstance(one, dict)]
    codes = [str(error.reason or ""), *(str(one.get("reason", "")) for one in told)]
    status = int(error.code or 0)
    words = str(told[0].get("message") or error.message) if told else str(error.message)
    refusal = google_refusal(
        Told(tuple(filter(None, codes)), words, dict(error.metadata or {})), place
    )
    kind: Kind = refusal.kind
    if kind is not Kind.UNKNOWN:
        return refusal
    # By the status alone, where no reason is given.
    if status == _TOO_MANY:
        kind = Kind.TRANSIENT
    elif status in (401, 403):
        kind = Kind.NO_PERMISSION
    elif status >= _SERVER_ERROR:
        kind = Kind.NO_ANSWER
    return Refusal(kind, refusal.code or str(status), refusal.words, place, refusal.hinted)


def refusal_in(errors: Iterable[Any], place: Place | None = None) -> Refusal:
    """What an operation that failed means.

    Arguments:
        errors: of the operation, of which the first whose code is known counts.
        place: that was asked for.
    """
    refusals = []
    for one in errors:
        codes = [one.code]
        details: dict[str, str] = {}
        for detail in one.error_details:
            codes.append(detail.error_info.reason)
            details |= dict(detail.error_info.metadatas)
            if detail.quota_info.limit_name:
                details["limit_name"] = detail.quota_info.limit_name
        refusals.append(google_refusal(Told(tuple(codes), one.message, details), place))
    known = [one for one in refusals if one.kind is not Kind.UNKNOWN]
    return (known or refusals)[0]
