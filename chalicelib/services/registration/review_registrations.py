"""What an operator decides of registrations whose level opens nothing: the list, one of them, yes or no (REG-11).

Each decision is one transaction with its event. Given twice, the second finds nothing that waits and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.identity_document import mailbox_id_for, mailboxes_of_holder
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.domain.registration.review import (
    Review,
    ReviewPage,
    ReviewRefusal,
    passed_review,
    read_reference,
    refused_at_review,
)
from chalicelib.renderers.registration.review_letters import refused_at_review_letter
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.registration.complete_registration import complete_registration
from chalicelib.services.registration.tools import RegistrationTools, send_letter, try_to_send
from chalicelib.services.work_through import pages_of
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.registration_store import REVIEW, RegistrationStore

PRESSING = timedelta(days=1)
"""So long before an applicant was told to get an answer, somebody is woken."""
_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_WHOLE_KEY = 64
_MOST_LOOKED_THROUGH = 5_000
"""How many that wait are looked through for a reference; the whole key finds any."""


@dataclass(frozen=True, slots=True)
class ReviewTools:
    """Where registrations and mailboxes are, and who acts."""

    registration: RegistrationTools
    mailboxes: MailboxStore


def list_reviews(*, tools: ReviewTools, limit: int, skip: int = 0) -> ReviewPage:
    """Return a page of those that wait; two calls a row, three of a person, and one a page of the index."""
    registrations = tools.registration.registrations
    keys = list(islice(_waiting(registrations), skip, skip + limit + 1))
    found = [one for one in map(registrations.find, keys[:limit]) if one is not None and _waits(one)]
    return ReviewPage(tuple(_review(one, found, tools) for one in found), is_whole=len(keys) <= limit)


def reviews_of(registrations: Sequence[Registration], *, tools: ReviewTools) -> tuple[Review, ...]:
    """Return what is told of some that wait; a call of each, two of a person."""
    return tuple(_review(one, registrations, tools) for one in registrations)


def review_of(reference: str, *, tools: ReviewTools) -> Review:
    """Return one of those that wait, or any by its whole key, for whoever logs the look.

    Raises:
        InvalidInput, NotFound: as `show_review`.

    """
    found = _find(reference, tools.registration.registrations)
    return _review(found, [found], tools)


def show_review(reference: str, *, tools: ReviewTools, act: OperatorAct) -> Review:
    """Log who looks and why, and then return one of those that wait, or any by its whole key.

    Raises:
        InvalidInput: `registration_reference_invalid`.
        NotFound: `registration_unknown`, which is not logged.

    """
    review = review_of(reference, tools=tools)
    log_shown(review, tools=tools, act=act)
    return review


def log_shown(review: Review, *, tools: ReviewTools, act: OperatorAct, **shown: str) -> None:
    """Log a look at one, and at the mailbox that its holder is told to have; before either is told."""
    events = tools.registration.identity.events
    events.add(act.event(f"registration#{review.registration.key}", EventType.REGISTRATION_SHOWN, act.clock(), **shown))
    if review.mailbox_id is not None:
        events.add(_told_of(review.mailbox_id, act))


def _told_of(mailbox_id: str, act: OperatorAct) -> Event:
    """Return the event of telling whoever reviews a registration that its holder has a mailbox."""
    told = {"way": "registration", "result": "has_mailbox"}
    return act.event(f"mailbox#{mailbox_id}", EventType.MAILBOX_CONSULTED, act.clock(), **told)


def approve_registration(reference: str, *, tools: ReviewTools, act: OperatorAct) -> Registration:
    """Open the mailbox of one that waits, since somebody looked at a proof; or lead to recovery where there is one.

    Raises:
        Conflict: `registration_not_in_review`; or `registration_changed`: somebody else decides at this moment.
        InvalidInput, NotFound: as `show_review`.
        Unavailable: nothing was written.

    """
    passed = passed_review(_find(reference, tools.registration.registrations))
    ended = complete_registration(passed, tools=tools.registration, act=act)
    if not ended.opened_mailbox and (mailbox_id := _mailbox_of(ended, tools)) is not None:
        tools.registration.identity.events.add(_told_of(mailbox_id, act))
    return ended


def refuse_registration(reference: str, why: ReviewRefusal, *, tools: ReviewTools, act: OperatorAct) -> Registration:
    """End one that waits without a mailbox, and tell the applicant why.

    Raises:
        Conflict, InvalidInput, NotFound, Unavailable: as `approve_registration`.

    """
    registrations, now = tools.registration.registrations, act.clock()
    ended = refused_at_review(_find(reference, registrations), why, now)
    event = act.event(f"registration#{ended.key}", EventType.REGISTRATION_REFUSED, now, because=why.value)
    written = registrations.complete(ended, event, None)
    if written is None:
        raise AssertionError("a transaction without mailbox cannot find one")
    letter = refused_at_review_letter(written, why, tools.registration.proof_desk)
    try_to_send(partial(send_letter, letter, written, tools.registration))
    return written


def review_pressing_s(registrations: RegistrationStore, now: datetime) -> int:
    """Return for how long the one due first has had less than `PRESSING` left, or none; 0 when none is that late."""
    due = registrations.review_due()
    return 0 if due is None else max(0, int((now - (due - PRESSING)).total_seconds()))


def _review(registration: Registration, among: Sequence[Registration], tools: ReviewTools) -> Review:
    others = sum(one.document == registration.document for one in among if one.key != registration.key)
    return Review(registration, _mailbox_of(registration, tools), others)


def _mailbox_of(registration: Registration, tools: ReviewTools) -> str | None:
    """Return the name of the mailbox that a registration's holder has, by whichever of their documents."""
    mailbox_id = mailbox_id_for(*registration.document, tools.registration.prefixes)
    names = mailboxes_of_holder(mailbox_id, tools.registration.prefixes)
    return next((name for name in names if tools.mailboxes.find(name) is not None), None)


def _waits(registration: Registration) -> bool:
    return registration.state is RegistrationState.AWAITING_REVIEW


def _waiting(registrations: RegistrationStore) -> Iterator[str]:
    return pages_of(partial(registrations.list_waiting, REVIEW, now=_EVER))


def _find(reference: str, registrations: RegistrationStore) -> Registration:
    start = read_reference(reference)
    if len(start) == _WHOLE_KEY:
        key: str | None = start
    else:
        looked_through = islice(_waiting(registrations), _MOST_LOOKED_THROUGH)
        key = next((one for one in looked_through if one.startswith(start)), None)
    found = None if key is None else registrations.find(key)
    if found is None:
        raise NotFound("registration_unknown", "Ninguna solicitud que espere una decisión tiene ese número.")
    return found
