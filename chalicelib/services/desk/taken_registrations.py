"""What a desk took and whose e-mail nobody proved: the list, the e-mail once more, and the end of a wrong one.

An address that was misread is a stranger's. So it is mended by ending the registration, with all its links, in one
write: alone, or together with the one that the same holder's form begins anew (`take_form`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.registration.registration import Registration, RegistrationChanged, RegistrationState
from chalicelib.domain.registration.taken import CHOSEN, ended_by_desk, is_awaited, is_mistyped_out, not_awaited
from chalicelib.renderers.registration.registration_letters import waiting_letter
from chalicelib.services.desk.review_registrations import (
    DeskReviewTools,
    act_of,
    find_for_desk,
    require_stranger,
)
from chalicelib.services.desk.tools import AtDesk
from chalicelib.services.registration.registration_codes import send_from_desk
from chalicelib.services.registration.resend_registration_mail import send_again
from chalicelib.services.registration.tools import cool_down

SENT_AGAIN, ENDED = "registration_sent_again", "registration_ended"
"""Why it was done, as the log says."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Some that a desk took and nobody proved, and whether these are all."""

    registrations: tuple[Registration, ...]
    is_whole: bool


ListTaken = Callable[..., tuple[tuple[Registration, ...], bool]]
"""As the store lists them."""


def list_awaited(member: StaffMember, *, tools: DeskReviewTools, limit: int) -> Taken:
    """Return those of somebody's desk whose e-mail can still be proved, the one that ends first ahead."""
    return _listed(tools.taken.list_awaited, member, tools, limit)


def list_lapsed(member: StaffMember, *, tools: DeskReviewTools, limit: int) -> Taken:
    """Return those that ended unproved in the last thirty days, the last one ahead."""
    return _listed(tools.taken.list_lapsed, member, tools, limit)


def send_again_at_desk(reference: str, by: AtDesk, *, tools: DeskReviewTools) -> Registration:
    """Send the e-mail of one again, as often as its owner could have it sent; the event goes first.

    Raises:
        NotFound: as `find_for_desk`.
        Forbidden: `registration_own`, `institution_inactive`.
        Conflict: `registration_not_awaited`; `registration_mistyped_out`; `registration_changed`.
        TooManyRequests: `limit_reached` within a minute, or past what a desk writes to one inbox in a day; or
            `too_many_codes`.
        MessageRefused, Unavailable: it did not go out.

    """
    found, registration = _awaited(reference, by, tools), tools.reviews.registration
    if is_mistyped_out(found):
        detail = "Se escribió diez veces un número que no es el de quien firmó: registra a la persona otra vez."
        raise Conflict("registration_mistyped_out", detail)
    act = act_of(by, SENT_AGAIN, tools)
    event = act.event(f"registration#{found.key}", EventType.REGISTRATION_SENT_AGAIN, act.clock())
    if found.state is not RegistrationState.AWAITING_REGISTRY:
        registration.identity.events.add(event)
        return send_again(found, tools=registration)
    if found.is_mailed:
        detail = "Ya le dijimos que el registro oficial no responde. Cuando responda le escribimos para confirmar."
        raise Conflict("registration_not_ready", detail)
    cool_down(found, registration)
    registration.identity.events.add(event)
    if found.desk is None:
        raise AssertionError("a desk finds only what a desk took")
    send_from_desk(waiting_letter(), found, found.desk, registration)
    return found


def end_at_desk(reference: str, why: str, by: AtDesk, *, tools: DeskReviewTools) -> Registration:
    """End one at once, so that no link of it opens anything; nobody is written to, since nobody proved the address.

    Raises:
        InvalidInput: `end_missing`.
        NotFound, Forbidden: as `send_again_at_desk`.
        Conflict: `registration_not_awaited`: it was proved or ended, perhaps at this moment.
        Unavailable: nothing was written.

    """
    found = _awaited(reference, by, tools)
    chosen = next((one for one in CHOSEN if one == why), None)
    if chosen is None:
        raise InvalidInput("end_missing", "Elige por qué se anula.", field="why")
    act = act_of(by, ENDED, tools)
    ended = ended_by_desk(found, chosen, act.clock())
    event = act.event(f"registration#{found.key}", EventType.REGISTRATION_ENDED, act.clock(), because=chosen.value)
    try:
        written = tools.reviews.registration.registrations.complete(ended, event, None)
    except RegistrationChanged:
        _awaited(reference, by, tools)  # says so where it is awaited no more
        raise
    if written is None:
        raise AssertionError("a transaction without mailbox cannot find one")
    return written


def _awaited(reference: str, by: AtDesk, tools: DeskReviewTools) -> Registration:
    found = find_for_desk(reference, by.member, tools=tools).registration
    by.require_active()
    if not is_awaited(found, tools.clock()):
        raise not_awaited()
    require_stranger(found.claim, found.email, found.others, by.member)
    return found


def _listed(list_some: ListTaken, member: StaffMember, tools: DeskReviewTools, limit: int) -> Taken:
    office_id = None if reaches(member, Act.REGISTER, None) else member.office_id
    found, is_whole = list_some(member.institution_id, office_id=office_id, now=tools.clock(), limit=limit)
    return Taken(found, is_whole)
