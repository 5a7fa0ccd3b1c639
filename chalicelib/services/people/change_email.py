"""Change the own e-mail: the new address proves itself, and waits while the old one is told (BOX-7, REG-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.access_policy import RESEND_COOLING_S
from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.token import VALID_FOR, NewToken, Token, TokenKind
from chalicelib.domain.access.waiting_email import EMAIL_WAITS, with_waiting_email
from chalicelib.domain.contact import is_same_email
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, Mailbox, MailboxUser, WaitingEmail
from chalicelib.domain.people.mailbox_users import read_new_email, require_user
from chalicelib.domain.session import Session
from chalicelib.renderers.people.people_letters import new_email_letter
from chalicelib.services.access.admit_login import admit_session
from chalicelib.services.access.make_email_effective import to_become_effective
from chalicelib.services.access.own_password import Confirmed, ShownPassword, check_own_password
from chalicelib.services.access.send_access_mail import send_to_new_address
from chalicelib.services.access.tell_change import new_telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.access.verify_code import judge_code
from chalicelib.services.people.change_people import change_people
from chalicelib.services.people.profile import Profile, show_profile
from chalicelib.services.together import together
from chalicelib.store.people_store import PeopleChange, UsedToken

_MOST_EARLIER = 6


@dataclass(frozen=True, slots=True)
class ChangedEmail:
    """The profile as it is now, its new address waiting, and whether the old one could be told."""

    profile: Profile
    is_told: bool


@dataclass(frozen=True, slots=True)
class NewEmail:
    """The address as typed, and the own password."""

    typed: str
    password: str


def request_new_email(session: Session, asked: NewEmail, *, origin: str, tools: AccessTools, now: datetime) -> Profile:
    """Send a code to a new address; the one sent before, to whatever address, is worth nothing any more.

    The address recovers the access, so that its change needs the password itself (ASVS 5.0, 7.5.1).

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `password_wrong`; `email_invalid`, `email_taken`, `email_unchanged` or `email_address_refused`.
        TooManyRequests: `limit_reached`: passwords shown within a session; one code a minute, and some a day.
        Unavailable: the e-mail cannot be sent now.

    """
    admit_session(session, limits=tools.limits, now=now)
    account, found = tools.access.load(session.username, session.mailbox_id)
    shown = ShownPassword(asked.password, Confirmed.EMAIL_CHANGE, origin)
    check_own_password(session, account, shown, tools=tools, now=now)
    return _send_code(*require_user(found, session.user_id), asked.typed, tools, now)


def resend_new_email(session: Session, *, tools: AccessTools, now: datetime) -> Profile:
    """Send another code to the address that awaits one, for which the password was shown; nothing where none does.

    Raises:
        CasillaError: as `request_new_email` does, but for the password.

    """
    shown = show_profile(session, tools=tools, now=now)
    return shown if shown.new_email is None else _send_code(shown.mailbox, shown.user, shown.new_email, tools, now)


def _send_code(mailbox: Mailbox, user: MailboxUser, typed: str, tools: AccessTools, now: datetime) -> Profile:
    email = read_new_email(mailbox, typed, own=user)
    if is_same_email(email, user.email):
        raise InvalidInput("email_unchanged", "Ese ya es tu correo. Escribe el nuevo.", field="email")
    sent: list[Token | None] = []
    together(
        [
            lambda: tools.limits.cool_down(f"new-email#{user.user_id}", seconds=RESEND_COOLING_S, now=now),
            lambda: sent.append(tools.tokens.find(TokenKind.NEW_EMAIL_CODE, user.user_id)),
        ]
    )
    code, until = tools.new_email_code(), now + VALID_FOR[TokenKind.NEW_EMAIL_CODE]
    kept = {"email": email, "earlier": _codes_of(sent[0])}
    tools.tokens.issue(NewToken(TokenKind.NEW_EMAIL_CODE, user.user_id, now, until, answer=code, data=kept))
    letter = new_email_letter(code, until, tools.letterhead)
    send_to_new_address(letter, email, asked_by=user.user_id, tools=tools, now=now)
    return Profile(mailbox, user, email, until)


def verify_new_email(session: Session, typed: str, *, origin: str, tools: AccessTools, now: datetime) -> ChangedEmail:
    """Have the proven address wait a day, use the code up, and tell the old address, which can confirm it at once.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `code_malformed`, `code_wrong`, `code_superseded`, `code_unusable`, or `email_taken` meanwhile.
        MailboxChanged: `mailbox_changed`.

    """
    code = parse_email_code(typed)
    token = judge_code(
        TokenKind.NEW_EMAIL_CODE,
        session.user_id,
        lambda kept: tools.tokens.matches(kept, session.user_id, code),
        is_earlier=lambda kept: tools.tokens.matches_one_of(kept, kept.data.get("earlier", ()), session.user_id, code),
        tokens=tools.tokens,
        now=now,
    )
    email, telling = str(token.data["email"]), None

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        nonlocal telling
        if user.email == email or (user.waiting is not None and user.waiting.email == email):
            return None
        proven = read_new_email(mailbox, email, own=user)
        effective_at = now + EMAIL_WAITS
        says = {"new": proven, "effective_at": effective_at.isoformat()}
        telling = new_telling(ChangeKind.EMAIL, mailbox, user, tools=tools, now=now, says=says)
        waiting = WaitingEmail(proven, effective_at, telling.change.change_id)
        return PeopleChange(
            mailbox=with_waiting_email(mailbox, user, waiting),
            event=tools.user_event(EventType.EMAIL_WAITS, user.user_id, origin=origin, now=now),
            used=UsedToken(TokenKind.NEW_EMAIL_CODE, user.user_id, code),
            issued=to_become_effective(mailbox, user, waiting),
            also_issued=telling.tokens,
        )

    mailbox, is_changed = change_people(session, decide, tools=tools)
    is_told = not is_changed or tell_former(telling, tools=tools, now=now)
    return ChangedEmail(Profile(*require_user(mailbox, session.user_id)), is_told)


def _codes_of(before: Token | None) -> list[str]:
    """Return the keyed hashes of the codes sent until now, of which none counts any more."""
    return [] if before is None else [*before.data.get("earlier", ()), before.digest][-_MOST_EARLIER:]
