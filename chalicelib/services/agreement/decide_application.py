"""Approve or refuse an application: once, whoever else does so at the same time, and again without doing it twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.agreement import life
from chalicelib.domain.agreement.agreement import Agreement, institution_state_of
from chalicelib.domain.agreement.application import Application, ApplicationState, approved, refused, require_other
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.institution_changes import new_institution
from chalicelib.renderers.agreement.application_letters import decided_letter
from chalicelib.services.agreement.apply_for_agreement import ApplicationTools
from chalicelib.services.institution.enrol_staff import StaffAct, enrol_staff
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.store.agreement.application_store import ApplicationChanged


@dataclass(frozen=True, slots=True)
class Approval:
    """What an administrator says of an agreement that is approved; local days, first and last included."""

    institution_id: str
    number: str
    begins_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Decided:
    """The application as it is; `is_changed` is False where somebody had decided it so. `is_sent`: the e-mails went."""

    application: Application
    is_changed: bool
    is_sent: bool = True


def find_application(application_id: str, tools: ApplicationTools) -> Application:
    """Return an application.

    Raises:
        NotFound: `application_unknown`.

    """
    found = tools.applications.find(application_id)
    if found is None:
        raise NotFound("application_unknown", "Aquí no hay esa solicitud. Vuelve a la lista.")
    return found


def approve_application(  # noqa: PLR0913 - what is approved, by whom, on which day
    application_id: str, approval: Approval, *, by: StaffAct, today: date, tools: ApplicationTools, now: datetime
) -> Decided:
    """Approve it: institution and agreement begin together, and the coordinator is invited.

    One that was approved stays as it was approved; where nobody was invited then, its coordinator is now.

    Raises:
        NotFound: `application_unknown`.
        Conflict: `application_decided` where it was refused, `institution_exists`.
        Forbidden: `application_own`.
        InvalidInput: `institution_id_invalid`, `agreement_dates_wrong`.

    """
    application = find_application(application_id, tools)
    if application.state is ApplicationState.APPROVED:
        return Decided(application, is_changed=False, is_sent=_invite(application, by, tools, now))
    _require_other(application, by)
    decided = approved(application, approval.institution_id, by.actor, now)
    life.require_dates(approval.begins_on, approval.ends_on, today)
    agreement = life.registered(
        Agreement(
            approval.institution_id,
            approval.begins_on,
            approval.ends_on,
            modality=application.modality,
            number=approval.number,
            application_id=application_id,
            version=1,
        ),
        today,
    )
    institution = replace(
        new_institution(
            approval.institution_id,
            name=application.institution_name,
            address=application.address,
            phone=application.phone,
            short_name=None,
        ),
        state=institution_state_of(agreement),
    )
    told = {"application_id": application_id, "after": agreement.state.value, "reason": by.reason}
    event = _event(f"institution#{approval.institution_id}", EventType.AGREEMENT_APPROVED, by, tools, now, **told)
    try:
        tools.applications.decide(decided, event, institution=institution, agreement=agreement)
    except ApplicationChanged:
        found = find_application(application_id, tools)
        if found.state is ApplicationState.APPROVED:
            return Decided(found, is_changed=False)
        if found.state is ApplicationState.REFUSED:
            approved(found, approval.institution_id, by.actor, now)
        detail = "Ya hay una entidad con ese identificador. Elige otro."
        raise Conflict("institution_exists", detail, field="institution_id") from None
    is_invited = _invite(decided, by, tools, now)
    return Decided(decided, is_changed=True, is_sent=_tell(decided, tools, now) and is_invited)


def refuse_application(application_id: str, *, by: StaffAct, tools: ApplicationTools, now: datetime) -> Decided:
    """Refuse it with the reason of the act, which the applicant reads.

    Raises:
        NotFound: `application_unknown`.
        Conflict: `application_decided` where it was approved.
        Forbidden: `application_own`.

    """
    application = find_application(application_id, tools)
    if application.state is ApplicationState.REFUSED:
        return Decided(application, is_changed=False)
    _require_other(application, by)
    decided = refused(application, by.reason, by.actor, now)
    subject = f"application#{application_id}"
    event = _event(subject, EventType.AGREEMENT_REFUSED, by, tools, now, reason=by.reason)
    try:
        tools.applications.decide(decided, event)
    except ApplicationChanged:
        found = find_application(application_id, tools)
        refused(found, by.reason, by.actor, now) if found.state is ApplicationState.APPROVED else None
        return Decided(found, is_changed=False)
    return Decided(decided, is_changed=True, is_sent=_tell(decided, tools, now))


def _require_other(application: Application, by: StaffAct) -> None:
    if by.member is not None:
        require_other(application, by.member)


def _invite(application: Application, by: StaffAct, tools: ApplicationTools, now: datetime) -> bool:
    """Enrol the coordinator unless anybody ever was enrolled; True where nothing was left to send."""
    staff, person, own = tools.staff, application.coordinator, application.institution_id
    if staff.staff.list_for_institution(own) or staff.staff.list_former(own):
        return True
    try:
        enrolled = enrol_staff(person.as_typed(), StaffRole.COORDINATOR, own, by=by, tools=staff, now=now)
    except Conflict as refusal:
        if refusal.code != "document_taken":
            raise
        return True
    return enrolled.is_sent


def _tell(application: Application, tools: ApplicationTools, now: datetime) -> bool:
    return send_staff_letter(decided_letter(application), application.email, tools=tools.staff, now=now)


def _event(subject: str, kind: EventType, by: StaffAct, tools: ApplicationTools, now: datetime, **told: str) -> Event:
    return Event(subject, kind, now, tools.access.new_event_id(), by.actor, by.origin, told)
