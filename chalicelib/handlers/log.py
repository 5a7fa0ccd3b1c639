"""The log: lines of JSON by Powertools, which is loaded at the first of them, since most requests write none.

Services and what is below them write to Python's own loggers. Lambda prints nothing of those but the message, so that
`collect_lines` leads them here.

What a request's lines say of it stands in its `Visit`. Nothing that the caller sent is written as it came.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.handlers.fault import correlation_of, describe_fault, method_of

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from chalice.app import Request

_NAME = "casilla"
_making = Lock()


def log() -> Logger:
    """Return the one logger of all functions; threads that meet at its first line wait for one of them to make it."""
    with _making:
        return _made()


@cache
def _made() -> Logger:
    from aws_lambda_powertools import Logger  # noqa: PLC0415 - heavy

    return Logger(service=_NAME)


class _IntoTheLog(logging.Handler):
    """Writes other loggers' lines as the log's own, with all their fields; of an error, what may be told."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        log()  # the first one makes the handlers
        if record.exc_info and record.exc_info[1] is not None:
            record.fault = describe_fault(record.exc_info[1])
        record.exc_info = record.exc_text = None
        for handler in logging.getLogger(_NAME).handlers:
            if record.levelno >= handler.level:
                handler.handle(record)


def collect_lines() -> None:
    """Have all that `chalicelib` logs written here, once."""
    logger = logging.getLogger("chalicelib")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [_IntoTheLog()]


@dataclass(slots=True)
class Visit:
    """One request, as long as it takes. `door` is the path as the map has it, since the real one may hold a secret.

    `version` is that of the function, since two of them answer while a release passes (infra/resources/rollout.yaml).
    `origin` is the caller's network address, `user` the username that was tried or the session's, `keyid` what the
    signature claims. No line has these three as they are: `handlers.http` hashes them.
    """

    door: str = ""
    method: str = ""
    correlation_id: str = ""
    origin: str = ""
    user: str = ""
    keyid: str = ""
    version: str = ""

    def where(self) -> dict[str, Any]:
        """Return what every line about a request says."""
        told = {"door": self.door, "method": self.method, "correlation_id": self.correlation_id}
        return {**told, "version": self.version} if self.version else told


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


def begin_visit(door: str, request: Request, origin: str = "") -> Visit:
    """Have what this thread logs from now on be about this request; `door` is its path in the map."""
    version = getattr(request.lambda_context, "function_version", "")
    visit = Visit(door, method_of(request), correlation_of(request), origin, version=version)
    _visit.set(visit)
    return visit


def this_visit() -> Visit:
    """Return the request that this thread answers; outside of any, one that nobody looks at."""
    return _visit.get() or Visit()
