"""Register whom a form on paper is about (REG-8): the registry compares what it can, and the owner proves the e-mail.

What opens a mailbox is the same as on line: what a registry cannot say is looked at by another officer, who has the
scan of the form. So a registration that nobody compared opens nothing by itself, whoever took it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.errors import CasillaError, InvalidInput, Unavailable, refusal_of
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.limit import Limit, Standing
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.domain.registration.identity import CompanyClaim, PersonClaim
from chalicelib.domain.registration.identity_refusal import refuse_unless_confirmed
from chalicelib.domain.registration.in_person import DeskVisit, OtherUser, TypedOther, clashes, read_others
from chalicelib.domain.registration.registration import (
    LIFETIME,
    Registration,
    RegistrationChanged,
    RegistrationState,
    confirmed,
    postponed,
    put_off,
)
from chalicelib.domain.registration.same_form import require_same_form
from chalicelib.domain.registration.taken import TakenEnd, ended_by_desk, is_unproved
from chalicelib.renderers.registration.registration_letters import waiting_letter
from chalicelib.services.registration.check_identity import Consultation, ConsultationReason
from chalicelib.services.registration.registration_codes import give_code, send_from_desk
from chalicelib.services.registration.registry_quota import check_drawn, draw_first
from chalicelib.services.registration.start_registration import Application, check_application
from chalicelib.services.registration.tools import RegistrationTools, cool_down, why_not_sent

TAKEN_PER_OFFICER = Limit("desk-registration", 60, 60 * 60)
"""Refuses: an officer's own count, so that nobody spends by the desk what registries answer in a day."""
AT_DESK = "registration_at_desk"
"""Why it was done, as the log says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForm:
    """What was read from a form: the application, whose texts the signature accepts, and the other users as typed."""

    application: Application
    others: tuple[TypedOther, ...]


@dataclass(frozen=True, slots=True)
class TakenRegistration:
    """What a form began, why the e-mail that its owner has to answer did not go, if so, and whether it ended others."""

    registration: Registration
    unsent: CasillaError | None = None
    has_ended: bool = False


def check_paper_form(form: PaperForm, *, tools: RegistrationTools) -> tuple[OtherUser, ...]:
    """Refuse a form with everything that is wrong with it, and return the other users; no call.

    Raises:
        InvalidInput: the first of all problems, with all of them.

    """
    problems: list[InvalidInput] = []
    try:
        check_application(form.application, tools)
    except InvalidInput as refusal:
        problems += [one for one in refusal.problems or (refusal,) if isinstance(one, InvalidInput)]
    others, found = read_others(form.others)
    holder, principal = _numbers(form.application.claim)
    problems += found
    problems += clashes(form.others, principal, holder, form.application.email)
    if problems:
        raise refusal_of(problems)
    return others


def register_in_person(  # noqa: PLR0913 - a form, who took it, and how its scan is kept
    form: PaperForm,
    visit: DeskVisit,
    form_id: str,
    *,
    origin: str,
    keep: Callable[[], None],
    earlier: Callable[[], tuple[Registration, ...]],
    tools: RegistrationTools,
) -> TakenRegistration:
    """Keep it and write to the principal user's e-mail; the same form again returns what it began.

    `earlier` are those of the same holder that the same institution's desk took and nobody proved, those whose time is
    over too: they end with it, in one transaction. So no link that went to a misread address opens the holder's mailbox
    once they are registered with another one.

    `keep` keeps the scan, once neither the registry nor `earlier` refused. An e-mail that no provider took goes out by
    the same form again. `form_id` came with the form: the registration's own id is made of it and of a secret, so the
    officer does not have it, and cannot act as the applicant.

    Raises:
        InvalidInput: as `check_paper_form`; or the registry's refusal, which reveals nothing.
        Conflict: `form_used`: by this number something else was registered.
        RegistrationChanged: `registration_changed`: one of the earlier ones was proved or ended at this moment.
        TooManyRequests: `limit_reached`: this officer's.
        Unavailable: nothing was kept.

    """
    key = key_of_form(visit, form_id, tools)
    found = tools.registrations.find(key)
    if found is not None:
        _require_same(found, visit)
        return TakenRegistration(found, None if _needs_none(found) else _mail(found, tools))
    others = check_paper_form(form, tools=tools)
    counted = TAKEN_PER_OFFICER
    limit_key = counted.key(visit.institution_id, visit.staff_id)
    tools.limits.spend(limit_key, limit=counted.limit, window_s=counted.window_s, now=tools.clock())
    actor = f"staff:{visit.staff_id}"
    registration = _asked(_draft(form.application, key, visit, others, tools), actor, origin, tools)
    ending, now = earlier(), tools.clock()
    keep()

    def event(of: str, kind: EventType, **told: str) -> Event:
        return Event(f"registration#{of}", kind, now, tools.new_event_id(), actor, origin, {**_place(visit), **told})

    ended = [
        (
            ended_by_desk(one, TakenEnd.REPLACED, now),
            event(one.key, EventType.REGISTRATION_ENDED, reason=AT_DESK, because=TakenEnd.REPLACED.value, by=key),
        )
        for one in ending
    ]
    taken = event(key, EventType.REGISTRATION_TAKEN, reason=AT_DESK, users=str(1 + len(registration.others)))
    if not tools.registrations.add_logged(registration, taken, ended):
        found = tools.registrations.find(key)
        if found is None:
            raise _lost(ended=bool(ended))
        _require_same(found, visit)
        return TakenRegistration(found)  # whoever was first writes it
    return TakenRegistration(registration, _mail(registration, tools), has_ended=bool(ended))


def key_of_form(visit: DeskVisit, form_id: str, tools: RegistrationTools) -> str:
    """Return what the registration of a form is stored as."""
    own = keyed_hash(tools.pepper, "desk-registration", visit.institution_id, visit.staff_id, form_id)
    return tools.registrations.key(own)


def accepted_on_paper(tools: RegistrationTools, origin: str) -> tuple[AcceptedText, ...]:
    """Return the acceptance of the texts in force, which the form names and its signature accepts."""
    now = tools.clock()
    return tuple(AcceptedText(name, version, now, origin) for name, version in tools.texts.items())


def _mail(registration: Registration, tools: RegistrationTools) -> CasillaError | None:
    """Write what its owner has to answer, or waits for; return why it did not go, or None."""
    desk = registration.desk
    if desk is not None and registration.state is RegistrationState.AWAITING_REGISTRY:
        unsent = why_not_sent(partial(send_from_desk, waiting_letter(), registration, desk, tools))
    else:
        unsent = why_not_sent(partial(give_code, registration, tools))
    if unsent is None:
        cool_down(registration, tools)
    return unsent


def _require_same(found: Registration, visit: DeskVisit) -> None:
    require_same_form("" if found.desk is None else found.desk.form, visit.form, found.reference)


def _needs_none(registration: Registration) -> bool:
    """Tell whether its e-mail was taken, or is waited for no more."""
    return registration.is_mailed or not is_unproved(registration)


def _lost(*, ended: bool) -> RegistrationChanged | Unavailable:
    if not ended:
        return Unavailable("store_unavailable", "No se pudo guardar. Intenta otra vez en unos segundos.")
    detail = (
        "La solicitud anterior de este titular acaba de cambiar: confirmaron su correo, o alguien de tu entidad la"
        " corrigió o la anuló. Mira la lista de registros; si todavía hace falta, envía otra vez este formato."
    )
    return RegistrationChanged("registration_changed", detail)


def _draft(
    application: Application, key: str, visit: DeskVisit, others: tuple[OtherUser, ...], tools: RegistrationTools
) -> Registration:
    now, claim = tools.clock(), application.claim
    return Registration(
        key=key,
        state=RegistrationState.DRAFT,
        email=application.email,
        phone=application.phone,
        accepted=application.accepted,
        started_at=now,
        expires_at=now + LIFETIME,
        person=claim if isinstance(claim, PersonClaim) else None,
        company=claim if isinstance(claim, CompanyClaim) else None,
        desk=visit,
        others=others,
    )


def _asked(registration: Registration, actor: str, origin: str, tools: RegistrationTools) -> Registration:
    """Compare it with the registries, or have it wait for them."""
    drawn = draw_first(registration, Standing.PROVEN, tools=tools)
    if drawn is None:
        return put_off(registration, tools.clock())
    consultation = Consultation(
        subject=f"registration#{registration.key}",
        actor=actor,
        reason=ConsultationReason.OFFICER_REGISTRATION,
        origin=origin,
    )
    try:
        result = check_drawn(registration.claim, consultation, drawn, tools=tools)
    except Unavailable as error:
        if error.code != "registry_unavailable":
            raise
        return postponed(registration, tools.clock())
    refuse_unless_confirmed(result)
    return confirmed(registration, result, tools.clock())


def _numbers(claim: PersonClaim | CompanyClaim) -> tuple[str, str]:
    """Return the document number of the holder, and of the principal user."""
    if isinstance(claim, PersonClaim):
        return claim.number, claim.number
    return claim.ruc, "" if claim.representative is None else claim.representative.number


def _place(visit: DeskVisit) -> dict[str, str]:
    office = {"office_id": visit.office_id} if visit.office_id else {}
    return {"institution_id": visit.institution_id, **office}
