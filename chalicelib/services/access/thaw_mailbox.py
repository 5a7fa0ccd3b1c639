"""Open a frozen mailbox again, for an operator who looked into what was contested: undone, or kept (REG-11).

Undone, the contested users have again the address and mobile of before the first contested change, their passwords open
nothing, and a link to choose another goes to that address. Who was given access, or the mailbox, since then has none
any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chalicelib.domain.access.decided_contest import ToldUser, decided_data
from chalicelib.domain.access.freezing import first_contested, require_settled, thawed
from chalicelib.domain.errors import NotFound, NotReady
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import (
    MAX_USERS,
    Freeze,
    Mailbox,
    MailboxChanged,
    MailboxUser,
    UserState,
    mailbox_changed,
)
from chalicelib.renderers.access.access_letters import mailbox_thawed_letter
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.access.undo_contested import Plan, undo_contested
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.together import together

MOST_EVENTS = 300
"""Of a mailbox's log, the newest that are looked at."""
_MAX_TRIES = MAX_USERS


@dataclass(frozen=True, slots=True)
class Thawed:
    """What was done: `mailbox` as it is now, `freeze` as it was, None where it was not frozen.

    `told` are the contested users; `shut_out` those who were given access, or the mailbox, since the first contested
    change.
    """

    mailbox: Mailbox
    freeze: Freeze | None
    told: tuple[ToldUser, ...] = ()
    shut_out: tuple[MailboxUser, ...] = ()


Mark = Callable[[Mailbox], bool]
"""Mark what was opened of a frozen mailbox since the contested change; True once all of it is."""


def find_mailbox(mailbox_id: str, *, tools: AccessTools) -> tuple[Mailbox, tuple[Event, ...]]:
    """Return a mailbox and the newest of what happened to it, oldest first.

    Raises:
        NotFound: `mailbox_unknown`.

    """
    mailbox = tools.mailboxes.find(mailbox_id)
    if mailbox is None:
        raise NotFound("mailbox_unknown", "No hay una casilla así. Revise el tipo y el número de documento.")
    return mailbox, tools.events.newest_for_subject(f"mailbox#{mailbox_id}", limit=MOST_EVENTS)


def show_contested(mailbox_id: str, *, act: OperatorAct, tools: AccessTools) -> tuple[Mailbox, tuple[Event, ...]]:
    """Log who looks and why, and then return what `find_mailbox` does.

    Raises:
        NotFound: `mailbox_unknown`.

    """
    found = find_mailbox(mailbox_id, tools=tools)
    tools.events.add(contest_look(mailbox_id, "contested", act=act))
    return found


def list_frozen(*, act: OperatorAct, tools: AccessTools) -> tuple[Mailbox, ...]:
    """Return all frozen mailboxes, the longest frozen first, once it is logged at each who looked."""
    found = (tools.mailboxes.find(mailbox_id) for mailbox_id in tools.freezes.frozen())
    frozen = [(mailbox.freeze.frozen_at, mailbox) for mailbox in found if mailbox is not None and mailbox.freeze]
    for _, mailbox in frozen:
        tools.events.add(contest_look(mailbox.mailbox_id, "frozen", act=act))
    return tuple(mailbox for _, mailbox in sorted(frozen, key=lambda one: one[0]))


def contest_look(mailbox_id: str, shown: str, *, act: OperatorAct) -> Event:
    """Return the event of a look at contested or untold changes of a mailbox; `shown` says by which command."""
    return act.event(f"mailbox#{mailbox_id}", EventType.MAILBOX_SHOWN, act.clock(), shown=shown)


def thaw_mailbox(  # noqa: PLR0913 - which, how, by whom, and what is looked at before
    mailbox_id: str,
    *,
    is_undone: bool,
    mark: Mark,
    act: OperatorAct,
    tools: AccessTools,
    check: Callable[[Freeze], None] = lambda _: None,
) -> Thawed:
    """Open it once its openings are marked, then tell its contested users; given again it does nothing.

    `check` raises where the freeze, as each try finds it, is not the one that was decided about.

    Raises:
        NotReady: `mailbox_just_frozen`, `openings_unmarked`.
        NotFound: `mailbox_unknown`.
        EmailTakenMeanwhile: `email_taken_meanwhile`.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    tried: dict[str, tuple[Freeze, Plan]] = {}
    for _ in range(_MAX_TRIES):
        mailbox, events = find_mailbox(mailbox_id, tools=tools)
        freeze = mailbox.freeze
        if freeze is None:
            own = next((tried[event.event_id] for event in events if event.event_id in tried), None)
            return Thawed(mailbox, None) if own is None else _done(mailbox, *own, act, tools)
        check(freeze)
        require_settled(freeze, act.clock())
        if not freeze.is_marked and not mark(mailbox):
            detail = "Todavía se señala lo que se abrió desde el cambio. No se descongeló nada: repita el comando."
            raise NotReady("openings_unmarked", detail)
        plan = undo_contested(mailbox, freeze, at=act.clock(), tools=tools) if is_undone else _kept(mailbox, freeze)
        event = act.event(
            f"mailbox#{mailbox_id}",
            EventType.MAILBOX_THAWED,
            act.clock(),
            **decided_data(freeze, plan.shut_out, is_undone=is_undone),
        )
        tried[event.event_id] = (freeze, plan)  # where only the answer is lost, the log tells that it was done
        try:
            opened = tools.freezes.thaw(
                plan.mailbox,
                event,
                accounts=plan.accounts,
                issued=[link.token for _, link in plan.links],
                returned=plan.returned,
            )
        except MailboxChanged:
            continue
        return _done(opened, freeze, plan, act, tools)
    raise mailbox_changed()


def _done(mailbox: Mailbox, freeze: Freeze, plan: Plan, act: OperatorAct, tools: AccessTools) -> Thawed:
    return Thawed(mailbox, freeze, _tell(mailbox, freeze, plan, act, tools), plan.shut_out)


def _kept(mailbox: Mailbox, freeze: Freeze) -> Plan:
    return Plan(thawed(mailbox, freeze, is_undone=False))


def _tell(mailbox: Mailbox, freeze: Freeze, plan: Plan, act: OperatorAct, tools: AccessTools) -> tuple[ToldUser, ...]:
    """Send each contested user the link, or word that the mailbox is open again and what was decided."""
    now = act.clock()
    links = {user.user_id: link.letter for user, link in plan.links}
    told: dict[str, bool] = {}

    def send(user: MailboxUser) -> None:
        is_disabled = user.state is UserState.DISABLED
        word = mailbox_thawed_letter(now, tools.letterhead, is_undone=plan.is_undone, is_disabled=is_disabled)
        told[user.user_id] = tell(links.get(user.user_id, word), user.email, tools=tools, now=now)

    users = _contested(mailbox, freeze, plan)
    if users:  # all of them may have been removed
        together([partial(send, user) for user in users])
    return tuple(ToldUser(user, told[user.user_id], user.user_id in links) for user in users)


def _contested(mailbox: Mailbox, freeze: Freeze, plan: Plan) -> list[MailboxUser]:
    """Return whose change it was, who gets a link besides, and the principal: they were told that it froze.

    A link gets who is back, and in whose name they were taken out.
    """
    told = {*first_contested(freeze), *(user.user_id for user, _ in plan.links)}
    return [user for user in mailbox.users if user.user_id in told or user.is_principal]
