"""An operator changes who represents a company, with the document that says so: the former one left (BOX-9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.access.account import Account, renamed
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import (
    AccessChange,
    ChangeKind,
    Mailbox,
    MailboxChanged,
    MailboxState,
    MailboxUser,
    Power,
    UserState,
    mailbox_changed,
)
from chalicelib.domain.people.former_user import former_user
from chalicelib.domain.people.hand_over import require_company, with_principal
from chalicelib.domain.people.mailbox_users import TypedUser, with_new_user
from chalicelib.renderers.access.change_letters import principal_changed_letter
from chalicelib.renderers.people.hand_over_letters import principal_letter
from chalicelib.services.access.links import Link, LinkOwner, new_link
from chalicelib.services.access.login_codes import code_lists
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tell_change import Telling, tell_former, telling_of
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.change_people import MAX_TRIES
from chalicelib.services.people.remove_user import PAST_ANY_LOGIN
from chalicelib.store.people_store import EndedSessions, MovedAccounts, PeopleChange

_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalWish:
    """Who is to be the principal: a user by username, or somebody new; by which power; whether the former one stays."""

    mailbox_id: str
    username: str = ""
    person: TypedUser | None = None
    power: Power
    former_stays: bool = False


@dataclass(frozen=True, slots=True)
class ChangedPrincipal:
    """The mailbox with its new principal, who was it before, and whether all could be told by e-mail."""

    mailbox: Mailbox
    former: MailboxUser
    are_all_told: bool


@dataclass(frozen=True, slots=True)
class _Decided:
    change: PeopleChange
    telling: Telling
    activation: Link | None = None


def change_principal(
    wish: PrincipalWish, *, act: OperatorAct, tools: AccessTools, check: Callable[[Mailbox], None] = lambda _: None
) -> ChangedPrincipal:
    """Change it in one transaction: the new one gets in, or the activation; the former one is out, or a secondary user.

    `check` raises where the mailbox, as each try finds it, is not to be changed.

    Raises:
        NotFound: `mailbox_unknown`, `user_unknown`.
        HandOverRefused: `mailbox_is_a_persons`.
        Conflict: `mailbox_frozen`, `user_is_principal`, `user_not_active`, `former_without_document`.
        UsersFull, InvalidInput: as adding a user says.
        MailboxChanged: `mailbox_changed`.

    """
    user_id = act.new_event_id()
    for _ in range(MAX_TRIES):
        mailbox = tools.mailboxes.find(wish.mailbox_id)
        if mailbox is None:
            raise NotFound("mailbox_unknown", "No hay una casilla así. Revise el tipo y el número de documento.")
        check(mailbox)
        require_company(mailbox)
        if mailbox.state is MailboxState.FROZEN:
            detail = "La casilla está congelada: decida antes con «mailboxes unfreeze» y repita este comando."
            raise Conflict("mailbox_frozen", detail)
        former = mailbox.principal
        if former.user_id == user_id:  # by an earlier try of ours, whose answer was lost
            raise Conflict("principal_changed", "Se cambió; no se sabe si los correos salieron: vea «mailboxes show».")
        decided = _decide(mailbox, wish, user_id, act, tools)
        try:
            changed = tools.people.commit(decided.change)
        except MailboxChanged:
            continue
        return ChangedPrincipal(changed, former, _tell_all(changed, former, decided, tools))
    raise mailbox_changed()


def _decide(mailbox: Mailbox, wish: PrincipalWish, user_id: str, act: OperatorAct, tools: AccessTools) -> _Decided:
    former, at = mailbox.principal, act.clock()
    theirs = _account_of(mailbox, former, tools)
    if wish.former_stays and not former.document_number:
        detail = "No consta el documento del usuario principal anterior: no puede quedar como secundario."
        raise Conflict("former_without_document", detail)
    among, user = _with_successor(mailbox, wish, user_id)
    own = _account_of(mailbox, user, tools) if wish.person is None else None
    changed = with_principal(among, user, wish.power)
    if not wish.former_stays:
        changed = replace(changed, users=_without(changed.users, former))
    principal, kept = changed.principal, changed.user(former.user_id)
    account = _new_account(changed, theirs, at) if own is None else renamed(own, changed, theirs, at)
    written = (account,) if kept is None else (account, renamed(theirs, changed, None, at))
    read = (theirs,) if own is None else (theirs, own)
    activation = None if own is not None else new_link(LinkOwner(account, changed, principal), tools=tools, now=at)
    data = {
        "user_id": principal.user_id,
        "former_id": former.user_id,
        "former": "secondary" if wish.former_stays else "removed",
        "power": f"partida {wish.power.page}, asiento {wish.power.entry}",
    }
    telling = _telling(mailbox, changed, former, at, tools)
    over = EndedSessions(former.user_id, at if wish.former_stays else at + PAST_ANY_LOGIN)
    change = PeopleChange(
        mailbox=changed,
        event=act.event(f"mailbox#{mailbox.mailbox_id}", EventType.PRINCIPAL_CHANGED, at, **data),
        moved=MovedAccounts(read, written),
        former=None if wish.former_stays else former_user(mailbox, former, at),
        issued=activation.token if activation else None,
        sessions=(over,) if own is None else (over, EndedSessions(user.user_id, at)),
        forgotten=tuple(about for name in {one.username for one in (*read, *written)} for about in code_lists(name)),
        also_issued=telling.tokens,
    )
    return _Decided(change, telling, activation)


def _telling(mailbox: Mailbox, changed: Mailbox, former: MailboxUser, at: datetime, tools: AccessTools) -> Telling:
    """Return what tells the former principal; what an operator did by a document nobody contests by a link."""
    kept = changed.user(former.user_id)
    says = {"holder": mailbox.holder.name, "principal": changed.principal.name}
    if kept is not None:
        says["username"] = changed.username_of(kept)
    kind = ChangeKind.REMOVAL if kept is None else ChangeKind.PRINCIPAL
    change = AccessChange(tools.new_event_id(), kind, former.user_id, at, former.email, former.mobile)
    return telling_of(mailbox, change, tools=tools, now=at, says=says, is_contestable=False)


def _with_successor(mailbox: Mailbox, wish: PrincipalWish, user_id: str) -> tuple[Mailbox, MailboxUser]:
    """Return the user who is to be the principal, among all; somebody new takes the place of who leaves."""
    if wish.person is None:
        return mailbox, _user_named(mailbox, wish.username)
    staying = mailbox.users if wish.former_stays else _without(mailbox.users, mailbox.principal)
    user = with_new_user(replace(mailbox, users=staying), wish.person, user_id).users[-1]
    return replace(mailbox, users=(*mailbox.users, user)), user


def _new_account(mailbox: Mailbox, instead_of: Account, at: datetime) -> Account:
    principal = mailbox.principal
    account = Account(mailbox.mailbox_id, principal.user_id, mailbox.mailbox_id, UserState.PENDING, name=principal.name)
    return renamed(account, mailbox, instead_of, at)


def _account_of(mailbox: Mailbox, user: MailboxUser, tools: AccessTools) -> Account:
    account = tools.accounts.find(mailbox.username_of(user))
    if account is None or account.user_id != user.user_id:
        raise Conflict("account_missing", f"Falta la cuenta con que ingresa {user.name}.")
    return account


def _user_named(mailbox: Mailbox, username: str) -> MailboxUser:
    user = next((one for one in mailbox.users if mailbox.username_of(one) == username), None)
    if user is None:
        raise NotFound("user_unknown", "La casilla no tiene un usuario así. «mailboxes show» dice quiénes son.")
    if user.is_principal:
        raise Conflict("user_is_principal", "Ese usuario ya es el principal.")
    if user.state is not UserState.ACTIVE:
        raise Conflict("user_not_active", "Ese usuario no está activo: nadie podría decidir en la casilla.")
    return user


def _without(users: tuple[MailboxUser, ...], gone: MailboxUser) -> tuple[MailboxUser, ...]:
    return tuple(user for user in users if user.user_id != gone.user_id)


def _tell_all(mailbox: Mailbox, former: MailboxUser, decided: _Decided, tools: AccessTools) -> bool:
    """Tell the new principal, the former one and every active user; the change stands whoever could be told.

    Sessions end once more: a login may have read an account before the transaction.
    """
    new, holder, letterhead = mailbox.principal, mailbox.holder.name, tools.letterhead
    at = decided.change.event.occurred_at
    own_letter = principal_letter(holder, mailbox.username_of(new), at, letterhead)
    letters = [(decided.activation.letter if decided.activation else own_letter, new.email)]
    changed = principal_changed_letter(holder, new.name, at, letterhead)
    both = {new.user_id, former.user_id}
    letters += [(changed, user.email) for user in mailbox.alerted_users if user.user_id not in both]
    told = [tell(letter, to, tools=tools, now=at) for letter, to in letters]
    told.append(tell_former(decided.telling, tools=tools, now=at))
    for ended in decided.change.sessions:
        tools.sessions.end_all(ended.user_id, before=max(ended.before, tools.clock() + _AFTER))
    return all(told)
