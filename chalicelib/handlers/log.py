"""The log: lines of JSON by Powertools, which is loaded at the first of them, since most requests write none."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def log() -> Logger:
    """Return the one logger of all functions."""
    from aws_lambda_powertools import Logger  # noqa: PLC0415 - heavy

    return Logger(service="casilla")
