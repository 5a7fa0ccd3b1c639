"""Set up an access by the link of an e-mail: a password, a device, and ten recovery codes that are shown once.

What the person still has, after a reset, is asked for with what is new: whoever reads their e-mail alone gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.password_policy import Person, check_password
from chalicelib.domain.errors import InvalidInput, refusal_of
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.one_time_code import RECOVERY_CODES, device_address, read_recovery_code, step_of
from chalicelib.domain.institution.staff import Credentials, StaffMember
from chalicelib.domain.institution.staff_changes import set_up
from chalicelib.domain.institution.staff_policy import TRIES_PER_LINK
from chalicelib.services.institution.log_in import show_code
from chalicelib.services.institution.send_staff_letter import tell_access_changed
from chalicelib.services.institution.send_staff_link import open_staff_link
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.institution.staff_store import StaffChange

ISSUER = "Casilla electronica"
"""What a device's app lists the codes under; some show no letter beyond ASCII."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a link asks for: a new password or the one there is, a new device (with its seed) or the one there is."""

    member: StaffMember
    seed: str | None
    address: str | None

    @property
    def has_password(self) -> bool:
        """Whether the password of before is asked for."""
        return self.member.credentials.password_hash is not None


@dataclass(frozen=True, slots=True)
class AccessReady:
    """Who can log in now, and the recovery codes; none where those of before still count."""

    member: StaffMember
    recovery_codes: tuple[str, ...]


def show_set_up(link: str, *, tools: StaffTools, now: datetime) -> SetUp:
    """Return what a link asks for; nothing is used up.

    Raises:
        StaffLinkUnusable: `link_unusable`.

    """
    member = open_staff_link(link, tools=tools, now=now)
    pending = member.credentials.pending_totp
    if member.credentials.totp is not None or pending is None:
        return SetUp(member, None, None)
    seed = tools.seeds.open(pending, member.staff_id)
    return SetUp(member, seed, device_address(seed, member.username, ISSUER))


def set_up_access(  # noqa: PLR0913 - what was typed, and from where
    link: str, password: str, code: str, *, origin: str, tools: StaffTools, now: datetime
) -> AccessReady:
    """Let somebody in from now on; three hops.

    Raises:
        StaffLinkUnusable: `link_unusable`.
        InvalidInput: what is wrong of password and code, all at once; the link stays good.
        TooManyRequests: `limit_reached`, for this link only.
        StaffChanged: `staff_changed`; the link stays good.

    """
    shown = show_set_up(link, tools=tools, now=now)
    member, own = shown.member, shown.member.credentials
    limit = TRIES_PER_LINK
    tools.limits.spend(limit.key(link), limit=limit.limit, window_s=limit.window_s, now=now)
    problems: list[InvalidInput] = []
    password_hash = own.password_hash
    if shown.has_password:
        if not tools.hashing.check(password, password_hash).is_right:
            detail = "La contraseña no es correcta: escribe la que usabas."
            problems.append(InvalidInput("password_wrong", detail, field="password"))
    else:
        try:
            check_password(password, about(member), tools.common_passwords())
        except InvalidInput as error:
            problems.append(error)
    after = _after_code(shown, code, tools, now)
    if after is None:
        detail = (
            "El código no es correcto. Espera el siguiente en tu aplicación y escríbelo; si no coincide, pon la hora"
            " del teléfono en automático."
        )
        problems.append(InvalidInput("code_wrong", detail, field="code"))
    if problems or after is None:
        raise refusal_of(problems)
    codes, hashes = ((), after.recovery) if after.recovery else new_recovery_codes(member, tools)
    hashed = password_hash or tools.hashing.hash(password)
    ready = set_up(member, replace(after, password_hash=hashed, recovery=hashes))
    event = tools.event(EventType.STAFF_ACTIVATED, ready, ready.actor, origin=origin, now=now)
    tools.staff.commit(StaffChange(event=event, member=ready, link=link), now=now)
    if shown.has_password or shown.seed is None:  # something was left: it was restored
        tell_access_changed("Se terminó de restablecer su acceso.", ready, tools=tools, now=now)
    return AccessReady(ready, codes)


def _after_code(shown: SetUp, code: str, tools: StaffTools, now: datetime) -> Credentials | None:
    """Use up a code of the new device, or of the one there is."""
    own = shown.member.credentials
    if shown.seed is None:
        return show_code(shown.member, code, tools, now)
    step = step_of(shown.seed, code, now, after=own.last_step)
    return None if step is None else replace(own, totp=own.pending_totp, last_step=step, recovery=())


def new_recovery_codes(member: StaffMember, tools: StaffTools) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make ten, and return them with the keyed hashes that are kept of them."""
    codes = tuple(tools.new_recovery_code() for _ in range(RECOVERY_CODES))
    about_whom = "staff-recovery", member.staff_id
    return codes, tuple(keyed_hash(tools.pepper, *about_whom, read_recovery_code(code) or "") for code in codes)


def about(member: StaffMember) -> Person:
    """Return what somebody's password must not be made of."""
    return Person(names=(member.name,), document_numbers=(member.document_number,), email=member.email)
