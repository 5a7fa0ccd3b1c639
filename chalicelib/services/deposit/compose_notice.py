"""Compose the notice as it will stand for ever: what was sent, who receives it, when it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from chalicelib.domain.alert.plan_alerts import alert_addresses
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.deadline import Counting, Distance, Regime, Term, decide_deadline, foresee_openings
from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.errors import InvalidInput, collect, refusal_of, refusals
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach
from chalicelib.domain.notice import Notice, NoticeReference, Sender, StoredFile
from chalicelib.domain.sender.institution import Institution, counting_of, decide_distance, decide_regime
from chalicelib.domain.sender.office import Office
from chalicelib.renderers.deposit.receipt import current_legal_text_version
from chalicelib.services.sender.signed_request import CLOCK_SKEW


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a deposit goes, as its institution's settings decide: nothing here depends on the mailbox."""

    regime: Regime
    norm: str | None
    distance: Distance | None
    counting: Counting


class TermAsked(Protocol):
    """What a deposit says of its term."""

    @property
    def term(self) -> Term | None:
        """The term that it sets."""

    @property
    def regime(self) -> Regime | None:
        """None for the institution's own."""

    @property
    def place(self) -> str | None:
        """Where the holder lives."""


def settle_terms(command: TermAsked, institution: Institution, calendar: BusinessCalendar) -> Terms:
    """Decide regime, norm, hours, region and distance.

    Raises:
        InvalidInput: what `decide_regime` and `decide_distance` refuse.

    """
    problems: list[InvalidInput] = []
    regime = collect(problems, lambda: decide_regime(institution, command.regime), institution.regime)
    find = partial(decide_distance, institution, command.place, has_term=command.term is not None)
    distance = collect(problems, find, None)
    if problems:
        raise refusal_of(problems)
    norm = institution.norm_for(regime)
    return Terms(
        regime, None if norm is None else norm.citation, distance, counting_of(institution, calendar, distance)
    )


def compose_notice(  # noqa: PLR0913 - the facts of one notice
    command: DepositCommand,
    mailbox: Mailbox,
    institution: Institution,
    terms: Terms,
    *,
    notice_id: str,
    verification_code: str,
    deposited_at: datetime,
    files: tuple[StoredFile, ...],
    replaces: NoticeReference | None = None,
    reach: SmsReach = PERU_ALONE,
    office: Office | None = None,
) -> Notice:
    """Freeze the notice with its legal dates; `institution` is as it notifies from the office, if from one."""
    dated: dict[str, Any] = {"deposited_at": deposited_at, "term": command.term, "counting": terms.counting}
    return Notice(
        notice_id=notice_id,
        verification_code=verification_code,
        mailbox_id=mailbox.mailbox_id,
        holder=mailbox.holder,
        sender=Sender(
            institution.institution_id,
            institution.name,
            institution.address,
            institution.phone,
            None if office is None else office.office_id,
            None if office is None else office.name,
        ),
        case_file=command.case_file,
        document=command.document,
        regime=terms.regime,
        term=command.term,
        deposited_at=deposited_at,
        deadline=decide_deadline(regime=terms.regime, **dated),
        files=files,
        alerted=alert_addresses(mailbox, reach),
        legal_text_version=current_legal_text_version(),
        openings=foresee_openings(**dated) if terms.regime is Regime.ACKNOWLEDGEMENT else None,
        norm=terms.norm,
        hours=None if terms.regime is Regime.IMMEDIATE else terms.counting.hours,
        distance=terms.distance,
        replaces=replaces,
    )


def check_dates(command: DepositCommand, now: datetime, calendar: BusinessCalendar) -> None:
    """Refuse what is dated later than it is sent.

    Raises:
        InvalidInput: `issued_in_future`, `opened_in_future` or both.

    """
    problems = refusals(partial(_check_issued, command, now), partial(_check_opened, command, now, calendar))
    if problems:
        raise refusal_of(problems)


def _check_issued(command: DepositCommand, now: datetime) -> None:
    if command.document.issued_at > now + CLOCK_SKEW:
        raise InvalidInput(
            "issued_in_future",
            "La fecha del documento es posterior a este momento. Corríjala, o revise su zona horaria.",
            field="document.issued_at",
        )


def _check_opened(command: DepositCommand, now: datetime, calendar: BusinessCalendar) -> None:
    if command.case_file.opened_on > calendar.local(now + CLOCK_SKEW).date():
        raise InvalidInput(
            "opened_in_future", "La fecha del expediente es posterior a hoy. Corríjala.", field="case_file.opened_on"
        )
