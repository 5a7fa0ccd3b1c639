"""Name the representative of a company whose mailbox has none on record: compared as at a registration (REG-11)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chalicelib.domain.errors import Conflict, InvalidInput, Unavailable, refusal_of
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.limit import Standing
from chalicelib.domain.mailbox import Mailbox, MailboxChanged, lacks_person, mailbox_changed, require_thawed
from chalicelib.domain.registration.assurance import assess, levels_told, opens_by_itself
from chalicelib.domain.registration.identity import (
    Outcome,
    Registry,
    RegistryResult,
    registries_of,
    representative_fields,
)
from chalicelib.domain.registration.identity_claim import power_problems, representative_problems
from chalicelib.domain.registration.identity_refusal import refuse_unless_confirmed
from chalicelib.domain.registration.registration_policy import NAMINGS_PER_USER
from chalicelib.domain.registration.representative import (
    NamedRepresentative,
    account_named,
    naming_principal,
    with_representative_named,
)
from chalicelib.domain.session import Session
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.registration.check_identity import Consultation, ConsultationReason, check_representative
from chalicelib.services.registration.registry_quota import ask_drawn, draw_for
from chalicelib.services.registration.tools import RegistrationTools
from chalicelib.store.people_store import PeopleChange

_TRIES = 3


def name_representative(
    session: Session,
    read_given: Callable[[], NamedRepresentative],
    *,
    origin: str,
    tools: RegistrationTools,
    access: AccessTools,
) -> Mailbox:
    """Compare the person with SUNAT's list and RENIEC, and make it the principal user; done before, nothing happens.

    `read_given` reads what was typed, where it is needed. The mailbox is read once, and again only where it changed
    while the registries were asked.

    Raises:
        InvalidInput: all that is wrong with the form; the registry's refusal; `document_taken`.
        Conflict: `representative_unproven`: nobody could confirm all of it, and a proof has to be shown.
        TooManyRequests: `limit_reached`: five times in a day.
        Unavailable: `registry_unavailable` or `registry_spent`; nothing was changed.
        SessionEnded, Forbidden: as `naming_principal`.
        MailboxChanged: `mailbox_changed`.

    """
    mailbox, user = naming_principal(access.mailboxes.find(session.mailbox_id), session.user_id)
    if not lacks_person(mailbox):
        return mailbox
    given = read_given()
    _check_form(given, tools)
    now, limit = tools.clock(), NAMINGS_PER_USER
    tools.limits.spend(limit.key(user.user_id), limit=limit.limit, window_s=limit.window_s, now=now)
    result = _compare(mailbox, given, session, origin, tools)
    assurance = assess(representative_fields(given.person), result.compared)
    if not opens_by_itself(assurance, tools.opening_level):
        desk = tools.proof_desk
        detail = f"Ningún registro nos pudo confirmar todos los datos. {desk.how} {desk.company}"
        raise Conflict("representative_unproven", detail)
    for _ in range(_TRIES):
        require_thawed(mailbox)
        event = Event(
            f"mailbox#{mailbox.mailbox_id}",
            EventType.REPRESENTATIVE_NAMED,
            tools.clock(),
            tools.new_event_id(),
            f"user:{user.user_id}",
            origin,
            levels_told(assurance),
        )
        name, number = result.representative_name, given.person.number
        account = access.accounts.find(session.username)
        change = PeopleChange(
            mailbox=with_representative_named(mailbox, user, given, name),
            event=event,
            account=None if account is None else account_named(account, name, number),
        )
        try:
            return access.people.commit(change)
        except MailboxChanged:
            mailbox, user = naming_principal(access.mailboxes.find(session.mailbox_id), session.user_id)
            if not lacks_person(mailbox):
                return mailbox
    raise mailbox_changed()


def _check_form(given: NamedRepresentative, tools: RegistrationTools) -> None:
    today = tools.clock().astimezone(tools.letterhead.zone).date()
    told = {one.field for one in given.problems}
    found = (*representative_problems(given.person, today), *power_problems(given.power))
    problems: tuple[InvalidInput, ...] = (*(one for one in found if one.field not in told), *given.problems)
    if problems:
        raise refusal_of(problems)


def _compare(
    mailbox: Mailbox, given: NamedRepresentative, session: Session, origin: str, tools: RegistrationTools
) -> RegistryResult:
    asked = (Registry.SUNAT, *registries_of(given.person))
    drawn = draw_for(asked, session.user_id, Standing.PROVEN, tools=tools)
    if drawn is None:
        detail = "Por hoy ya se hicieron todas las consultas que permiten los registros. Inténtalo mañana."
        raise Unavailable("registry_spent", detail)
    consultation = Consultation(
        subject=f"mailbox#{mailbox.mailbox_id}",
        actor=f"user:{session.user_id}",
        reason=ConsultationReason.REPRESENTATIVE_NAMED,
        origin=origin,
    )
    opened = RegistryResult(Registry.SUNAT, Outcome.MATCHED, mailbox.holder.name)
    ask = partial(
        check_representative, opened, mailbox.holder.document_number, given.person, consultation, tools=tools.identity
    )
    result = ask_drawn(ask, drawn, tools=tools)
    refuse_unless_confirmed(result)
    return result
