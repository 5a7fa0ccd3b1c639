"""*No fui yo*: who holds what went to the former address or mobile freezes the mailbox; an operator decides (REG-11).

Frozen, nobody gets in by whatever way and nothing is deposited. Undone, the contested users have again what was on
record before the first change that was contested, and their passwords open nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.access.token import VALID_FOR, TokenKind
from chalicelib.domain.errors import Conflict, NotReady
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Freeze, Mailbox, MailboxState, MailboxUser

SETTLES = timedelta(minutes=2)
"""After a freeze: then the index of what was opened, which is a moment late, holds all that was."""
_CLOSES = (ChangeKind.CLOSING, ChangeKind.REOPENING)
_MOST_SETTLED = 50
"""More contested changes than can be told in thirty days without somebody noticing."""


REMOVAL_CONTESTED_FOR = timedelta(days=7)
"""Shorter than others: who was taken out rightly could close to the rest a mailbox that is not theirs any more."""


class EmailTakenMeanwhile(Conflict):
    """The former address is another user's by now."""


class JustFrozen(NotReady):
    """What was opened right before it froze may not be marked yet."""


def contestable_for(kind: ChangeKind) -> timedelta:
    """Return for how long a change can be contested from when it is told."""
    is_others = kind in (ChangeKind.REMOVAL, ChangeKind.DISABLING)
    return REMOVAL_CONTESTED_FOR if is_others else VALID_FOR[TokenKind.CONTEST]


def frozen(mailbox: Mailbox, change: AccessChange, now: datetime) -> Mailbox | None:
    """Return the mailbox frozen for a contested change; None where nothing is left to do.

    A change that was contested before counts once, and one that an operator decided about counts no more. Of a frozen
    mailbox another change is added to what is contested. A disabled one freezes as well: it may be enabled again.
    """
    if change.change_id in mailbox.settled:
        return None
    if mailbox.freeze is None:
        users = tuple(replace(user, waiting=None) for user in mailbox.users)
        freeze = Freeze(now, (change,), mailbox.state)
        return replace(mailbox, state=MailboxState.FROZEN, freeze=freeze, users=users, hand_over=None)
    if any(known.change_id == change.change_id for known in mailbox.freeze.contested):
        return None
    contested = (*mailbox.freeze.contested, change)
    return replace(mailbox, freeze=replace(mailbox.freeze, contested=contested, is_marked=False))


def require_settled(freeze: Freeze, now: datetime) -> None:
    """Have an operator wait until every opening can be marked.

    Raises:
        JustFrozen: `mailbox_just_frozen`.

    """
    if now < freeze.frozen_at + SETTLES:
        detail = "La casilla se congeló hace menos de dos minutos. Espere un momento y repita el comando."
        raise JustFrozen("mailbox_just_frozen", detail)


def first_contested(freeze: Freeze) -> Mapping[str, AccessChange]:
    """Return each contested user's first contested change: it knows what was on record before all of them."""
    first: dict[str, AccessChange] = {}
    for change in sorted(freeze.contested, key=lambda one: one.changed_at):
        first.setdefault(change.user_id, change)
    return first


def actors(freeze: Freeze) -> frozenset[str]:
    """Return in whose name others were taken out: who sat in their session may know their password as well."""
    return frozenset(change.by for change in freeze.contested if change.by)


def returned(mailbox: Mailbox, freeze: Freeze) -> tuple[MailboxUser, ...]:
    """Return whom undoing puts back into the mailbox, or lets in again, as they were.

    Who was added again meanwhile, by whomever and with whatever address, has the own address and mobile back instead:
    one person is one user.
    """
    by_document = {(user.document_type, user.document_number): user for user in mailbox.users if user.document_number}
    back: dict[str, MailboxUser] = {}
    first, seen = first_contested(freeze), set[tuple[str | None, str]]()
    for change in sorted(freeze.contested, key=lambda one: one.changed_at):
        user = change.removed
        there = None if user is None else mailbox.user(user.user_id)
        if user is not None and there is not None and change.kind is ChangeKind.DISABLING:
            back.setdefault(user.user_id, _as_before(replace(there, state=user.state), first[user.user_id]))
        if user is None or there is not None:
            continue
        if (
            user.document_number and (user.document_type, user.document_number) in seen
        ):  # taken out, added again and taken out again
            continue
        seen.add((user.document_type, user.document_number))
        before = _as_before(user, first[user.user_id])
        again = by_document.get((user.document_type, user.document_number))
        if again is not None:
            before = replace(before, user_id=again.user_id, is_principal=again.is_principal)
        back[before.user_id] = before
    return tuple(back.values())


def thawed(mailbox: Mailbox, freeze: Freeze, *, is_undone: bool, shut_out: Collection[str] = ()) -> Mailbox:
    """Return the mailbox as it was before, its contested changes undone or kept; they can be contested no more.

    Who is shut out and was given a former address has in its place the one that took it: so nobody can hold it back.

    Raises:
        EmailTakenMeanwhile: `email_taken_meanwhile`.

    """
    settled = (*mailbox.settled, *(change.change_id for change in freeze.contested))[-_MOST_SETTLED:]
    opened = replace(mailbox, state=freeze.former_state, freeze=None, settled=settled)
    if not is_undone:
        return opened
    opened = _as_open_as_before(opened, freeze)
    first, back = first_contested(freeze), {user.user_id: user for user in returned(mailbox, freeze)}
    returning = {user.email.casefold() for user in back.values()}
    taken_by = {
        first[user.user_id].former_email.casefold(): user.email for user in mailbox.users if user.user_id in first
    }
    users: tuple[MailboxUser, ...] = tuple(
        back.pop(user.user_id)
        if user.user_id in back
        else replace(user, email=taken_by.get(user.email.casefold(), user.email))
        if user.user_id in shut_out and user.user_id not in first
        else _as_before(user, first.get(user.user_id))
        for user in mailbox.users
    )
    users = _with_returned(users, tuple(back.values()), set(shut_out) - first.keys())
    own = [user for user in users if user.user_id not in shut_out or user.email.casefold() not in returning]
    if len({user.email.casefold() for user in own}) < len(own):
        raise EmailTakenMeanwhile(
            "email_taken_meanwhile",
            "El correo de antes lo tiene ahora otro usuario de esta casilla, así que no se puede devolver.",
        )
    return replace(opened, users=users)


def _as_open_as_before(mailbox: Mailbox, freeze: Freeze) -> Mailbox:
    """Return the mailbox open, or closed, as it was before the first contested closing or reopening.

    Closed again it is from its freezing on: what was deposited while it was open is dated before.
    """
    about = sorted((one for one in freeze.contested if one.kind in _CLOSES), key=lambda one: one.changed_at)
    if not about:
        return mailbox
    if about[0].kind is ChangeKind.CLOSING:
        return replace(mailbox, state=MailboxState.OPEN, closed_at=None)
    from_then_on = (freeze.until + timedelta(minutes=1)).replace(second=0, microsecond=0)
    return replace(mailbox, state=MailboxState.DISABLED, closed_at=mailbox.closed_at or from_then_on)


def _with_returned(
    users: tuple[MailboxUser, ...], back: tuple[MailboxUser, ...], shut_out: Collection[str]
) -> tuple[MailboxUser, ...]:
    """Put who is back before who is shut out: of two with one address the first is whose it is."""
    staying = tuple(user for user in users if user.user_id not in shut_out)
    return (*staying, *back, *(user for user in users if user.user_id in shut_out))


def _as_before(user: MailboxUser, change: AccessChange | None) -> MailboxUser:
    return user if change is None else replace(user, email=change.former_email, mobile=change.former_mobile)
