"""Changes of mailboxes asked for on paper: one officer takes one with its document, another one has it made or refuses.

Whoever decides first claims it by one write. Then the change is made, once however often it is tried; what cannot be
made as the mailbox is puts it back to wait, and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, replace
from datetime import datetime

from chalicelib.domain.codes import parse_code
from chalicelib.domain.desk.petition import (
    THAWS,
    Petition,
    PetitionKind,
    PetitionState,
    approved,
    contested_then,
    decided,
    done,
    read_cause,
    read_kind,
    refused,
    reopened,
    require_strangers,
)
from chalicelib.domain.desk.recovery import officer_of
from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput, NotFound, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.identity_document import mailbox_id_for, mailboxes_of_holder
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import Mailbox, Power
from chalicelib.domain.people.consent import MandatoryRule
from chalicelib.domain.people.hand_over import require_company
from chalicelib.domain.people.mailbox_users import TypedUser, secondary_user
from chalicelib.domain.registration.same_form import require_same_form
from chalicelib.services.access.thaw_mailbox import Mark
from chalicelib.services.desk.change_mailbox import change_mailbox, is_made
from chalicelib.services.desk.find_user import MISSES_PER_OFFICER, WantedUser
from chalicelib.services.desk.form_mark import form_mark
from chalicelib.services.desk.keep_scan import SentScan, inspected_scan, keep_scan
from chalicelib.services.desk.tell_petition import tell_asked, tell_done, tell_refused
from chalicelib.services.desk.tools import AtDesk, DeskTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.desk.petition_store import PetitionStore

CHANGE = "mailbox_change"
"""Why it is looked at, as the log says."""


@dataclass(frozen=True, slots=True)
class PetitionTools:
    """Where petitions are, and what the desk shares; `rules` are the norms that impose mailboxes."""

    desk: DeskTools
    petitions: PetitionStore
    rules: Iterable[MandatoryRule]
    mark: Mark
    """Marks what was opened of a frozen mailbox since the contested change."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The process's."""
        return self.desk.clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionForm:
    """What the officer typed and attached. `petition_id` came with the form, so that sent twice it begins one."""

    petition_id: str
    kind: str
    cause: str
    wanted: WantedUser
    scan: SentScan
    person: TypedUser | None = None
    power: Power | None = None


def take_petition(form: PetitionForm, by: AtDesk, *, tools: PetitionTools) -> Petition:
    """Keep it with its document; nothing of the mailbox changes.

    Raises:
        InvalidInput: `change_unknown`, `cause_missing`, `scan_missing` and alike, `user_unknown`, `power_missing`.
        Conflict: `form_used`, `mailbox_is_a_persons`, `user_is_principal`, `mailbox_not_frozen`.
        Forbidden: `institution_inactive`, `petition_own`.
        TooManyRequests: as `find_user`.
        Unavailable: nothing was kept.

    """
    by.require_active()
    petition_id, kind = parse_code(form.petition_id), read_kind(form.kind)
    cause = read_cause(kind, form.cause)
    mark = _mark(form, tools)
    begun = _begun(petition_id, mark, by, tools)
    if begun is not None:
        return _told(begun, by, tools)
    if kind is PetitionKind.PRINCIPAL:
        _require_person(form)
    institution_id = by.member.institution_id
    scan = inspected_scan(form.scan, f"desk/{institution_id}/{petition_id}")
    mailbox, user_id = _whose(form, kind, by, tools)
    keep_scan(form.scan, scan, files=tools.desk.files)
    petition = Petition(
        petition_id=petition_id,
        institution_id=institution_id,
        office_id=by.member.office_id,
        kind=kind,
        cause=cause,
        mailbox_id=mailbox.mailbox_id,
        user_id=user_id,
        person=form.person if kind is PetitionKind.PRINCIPAL else None,
        power=form.power if kind is PetitionKind.PRINCIPAL else None,
        contested=contested_then(mailbox.freeze) if kind in THAWS else (),
        scan=scan,
        asked_by=officer_of(by.member),
        asked_at=tools.clock(),
        form=mark,
    )
    if not tools.petitions.add(petition, _event(petition, by, EventType.PETITION_ASKED, tools)):
        begun = _begun(petition_id, mark, by, tools)
        if begun is None:
            raise _not_kept()
        return begun
    return _told(petition, by, tools)


def find_petition(petition_id: str, member: StaffMember, *, petitions: PetitionStore) -> Petition:
    """Return one of somebody's institution, and of their office where they are limited to one.

    Raises:
        NotFound: `petition_unknown`, also for another institution's.

    """
    try:
        found = petitions.find(member.institution_id, parse_code(petition_id))
    except InvalidInput:
        found = None
    if found is None or not reaches(member, Act.DECIDE_REGISTRATION, found.office_id):
        raise NotFound("petition_unknown", "No existe ese pedido, o no es de tu entidad o de tu oficina.")
    return found


def show_petition(petition: Petition, by: AtDesk, what: str, *, tools: PetitionTools) -> Mailbox | None:
    """Log that somebody looks at a person's data, and `what` at, and then return the mailbox."""
    tools.desk.access.events.add(_event(petition, by, EventType.PETITION_SHOWN, tools, shown=what))
    return tools.desk.access.mailboxes.find(petition.mailbox_id)


def approve_petition(petition_id: str, by: AtDesk, *, tools: PetitionTools) -> Petition:
    """Have the change made; what was approved and not made yet is completed, and who made it is told so again.

    Raises:
        NotFound: as `find_petition`.
        Conflict: `petition_decided`, `petition_too_early`; or what `change_mailbox` refuses: then it waits as before.
        Forbidden: `petition_same_person`, `officer_too_new`, `petition_own`, `institution_inactive`.
        Unavailable: `petition_untold`: its people cannot be told; or it stays approved, to be completed.

    """
    petition = _to_decide(petition_id, by, tools)
    if petition.state is PetitionState.DONE and petition.decided_by == officer_of(by.member):
        return petition
    if petition.state is PetitionState.OPEN:
        by.require_active()
        petition = _told(petition, by, tools)
        if petition.told_at is None:
            detail = "No se pudo avisar a los usuarios de la casilla. Intenta otra vez en unos minutos."
            raise Unavailable("petition_untold", detail, retry_after=60)
    claimed = approved(petition, by.member, tools.clock())
    if petition.state is PetitionState.OPEN:
        written = tools.petitions.update(claimed, _event(claimed, by, EventType.PETITION_APPROVED, tools))
        if written is None:
            raise decided(find_petition(petition_id, by.member, petitions=tools.petitions))
        claimed = written
    access = tools.desk.access
    act = OperatorAct(by.member.actor, CHANGE, tools.clock, tools.desk.new_event_id, by.origin, _place(by, claimed))
    try:
        is_again = not change_mailbox(claimed, act=act, rules=tools.rules, mark=tools.mark, tools=access)
    except Unavailable:
        raise
    except CasillaError as error:
        if is_made(claimed, access):  # at the same time, by somebody else, who tells
            return find_petition(petition_id, by.member, petitions=tools.petitions)
        put_back = _event(claimed, by, EventType.PETITION_PUT_BACK, tools, because=error.code)
        tools.petitions.update(reopened(claimed), put_back)
        raise
    mailbox = access.mailboxes.find(claimed.mailbox_id)
    if mailbox is not None:
        tell_done(claimed, mailbox, by.place, tools=access, now=tools.clock(), is_again=is_again)
    ended = tools.petitions.update(done(claimed), _event(claimed, by, EventType.PETITION_DONE, tools))
    return ended or find_petition(petition_id, by.member, petitions=tools.petitions)


def refuse_petition(petition_id: str, why: str, by: AtDesk, *, tools: PetitionTools) -> None:
    """End it without a change, and tell who was told that it was asked for.

    Raises:
        NotFound, Forbidden: as `approve_petition`.
        Conflict: `petition_decided`.
        InvalidInput: `refusal_missing`.

    """
    petition = _to_decide(petition_id, by, tools)
    by.require_active()
    wanted = refused(petition, by.member, why, tools.clock())
    event = _event(wanted, by, EventType.PETITION_REFUSED, tools, because=why)
    if tools.petitions.update(wanted, event) is None:
        raise decided(find_petition(petition_id, by.member, petitions=tools.petitions))
    mailbox = tools.desk.access.mailboxes.find(petition.mailbox_id)
    if mailbox is not None:
        tell_refused(wanted, mailbox, by.place, tools=tools.desk.access, now=tools.clock())


def _to_decide(petition_id: str, by: AtDesk, tools: PetitionTools) -> Petition:
    """Return one that somebody may decide about, who is nobody of its mailbox."""
    petition = find_petition(petition_id, by.member, petitions=tools.petitions)
    if petition.is_waiting:
        require_strangers(tools.desk.access.mailboxes.find(petition.mailbox_id), petition.person, by.member)
    return petition


def _told(petition: Petition, by: AtDesk, tools: PetitionTools) -> Petition:
    """Tell its people that it is asked for, once: who dies before it is noted leaves it to whoever comes next."""
    if petition.told_at is not None or petition.state is not PetitionState.OPEN:
        return petition
    mailbox = tools.desk.access.mailboxes.find(petition.mailbox_id)
    if mailbox is not None and not tell_asked(petition, mailbox, by.place, tools=tools.desk.access):
        return petition
    told = replace(petition, told_at=tools.clock())
    noted = tools.petitions.update(told, _event(told, by, EventType.PETITION_TOLD, tools))
    return noted or tools.petitions.find(petition.institution_id, petition.petition_id) or petition


def _whose(form: PetitionForm, kind: PetitionKind, by: AtDesk, tools: PetitionTools) -> tuple[Mailbox, str]:
    """Return the mailbox and the user it is about; what is refused is logged and counted before it is told.

    Each refusal says of somebody whether they have a mailbox.
    """
    desk, wanted = tools.desk, form.wanted
    mailbox_id = mailbox_id_for(wanted.document_type, wanted.number, desk.prefixes)
    names = mailboxes_of_holder(mailbox_id, desk.prefixes)
    mailbox = next(filter(None, map(desk.access.mailboxes.find, names)), None)
    try:
        return _required(mailbox, kind, form, by)
    except CasillaError as error:
        now, subject = tools.clock(), f"mailbox#{mailbox_id if mailbox is None else mailbox.mailbox_id}"
        result = {"result": error.code}
        desk.access.events.add(by.event(EventType.MAILBOX_CONSULTED, subject, CHANGE, tools=desk, now=now, **result))
        miss = MISSES_PER_OFFICER
        key = miss.key(by.member.institution_id, by.member.staff_id)
        desk.access.limits.spend(key, limit=miss.limit, window_s=miss.window_s, now=now)
        desk.note_use(by.member.institution_id)
        raise


def _required(mailbox: Mailbox | None, kind: PetitionKind, form: PetitionForm, by: AtDesk) -> tuple[Mailbox, str]:
    is_of_user, own = kind in {PetitionKind.DISABLE, PetitionKind.ENABLE}, form.wanted.own_number
    users = () if mailbox is None else mailbox.users
    user = next((one for one in users if one.document_number and one.document_number == own), None)
    if mailbox is None or (is_of_user and user is None):
        detail = "No hay una casilla o un usuario con esos documentos. Revisa los números del pedido."
        raise InvalidInput("user_unknown", detail, field="document_number")
    require_strangers(mailbox, form.person if kind is PetitionKind.PRINCIPAL else None, by.member)
    if kind is PetitionKind.PRINCIPAL:
        require_company(mailbox)
        return mailbox, mailbox.principal.user_id
    if kind in THAWS and mailbox.freeze is None:
        raise Conflict("mailbox_not_frozen", "Esa casilla no está congelada.")
    if not is_of_user or user is None:
        return mailbox, ""
    return mailbox, secondary_user(mailbox, user.user_id).user_id


def _require_person(form: PetitionForm) -> None:
    if form.person is None or form.power is None or not (form.power.page and form.power.entry):
        detail = "Escribe la partida y el asiento en que consta el poder."
        raise InvalidInput("power_missing", detail, field="page")


def _begun(petition_id: str, mark: str, by: AtDesk, tools: PetitionTools) -> Petition | None:
    found = tools.petitions.find(by.member.institution_id, petition_id)
    if found is None:
        return None
    if found.asked_by != officer_of(by.member):
        raise _not_kept()  # before anything is looked up: another officer's number is on the list
    require_same_form(found.form, mark, petition_id)
    return found


def _mark(form: PetitionForm, tools: PetitionTools) -> str:
    wanted, person, power = form.wanted, form.person, form.power
    typed = [form.kind, form.cause, wanted.document_type.value, wanted.number, wanted.own_number]
    typed += [] if person is None else [str(one) for one in astuple(person)]
    typed += [] if power is None else [str(one) for one in astuple(power)]
    return form_mark(typed, form.scan, pepper=tools.desk.access.pepper)


def _place(by: AtDesk, petition: Petition) -> dict[str, str]:
    office = {"office_id": by.member.office_id} if by.member.office_id else {}
    told = {"petition_id": petition.petition_id, "cause": petition.cause.value}
    return {"institution_id": by.member.institution_id, **office, **told}


def _event(petition: Petition, by: AtDesk, kind: EventType, tools: PetitionTools, **data: str) -> Event:
    user = {"user_id": petition.user_id} if petition.user_id else {}
    told = {"petition_id": petition.petition_id, "change": petition.kind.value, "cause": petition.cause.value}
    subject = f"mailbox#{petition.mailbox_id}"
    return by.event(kind, subject, CHANGE, tools=tools.desk, now=tools.clock(), **user, **told, **data)


def _not_kept() -> Unavailable:
    return Unavailable("petition_unavailable", "No se pudo guardar. Intenta otra vez en unos segundos.", retry_after=2)
