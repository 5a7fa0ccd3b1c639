"""What a draft would come to if it were deposited now: its dates, as they will be decided then, and warnings."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.deposit.deposit_warning import warnings_of
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.composition import Composition, Heading, Signers, document_of
from chalicelib.domain.institution.foreseen import Foreseen
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState
from chalicelib.domain.notice import CaseFile
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.office import Office, as_office
from chalicelib.services.deposit.compose_notice import check_dates, compose_notice, settle_terms
from chalicelib.services.deposit.depositor import require_office_open


def foresee_notice(
    composition: Composition,
    institution: Institution,
    office: Office | None,
    *,
    calendar: BusinessCalendar,
    at: datetime,
) -> Foreseen:
    """Compose the notice as if it were deposited at an instant; what is not written yet stands empty in it.

    Nothing of it is told of the mailbox: whether it receives is decided by the deposit.
    """
    chosen = composition.chosen_term
    if chosen is None:
        return Foreseen()
    own = as_office(institution, office)
    command = _command(composition, at)
    try:
        if office is not None:
            require_office_open(office)
        terms = settle_terms(command, own, calendar)
        check_dates(command, at, calendar)
    except CasillaError as problem:
        return Foreseen(problem=problem)
    notice = compose_notice(
        command,
        _mailbox(composition),
        own,
        terms,
        notice_id="",
        verification_code="",
        deposited_at=at.replace(microsecond=0),
        files=(),
        office=office,
    )
    warnings = warnings_of(notice, terms.counting.calendar) if composition.heading else ()
    return Foreseen(notice, warnings)


def _command(composition: Composition, at: datetime) -> DepositCommand:
    heading = composition.heading or Heading("", "", "", at)
    signers = composition.signers or Signers("", "", "")
    chosen = composition.chosen_term
    return DepositCommand(
        _mailbox(composition).mailbox_id,
        composition.case_file or CaseFile("", at.date()),
        document_of(heading, signers, composition.effects),
        chosen.regime if chosen else None,
        chosen.term if chosen else None,
        (),
        chosen.place if chosen else None,
    )


def _mailbox(composition: Composition) -> Mailbox:
    recipient = composition.recipient
    kind = recipient.document_type if recipient else DocumentType.DNI
    holder = Holder(kind, recipient.document_number if recipient else "", "")
    return Mailbox(recipient.mailbox_id if recipient else "", holder, MailboxState.OPEN, (), 1)
