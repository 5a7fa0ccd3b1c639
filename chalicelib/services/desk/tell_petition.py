"""Tell by the channels on record of a change asked for at a desk: at asking, and how it ended.

Besides the mailbox's active users: whose access is to be opened, and, of a frozen mailbox, the addresses and mobiles
from before the contested changes, since those of now may be an intruder's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.desk.petition import KIND_WORDS, THAWS, Petition, PetitionKind
from chalicelib.domain.errors import MessageRefused, SendingUncertain, Unavailable
from chalicelib.domain.mailbox import Mailbox
from chalicelib.renderers.desk.petition_letters import (
    closed_at_desk_letter,
    petition_done_letter,
    petition_letter,
    petition_refused_letter,
    petition_sms,
)
from chalicelib.renderers.letters import Letter
from chalicelib.services.access.links import owner_from, send_link
from chalicelib.services.access.send_access_mail import send_to
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Contact:
    email: str
    mobile: str | None


def tell_asked(petition: Petition, mailbox: Mailbox, place: str, *, tools: AccessTools) -> bool:
    """Tell all by e-mail and by SMS; False where an e-mail could not go out now, and is to be tried again."""
    letter = petition_letter(petition, mailbox, place, tools.letterhead)
    return _send(letter, _people(petition, mailbox), tools, petition.asked_at, text=petition_sms(tools.letterhead))


def tell_refused(petition: Petition, mailbox: Mailbox, place: str, *, tools: AccessTools, now: datetime) -> None:
    """Tell by e-mail whoever was told that it was asked for that nothing changes."""
    letter = petition_refused_letter(petition, mailbox, place, now, tools.letterhead)
    _send(letter, _people(petition, mailbox), tools, now)


def tell_done(  # noqa: PLR0913 - what, of which, where, when, and whether for the first time
    petition: Petition, mailbox: Mailbox, place: str, *, tools: AccessTools, now: datetime, is_again: bool
) -> None:
    """Tell what the change itself does not tell; all of it where an earlier try may have died before it told."""
    people = _people(petition, mailbox)
    letter = petition_done_letter(KIND_WORDS[petition.kind], mailbox, place, now, tools.letterhead)
    text = petition_sms(tools.letterhead, is_done=True) if petition.kind in THAWS else ""
    if petition.kind is PetitionKind.CLOSE and mailbox.closed_at is not None:
        letter = closed_at_desk_letter(mailbox, tools.letterhead)
    elif petition.kind is PetitionKind.PRINCIPAL:
        people = people if is_again else []
        if is_again:
            _send_activation(petition, mailbox, tools, now)
    elif petition.kind in THAWS and not is_again:
        told = {user.email.casefold() for user in mailbox.alerted_users}
        former = (_Contact(one.email, one.mobile) for one in petition.contested)
        people = [_Contact("", one.mobile) if one.email.casefold() in told else one for one in former]
    _send(letter, people, tools, now, text=text)


def _people(petition: Petition, mailbox: Mailbox) -> list[_Contact]:
    user = mailbox.user(petition.user_id) if petition.kind is PetitionKind.ENABLE else None
    users = [*mailbox.alerted_users, *([user] if user else [])]
    found = [_Contact(user.email, user.mobile) for user in users]
    return [*found, *(_Contact(one.email, one.mobile) for one in petition.contested)]


def _send(letter: Letter, people: list[_Contact], tools: AccessTools, now: datetime, *, text: str = "") -> bool:
    is_left: list[str] = []

    def mail(to: str) -> None:
        try:
            send_to(letter, to, tools=tools, now=now)
        except (MessageRefused, SendingUncertain) as error:
            _logger.warning("petition not told", extra={"channel": "email", "code": error.code})
        except Unavailable as error:
            _logger.warning("petition not told", extra={"channel": "email", "code": error.code})
            is_left.append(error.code)

    emails = {one.email.casefold(): one.email for one in people if one.email}.values()
    mobiles = {one.mobile for one in people if one.mobile} if text else set()
    calls: list[Callable[[], object]] = [partial(mail, email) for email in emails]
    calls += [partial(_text, mobile, text, tools) for mobile in sorted(mobiles)]
    if calls:
        together(calls)
    return not is_left


def _text(number: str, text: str, tools: AccessTools) -> None:
    try:
        tools.sms().send(number, text)
    except (MessageRefused, Unavailable) as error:
        _logger.warning("petition not told", extra={"channel": "sms", "code": error.code})


def _send_activation(petition: Petition, mailbox: Mailbox, tools: AccessTools, now: datetime) -> None:
    """Send the new principal another link, while they are the principal and did not get in."""
    new, person = mailbox.principal, petition.person
    owner = owner_from(tools.accounts.find(mailbox.username_of(new)), mailbox)
    is_theirs = person is not None and new.document_number == person.document_number
    if owner is None or not is_theirs or owner.account.password_hash is not None:
        return
    try:
        send_link(owner, tools=tools, now=now)
    except Unavailable as error:
        _logger.warning("petition not told", extra={"channel": "email", "code": error.code})
