"""Begin a registration: all formats at once, limits, the registry, and one e-mail (REG-2 to REG-5, REG-9).

Where too many came from a network or about a document, or the day's consultations for those without proof are spent,
the e-mail goes first: the registry is asked once its code was shown (`prove_registration`).
Whether the holder has a mailbox is not looked at before the address is verified, so no answer can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.contact import Phone
from chalicelib.domain.errors import InvalidInput, Unavailable, refusal_of
from chalicelib.domain.limit import Standing
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.domain.registration.identity import CompanyClaim, PersonClaim, registries_of
from chalicelib.domain.registration.identity_claim import company_problems, person_problems
from chalicelib.domain.registration.identity_refusal import refuse_unless_confirmed
from chalicelib.domain.registration.registration import (
    LIFETIME,
    Registration,
    RegistrationState,
    awaiting_proof,
    check_accepted,
    check_registrable,
    confirmed,
    postponed,
)
from chalicelib.domain.registration.registration_policy import Way
from chalicelib.renderers.printable import is_printable
from chalicelib.renderers.registration.registration_letters import waiting_letter
from chalicelib.services.registration.admit_registration import admit_registration, take_back_denied
from chalicelib.services.registration.check_identity import asked_by_applicant
from chalicelib.services.registration.registration_codes import give_code
from chalicelib.services.registration.registry_quota import Drawn, check_drawn, draw_first
from chalicelib.services.registration.tools import (
    RegistrationTools,
    cool_down,
    send_letter,
    try_to_send,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What was typed. `problems` are those found while reading; what could not be read stands here as a blank.

    The claim and the texts are checked here. `accepted` says when and from where each text was accepted, which may be
    before the form was sent. `captcha` is needed only where `start_registration` asks for one; `by_mail` has the
    e-mail's code stand in for it.
    """

    claim: PersonClaim | CompanyClaim
    email: str
    phone: Phone
    accepted: tuple[AcceptedText, ...]
    captcha: CaptchaAnswer | None = None
    by_mail: bool = False
    problems: tuple[InvalidInput, ...] = ()


@dataclass(frozen=True, slots=True)
class StartedRegistration:
    """The registration and its id, which is nowhere else; `is_mail_sent` is False when another has to be asked for."""

    registration: Registration
    registration_id: str
    is_mail_sent: bool


def start_registration(
    application: Application, *, origin: str, tools: RegistrationTools, registration_id: str | None = None
) -> StartedRegistration:
    """Keep the application, ask the registry and send the code, or the promise to ask again; or send the code first.

    A form has an opaque token as its `registration_id`, so that sent twice it begins one registration.

    Raises:
        InvalidInput: the first of all problems, with all of them; or the registry's refusal, which reveals nothing.
        CaptchaWrong: `captcha_needed` or `captcha_wrong`, before any registry is asked, as the next.
        TooManyRequests: `budget_spent`; nothing was begun.
        RegistrationChanged: `registration_changed`: one of this id was begun before.

    """
    check_application(application, tools)
    registration_id = registration_id or tools.new_token()
    registration = _draft(application, tools.registrations.key(registration_id), tools)
    check_registrable(registration.document[0])
    way = admit_registration(registration, application.captcha, origin=origin, tools=tools, by_mail=application.by_mail)
    tools.registrations.refuse_begun_elsewhere(registration_id)
    is_first = way is Way.REGISTRY_FIRST or not registration.registries  # there is nobody whose day to spare
    drawn = draw_first(registration, Standing.QUIET, tools=tools) if is_first else None
    if drawn is None:
        registration = awaiting_proof(registration)
        tools.registrations.add(registration)
    else:
        tools.registrations.add(registration)
        registration = _ask(registration, drawn, origin, tools)
    if registration.state is RegistrationState.AWAITING_REGISTRY:
        is_sent = try_to_send(partial(send_letter, waiting_letter(), registration, tools))
    else:
        is_sent = try_to_send(partial(give_code, registration, tools))
    if is_sent:
        cool_down(registration, tools)
    return StartedRegistration(registration, registration_id, is_sent)


def check_application(application: Application, tools: RegistrationTools) -> None:
    """Refuse an application with everything that is wrong with its form, each field once.

    Raises:
        InvalidInput: as `start_registration`.

    """
    claim = application.claim
    today = tools.clock().astimezone(tools.letterhead.zone).date()
    if isinstance(claim, PersonClaim):
        found = _within("person", person_problems(claim, today=today))
    else:
        found = _within("company", company_problems(claim, today=today))
    found = (*found, *_within("person" if isinstance(claim, PersonClaim) else "company", _name_problems(claim)))
    told = {one.field for one in application.problems}
    texts = _text_problems(application, tools)
    problems = (
        *(one for one in found if one.field not in told),
        *application.problems,
        *(one for one in texts if one.field not in told),
    )
    if problems:
        raise refusal_of(problems)


def _text_problems(application: Application, tools: RegistrationTools) -> tuple[InvalidInput, ...]:
    try:
        check_accepted(application.accepted, tools.texts)
    except InvalidInput as refusal:
        return (refusal,)
    return ()


def _name_problems(claim: PersonClaim | CompanyClaim) -> tuple[InvalidInput, ...]:
    """Return which names that no registry will tell are in letters that receipts cannot print."""
    person = claim if isinstance(claim, PersonClaim) else claim.representative
    if person is None or registries_of(person):
        return ()
    detail = "Escríbelo con las letras con que figura en el documento: nuestras constancias no tienen todas las demás."
    part = "" if person is claim else "representative."
    return tuple(
        InvalidInput("name_invalid", detail, field=f"{part}{name}")
        for name in ("paternal_surname", "maternal_surname", "given_names")
        if not is_printable(getattr(person, name))
    )


def _within(part: str, problems: tuple[InvalidInput, ...]) -> tuple[InvalidInput, ...]:
    """Name the fields by their place in the application."""
    return tuple(InvalidInput(one.code, one.detail, field=f"{part}.{one.field}") for one in problems)


def _draft(application: Application, key: str, tools: RegistrationTools) -> Registration:
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
    )


def _ask(registration: Registration, drawn: Drawn, origin: str, tools: RegistrationTools) -> Registration:
    consultation = asked_by_applicant(registration.key, origin)
    try:
        result = check_drawn(registration.claim, consultation, drawn, tools=tools)
    except Unavailable as error:
        if error.code != "registry_unavailable":
            raise
        return tools.registrations.update(postponed(registration, tools.clock()))
    try:
        refuse_unless_confirmed(result, is_authenticated=registration.is_authenticated)
    except InvalidInput:
        take_back_denied(registration, origin=origin, tools=tools)
        raise
    return tools.registrations.update(confirmed(registration, result, tools.clock()))
