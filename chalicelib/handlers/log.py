"""The log: lines of JSON by Powertools, which is loaded at the first of them, since most requests write none."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


_making = Lock()


def log() -> Logger:
    """Return the one logger of all functions; threads that meet at its first line wait for one of them to make it."""
    with _making:
        return _made()


@cache
def _made() -> Logger:
    from aws_lambda_powertools import Logger  # noqa: PLC0415 - heavy

    return Logger(service="casilla")
