"""The principal user hands over to another user of the mailbox, who accepts (BOX-9).

An offer changes nothing but itself. The acceptance changes mailbox and both accounts in one transaction: the mailbox's
own username is the new principal's from then on, with the password they had, and who was the principal logs in by
mailbox and own number, with theirs. All sessions of both end, and links and codes sent to either before count no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.access.account import renamed
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, HandOver, Mailbox, MailboxUser
from chalicelib.domain.people.hand_over import (
    HandOverRefused,
    offer_to,
    offered,
    standing_offer,
    user_to_be_principal,
    with_principal,
)
from chalicelib.domain.people.mailbox_users import require_principal, require_user
from chalicelib.domain.session import Session
from chalicelib.renderers.people.hand_over_letters import offer_letter, offer_over_letter, principal_letter
from chalicelib.services.access.admit_login import admit_session
from chalicelib.services.access.login_codes import code_lists
from chalicelib.services.access.own_password import Confirmed, ShownPassword, check_own_password
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tell_change import Telling, new_telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.services.together import together
from chalicelib.store.people_store import EndedSessions, MovedAccounts, PeopleChange

_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OfferWish:
    """To whom the principal hands over, and the own password."""

    user_id: str
    password: str


@dataclass(frozen=True, slots=True)
class StandingOffer:
    """What is offered in a mailbox now, as one of its users sees it."""

    mailbox: Mailbox
    asking: MailboxUser
    to: MailboxUser | None = None
    offer: HandOver | None = None


def show_offer(session: Session, *, tools: AccessTools, now: datetime) -> StandingOffer:
    """Return the offer there is; one call.

    Raises:
        SessionEnded: `session_ended`.

    """
    mailbox, asking = require_user(tools.mailboxes.find(session.mailbox_id), session.user_id)
    offer = standing_offer(mailbox, now)
    return StandingOffer(mailbox, asking, mailbox.user(offer.to) if offer else None, offer)


def offer_mailbox(session: Session, wish: OfferWish, *, origin: str, tools: AccessTools, now: datetime) -> Mailbox:
    """Offer the mailbox to an active user, who is told; a password is shown for it, since it gives all away.

    Raises:
        TooManyRequests: `limit_reached`: passwords shown within a session.
        SessionEnded: `session_ended`.
        PrincipalNeeded: `principal_needed`.
        InvalidInput: `password_wrong`.
        Conflict, NotFound: as `user_to_be_principal` says.
        MailboxChanged: `mailbox_changed`.

    """
    admit_session(session, limits=tools.limits, now=now)
    account, found = tools.access.load(session.username, session.mailbox_id)
    shown = ShownPassword(wish.password, Confirmed.HAND_OVER, origin)
    _offered(*require_user(found, session.user_id), wish, now)  # what is refused anyway is told before the password
    if not wish.password:
        raise InvalidInput("field_empty", "El campo «password» no puede estar vacío.", field="password")
    check_own_password(session, account, shown, tools=tools, now=now)

    def decide(mailbox: Mailbox, principal: MailboxUser) -> PeopleChange | None:
        if mailbox.hand_over is not None and mailbox.hand_over == _until(mailbox, wish, now):
            return None  # an earlier try of ours, whose answer was lost
        event = tools.people_event(EventType.HAND_OVER_OFFERED, session, wish.user_id, origin=origin, now=now)
        return PeopleChange(mailbox=_offered(mailbox, principal, wish, now), event=event)

    mailbox, _ = change_people(session, decide, tools=tools)
    to = mailbox.user(wish.user_id)
    if to is not None and mailbox.hand_over is not None:
        letter = offer_letter(mailbox.holder.name, mailbox.principal.name, mailbox.hand_over.until, tools.letterhead)
        tell(letter, to.email, tools=tools, now=now)
    return mailbox


def withdraw_offer(session: Session, *, origin: str, tools: AccessTools, now: datetime) -> Mailbox:
    """Take the offer back, which the user is told; without one nothing changes.

    Raises:
        PrincipalNeeded: `principal_needed`.
        MailboxChanged: `mailbox_changed`.

    """
    to = ""

    def decide(mailbox: Mailbox, principal: MailboxUser) -> PeopleChange | None:
        nonlocal to
        require_principal(principal)
        if mailbox.hand_over is None:
            return None
        to = mailbox.hand_over.to
        event = tools.people_event(EventType.HAND_OVER_WITHDRAWN, session, to, origin=origin, now=now)
        return PeopleChange(mailbox=replace(mailbox, hand_over=None), event=event)

    mailbox, is_changed = change_people(session, decide, tools=tools)
    user = mailbox.user(to)
    if is_changed and user is not None:
        letter = offer_over_letter(mailbox.holder.name, "El usuario principal lo retiró.", now, tools.letterhead)
        tell(letter, user.email, tools=tools, now=now)
    return mailbox


def decline_offer(session: Session, *, origin: str, tools: AccessTools, now: datetime) -> Mailbox:
    """Decline what is offered to the own user, which the principal is told.

    Raises:
        NoOffer: `hand_over_not_offered`.
        MailboxChanged: `mailbox_changed`.

    """
    is_tried = False

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        nonlocal is_tried
        if is_tried and mailbox.hand_over is None:
            return None
        offer_to(mailbox, user, now)
        is_tried = True
        event = tools.people_event(EventType.HAND_OVER_DECLINED, session, user.user_id, origin=origin, now=now)
        return PeopleChange(mailbox=replace(mailbox, hand_over=None), event=event)

    mailbox, _ = change_people(session, decide, tools=tools)
    letter = offer_over_letter(mailbox.holder.name, f"{session.shown_name} no lo aceptó.", now, tools.letterhead)
    tell(letter, mailbox.principal.email, tools=tools, now=now)
    return mailbox


def accept_offer(session: Session, *, origin: str, tools: AccessTools, now: datetime) -> Mailbox:
    """Be the principal user from now on; the sessions of both end, this one too. Six hops and nine calls.

    Raises:
        NoOffer: `hand_over_not_offered`.
        MailboxChanged: `mailbox_changed`.

    """
    telling: Telling | None = None

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        nonlocal telling
        if telling is not None and user.is_principal:  # an earlier try of ours, whose answer was lost
            return None
        offer_to(mailbox, user, now)
        change = _taken_over(mailbox, user, session, origin, tools)
        former = next(one for one in change.mailbox.users if one.user_id == mailbox.principal.user_id)
        says = {
            "holder": mailbox.holder.name,
            "principal": user.name,
            "username": change.mailbox.username_of(former),
        }
        telling = new_telling(ChangeKind.PRINCIPAL, mailbox, mailbox.principal, tools=tools, now=now, says=says)
        return replace(change, also_issued=telling.tokens)

    mailbox, is_changed = change_people(session, decide, tools=tools)
    former = None if telling is None else mailbox.user(telling.change.user_id)
    if telling is not None and former is not None:
        _after(mailbox, former, telling if is_changed else None, tools, now)
    return mailbox


def _offered(mailbox: Mailbox, asking: MailboxUser, wish: OfferWish, now: datetime) -> Mailbox:
    require_principal(asking)
    user = user_to_be_principal(mailbox, wish.user_id, now)
    return offered(mailbox, user, now)


def _until(mailbox: Mailbox, wish: OfferWish, now: datetime) -> HandOver | None:
    user = mailbox.user(wish.user_id)
    return None if user is None else offered(mailbox, user, now).hand_over


def _taken_over(mailbox: Mailbox, user: MailboxUser, session: Session, origin: str, tools: AccessTools) -> PeopleChange:
    """Return the change by which a user is the principal: mailbox, both accounts, and the end of what both had open."""
    at, changed = tools.clock(), with_principal(mailbox, user)
    theirs, own = tools.accounts.find(mailbox.mailbox_id), tools.accounts.find(mailbox.username_of(user))
    former = changed.user(mailbox.principal.user_id)
    if own is None or theirs is None or former is None:
        raise HandOverRefused("account_missing", "Falta la cuenta de uno de los dos usuarios. Pide ayuda.")
    return PeopleChange(
        mailbox=changed,
        event=replace(
            tools.people_event(EventType.PRINCIPAL_CHANGED, session, user.user_id, origin=origin, now=at),
            data={"user_id": user.user_id, "former_id": former.user_id},
        ),
        moved=MovedAccounts(
            read=(theirs, own),
            written=(
                renamed(own, changed, theirs, at),
                renamed(theirs, changed, None, at),
            ),
        ),
        sessions=(EndedSessions(user.user_id, at), EndedSessions(former.user_id, at)),
        forgotten=(*code_lists(theirs.username), *code_lists(own.username), *code_lists(changed.username_of(former))),
    )


def _after(mailbox: Mailbox, former: MailboxUser, telling: Telling | None, tools: AccessTools, now: datetime) -> None:
    """Tell both, where it was this call that changed it, and end once more what a login opened meanwhile.

    That login read an account before the transaction.
    """
    new = mailbox.principal
    holder, letterhead = mailbox.holder.name, tools.letterhead
    to_new = principal_letter(holder, mailbox.username_of(new), now, letterhead)
    end = tools.clock() + _AFTER
    together(
        [
            lambda: telling is not None and tell(to_new, new.email, tools=tools, now=now),
            lambda: tell_former(telling, tools=tools, now=now),
            lambda: tools.sessions.end_all(new.user_id, before=end),
            lambda: tools.sessions.end_all(former.user_id, before=end),
        ]
    )
