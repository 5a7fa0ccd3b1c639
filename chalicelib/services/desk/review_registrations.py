"""What officers decide of registrations that wait for a review: those that came on line, and those of their own desk.

Who took one never decides about it. The decision itself is the operator's (`services/registration`), with the officer
as who acts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import Forbidden, InvalidInput, NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.registration.in_person import DeskVisit
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.domain.registration.review import Review, ReviewRefusal
from chalicelib.gateways.files import Files
from chalicelib.services.desk.keep_scan import SentScan, inspected_scan, keep_scan
from chalicelib.services.desk.tools import AtDesk
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.registration.register_in_person import PaperForm, check_paper_form, register_in_person
from chalicelib.services.registration.review_registrations import (
    ReviewTools,
    approve_registration,
    list_reviews,
    refuse_registration,
    review_of,
)

LOOKED_AT = "registration_review"
"""Why it is looked at or decided, as the log says."""
KNOWN_FOR = timedelta(days=1)
"""How long before a form was taken who decides about it must have been enrolled: else one person could enrol both."""


@dataclass(frozen=True, slots=True)
class DeskReviewTools:
    """What registers and reviews, and where scans are."""

    reviews: ReviewTools
    files: Files

    @property
    def clock(self) -> Callable[[], datetime]:
        """The process's."""
        return self.reviews.registration.clock


@dataclass(frozen=True, slots=True)
class TakenForm:
    """A form on paper as an officer read it, with its scan; `form_id` came with the page, so that twice is once."""

    form: PaperForm
    scan: SentScan
    form_id: str


def take_form(taken: TakenForm, by: AtDesk, *, tools: DeskReviewTools) -> Registration:
    """Register whom the form is about, and keep its scan.

    Raises:
        InvalidInput: what is wrong with form or scan, or the registry's refusal.
        TooLarge: `scan_too_large`.
        TooManyRequests, Unavailable: as `register_in_person`.

    """
    registration = tools.reviews.registration
    check_paper_form(taken.form, tools=registration)
    member = by.member
    if not taken.form_id.isascii() or not taken.form_id.isalnum() or len(taken.form_id) > _LONGEST_ID:
        raise InvalidInput("form_malformed", "El formulario no llegó completo. Ábrelo de nuevo.")
    scan = inspected_scan(taken.scan, f"desk/{member.institution_id}/registration-{taken.form_id}")
    keep_scan(taken.scan, scan, files=tools.files)
    visit = DeskVisit(
        institution_id=member.institution_id,
        office_id=member.office_id,
        place=by.place,
        staff_id=member.staff_id,
        number=member.document_number,
        officer=member.name,
        at=tools.clock(),
        scan_key=scan.key,
        scan_type=scan.media_type,
        scan_sha256=scan.sha256,
        scan_size=scan.size,
    )
    return register_in_person(taken.form, visit, taken.form_id, origin=by.origin, tools=registration)


def list_for_desk(member: StaffMember, *, tools: DeskReviewTools, limit: int) -> tuple[tuple[Review, ...], bool]:
    """Return those that wait for a review and that somebody may decide about, and whether these are all."""
    page = list_reviews(tools=tools.reviews, limit=limit)
    return tuple(one for one in page.reviews if _is_seen(one.registration, member)), page.is_whole


def find_for_desk(reference: str, member: StaffMember, *, tools: DeskReviewTools) -> Review:
    """Return one, before anything of it is shown.

    Raises:
        NotFound: `registration_unknown`, also of another institution's desk.

    """
    try:
        review = review_of(reference, tools=tools.reviews)
    except InvalidInput:
        raise _unknown() from None
    is_over = review.registration.desk is None and review.registration.state is not RegistrationState.AWAITING_REVIEW
    if is_over or not _is_seen(review.registration, member):
        raise _unknown()
    return review


def show_for_desk(reference: str, by: AtDesk, what: str, *, tools: DeskReviewTools) -> Review:
    """Log who looks, and `what` at, and then return one.

    Raises:
        NotFound: as `find_for_desk`.

    """
    review = find_for_desk(reference, by.member, tools=tools)
    act = _act(by, LOOKED_AT, tools)
    event = act.event(f"registration#{review.registration.key}", EventType.REGISTRATION_SHOWN, act.clock(), shown=what)
    tools.reviews.registration.identity.events.add(event)
    return review


def approve_at_desk(reference: str, by: AtDesk, *, tools: DeskReviewTools) -> Registration:
    """Open the mailbox of one, or lead its applicant to recovery where the holder has one.

    Raises:
        NotFound: as `find_for_desk`.
        Forbidden: `registration_same_person`, `officer_too_new`.
        Conflict, Unavailable: as `approve_registration`.

    """
    found = _decidable(reference, by, tools)
    return approve_registration(found.key, tools=tools.reviews, act=_act(by, LOOKED_AT, tools))


def refuse_at_desk(reference: str, why: str, by: AtDesk, *, tools: DeskReviewTools) -> Registration:
    """End one without a mailbox, and tell its applicant why.

    Raises:
        InvalidInput: `refusal_missing`.
        NotFound, Forbidden, Conflict, Unavailable: as `approve_at_desk`.

    """
    found = _decidable(reference, by, tools)
    chosen = next((one for one in ReviewRefusal if one == why), None)
    if chosen is None:
        raise InvalidInput("refusal_missing", "Elige por qué se rechaza.", field="refusal")
    return refuse_registration(found.key, chosen, tools=tools.reviews, act=_act(by, LOOKED_AT, tools))


_LONGEST_ID = 64


def _decidable(reference: str, by: AtDesk, tools: DeskReviewTools) -> Registration:
    found = find_for_desk(reference, by.member, tools=tools).registration
    member, visit = by.member, found.desk
    if visit is None:
        return found
    visit.require_other(member.staff_id, member.document_number)
    if member.enrolled_at is not None and member.enrolled_at > visit.at - KNOWN_FOR:
        detail = "Te inscribieron hace menos de un día cuando se registró: la revisa otra persona de tu entidad."
        raise Forbidden("officer_too_new", detail)
    return found


def _is_seen(registration: Registration, member: StaffMember) -> bool:
    visit = registration.desk
    if visit is None:
        return True
    is_own = visit.institution_id == member.institution_id
    return is_own and reaches(member, Act.DECIDE_REGISTRATION, visit.office_id)


def _act(by: AtDesk, reason: str, tools: DeskReviewTools) -> OperatorAct:
    member = by.member
    office = {"office_id": member.office_id} if member.office_id else {}
    place = {"institution_id": member.institution_id, **office}
    new_event_id = tools.reviews.registration.new_event_id
    return OperatorAct(member.actor, reason, tools.clock, new_event_id, by.origin, place)


def _unknown() -> NotFound:
    detail = "Ninguna solicitud que espere una decisión tiene ese número, o no es de tu entidad o de tu oficina."
    return NotFound("registration_unknown", detail)
