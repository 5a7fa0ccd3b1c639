"""Change the own e-mail: the new address proves itself before it takes the old one's place, which is told (BOX-7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.access_policy import RESEND_COOLING_S
from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.token import VALID_FOR, NewToken, TokenKind
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.domain.people.mailbox_users import read_new_email, require_user, with_user
from chalicelib.domain.session import Session
from chalicelib.renderers.people.people_letters import email_changed_letter, new_email_letter
from chalicelib.services.access.admit_login import admit_session
from chalicelib.services.access.login_codes import end_codes
from chalicelib.services.access.own_password import Confirmed, ShownPassword, check_own_password
from chalicelib.services.access.send_access_mail import send_to_new_address, tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.access.verify_code import judge_code
from chalicelib.services.people.change_people import change_people
from chalicelib.services.people.profile import Profile, show_profile
from chalicelib.store.people_store import PeopleChange, UsedToken


@dataclass(frozen=True, slots=True)
class ChangedEmail:
    """The profile as it is now, and whether the old address could be told."""

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
    if email == user.email:
        raise InvalidInput("email_unchanged", "Ese ya es tu correo. Escribe el nuevo.", field="email")
    tools.limits.cool_down(f"new-email#{user.user_id}", seconds=RESEND_COOLING_S, now=now)
    code, until = tools.new_email_code(), now + VALID_FOR[TokenKind.NEW_EMAIL_CODE]
    kept = {"email": email}
    tools.tokens.issue(NewToken(TokenKind.NEW_EMAIL_CODE, user.user_id, now, until, answer=code, data=kept))
    letter = new_email_letter(code, until, tools.letterhead)
    send_to_new_address(letter, email, asked_by=user.user_id, tools=tools, now=now)
    return Profile(mailbox, user, email, until)


def verify_new_email(session: Session, typed: str, *, origin: str, tools: AccessTools, now: datetime) -> ChangedEmail:
    """Put the proven address in the old one's place, use the code up, and tell the old address.

    Raises:
        SessionEnded: `session_ended`.
        InvalidInput: `code_malformed`, `code_wrong`, `code_unusable`, or `email_taken` meanwhile.
        MailboxChanged: `mailbox_changed`.

    """
    code = parse_email_code(typed)
    token = judge_code(
        TokenKind.NEW_EMAIL_CODE,
        session.user_id,
        lambda kept: tools.tokens.matches(kept, session.user_id, code),
        tokens=tools.tokens,
        now=now,
    )
    email, old = str(token.data["email"]), ""

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        nonlocal old
        if user.email == email:
            return None
        old, proven = user.email, read_new_email(mailbox, email, own=user)
        return PeopleChange(
            mailbox=with_user(mailbox, replace(user, email=proven)),
            event=tools.user_event(EventType.EMAIL_CHANGED, user.user_id, origin=origin, now=now),
            used=UsedToken(TokenKind.NEW_EMAIL_CODE, user.user_id, code),
        )

    mailbox, is_changed = change_people(session, decide, tools=tools)
    if is_changed:
        end_codes(session.username, tools=tools)
    letter = email_changed_letter(email, now, tools.letterhead)
    is_told = not is_changed or tell(letter, old, tools=tools, now=now)
    return ChangedEmail(Profile(*require_user(mailbox, session.user_id)), is_told)
