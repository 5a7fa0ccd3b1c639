"""What the desk needs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.institution import consultation_noted
from chalicelib.bootstrap.mail import letterhead
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.registration import review_tools
from chalicelib.domain.mailbox import Mailbox
from chalicelib.renderers.desk.application_form import render_application_form
from chalicelib.renderers.people.mandatory_rules import mandatory_rules
from chalicelib.renderers.portal_texts import TEXTS, portal_texts
from chalicelib.services.desk.offer_form import keep_form
from chalicelib.services.desk.petitions import PetitionTools
from chalicelib.services.desk.review_registrations import DeskReviewTools
from chalicelib.services.desk.tools import DeskTools
from chalicelib.services.reading.mark_contested import mark_contested, span_of
from chalicelib.store.desk.petition_store import PetitionStore
from chalicelib.store.desk.recovery_store import RecoveryStore
from chalicelib.store.desk.taken_store import TakenStore

_MARKING_TIME = timedelta(seconds=15)


@made_once
def recovery_store(box: Container) -> RecoveryStore:
    """Passwords that officers restore."""
    return RecoveryStore(connection(box))


@made_once
def desk_tools(box: Container) -> DeskTools:
    """What restores a password at the desk."""
    return DeskTools(
        access=access_tools(box),
        recoveries=recovery_store(box),
        files=files(box),
        prefixes=box.mailbox_prefixes,
        clock=box.clock,
        new_event_id=box.chance.new_event_id,
        note_use=consultation_noted(box),
    )


@made_once
def desk_review_tools(box: Container) -> DeskReviewTools:
    """What registers in person, and decides about registrations that wait for a review."""
    return DeskReviewTools(review_tools(box), files(box), TakenStore(connection(box)))


@made_once
def kept_form(box: Container) -> str:
    """Draw and keep the printable application, and return its key."""
    terms, privacy = (portal_texts().text(name) for name in TEXTS)
    return keep_form(render_application_form(terms, privacy, letterhead(box)), files=files(box))


@made_once
def petition_tools(box: Container) -> PetitionTools:
    """What changes mailboxes at the desk."""
    return PetitionTools(desk_tools(box), PetitionStore(connection(box)), mandatory_rules(), partial(_mark, box))


def _mark(box: Container, mailbox: Mailbox) -> bool:
    """Mark what a frozen mailbox's people opened since the contested change, as long as a page may wait for it."""
    span = span_of(mailbox)
    if span is None:
        return True
    until = box.clock() + _MARKING_TIME
    readings = reading_store(box)
    return mark_contested(mailbox.mailbox_id, span, readings=readings, now=box.clock, until=until).is_complete
