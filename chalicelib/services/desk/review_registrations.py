"""What officers decide of registrations that wait for a review: those that their own desk took, with a scan.

Who took one never decides about it, nor whom it names. What came on line has no first officer and no scan, so it is
the operator's. The decision itself is the same (`services/registration`), with the officer as who acts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import Forbidden, InvalidInput, NotFound
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.registration.identity import CompanyClaim, PersonClaim
from chalicelib.domain.registration.in_person import DeskVisit, OtherUser
from chalicelib.domain.registration.registration import Registration, document_of
from chalicelib.domain.registration.review import Review, ReviewRefusal
from chalicelib.domain.registration.taken import is_awaited
from chalicelib.gateways.files import Files
from chalicelib.services.desk.form_mark import form_mark
from chalicelib.services.desk.keep_scan import SentScan, inspected_scan, keep_scan
from chalicelib.services.desk.tools import AtDesk
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.registration.register_in_person import (
    PaperForm,
    TakenRegistration,
    check_paper_form,
    register_in_person,
)
from chalicelib.services.registration.review_registrations import (
    ReviewTools,
    approve_registration,
    log_shown,
    refuse_registration,
    review_of,
    reviews_of,
)
from chalicelib.store.codec import to_data
from chalicelib.store.desk.taken_store import TakenStore

LOOKED_AT = "registration_review"
"""Why it is looked at or decided, as the log says."""


@dataclass(frozen=True, slots=True)
class DeskReviewTools:
    """What registers and reviews, where scans are, and what waits for its owner."""

    reviews: ReviewTools
    files: Files
    taken: TakenStore

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


def take_form(taken: TakenForm, by: AtDesk, *, tools: DeskReviewTools) -> TakenRegistration:
    """Register whom the form is about, and keep its scan once no registry refused.

    What this desk took of the same holder and nobody proved ends with it, whichever office took it.

    Raises:
        InvalidInput: what is wrong with form or scan, or the registry's refusal.
        Conflict: `form_used`.
        RegistrationChanged: `registration_changed`: what this desk took before changed at this moment.
        TooLarge: `scan_too_large`.
        Forbidden: `registration_own`, `institution_inactive`.
        TooManyRequests, Unavailable: as `register_in_person`.

    """
    registration = tools.reviews.registration
    by.require_active()
    others, member, application = check_paper_form(taken.form, tools=registration), by.member, taken.form.application
    require_stranger(application.claim, application.email, others, member)
    if not taken.form_id.isascii() or not taken.form_id.isalnum() or len(taken.form_id) > _LONGEST_ID:
        raise InvalidInput("form_malformed", "El formulario no llegó completo. Ábrelo de nuevo.")
    scan = inspected_scan(taken.scan, f"desk/{member.institution_id}/registration-{taken.form_id}")
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
        form=_mark(taken, tools),
    )
    keep = partial(keep_scan, taken.scan, scan, files=tools.files)
    earlier = partial(find_earlier, application.claim, member, tools=tools)
    return register_in_person(
        taken.form, visit, taken.form_id, origin=by.origin, keep=keep, earlier=earlier, tools=registration
    )


def list_for_desk(member: StaffMember, *, tools: DeskReviewTools, limit: int) -> tuple[tuple[Review, ...], bool]:
    """Return those of somebody's desk that wait for a review, and whether these are all."""
    office_id = None if reaches(member, Act.DECIDE_REGISTRATION, None) else member.office_id
    found, is_whole = tools.taken.list_in_review(member.institution_id, office_id=office_id, limit=limit)
    return reviews_of(found, tools=tools.reviews), is_whole


def find_for_desk(reference: str, member: StaffMember, *, tools: DeskReviewTools) -> Review:
    """Return one, before anything of it is shown.

    Raises:
        NotFound: `registration_unknown`, also of another institution's desk, and of what came on line.

    """
    try:
        review = review_of(reference, tools=tools.reviews)
    except InvalidInput:
        raise _unknown() from None
    if not _is_seen(review.registration, member):
        raise _unknown()
    return review


def show_for_desk(reference: str, by: AtDesk, what: str, *, tools: DeskReviewTools) -> Review:
    """Log who looks, and `what` at, and then return one.

    Raises:
        NotFound: as `find_for_desk`.

    """
    review = find_for_desk(reference, by.member, tools=tools)
    log_shown(review, tools=tools.reviews, act=act_of(by, LOOKED_AT, tools), shown=what)
    return review


def approve_at_desk(reference: str, by: AtDesk, *, tools: DeskReviewTools) -> Registration:
    """Open the mailbox of one, or lead its applicant to recovery where the holder has one.

    Raises:
        NotFound: as `find_for_desk`.
        Forbidden: `registration_same_person`, `registration_own`, `officer_too_new`, `institution_inactive`.
        Conflict, Unavailable: as `approve_registration`.

    """
    found = _decidable(reference, by, tools)
    return approve_registration(found.key, tools=tools.reviews, act=act_of(by, LOOKED_AT, tools))


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
    return refuse_registration(found.key, chosen, tools=tools.reviews, act=act_of(by, LOOKED_AT, tools))


_LONGEST_ID = 64


def _mark(taken: TakenForm, tools: DeskReviewTools) -> str:
    application = taken.form.application
    typed = to_data((application.claim, application.email, application.phone, taken.form.others))
    return form_mark((json.dumps(typed, sort_keys=True),), taken.scan, pepper=tools.reviews.registration.pepper)


def _decidable(reference: str, by: AtDesk, tools: DeskReviewTools) -> Registration:
    found = find_for_desk(reference, by.member, tools=tools).registration
    member, visit = by.member, found.desk
    if visit is None:
        raise _unknown()
    by.require_active()
    visit.require_other(member.staff_id, member.document_number)
    if member.is_too_new(visit.at):
        detail = (
            "Te inscribieron, o tu acceso se renovó, hace menos de un día cuando se registró: la revisa otra persona de"
            " tu entidad."
        )
        raise Forbidden("officer_too_new", detail)
    require_stranger(found.claim, found.email, found.others, member)
    return found


def find_earlier(
    claim: PersonClaim | CompanyClaim, member: StaffMember, *, tools: DeskReviewTools
) -> tuple[Registration, ...]:
    """Return what the desk took of a holder before and nobody proved, for somebody who may end it.

    Raises:
        Forbidden: `registration_own`.

    """
    document, now = document_of(claim), tools.clock()
    found = tools.taken.find_of_holder(member.institution_id, document, now=now)
    for one in found:
        if is_awaited(one, now):
            require_stranger(one.claim, one.email, one.others, member)
    return found


def require_stranger(
    claim: PersonClaim | CompanyClaim, email: str, others: tuple[OtherUser, ...], member: StaffMember
) -> None:
    """Have nobody register or decide about a mailbox that they would use, or whose letters they would read.

    Raises:
        Forbidden: `registration_own`.

    """
    person = claim if isinstance(claim, PersonClaim) else claim.representative
    numbers = {*(other.document_number for other in others), *(() if person is None else (person.number,))}
    inboxes = {inbox_of(one) for one in (email, *(other.email for other in others))}
    if member.document_number in numbers or inbox_of(member.email) in inboxes:
        detail = "Tu documento o tu correo está en la solicitud: la atiende otra persona de tu entidad."
        raise Forbidden("registration_own", detail)


def _is_seen(registration: Registration, member: StaffMember) -> bool:
    visit = registration.desk
    if visit is None:
        return False
    is_own = visit.institution_id == member.institution_id
    return is_own and reaches(member, Act.DECIDE_REGISTRATION, visit.office_id)


def act_of(by: AtDesk, reason: str, tools: DeskReviewTools) -> OperatorAct:
    """Return what an officer does at the desk, with institution and office as the event names them."""
    member = by.member
    office = {"office_id": member.office_id} if member.office_id else {}
    place = {"institution_id": member.institution_id, **office}
    new_event_id = tools.reviews.registration.new_event_id
    return OperatorAct(member.actor, reason, tools.clock, new_event_id, by.origin, place)


def _unknown() -> NotFound:
    detail = "Ninguna solicitud que espere una decisión tiene ese número, o no es de tu entidad o de tu oficina."
    return NotFound("registration_unknown", detail)
