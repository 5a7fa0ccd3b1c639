"""Prove again who is inside, before what is final, and log out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff_changes import used
from chalicelib.domain.institution.staff_policy import PROOFS_PER_SESSION
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.services.institution.log_in import OpenedStaffSession, show_code
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
    limit, session = PROOFS_PER_SESSION, staff.session
    tools.limits.spend(limit.key(session.access_id), limit=limit.limit, window_s=limit.window_s, now=now)
    after = show_code(staff.member, code, tools, now)
    if after is None:
        detail = "El código no es correcto o ya se usó. Espera el siguiente en tu aplicación y escríbelo."
        raise InvalidInput("code_wrong", detail, field="code")
    secret = tools.new_secret()
    proven = replace(session, session_id=tools.sessions.session_id(secret), seen_at=now, proven_at=now)
    member = used(staff.member, after)
    event = tools.event(EventType.STAFF_PROVED, member, member.actor, origin=origin, now=now)
    change = StaffChange(event=event, member=member, opened=(proven, secret), ended=session)
    tools.staff.commit(change, now=now)
    return OpenedStaffSession(proven, member, cookie_of(secret, member))


def log_out_staff(staff: SignedIn, *, origin: str, tools: StaffTools, now: datetime) -> None:
    """End a session; one that ended meanwhile is as wanted."""
    event = tools.event(EventType.STAFF_LOGGED_OUT, staff.member, staff.member.actor, origin=origin, now=now)
    try:
        tools.staff.commit(StaffChange(event=event, ended=staff.session), now=now)
    except StaffChanged:
        return
