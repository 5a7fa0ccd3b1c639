"""A registration that a desk took and whose e-mail its owner has not proved: until when it waits, and how it ends.

It ends by itself after its time, of which the desk that took it hears for some days; or an officer ends it, since the
address or another datum was misread, or the same holder was registered anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.contact import Phone
from chalicelib.domain.errors import Conflict, TooManyRequests
from chalicelib.domain.registration.identity import PersonClaim
from chalicelib.domain.registration.registration import ADDRESS_OPEN, Registration, RegistrationState

TOLD_FOR = timedelta(days=30)
"""How long a desk is told of one that ended unproved."""
ABOUT_TO_END = timedelta(days=2)
MOST_MISTYPED = 10
"""How often a number that is not that of who signed can be typed behind a registration's links, in all."""


class TakenEnd(StrEnum):
    """Why an officer ended one: a closed list, which the event names."""

    EMAIL_WRONG = "email_wrong"
    DATA_WRONG = "data_wrong"
    WITHDRAWN = "withdrawn"
    """The person wants no mailbox after all."""
    REPLACED = "replaced"
    """The same holder was registered anew at the same desk; by that alone."""


CHOSEN = (TakenEnd.EMAIL_WRONG, TakenEnd.DATA_WRONG, TakenEnd.WITHDRAWN)
"""What an officer can choose."""


def is_unproved(registration: Registration) -> bool:
    """Tell whether a desk took it and nobody proved its e-mail, whether its time is over or not."""
    return registration.desk is not None and registration.state in ADDRESS_OPEN and not registration.is_proven


def is_awaited(registration: Registration, now: datetime) -> bool:
    """Tell whether its owner can still prove the e-mail."""
    return is_unproved(registration) and registration.is_open_at(now)


def is_ended_by_desk(registration: Registration) -> bool:
    """Tell whether an officer ended it before anybody proved its e-mail."""
    return registration.state is RegistrationState.REFUSED and registration.refusal in frozenset(TakenEnd)


def is_forgotten(registration: Registration) -> bool:
    """Tell whether it ended unproved and its scan was deleted."""
    return is_unproved(registration) and registration.desk is not None and not registration.desk.scan_key


def scan_to_forget(registration: Registration) -> str:
    """Return the key of the scan that goes once its time is over; empty where it stays, as that of a decided one."""
    is_one = is_unproved(registration) or is_ended_by_desk(registration)
    return registration.desk.scan_key if registration.desk is not None and is_one else ""


def kept_until(registration: Registration) -> datetime | None:
    """Return when it may be deleted; of one whose scan is gone, when its desk was told long enough."""
    until = registration.expires_at
    return until + TOLD_FOR if until is not None and is_forgotten(registration) else until


def ended_by_desk(registration: Registration, why: TakenEnd, now: datetime) -> Registration:
    """End one at once, also one whose time is over: no link of it counts, and nothing of it is there to be read.

    Raises:
        Conflict: `registration_not_awaited`.

    """
    if not is_unproved(registration):
        raise not_awaited()
    return replace(
        registration,
        state=RegistrationState.REFUSED,
        refusal=why.value,
        expires_at=now,
        due_at=None,
        put_off_until=None,
    )


def forgotten(registration: Registration) -> Registration:
    """Keep of one that ended unproved, and whose scan was deleted, what its desk is told: whose it was, and of when."""
    if registration.desk is None:
        raise ValueError("a registration that no desk took")
    document_type, document_number = registration.document
    return replace(
        registration,
        document_type=document_type,
        document_number=document_number,
        registered_name=registration.registered_name or typed_name(registration),
        representative_name="",
        person=None,
        company=None,
        phone=Phone("", is_mobile=False),
        accepted=(),
        others=(),
        due_at=None,
        put_off_until=None,
        desk=replace(registration.desk, scan_key=""),
    )


def signer_number(registration: Registration) -> str:
    """Return the number of the document of who signed the form: the holder, or who represents the company."""
    claim = registration.claim
    if isinstance(claim, PersonClaim):
        return claim.number
    return claim.ruc if claim.representative is None else claim.representative.number


def require_tries_left(registration: Registration) -> None:
    """Refuse once the number was mistyped too often, also the right one: whoever reads that address may be guessing.

    Raises:
        TooManyRequests: `too_many_numbers`.

    """
    if registration.mistyped >= MOST_MISTYPED:
        detail = (
            "Se escribió demasiadas veces un número que no es el de quien firmó, y este enlace ya no sirve. Vuelve a la"
            " mesa de partes donde firmaste el formato: ahí te registran otra vez."
        )
        raise TooManyRequests("too_many_numbers", detail)


def is_mistyped_out(registration: Registration) -> bool:
    """Tell whether only registering the holder anew helps."""
    return registration.desk is not None and registration.mistyped >= MOST_MISTYPED


def not_awaited() -> Conflict:
    """Return the refusal for one that is proved or ended."""
    detail = "Ya no espera que confirmen el correo: la persona lo confirmó, se anuló o se venció."
    return Conflict("registration_not_awaited", detail)


def typed_name(registration: Registration) -> str:
    """Return the holder's name as typed; empty after the end."""
    if registration.company is not None:
        return registration.company.legal_name
    return "" if registration.person is None else registration.person.typed_name
