"""Send each institution that wants it a digest of its notices that are unread and alerted nobody (ALR-5).

On business days, once a day at most: that it is done with is written before it is handed over. Where the provider takes
nothing that is taken back, and a later run of the day sends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice

from chalicelib.domain.alert.digest import MOST_COUNTED, MOST_LISTED, Digest, DigestDay, digest_day
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import MessageRefused, SendingUncertain, Unavailable
from chalicelib.domain.sender.institution import Institution
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.way_out import WayOut
from chalicelib.renderers.alert.digest_letter import render_digest
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.work_through import counted, log_failed, work_through
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.alert.situation_store import SituationStore
from chalicelib.store.position_store import PositionStore
from chalicelib.store.sender.institution_store import InstitutionStore

_JOB = "send_digests"
_SENT, _DONE, _QUIET, _REFUSED = "sent", "done", "quiet", "refused"
_ADDRESS_REFUSED = "address_refused"
_TAGS = {"purpose": "digest"}


@dataclass(frozen=True, slots=True)
class SentDigests:
    """What became of the institutions that want a digest.

    `sent` today; `done` before; `quiet` had nothing to be told; `refused`, as the provider takes nothing now, come
    again today; `address_refused` have an address that it never takes; of `unknown` nobody knows.
    """

    sent: int
    done: int
    quiet: int
    refused: int
    address_refused: int
    unknown: int
    failed: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class DigestTools:
    """What digests go through. `sent` returns where an institution's last one is kept."""

    institutions: InstitutionStore
    batches: AlertBatchStore
    situations: SituationStore
    sent: Callable[[str], PositionStore[DigestDay]]
    mail: Mail
    by_mail: WayOut
    letterhead: Letterhead
    calendar: Callable[[], BusinessCalendar]
    now: Callable[[], datetime]


def send_digests(tools: DigestTools, *, until: datetime) -> SentDigests:
    """Send what is due, beginning none after `until`; one that fails stops no other. Nothing at night or on holidays.

    Raises:
        Unavailable: the institutions or the calendar cannot be read.

    """
    day = digest_day(tools.now(), tools.calendar())
    readable, unreadable = ({}, {}) if day is None else tools.institutions.list_readable()
    wanting = sorted(name for name, one in readable.items() if one.digest_email is not None)

    def handle(institution_id: str) -> str:
        if institution_id in unreadable:
            raise unreadable[institution_id]
        return _handled(readable[institution_id], day or date.min, tools)

    worked = work_through([*wanting, *unreadable], handle, job=_JOB, now=tools.now, until=until)
    is_left = worked.outcomes[_REFUSED] or worked.outcomes[_ADDRESS_REFUSED]
    return counted(SentDigests, worked.outcomes, is_complete=worked.is_complete and not is_left)


def _handled(institution: Institution, day: date, tools: DigestTools) -> str:
    sent, now = tools.sent(institution.institution_id), tools.now()
    before = sent.find() or DigestDay()
    if before.day is not None and before.day >= day:
        return _DONE
    digest = _digest(institution, day, tools)
    marked = sent.move(replace(before, day=day), now)
    if marked is None:
        return _DONE
    if digest is None:
        return _QUIET
    outcome = _handed_over(institution, digest, tools, now)
    if outcome == _REFUSED:
        sent.move(replace(marked, day=before.day), now)
    return outcome


def _digest(institution: Institution, day: date, tools: DigestTools) -> Digest | None:
    """Read what is to be told; None where nothing is."""
    found = list(islice(tools.batches.newest_failed_of(institution.institution_id), MOST_COUNTED + 1))
    opened = tools.situations.opened_among([notice_id for _, notice_id in found])
    unread = [(notice_id, datetime.fromtimestamp(since, UTC)) for since, notice_id in found if notice_id not in opened]
    if not unread:
        return None
    return Digest(
        institution_id=institution.institution_id,
        institution_name=institution.name,
        day=day,
        total=min(len(unread), MOST_COUNTED),
        is_more=len(found) > MOST_COUNTED,
        newest=tuple(unread[:MOST_LISTED]),
    )


def _handed_over(institution: Institution, digest: Digest, tools: DigestTools, now: datetime) -> str:
    to = institution.digest_email or ""
    tags = {**_TAGS, "institution_id": institution.institution_id}
    try:
        message = render_digest(digest, to, tools.letterhead, now=now)
        tools.by_mail.hand_over(lambda: tools.mail.send(message, to, tags))
    except MessageRefused as error:
        log_failed(_JOB, institution.institution_id, error)
        return _ADDRESS_REFUSED
    except Unavailable as error:
        log_failed(_JOB, institution.institution_id, error)
        return "unknown" if isinstance(error, SendingUncertain) else _REFUSED
    return _SENT
