"""Delete expired tokens that the time to live left behind."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.session import token_store
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.access import clean_tokens as cleaning


def clean_tokens(_: CloudWatchEvent) -> dict[str, Any]:
    """Delete them."""
    box = current()
    until = box.clock() + NIGHT_TIME
    return reported("clean_tokens", cleaning.clean_tokens(tokens=token_store(box), now=box.clock, until=until))
