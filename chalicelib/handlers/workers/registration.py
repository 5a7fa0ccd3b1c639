"""Ask registries again that did not answer, and delete registrations that were never completed."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.registration import (
    is_registration_open,
    registration_store,
    registration_tools,
    registry_password,
)
from chalicelib.handlers.workers.reports import NIGHT_TIME, SWEEP_TIME, reported
from chalicelib.services.registration import clean_registrations as cleaning
from chalicelib.services.registration import finish_registrations as finishing
from chalicelib.services.registration.review_registrations import review_pressing_s


def finish_registrations(_: CloudWatchEvent) -> dict[str, Any]:
    """Ask the registries again about those who registered while one did not answer."""
    box = current()
    if not is_registration_open(box):
        overdue = review_pressing_s(registration_store(box), box.clock())  # who waits does so also while it is closed
        return reported("finish_registrations", finishing.FinishedRegistrations(review_pressing_s=overdue))
    registry_password(box).look()
    report = finishing.finish_registrations(tools=registration_tools(box), until=box.clock() + SWEEP_TIME)
    return reported("finish_registrations", report)


def clean_registrations(_: CloudWatchEvent) -> dict[str, Any]:
    """Delete registrations that were never completed."""
    box = current()
    until = box.clock() + NIGHT_TIME
    report = cleaning.clean_registrations(
        registrations=registration_store(box), files=files(box), now=box.clock, until=until
    )
    return reported("clean_registrations", report)
