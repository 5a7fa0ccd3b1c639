"""Make and withdraw requests about one's own data, and list them (DAT-1).

A copy is done as it is asked for. The rest waits for an operator; the person is told the number and until when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import (
    MAX_USERS,
    AccessChange,
    ChangeKind,
    Mailbox,
    MailboxChanged,
    MailboxUser,
    mailbox_changed,
    require_thawed,
)
from chalicelib.domain.people.consent import MandatoryRule
from chalicelib.domain.people.data_request import (
    CLOSING_WAITS,
    REQUESTS_PER_USER,
    DataRequest,
    DataRequestKind,
    DataTerms,
    DataWish,
    check_may_ask,
    check_words,
    done_at_once,
    due_at,
    find_reference,
    standing,
    terms_on,
    withdrawn,
)
from chalicelib.domain.people.mailbox_users import require_user
from chalicelib.domain.session import Session
from chalicelib.renderers.people.data_request_letters import (
    closing_over_letter,
    copy_made_letter,
    request_made_letter,
)
from chalicelib.renderers.spanish import day_in_words
from chalicelib.services.access.admit_login import admit_session
from chalicelib.services.access.own_password import Confirmed, ShownPassword, check_own_password
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tell_change import Telling, new_telling, tell_former, telling_of
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together
from chalicelib.store.people.data_request_store import DataRequestStore

SHOWN = 10
"""Of each kind, the newest that a person is shown."""


@dataclass(frozen=True, slots=True)
class DataRequestTools:
    """Tools of access, where requests are, legal terms, norms that impose a mailbox, and the calendar in force.

    `local` puts an instant on the country's clock; `calendar` reads what was entered of it.
    """

    access: AccessTools
    requests: DataRequestStore
    terms: tuple[DataTerms, ...]
    rules: tuple[MandatoryRule, ...]
    local: Callable[[datetime], datetime]
    calendar: Callable[[], BusinessCalendar]


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """A user's newest requests of each kind, newest first, and the legal terms in force."""

    mailbox: Mailbox
    user: MailboxUser
    requests: tuple[DataRequest, ...]
    terms: DataTerms


def list_requests(session: Session, *, tools: DataRequestTools) -> OwnRequests:
    """Return what a user asked for; one hop, five calls.

    Raises:
        SessionEnded: `session_ended`.

    """
    found: list[DataRequest] = []
    mailboxes: list[Mailbox | None] = []

    def read(kind: DataRequestKind) -> None:
        found.extend(tools.requests.newest(session.mailbox_id, session.user_id, kind, limit=SHOWN))

    together(
        [
            lambda: mailboxes.append(tools.access.mailboxes.find(session.mailbox_id)),
            *(partial(read, kind) for kind in DataRequestKind),
        ]
    )
    mailbox, user = require_user(mailboxes[0], session.user_id)
    newest_first = sorted(found, key=lambda one: (one.asked_at, one.reference), reverse=True)
    today = tools.local(tools.access.clock()).date()
    return OwnRequests(mailbox, user, tuple(newest_first), terms_on(tools.terms, today))


def make_request(session: Session, wish: DataWish, *, origin: str, tools: DataRequestTools) -> DataRequest:
    """Make a request, or return the one that it would double; its person is told, of a closing all active users.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `words_needed`, `words_too_long`, `password_wrong`.
        PrincipalNeeded, ConsentMandatory, ClosingRefused: of closing.
        TooManyRequests: `limit_reached`: requests of a day, or passwords shown within a session.
        MailboxFrozen: `mailbox_frozen`.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    access, now, limit = tools.access, tools.access.clock(), REQUESTS_PER_USER
    mailbox, user = require_user(access.mailboxes.find(session.mailbox_id), session.user_id)
    check_may_ask(wish.kind, mailbox, user, tools.rules)
    check_words(wish.kind, wish.words)
    if wish.kind is DataRequestKind.CLOSURE:
        require_password(session, wish.password, Confirmed.CLOSING, origin=origin, tools=access, now=now)
    is_counted = False
    calendar, reference = tools.calendar(), access.new_code()
    tellings: tuple[Telling, ...] = ()
    for _ in range(MAX_USERS):
        last = next(iter(tools.requests.newest(mailbox.mailbox_id, user.user_id, wish.kind)), None)
        made = standing(last, calendar.local(now).date(), calendar)
        if made is not None and made.reference != reference:
            return made
        if not is_counted:
            access.limits.spend(limit.key(user.user_id), limit=limit.limit, window_s=limit.window_s, now=now)
            is_counted = True
        if made is None:  # else an earlier try of ours made it, and the answer was lost
            made, tellings = _new(wish, last, reference, who=(mailbox, user), now=now, tools=tools)
            event = _event(EventType.DATA_REQUESTED, made, session, origin=origin, tools=access, now=now)
            try:
                tools.requests.make(made, mailbox, event, [token for one in tellings for token in one.tokens])
            except MailboxChanged:
                mailbox, user = require_user(access.mailboxes.find(session.mailbox_id), session.user_id)
                require_thawed(mailbox)
                check_may_ask(wish.kind, mailbox, user, tools.rules)
                continue
        _tell_made(made, tellings, user, tools=access, now=now)
        return made
    raise mailbox_changed()


def withdraw_request(session: Session, reference: str, *, origin: str, tools: DataRequestTools) -> DataRequest:
    """Take back a request of one's own that waits; of a closing all active users are told.

    Raises:
        SessionEnded: `session_ended`.
        NotFound: `request_unknown`.
        DataRequestRefused: `request_not_waiting`.
        MailboxChanged: `mailbox_changed`: it is answered at this moment.

    """
    access, now = tools.access, tools.access.clock()
    own = list_requests(session, tools=tools)
    request = find_reference(own.requests, reference)
    event = _event(EventType.DATA_REQUEST_WITHDRAWN, request, session, origin=origin, tools=access, now=now)
    written = tools.requests.answer(withdrawn(request, event.event_id, now), event)
    if written.kind is DataRequestKind.CLOSURE:
        letter = closing_over_letter(written, own.mailbox, access.letterhead)
        if letter is not None:
            together([partial(tell, letter, one.email, tools=access, now=now) for one in own.mailbox.alerted_users])
    return written


def require_password(  # noqa: PLR0913 - who shows it, what for
    session: Session, password: str, what: Confirmed, *, origin: str, tools: AccessTools, now: datetime
) -> None:
    """Have who asks show the own password.

    Raises:
        InvalidInput: `field_empty`, `password_wrong`.
        TooManyRequests: `limit_reached`.
        SessionEnded: `session_ended`.

    """
    if not password:
        raise InvalidInput("field_empty", "El campo «password» no puede estar vacío.", field="password")
    admit_session(session, limits=tools.limits, now=now)
    account = tools.accounts.find(session.username)
    check_own_password(session, account, ShownPassword(password, what, origin), tools=tools, now=now)


def _event(  # noqa: PLR0913 - who did what, from where, when
    kind: EventType, request: DataRequest, session: Session, *, origin: str, tools: AccessTools, now: datetime
) -> Event:
    event = tools.people_event(kind, session, session.user_id, origin=origin, now=now)
    return replace(event, data={**event.data, "about": request.kind.value, "request": request.reference})


def _new(  # noqa: PLR0913 - what a request is made of
    wish: DataWish,
    last: DataRequest | None,
    reference: str,
    *,
    who: tuple[Mailbox, MailboxUser],
    now: datetime,
    tools: DataRequestTools,
) -> tuple[DataRequest, tuple[Telling, ...]]:
    mailbox, user = who
    calendar = tools.calendar()
    terms = terms_on(tools.terms, calendar.local(now).date())
    made = DataRequest(
        mailbox_id=mailbox.mailbox_id,
        user_id=user.user_id,
        kind=wish.kind,
        number=1 if last is None else last.number + 1,
        reference=reference,
        asked_at=now,
        due_at=due_at(wish.kind, now, terms, calendar),
        norm=terms.norm,
        words=wish.words,
    )
    if wish.kind is DataRequestKind.EXPORT:
        return done_at_once(made), ()
    if wish.kind is not DataRequestKind.CLOSURE:
        return made, ()
    says = {
        "holder": mailbox.holder.name,
        "reference": reference,
        "due": day_in_words(tools.local(made.due_at).date()),
        "earliest": (now + CLOSING_WAITS).isoformat(),
    }
    tellings = tell_all(ChangeKind.CLOSING, mailbox, user, says, tools=tools.access, now=now)
    return replace(made, change_id=tellings[0].change.change_id), tellings


def tell_all(  # noqa: PLR0913 - who did what to which mailbox, and what is said of it
    kind: ChangeKind,
    mailbox: Mailbox,
    user: MailboxUser,
    says: Mapping[str, str],
    *,
    tools: AccessTools,
    now: datetime,
) -> tuple[Telling, ...]:
    """Return what tells whoever did something to a mailbox, who can contest it, and its other active users of it."""
    others = [one for one in mailbox.alerted_users if one.user_id != user.user_id]
    return (
        new_telling(kind, mailbox, user, tools=tools, now=now, says=says),
        *(
            telling_of(
                mailbox,
                AccessChange(tools.new_event_id(), kind, one.user_id, now, one.email),
                tools=tools,
                now=now,
                says=says,
                is_contestable=False,
            )
            for one in others
        ),
    )


def _tell_made(
    made: DataRequest, tellings: tuple[Telling, ...], user: MailboxUser, *, tools: AccessTools, now: datetime
) -> None:
    if tellings:
        together([partial(tell_former, one, tools=tools, now=now) for one in tellings])
        return
    is_copy = made.kind is DataRequestKind.EXPORT
    letter = copy_made_letter(made, tools.letterhead) if is_copy else request_made_letter(made, tools.letterhead)
    tell(letter, user.email, tools=tools, now=now)
