"""Make the changes that were asked for at a desk: users, a new principal, a mailbox closed or thawed.

Each is one transaction with its event, which names the petition: so it is made once however often it is tried, whatever
the mailbox's people did to it since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.access.account import Account
from chalicelib.domain.desk.petition import Petition, PetitionKind
from chalicelib.domain.errors import Conflict, NotFound, NotReady
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import (
    ChangeKind,
    Freeze,
    Mailbox,
    MailboxChanged,
    MailboxState,
    UserState,
    mailbox_changed,
    require_thawed,
)
from chalicelib.domain.people.closing import closed, require_closable
from chalicelib.domain.people.consent import MandatoryRule
from chalicelib.domain.people.mailbox_users import disabled, secondary_user, state_when_enabled, with_user
from chalicelib.services.access.tell_change import Telling, tell_former
from chalicelib.services.access.thaw_mailbox import Mark, thaw_mailbox
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.change_people import MAX_TRIES
from chalicelib.services.people.change_principal import PrincipalWish, change_principal
from chalicelib.services.people.tell_user import told_by_principal
from chalicelib.store.people_store import PeopleChange

_AFTER = timedelta(microseconds=1)
_CLOCKS_DIFFER = timedelta(hours=1)
"""At most, between who took it and who made it."""
_MAKING = (
    EventType.USER_DISABLED,
    EventType.USER_ENABLED,
    EventType.MAILBOX_CLOSED,
    EventType.PRINCIPAL_CHANGED,
    EventType.MAILBOX_THAWED,
)


class _MadeBefore(Exception):
    """An earlier try made it, or one at the same time."""


def is_made(petition: Petition, tools: AccessTools) -> bool:
    """Tell whether the change stands in the mailbox's log."""
    since = petition.asked_at - _CLOCKS_DIFFER
    events = tools.events.list_since(f"mailbox#{petition.mailbox_id}", since, _MAKING)
    return any(event.data.get("petition_id") == petition.petition_id for event in events)


def change_mailbox(
    petition: Petition, *, act: OperatorAct, rules: Iterable[MandatoryRule], mark: Mark, tools: AccessTools
) -> bool:
    """Make the change; False where an earlier try made it. One that somebody else made already is as wanted.

    Raises:
        NotFound: `mailbox_unknown`, `user_unknown`.
        Conflict: what each of them refuses, such as `last_mobile`, `user_is_principal`, `mailbox_is_a_persons`,
            `mailbox_closed`, `mailbox_mandatory`, `mailbox_not_frozen`; `petition_outdated`.
        InvalidInput: what is wrong with a new principal.
        MailboxFrozen: `mailbox_frozen`.
        NotReady: `thaw_not_ready`: what was opened meanwhile is being marked.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    try:
        _require_unmade(petition, tools)
        match petition.kind:
            case PetitionKind.DISABLE:
                _disable(petition, act, tools)
            case PetitionKind.ENABLE:
                _enable(petition, act, tools)
            case PetitionKind.CLOSE:
                _close(petition, act, tuple(rules), tools)
            case PetitionKind.PRINCIPAL:
                _name_principal(petition, act, tools)
            case PetitionKind.THAW_UNDONE | PetitionKind.THAW_KEPT:
                _thaw(petition, act, mark, tools)
    except _MadeBefore:
        return False
    return True


def _require_unmade(petition: Petition, tools: AccessTools) -> None:
    """Look after the mailbox was read: what is made then changes the mailbox, and is found at the next try."""
    if is_made(petition, tools):
        raise _MadeBefore


def _thaw(petition: Petition, act: OperatorAct, mark: Mark, tools: AccessTools) -> None:
    asked = {one.change_id for one in petition.contested}

    def check(freeze: Freeze) -> None:
        if {change.change_id for change in freeze.contested} != asked:
            _require_unmade(petition, tools)
            raise _outdated("desde que se registró se impugnaron otros cambios")

    is_undone = petition.kind is PetitionKind.THAW_UNDONE
    try:
        done = thaw_mailbox(petition.mailbox_id, is_undone=is_undone, mark=mark, act=act, tools=tools, check=check)
    except NotReady as error:
        detail = "Todavía se señala lo que se abrió desde el cambio impugnado. Inténtalo otra vez en unos minutos."
        raise NotReady("thaw_not_ready", detail) from error
    if done.freeze is None:
        _require_unmade(petition, tools)
        raise Conflict("mailbox_not_frozen", "Esa casilla ya no está congelada: no queda nada por hacer.")


def _outdated(why: str) -> Conflict:
    return Conflict("petition_outdated", f"El pedido ya no es de lo que hay: {why}. Recházalo y registra otro.")


def _disable(petition: Petition, act: OperatorAct, tools: AccessTools) -> None:
    telling: Telling | None = None

    def decide(mailbox: Mailbox) -> PeopleChange | None:
        nonlocal telling
        user, at = secondary_user(mailbox, petition.user_id), act.clock()
        if user.state is UserState.DISABLED:
            return None
        account = _account(mailbox, petition.user_id, tools)
        telling = told_by_principal(ChangeKind.DISABLING, mailbox, user, account, by="", at=at, tools=tools)
        return PeopleChange(
            mailbox=disabled(mailbox, user, tools.reach),
            event=act.event(f"mailbox#{mailbox.mailbox_id}", EventType.USER_DISABLED, at, user_id=user.user_id),
            account=account and replace(account, state=UserState.DISABLED),
            sessions_ended_of=user.user_id,
            also_issued=telling.tokens,
        )

    if _changed(petition, decide, tools) is not None:
        tell_former(telling, tools=tools, now=act.clock())
        tools.sessions.end_all(petition.user_id, before=tools.clock() + _AFTER)


def _enable(petition: Petition, act: OperatorAct, tools: AccessTools) -> None:
    def decide(mailbox: Mailbox) -> PeopleChange | None:
        user = secondary_user(mailbox, petition.user_id)
        if user.state is not UserState.DISABLED:
            return None
        account = _account(mailbox, petition.user_id, tools)
        state = state_when_enabled(account)
        subject = f"mailbox#{mailbox.mailbox_id}"
        return PeopleChange(
            mailbox=with_user(mailbox, replace(user, state=state)),
            event=act.event(subject, EventType.USER_ENABLED, act.clock(), user_id=user.user_id),
            account=account and replace(account, state=state),
        )

    _changed(petition, decide, tools)


def _close(petition: Petition, act: OperatorAct, rules: tuple[MandatoryRule, ...], tools: AccessTools) -> None:
    def decide(mailbox: Mailbox) -> PeopleChange | None:
        if mailbox.state is MailboxState.DISABLED and mailbox.closed_at is not None:
            return None
        require_closable(mailbox, mailbox.principal, rules)
        event = act.event(f"mailbox#{mailbox.mailbox_id}", EventType.MAILBOX_CLOSED, act.clock())
        return PeopleChange(mailbox=closed(mailbox, event.occurred_at), event=event)

    _changed(petition, decide, tools)


def _name_principal(petition: Petition, act: OperatorAct, tools: AccessTools) -> None:
    person, power = petition.person, petition.power
    if person is None or power is None:
        raise AssertionError("a new principal without a person or a power")
    if _mailbox(petition, tools).principal.document_number == person.document_number:
        return

    def check(mailbox: Mailbox) -> None:
        _require_unmade(petition, tools)
        if petition.user_id and mailbox.principal.user_id != petition.user_id:
            raise _outdated("desde que se registró cambió el usuario principal")

    wish = PrincipalWish(mailbox_id=petition.mailbox_id, person=person, power=power)
    change_principal(wish, act=act, tools=tools, check=check)


def _changed(
    petition: Petition, decide: Callable[[Mailbox], PeopleChange | None], tools: AccessTools
) -> Mailbox | None:
    """Return the mailbox as it is then, or None where all was as wanted already."""
    for _ in range(MAX_TRIES):
        mailbox = _mailbox(petition, tools)
        _require_unmade(petition, tools)
        require_thawed(mailbox)
        change = decide(mailbox)
        if change is None:
            return None
        try:
            return tools.people.commit(change)
        except MailboxChanged:
            continue
    raise mailbox_changed()


def _mailbox(petition: Petition, tools: AccessTools) -> Mailbox:
    mailbox = tools.mailboxes.find(petition.mailbox_id)
    if mailbox is None:
        raise NotFound("mailbox_unknown", "No hay una casilla así.")
    return mailbox


def _account(mailbox: Mailbox, user_id: str, tools: AccessTools) -> Account | None:
    user = mailbox.user(user_id)
    return None if user is None else tools.accounts.find(mailbox.username_of(user))
