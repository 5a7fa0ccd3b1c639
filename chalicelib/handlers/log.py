"""The log: lines of JSON by Powertools, which is loaded at the first of them, since most requests write none.

Services and what is below them write to Python's own loggers. Lambda prints nothing of those but the message, so that
`collect_lines` leads them here.
"""

from __future__ import annotations

import logging
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.handlers.fault import describe_fault

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

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
