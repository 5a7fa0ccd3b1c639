"""Compose the notice as it will stand for ever: what was sent, who receives it, when it counts."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from chalicelib.domain.alert.plan_alerts import alert_addresses
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.deadline import Regime, decide_deadline, foresee_openings
from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.errors import InvalidInput, refusal_of, refusals
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.notice import Notice, Sender, StoredFile
from chalicelib.domain.sender.institution import Institution
from chalicelib.renderers.deposit.receipt import current_legal_text_version
from chalicelib.services.sender.signed_request import CLOCK_SKEW


def compose_notice(  # noqa: PLR0913 - the facts of one notice
    command: DepositCommand,
    mailbox: Mailbox,
    institution: Institution,
    *,
    notice_id: str,
    verification_code: str,
    deposited_at: datetime,
    files: tuple[StoredFile, ...],
    calendar: BusinessCalendar,
) -> Notice:
    """Freeze the notice with its legal dates."""
    regime = command.regime or institution.regime
    counted = calendar.with_regional(institution.regional_days) if institution.regional_days else calendar
    return Notice(
        notice_id=notice_id,
        verification_code=verification_code,
        mailbox_id=mailbox.mailbox_id,
        holder=mailbox.holder,
        sender=Sender(institution.institution_id, institution.name, institution.address, institution.phone),
        case_file=command.case_file,
        document=command.document,
        regime=regime,
        term=command.term,
        deposited_at=deposited_at,
        deadline=decide_deadline(
            deposited_at=deposited_at,
            regime=regime,
            term=command.term,
            calendar=counted,
            closes_at=institution.closes_at,
        ),
        files=files,
        alerted=alert_addresses(mailbox),
        legal_text_version=current_legal_text_version(),
        openings=foresee_openings(
            deposited_at=deposited_at, term=command.term, calendar=counted, closes_at=institution.closes_at
        )
        if regime is Regime.ACKNOWLEDGEMENT
        else None,
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
