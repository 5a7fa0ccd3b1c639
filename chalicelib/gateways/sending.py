"""What became of a message that was handed to a provider, as its client tells it."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, HTTPClientError, ReadTimeoutError

from chalicelib.domain.errors import SendingUncertain, Unavailable

_UNSURE_FROM, _BUSY = 500, 503


def faulted(error: BotoCoreError | ClientError, code: str, detail: str) -> Unavailable:
    """Return what to raise for an error that says nothing of the address.

    An answer that says no is a no, and so is a connection that was never made. A connection that was lost after it was
    made, or a fault in the provider's inside, leaves open whether the message was taken.
    """
    return SendingUncertain(code, detail) if _is_unsure(error) else Unavailable(code, detail)


def _is_unsure(error: BotoCoreError | ClientError) -> bool:
    if isinstance(error, ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return status >= _UNSURE_FROM and status != _BUSY
    return isinstance(error, ReadTimeoutError | ConnectionClosedError) or type(error) is HTTPClientError
