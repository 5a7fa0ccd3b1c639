"""Changes of a way in that are told to what was on record before, on moto, with a worker that comes by afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_string
from email.policy import SMTP
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.credentials import PasswordChange
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, Power, WaitingEmail
from chalicelib.domain.people.hand_over import offered
from chalicelib.services.access.change_password import change_password
from chalicelib.services.access.contest_change import Standing, show_contest
from chalicelib.services.access.links import new_link, owner_from
from chalicelib.services.access.make_email_effective import to_become_effective
from chalicelib.services.access.reset_password import reset_password
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.access.watch_access import WatchedAccess, watch_access
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.change_email import verify_new_email
from chalicelib.services.people.change_principal import PrincipalWish, change_principal
from chalicelib.services.people.hand_over import accept_offer
from chalicelib.services.people.profile import change_mobile
from chalicelib.services.people.remove_user import remove_user
from infra.local.cloud import REGION
from tests.company_world import COMPANY, OTHER, a_company, seed_company, session_of
from tests.deposit_world import NOW
from tests.faults.journey import Lab
from tests.faults.strike import Outage, ProcessDied, Strike
from tests.person_world import NEW, PASSWORD

BOSS, SECOND, _ = (session_of(user, a_company(), NOW) for user in a_company().users)
CODE, RESET = "K7M3Q2", "r" * 43
EVERY = timedelta(minutes=16)
"""More seldom than it does, so that a test takes less time."""
_WAITING = WaitingEmail("nueva@ejemplo.pe", NOW, "waiting-1")


@dataclass(frozen=True, eq=False)
class ToldChange:
    """What changes a way in, what logs it about whom, and whom it is told; `links` when by what contests it."""

    name: str
    ask: Callable[[AccessTools], object]
    event: EventType
    subject: str
    told: str = "u1"
    links: bool = True

    def __str__(self) -> str:
        return self.name

    @property
    def email(self) -> str:
        """Of before."""
        return f"usuaria{self.told.removeprefix('u')}@ejemplo.pe"

    @property
    def mobile(self) -> str:
        """Of before."""
        return f"+5190000000{self.told.removeprefix('u')}"


def _by_operator(tools: AccessTools) -> object:
    wish = PrincipalWish(mailbox_id=COMPANY, username=OTHER, power=Power(page="11012345", entry="C00012"))
    act = OperatorAct("operator:rquispe", "Cambio de gerente", tools.clock, tools.new_event_id)
    return change_principal(wish, act=act, tools=tools)


def watch(tools: AccessTools) -> WatchedAccess:
    """Have the worker come by."""
    until = tools.clock() + timedelta(minutes=4)
    return watch_access(tools=tools, mark=lambda _: True, now=tools.clock, until=until)


_MAILBOX = f"mailbox#{COMPANY}"
PASSWORD_CHANGE = ToldChange(
    "password",
    lambda tools: change_password(BOSS, PasswordChange(PASSWORD, NEW), origin="", tools=tools, now=tools.clock()),
    EventType.PASSWORD_CHANGED,
    "user#u1",
)
CHANGES = (
    PASSWORD_CHANGE,
    ToldChange(
        "reset",
        lambda tools: reset_password(RESET, NEW, origin="", tools=tools, now=tools.clock()),
        EventType.PASSWORD_RESET,
        "user#u1",
    ),
    ToldChange(
        "mobile",
        lambda tools: change_mobile(BOSS, "987654321", origin="", tools=tools, now=tools.clock()),
        EventType.PROFILE_CHANGED,
        "user#u1",
    ),
    ToldChange(
        "new e-mail",
        lambda tools: verify_new_email(BOSS, CODE, origin="", tools=tools, now=tools.clock()),
        EventType.EMAIL_WAITS,
        "user#u1",
    ),
    ToldChange("e-mail in force", watch, EventType.EMAIL_CHANGED, "user#u3", "u3", links=False),
    ToldChange(
        "hand-over",
        lambda tools: accept_offer(SECOND, origin="", tools=tools, now=tools.clock()),
        EventType.PRINCIPAL_CHANGED,
        _MAILBOX,
    ),
    ToldChange(
        "removal",
        lambda tools: remove_user(BOSS, "u2", origin="", tools=tools, now=tools.clock()),
        EventType.USER_REMOVED,
        _MAILBOX,
        "u2",
    ),
    ToldChange("operator's change", _by_operator, EventType.PRINCIPAL_CHANGED, _MAILBOX, links=False),
)


def company() -> Mailbox:
    """Make one in which any of the changes can be asked for."""
    made = a_company()
    made = replace(made, hand_over=offered(made, made.users[1], NOW).hand_over)
    return replace(made, users=(*made.users[:2], replace(made.users[2], waiting=_WAITING)))


def begin(lab: Lab, change: ToldChange, *strikes: Strike | Outage) -> Container:
    """Put what the change needs."""
    lab.reset()
    box = lab.process("told")
    with using(box):
        tools, mailbox = access_tools(box), company()
        if change.told != "u3":  # whose new address the worker would put in force by the way
            mailbox = replace(mailbox, users=(*mailbox.users[:2], a_company().users[2]))
        seed_company(tools, box, mailbox)
        if change.told == "u3":
            tools.tokens.issue(to_become_effective(mailbox, mailbox.users[2], _WAITING))
        tools.sessions.add(replace(BOSS, session_id=tools.sessions.session_id("A" * 43)), "A" * 43)
        owner = owner_from(*tools.access.load(COMPANY, COMPANY))
        tools.tokens.issue(new_link(owner, tools=replace(tools, new_secret=lambda: RESET), now=NOW).token)
        data = {"email": "nueva@ejemplo.pe", "earlier": []}
        until = NOW + timedelta(minutes=30)
        tools.tokens.issue(NewToken(TokenKind.NEW_EMAIL_CODE, "u1", NOW, until, answer=CODE, data=data))
    lab.wire.strikes = list(strikes)
    lab.clock.now = NOW + timedelta(seconds=1)
    return box


def ask(lab: Lab, change: ToldChange, box: Container) -> None:
    """Ask for it once, whatever comes of it."""
    with suppress(ProcessDied, Exception), using(box), lab.wire.running("first", "first"):
        change.ask(access_tools(box))


def sweep(lab: Lab, box: Container, lasting: timedelta, every: timedelta = EVERY) -> list[WatchedAccess]:
    """Have the worker come by now and then."""
    done, end = [], lab.clock.now + lasting
    while lab.clock.now < end:
        lab.clock.advance(seconds=every.total_seconds())
        with suppress(ProcessDied, Exception), using(box), lab.wire.running("sweep", "sweep"):
            done.append(watch(access_tools(box)))
    return done


def is_done(box: Container, change: ToldChange) -> bool:
    """Tell whether the change was committed."""
    return change.event in {one.type for one in event_store(box).list_for_subject(change.subject)}


def links_sent(to: str) -> list[str]:
    """Return what contests a change, out of each e-mail to an address."""
    sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    texts = [_text_of(message_from_string(mail.raw_data, policy=SMTP)) for mail in sent if to in mail.destinations]
    return [(re.findall(r"/no-fui-yo/(\S+)", text) or [""])[-1] for text in texts]


def _text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def wrong_links(box: Container, change: ToldChange) -> list[str]:
    """Say of each e-mail that was to bring a link whether it can be used."""
    if not change.links:
        return []
    with using(box):
        tools = access_tools(box)
        for secret in filter(None, links_sent(change.email)):
            try:
                contest = show_contest(secret, tools=tools, now=tools.clock())
            except Exception as error:  # noqa: BLE001 - told as what is wrong
                return [f"a link cannot be used: {error}"]
            if contest.standing is not Standing.OPEN or contest.change.user_id != change.told:
                return [f"a link is about something else: {contest}"]
    return []
