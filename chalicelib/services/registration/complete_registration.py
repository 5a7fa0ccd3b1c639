"""Open the mailbox and its principal user's account in one transaction, then send the way in (REG-6, REG-9, REG-11).

Where the level of assurance is below the bar, the registration waits for a review in the mailbox's place. Whether the
holder has a mailbox is not looked at then either.

The work is the same where the holder has a mailbox already, by the DNI or by the RUC that has it inside: only the
e-mail differs, and a job tells the holder later. When the process dies between the transaction and the e-mail, asking
for another sends a new temporary password.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from chalicelib.domain.access.account import Account, with_temporary_password
from chalicelib.domain.access.token import NewToken
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.identity_document import mailbox_id_for, other_mailbox_of_holder, parse_mailbox_id
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.registration.assurance import Assurance, levels_told, opens_by_itself
from chalicelib.domain.registration.first_mailbox import first_account, first_mailbox, other_accounts
from chalicelib.domain.registration.registration import Registration, RegistrationBusy, completed
from chalicelib.domain.registration.review import awaiting_review, review_until
from chalicelib.renderers.letters import Letter
from chalicelib.renderers.registration.registration_letters import (
    credentials_letter,
    other_mailbox_letter,
    recovery_letter,
)
from chalicelib.renderers.registration.review_letters import held_letter
from chalicelib.services.access.links import LinkOwner, new_link
from chalicelib.services.access.send_access_mail import send_to
from chalicelib.services.access.tell_repeated import to_be_told
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.registration.tools import RegistrationTools, send_letter, try_to_send
from chalicelib.store.registration_store import HasOtherMailbox

_MAX_TRIES = 4
_PAUSE_S = 0.05


def open_or_hold(registration: Registration, *, tools: RegistrationTools) -> Registration:
    """Open the mailbox of a registration whose address was just verified, or have somebody look at it first.

    Raises:
        RegistrationChanged: `registration_changed`: its address was changed meanwhile, or another call completed it.
        Unavailable: `store_unavailable`; another code can be asked for.

    """
    if opens_by_itself(registration.assurance, tools.opening_level):
        return complete_registration(registration, tools=tools)
    return _hold(registration, tools)


def complete_registration(
    registration: Registration, *, tools: RegistrationTools, act: OperatorAct | None = None
) -> Registration:
    """End a registration that may open a mailbox, and send the credentials or how to recover access.

    `act` is whose who decided so at a review.

    Raises:
        RegistrationChanged, Unavailable: as `open_or_hold`.

    """
    password = tools.new_temporary_password()
    other_ids = [tools.new_event_id() for _ in registration.others]
    mailbox = first_mailbox(registration, tools.prefixes, tools.new_event_id(), *other_ids)
    others = other_accounts(mailbox, tools.clock())
    account = with_temporary_password(first_account(mailbox), tools.passwords.hash(password), tools.clock())
    opening = completed(registration, opened_mailbox=True)
    other, led_to = other_mailbox_of_holder(mailbox.mailbox_id, tools.prefixes), ""
    try:
        ended = _commit(opening, _opened(registration, mailbox, tools, act), tools, (mailbox, account, *others), other)
    except HasOtherMailbox:
        ended, led_to = None, other or ""
    if ended is None:
        repeated = replace(completed(registration, opened_mailbox=False), led_to=led_to)
        told = to_be_told(led_to or mailbox.mailbox_id, tools.clock())
        ended = _commit(repeated, _repeated(registration, tools, act), tools, told=told)
        letter = _recovery(led_to, tools)
    else:
        letter = credentials_letter(account.username, password, tools.letterhead.portal)
        for one in others:
            try_to_send(partial(_send_activation, mailbox, one, tools))
    if ended is None:
        raise AssertionError("a transaction without mailbox cannot find one")
    try_to_send(partial(send_letter, letter, ended, tools))
    return ended


def send_way_in(registration: Registration, *, tools: RegistrationTools) -> None:
    """Send the end's e-mail again, with a new temporary password while the first was not used.

    Raises:
        AccountChanged: `account_changed`: the person just logged in.
        Unavailable: nothing was sent.

    """
    username = mailbox_id_for(*registration.document, tools.prefixes)
    password = tools.new_temporary_password()
    password_hash = tools.passwords.hash(password)
    account = tools.accounts.find(username)
    if not registration.opened_mailbox or account is None or account.temporary_until is None:
        send_letter(_recovery(registration.led_to, tools), registration, tools)
        return
    tools.accounts.update(with_temporary_password(account, password_hash, tools.clock()))
    send_letter(credentials_letter(username, password, tools.letterhead.portal), registration, tools)


def _send_activation(mailbox: Mailbox, account: Account, tools: RegistrationTools) -> None:
    """Send one of the other users what proves the own address; the principal one can have it sent again."""
    access, now = tools.access(), tools.clock()
    user = next(one for one in mailbox.users if one.user_id == account.user_id)
    activation = new_link(LinkOwner(account, mailbox, user), tools=access, now=now)
    access.tokens.issue(activation.token)
    send_to(activation.letter, user.email, tools=access, now=now)


def _recovery(led_to: str, tools: RegistrationTools) -> Letter:
    portal = tools.letterhead.portal
    if not led_to:
        return recovery_letter(portal)
    return other_mailbox_letter(led_to, " ".join(parse_mailbox_id(led_to, tools.prefixes)), portal)


def _commit(  # noqa: PLR0913 - the end, and all that goes with it
    ended: Registration,
    event: Event,
    tools: RegistrationTools,
    opened: tuple[Mailbox, Account, *tuple[Account, ...]] | None = None,
    other: str | None = None,
    *,
    told: NewToken | None = None,
) -> Registration | None:
    """Write the end, again while another transaction holds one of its items: the code is used up already."""
    for attempt in range(1, _MAX_TRIES):
        try:
            return tools.registrations.complete(ended, event, opened, other_mailbox_id=other, to_be_told=told)
        except RegistrationBusy:
            tools.pause(attempt * _PAUSE_S)
    return tools.registrations.complete(ended, event, opened, other_mailbox_id=other, to_be_told=told)


def _hold(registration: Registration, tools: RegistrationTools) -> Registration:
    """Keep it for a review, and tell the applicant what happens next and by when."""
    now = tools.clock()
    until = review_until(now, tools.calendar())
    event = _event(registration, EventType.REGISTRATION_HELD, tools, None, **_level(registration))
    held = _commit(awaiting_review(registration, now, until), event, tools)
    if held is None:
        raise AssertionError("a transaction without mailbox cannot find one")
    try_to_send(partial(send_letter, held_letter(held, tools.letterhead.zone, tools.proof_desk), held, tools))
    return held


def _opened(registration: Registration, mailbox: Mailbox, tools: RegistrationTools, act: OperatorAct | None) -> Event:
    event = _event(
        registration,
        EventType.MAILBOX_OPENED,
        tools,
        act,
        **_level(registration),
        **_accepted(registration),
    )
    return replace(
        event, subject=f"mailbox#{mailbox.mailbox_id}", data={"registration": registration.key, **event.data}
    )


def _repeated(registration: Registration, tools: RegistrationTools, act: OperatorAct | None) -> Event:
    return _event(registration, EventType.REGISTRATION_REPEATED, tools, act, **_accepted(registration))


def _event(
    registration: Registration, kind: EventType, tools: RegistrationTools, act: OperatorAct | None, **data: str
) -> Event:
    subject = f"registration#{registration.key}"
    if act is not None:
        return act.event(subject, kind, tools.clock(), **data)
    return Event(subject, kind, tools.clock(), tools.new_event_id(), f"applicant:{registration.key}", data=data)


def _level(registration: Registration) -> dict[str, str]:
    return levels_told(registration.assurance or Assurance())


def _accepted(registration: Registration) -> dict[str, str]:
    """Return version and instant of each text, by its name; the addresses stay with registration and mailbox."""
    return {f"accepted_{one.text}": f"{one.version} {one.accepted_at.isoformat()}" for one in registration.accepted}
