"""Log staff in by password and a code of their device, or a recovery code (ACC-8); three hops.

Whoever asks, known or not, right or wrong, causes the same calls: attempts counted, a person read, a password hashed,
a seed decrypted. What was wrong is told to no one. The person's item is written with the session, if it is as it was
read: so a code counts once, whoever shows it at the same instant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import HASHES
from chalicelib.domain.access.access_secret import is_keyed_hash
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.known_device import find_device
from chalicelib.domain.access.network import network_of
from chalicelib.domain.errors import CredentialsWrong, TooManyRequests
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.one_time_code import read_recovery_code, step_of
from chalicelib.domain.institution.staff import Credentials, StaffMember, username_of
from chalicelib.domain.institution.staff_changes import used
from chalicelib.domain.institution.staff_policy import (
    LOGINS_PER_DEVICE,
    LOGINS_PER_NETWORK,
    LOGINS_PER_PERSON,
    WRONG_CODES,
    is_password_known,
    needs_captcha,
)
from chalicelib.domain.institution.staff_session import StaffSession
from chalicelib.domain.limit import Limit, Standing
from chalicelib.renderers.institution.staff_letters import code_tried_letter
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.institution.send_staff_letter import send_staff_letter, tell_access_changed
from chalicelib.services.institution.tools import StaffTools, place_of
from chalicelib.services.together import together
from chalicelib.store.institution.staff_session_store import cookie_of
from chalicelib.store.institution.staff_store import StaffChange, StaffChanged

_MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class StaffAttempt:
    """One try to get in. `device` are the marks of known devices that the browser keeps."""

    institution_id: str
    document_number: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    origin: str
    device: str = ""
    captcha: CaptchaAnswer | None = None

    @property
    def username(self) -> str:
        """Return the username that was tried."""
        return username_of(self.document_number, self.institution_id)


@dataclass(frozen=True, slots=True)
class OpenedStaffSession:
    """A session, whose it is, and what the browser keeps."""

    session: StaffSession
    member: StaffMember
    cookie: str


@dataclass(frozen=True, slots=True)
class _Admitted:
    """What was counted, and who was found."""

    member: StaffMember | None
    wrong_codes: int
    is_known: bool
    give_back: tuple[Callable[[], object], ...] = ()


def log_in_staff(attempt: StaffAttempt, *, tools: StaffTools, now: datetime) -> OpenedStaffSession:
    """Open a session.

    Raises:
        CaptchaWrong: `captcha_needed` or `captcha_wrong`; whether there is such a person or not.
        CredentialsWrong: `credentials_wrong`, for all else that is wrong.
        TooManyRequests: `budget_spent`: strangers have had too much hashed for now.
        Unavailable: nothing is known, and nothing was opened.

    """
    admitted = _admit(attempt, tools, now)
    member, is_totp_enough = admitted.member, admitted.is_known or not is_password_known(admitted.wrong_codes)
    after = _look_at_code(attempt, admitted, tools, now, is_totp_enough=is_totp_enough)
    hashed = None if member is None else member.credentials.password_hash
    is_right = tools.hashing.check(attempt.password, hashed).is_right
    give_back = admitted.give_back
    for _ in range(_MOST_TRIES):
        if member is None or not is_right or after is None or not member.is_active:
            break
        is_recovery = len(after.recovery) < len(member.credentials.recovery)
        try:
            opened = _open(used(member, after), attempt, tools, now, is_recovery=is_recovery, beside=give_back)
        except StaffChanged:  # by another login of theirs, or by who manages them
            give_back = ()
            member = tools.staff.find(attempt.institution_id, attempt.document_number)
            is_same = member is not None and member.credentials.password_hash == hashed
            after = show_code(member, attempt.code, tools, now, is_totp_enough=is_totp_enough) if is_same else None
        else:
            if is_recovery:
                what = f"Alguien ingresó con un código de recuperación. Le quedan {len(after.recovery)} sin usar."
                tell_access_changed(what, member, tools=tools, now=now)
            return opened
    raise _failed(attempt, member, tools, now, knows_password=is_right)


def _admit(attempt: StaffAttempt, tools: StaffTools, now: datetime) -> _Admitted:
    """Count the attempt and read the person at once; past a limit ask for a captcha."""
    device = find_device(tools.pepper, attempt.device, attempt.username, now)
    found: list[StaffMember | None] = []
    counts: dict[Limit, int] = {}

    def tally(limit: Limit, *who: str, uses: int = 1) -> None:
        counts[limit] = tools.limits.tally(limit.key(*who), window_s=limit.window_s, now=now, uses=uses)

    def read(*beside: Callable[[], object]) -> None:
        together([lambda: found.append(tools.staff.find(attempt.institution_id, attempt.document_number)), *beside])

    failures = partial(tally, WRONG_CODES, attempt.username, uses=0)
    if device is not None:
        read(failures, partial(tally, LOGINS_PER_DEVICE, attempt.username, device))
        if counts[LOGINS_PER_DEVICE] <= LOGINS_PER_DEVICE.limit:
            return _Admitted(found[0], counts[WRONG_CODES], is_known=True)
    network = network_of(attempt.origin)
    read(failures, partial(tally, LOGINS_PER_PERSON, attempt.username), partial(tally, LOGINS_PER_NETWORK, network))
    if needs_captcha(counts):
        if attempt.captcha is None:
            detail = "Hubo muchos intentos de ingreso. Escribe también el texto de la imagen."
            raise CaptchaWrong("captcha_needed", detail, field="captcha")
        check_captcha(
            attempt.captcha.captcha_id, attempt.captcha.answer, tokens=tools.tokens, pepper=tools.pepper, now=now
        )
    back = partial(
        tools.limits.give_back, LOGINS_PER_NETWORK.key(network), window_s=LOGINS_PER_NETWORK.window_s, now=now
    )
    return _Admitted(found[-1], counts[WRONG_CODES], is_known=False, give_back=(back,))


def _look_at_code(
    attempt: StaffAttempt, admitted: _Admitted, tools: StaffTools, now: datetime, *, is_totp_enough: bool
) -> Credentials | None:
    """Look at the code and draw on what strangers may have hashed, at once.

    Where that is spent, whoever shows a right code is let on: no stranger's flood keeps its owner out.
    """
    seen: list[Credentials | None] = []
    spent: list[TooManyRequests] = []

    def draw() -> None:
        try:
            tools.limits.draw(HASHES, Standing.QUIET, by=tools.new_event_id(), now=now)
        except TooManyRequests as error:
            spent.append(error)

    def look() -> None:
        seen.append(show_code(admitted.member, attempt.code, tools, now, is_totp_enough=is_totp_enough))

    together([look] if admitted.is_known else [look, draw])
    if spent and seen[0] is None:
        raise spent[0]
    return seen[0]


def show_code(
    member: StaffMember | None, typed: str, tools: StaffTools, now: datetime, *, is_totp_enough: bool = True
) -> Credentials | None:
    """Return somebody's credentials once this code of theirs is used up; None where it does not count.

    One call, whatever is wrong.
    """
    if member is None or member.credentials.totp is None:
        tools.seeds.pretend()
        return None
    own, sealed = member.credentials, member.credentials.totp
    seed = tools.seeds.open(sealed, member.staff_id)
    step = step_of(seed, typed, now, after=own.last_step)
    if step is not None:
        return replace(own, last_step=step) if is_totp_enough else None
    code = read_recovery_code(typed)
    if code is None:
        return None
    left = tuple(
        one for one in own.recovery if not is_keyed_hash(one, tools.pepper, "staff-recovery", member.staff_id, code)
    )
    return replace(own, recovery=left) if len(left) < len(own.recovery) else None


def _open(  # noqa: PLR0913 - who, from where, by what
    member: StaffMember,
    attempt: StaffAttempt,
    tools: StaffTools,
    now: datetime,
    *,
    is_recovery: bool,
    beside: tuple[Callable[[], object], ...],
) -> OpenedStaffSession:
    secret = tools.new_secret()
    session_id = tools.sessions.session_id(secret)
    session = StaffSession(
        session_id,
        session_id,
        member.staff_id,
        member.institution_id,
        member.document_number,
        opened_at=now,
        seen_at=now,
        proven_at=now,
        origin=attempt.origin,
    )
    by = "recovery_code" if is_recovery else "device"
    event = tools.event(EventType.STAFF_LOGGED_IN, member, member.actor, origin=attempt.origin, now=now, by=by)
    change = StaffChange(event=event, member=member, opened=(session, secret))
    together([partial(tools.staff.commit, change, now=now), *beside])
    return OpenedStaffSession(session, member, cookie_of(secret, member))


def _failed(
    attempt: StaffAttempt, member: StaffMember | None, tools: StaffTools, now: datetime, *, knows_password: bool
) -> CredentialsWrong:
    """Count a wrong code that came with the right password; of all else, the same call about nobody."""
    is_known = member is not None and member.is_active and knows_password
    who = attempt.username if is_known else f"nobody#{attempt.username}"
    count = tools.limits.tally(WRONG_CODES.key(who), window_s=WRONG_CODES.window_s, now=now)
    if is_known and member is not None and count == WRONG_CODES.limit:
        place = place_of(member.institution_id, tools.institutions.find(member.institution_id))
        send_staff_letter(code_tried_letter(now, tools.letterhead, place=place), member.email, tools=tools, now=now)
        event = tools.event(EventType.STAFF_LOGIN_FAILED, member, "unknown", origin=attempt.origin, now=now)
        tools.events.add(event)
    detail = (
        "El usuario, la contraseña o el código no son correctos. Revísalos; cada código sirve una sola vez. Si no"
        " tienes tu aplicación, escribe un código de recuperación."
    )
    return CredentialsWrong("credentials_wrong", detail)
