"""What officers do about filings of their institution and office: each decided anew on what stands, with its event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput, NotFound, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import (
    answer,
    derive,
    hand_over,
    is_derived_already,
    is_said_already,
    observe,
    take,
)
from chalicelib.domain.filing.filing import Attendant, Filing, FilingState, filing_not_found
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.filing.telling import plan_of
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.store.calendar_store import CalendarStore
from chalicelib.store.filing.filing_month_store import FilingPage
from chalicelib.store.filing.filing_store import FilingStore
from chalicelib.store.institution.office_store import OfficeStore
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.sender.institution_store import InstitutionStore

PAGE = 50
SYSTEM = "el sistema de la entidad"
"""Whom pages name where no officer attends to a filing."""
_MOST_TRIES = 4


@dataclass(frozen=True, slots=True)
class _Decision:
    """What is made of a filing as it stands, as which event, and what the log tells beside it."""

    kind: EventType
    make: Callable[[Filing, datetime], Filing]
    told: Mapping[str, str] = field(default_factory=dict)
    alerts: Callable[[Filing, datetime], tuple[AlertBatch, ...]] = lambda _made, _now: ()


@dataclass(frozen=True, slots=True)
class AttendTools:
    """Where filings, offices and officers are, and what dates go by."""

    filings: FilingStore
    institutions: InstitutionStore
    offices: OfficeStore
    calendars: CalendarStore
    staff: StaffStore
    mailboxes: MailboxStore
    reach: SmsReach
    calendar: BusinessCalendar
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]


class By(Protocol):
    """Who does something about filings of one institution: an officer, or its system."""

    @property
    def institution_id(self) -> str:
        """Whose filings."""

    @property
    def actor(self) -> str:
        """As the log names them."""

    @property
    def origin(self) -> str:
        """The network address."""

    @property
    def attendant(self) -> Attendant:
        """As filings name them."""

    def reaches(self, office_id: str | None) -> bool:
        """Tell whether what an office has is theirs to attend to; None is the institution itself."""


@dataclass(frozen=True, slots=True)
class ByOfficerAct:
    """An officer, by which act of the table of permissions, and from where."""

    member: StaffMember
    act: Act
    origin: str

    @property
    def institution_id(self) -> str:
        """The officer's."""
        return self.member.institution_id

    @property
    def actor(self) -> str:
        """The officer."""
        return self.member.actor

    @property
    def attendant(self) -> Attendant:
        """As filings name them."""
        return Attendant(self.member.actor, self.member.name)

    def reaches(self, office_id: str | None) -> bool:
        """Tell it by the table of permissions."""
        return reaches(self.member, self.act, office_id)


@dataclass(frozen=True, slots=True)
class BySystem:
    """The institution's own system: `actor` names the key that signed. Whichever it is, the attendant is the same."""

    institution_id: str
    actor: str
    origin: str

    @property
    def attendant(self) -> Attendant:
        """As filings name it: one, since keys change and what was begun goes on."""
        return Attendant(f"system:{self.institution_id}", SYSTEM)

    @staticmethod
    def reaches(_office_id: str | None) -> bool:
        """Reach every office: the key is the institution's."""
        return True


def find_to_attend(filing_id: str, by: By, *, tools: AttendTools) -> Filing:
    """Return a filing with the institution, that an office has which is theirs to attend to.

    Raises:
        NotFound: `filing_not_found`, also for another institution's or office's.

    """
    found = _of_institution(filing_id, by, tools)
    if found is None or not by.reaches(found.office_id):
        raise _not_found()
    return found


def list_inbox(
    by: ByOfficerAct, office_id: str | None, stage: FilingState, *, tools: AttendTools, after: str | None = None
) -> FilingPage:
    """Return some of what an office has at a stage, the oldest first.

    Raises:
        NotFound: `office_unknown`; the act does not reach it.

    """
    if not reaches(by.member, by.act, office_id):
        raise NotFound("office_unknown", "No existe esa oficina, o no es la tuya. Vuelve a la lista.")
    return tools.filings.list_inbox(by.member.institution_id, office_id, stage, after=after, limit=PAGE)


def take_filing(filing_id: str, by: By, *, tools: AttendTools) -> Filing:
    """Attend to a filing.

    Raises:
        NotFound: `filing_not_found`.
        Conflict: as `take`.
        Unavailable: `filing_busy`, `store_unavailable`.

    """
    decision = _Decision(EventType.FILING_TAKEN, lambda filing, now: take(filing, by.attendant, now))
    return _change(filing_id, by, decision, tools=tools)


def hand_over_filing(filing_id: str, to: str, by: ByOfficerAct, *, reason: str, tools: AttendTools) -> Filing:
    """Have another officer of the office attend to it; `to` is their document number.

    Raises:
        NotFound: `filing_not_found`.
        InvalidInput: `officer_unknown`; as `hand_over`.
        Conflict: as `hand_over`.
        Unavailable: `filing_busy`, `store_unavailable`.

    """
    other = tools.staff.find(by.institution_id, to)

    def decide(filing: Filing, now: datetime) -> Filing:
        if other is None or not reaches(other, by.act, filing.office_id):
            detail = "Esa persona no puede atender presentaciones de esta oficina. Elige a otra."
            raise InvalidInput("officer_unknown", detail, field="to")
        return hand_over(filing, Attendant(other.actor, other.name), by.attendant, now, reason=reason)

    told = {} if other is None else {"to": other.actor}
    return _change(filing_id, by, _Decision(EventType.FILING_HANDED_OVER, decide, told), tools=tools)


def derive_filing(filing_id: str, office_id: str, by: By, *, reason: str, tools: AttendTools) -> Filing:
    """Send it to another office of the institution; sent again, it is the same.

    Raises:
        NotFound: `filing_not_found`.
        InvalidInput: `office_unknown`; as `derive`.
        Conflict: as `derive`.
        Unavailable: `filing_busy`, `store_unavailable`.

    """
    office = tools.offices.find(by.institution_id, office_id)
    if office is None or office.is_closed:
        raise InvalidInput("office_unknown", "Esa oficina no existe o está cerrada. Elige otra.", field="office")
    decide = partial(_derived, office_id=office.office_id, name=office.name, by=by, reason=reason)
    decision = _Decision(EventType.FILING_DERIVED, decide, {"office_id": office_id})
    try:
        return _change(filing_id, by, decision, tools=tools)
    except NotFound:  # who reaches one office alone does not find what they sent to another
        done = _of_institution(filing_id, by, tools)
        if done is None or not is_derived_already(done, office.office_id, by.attendant, reason):
            raise
        return done


def observe_filing(filing_id: str, text: str, by: By, *, tools: AttendTools) -> Filing:
    """Ask the holder to correct something, once; sent again, it is the same.

    Raises:
        NotFound: `filing_not_found`.
        InvalidInput, Conflict: as `observe`.
        Unavailable: `filing_busy`, `store_unavailable`.

    """
    entries = tools.calendars.find()
    institution = tools.institutions.find(by.institution_id)

    def decide(filing: Filing, now: datetime) -> Filing:
        if institution is None:
            raise filing_not_found()
        if is_said_already(filing, text, by.attendant):
            return filing
        office = None
        if filing.office_id is not None:
            office = tools.offices.find(institution.institution_id, filing.office_id)
        entered = tools.calendar.with_entries(entries)
        receiving = receiving_of(institution, office, entered)
        received_by = entered.with_regional(institution.regional_days, filing.region)
        return observe(
            filing,
            text,
            by.attendant,
            now,
            calendar=receiving.calendar,
            hours=receiving.hours,
            received_by=received_by,
        )

    def alerts(made: Filing, now: datetime) -> tuple[AlertBatch, ...]:
        mailbox = tools.mailboxes.find(made.mailbox_id)
        if mailbox is None or institution is None:
            return ()
        calendar = tools.calendar.with_entries(entries)
        return (plan_of(Occasion.OBSERVED, made, mailbox, institution, now, calendar=calendar, reach=tools.reach),)

    decision = _Decision(EventType.FILING_OBSERVED, decide, alerts=alerts)
    return _change(filing_id, by, decision, tools=tools)


def answer_filing(filing_id: str, notice_id: str, by: By, *, tools: AttendTools) -> Filing:
    """Link the notice by which it was answered; linked again, it is the same.

    Raises:
        NotFound: `filing_not_found`.
        Conflict: as `answer`.
        Unavailable: `filing_busy`, `store_unavailable`.

    """

    def decide(filing: Filing, now: datetime) -> Filing:
        if filing.answer is not None and filing.answer.notice_id == notice_id:
            return filing
        return answer(filing, notice_id, by.attendant, now)

    return _change(filing_id, by, _Decision(EventType.FILING_ANSWERED, decide, {"notice_id": notice_id}), tools=tools)


def _derived(  # noqa: PLR0913 - whither, by whom and why
    filing: Filing, now: datetime, *, office_id: str, name: str, by: By, reason: str
) -> Filing:
    if is_derived_already(filing, office_id, by.attendant, reason):
        return filing
    return derive(filing, office_id, name, by.attendant, now, reason=reason)


def _change(filing_id: str, by: By, decision: _Decision, *, tools: AttendTools) -> Filing:
    """Decide on what stands, and again on what another one made of it; what changes nothing writes nothing."""
    for _ in range(_MOST_TRIES):
        filing = find_to_attend(filing_id, by, tools=tools)
        now = tools.clock()
        made = decision.make(filing, now)
        if made is filing:
            return filing
        data = {"filing_id": filing.filing_id, "number": filing.number, "institution_id": filing.institution_id}
        data |= decision.told
        event = Event(f"filing#{filing.filing_id}", decision.kind, now, tools.new_event_id(), by.actor, by.origin, data)
        if tools.filings.change(made, event, decision.alerts(made, now)):
            return made
    raise Unavailable("filing_busy", "Otra persona trabaja en esta presentación. Inténtalo otra vez.", retry_after=2)


def _not_found() -> NotFound:
    """Say it to who attends to filings, of an institution's or office's, not of a mailbox's."""
    return NotFound(filing_not_found().code, "Esa presentación no existe, o la tiene otra entidad u oficina.")


def _of_institution(filing_id: str, by: By, tools: AttendTools) -> Filing | None:
    try:
        found = tools.filings.find(parse_code(filing_id))
    except InvalidInput:
        return None
    return found if found is not None and found.institution_id == by.institution_id else None
