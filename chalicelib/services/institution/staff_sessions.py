"""Prove again who is inside, before what is final, and log out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.access.password_policy import check_password, normalise
from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import Credentials, StaffMember
from chalicelib.domain.institution.staff_changes import used
from chalicelib.domain.institution.staff_policy import PROOFS_PER_SESSION
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.services.institution.log_in import OpenedStaffSession, show_code
from chalicelib.services.institution.send_staff_letter import tell_access_changed
from chalicelib.services.institution.set_up_access import about, new_recovery_codes
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_session_store import cookie_of
from chalicelib.store.institution.staff_store import StaffChange, StaffChanged


def prove_again(staff: SignedIn, code: str, *, origin: str, tools: StaffTools, now: datetime) -> OpenedStaffSession:
    """Begin some minutes in which what is final may be done; the cookie changes. Three hops.

    Raises:
        InvalidInput: `code_wrong`.
        TooManyRequests: `limit_reached`, for this session only.
        StaffChanged: `staff_changed`: the code was used, or the session ended, at that instant.

    """
    _count_try(staff, tools, now)
    member = used(staff.member, _proved(staff.member, code, tools, now))
    return _go_on(staff, member, EventType.STAFF_PROVED, origin=origin, tools=tools, now=now)


def change_own_password(  # noqa: PLR0913 - who, what was typed, and from where
    staff: SignedIn, old: str, new: str, code: str, *, origin: str, tools: StaffTools, now: datetime
) -> OpenedStaffSession:
    """Take another password; all other sessions end, and this one goes on as the one returned.

    Raises:
        InvalidInput: what is wrong of the three, all at once.
        TooManyRequests: `limit_reached`, for this session only.
        StaffChanged: `staff_changed`.

    """
    _count_try(staff, tools, now)
    member = staff.member
    problems: list[InvalidInput] = []
    if not tools.hashing.check(old, member.credentials.password_hash).is_right:
        problems.append(
            InvalidInput("old_password_wrong", "La contraseña antigua no es correcta.", field="old_password")
        )
    elif normalise(old) == normalise(new):
        detail = "La contraseña nueva debe ser distinta de la antigua."
        problems.append(InvalidInput("password_unchanged", detail, field="new_password"))
    collect(problems, lambda: check_password(new, about(member), tools.common_passwords(), field="new_password"), None)
    after = collect(problems, lambda: _proved(member, code, tools, now), None)
    if problems or after is None:
        raise refusal_of(problems)
    changed = used(member, after).with_own_password(replace(after, password_hash=tools.hashing.hash(new)), now)
    opened = _go_on(staff, changed, EventType.PASSWORD_CHANGED, origin=origin, tools=tools, now=now)
    what = "Se cambió su contraseña y se cerraron sus otras sesiones."
    tell_access_changed(what, member, tools=tools, now=now)
    return opened


def renew_recovery_codes(
    staff: SignedIn, code: str, *, origin: str, tools: StaffTools, now: datetime
) -> tuple[OpenedStaffSession, tuple[str, ...]]:
    """Make ten new recovery codes, in place of those of before, and return them with the session that goes on.

    Raises:
        InvalidInput: `code_wrong`.
        TooManyRequests: `limit_reached`, for this session only.
        StaffChanged: `staff_changed`.

    """
    _count_try(staff, tools, now)
    member = staff.member
    after = _proved(member, code, tools, now)
    codes, hashes = new_recovery_codes(member, tools)
    changed = used(member, replace(after, recovery=hashes))
    opened = _go_on(staff, changed, EventType.STAFF_RECOVERY_RENEWED, origin=origin, tools=tools, now=now)
    what = "Se crearon códigos de recuperación nuevos. Los anteriores ya no sirven."
    tell_access_changed(what, member, tools=tools, now=now)
    return opened, codes


def log_out_staff(staff: SignedIn, *, origin: str, tools: StaffTools, now: datetime) -> None:
    """End a session; one that ended meanwhile is as wanted."""
    event = tools.event(EventType.STAFF_LOGGED_OUT, staff.member, staff.member.actor, origin=origin, now=now)
    try:
        tools.staff.commit(StaffChange(event=event, ended=staff.session), now=now)
    except StaffChanged:
        return


def _count_try(staff: SignedIn, tools: StaffTools, now: datetime) -> None:
    limit = PROOFS_PER_SESSION
    tools.limits.spend(limit.key(staff.session.access_id), limit=limit.limit, window_s=limit.window_s, now=now)


def _proved(member: StaffMember, code: str, tools: StaffTools, now: datetime) -> Credentials:
    """Return somebody's credentials once this code of theirs is used up."""
    after = show_code(member, code, tools, now)
    if after is None:
        detail = "El código no es correcto o ya se usó. Espera el siguiente en tu aplicación y escríbelo."
        raise InvalidInput("code_wrong", detail, field="code")
    return after


def _go_on(  # noqa: PLR0913 - who, as they are to be, why, from where
    staff: SignedIn, member: StaffMember, kind: EventType, *, origin: str, tools: StaffTools, now: datetime
) -> OpenedStaffSession:
    """Let a session go on under another secret, with what was changed of its person."""
    secret, session = tools.new_secret(), staff.session
    begun = session.opened_at if member.sessions_from is None else max(session.opened_at, member.sessions_from)
    proven = replace(session, session_id=tools.sessions.session_id(secret), opened_at=begun, seen_at=now, proven_at=now)
    event = tools.event(kind, member, member.actor, origin=origin, now=now)
    tools.staff.commit(StaffChange(event=event, member=member, opened=(proven, secret), ended=session), now=now)
    return OpenedStaffSession(proven, member, cookie_of(secret, member))
