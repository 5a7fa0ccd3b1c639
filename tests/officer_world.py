"""Officers of the institution of `deposit_world`, who deposit what they wrote."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.deadline import Term, TermUnit
from chalicelib.domain.deposit.deposit import DepositCommand, DepositHint, SentFile
from chalicelib.domain.notice import CaseFile, Document, FileRole
from chalicelib.domain.sender.office import Office
from chalicelib.domain.sender.officer import Officer
from chalicelib.domain.upload.upload import DeclaredFile, Upload, UploadState
from chalicelib.services.deposit.deposit_notice import DepositAnswer, deposit_notice
from chalicelib.services.deposit.depositor import ByOfficer
from chalicelib.store.codec import to_data
from chalicelib.store.deposit.deposit_store import Beside
from chalicelib.store.sender.office_item import office_item
from chalicelib.store.tables import InstitutionItem
from tests.deposit_world import INSTITUTION_ID, NOW, PDF, a_mailbox, an_institution, put_institution

OFFICE_ID, DRAFT_ID, UPLOAD_ID = "norte", "b" * 32, "7" * 32
DECLARED = DeclaredFile("carta.pdf", "application/pdf", hashlib.sha256(PDF).hexdigest(), len(PDF))


def an_office(**overrides: Any) -> Office:
    office = Office(
        OFFICE_ID,
        INSTITUTION_ID,
        "Oficina Desconcentrada Norte",
        "Jr. Inventado 456, Trujillo",
        opens_at=time(8, 0),
        closes_at=time(13, 0),
    )
    return replace(office, **overrides)


def an_officer(**overrides: Any) -> Officer:
    return replace(Officer("staff:s1", INSTITUTION_ID, None, "login-1", "192.0.2.7"), **overrides)


def an_upload(upload_id: str = UPLOAD_ID, **overrides: Any) -> Upload:
    upload = Upload(
        upload_id,
        INSTITUTION_ID,
        DECLARED,
        UploadState.CHECKED,
        f"files/2026/03/09/{INSTITUTION_ID}/{upload_id}",
        NOW,
        expires_at=NOW + timedelta(days=7),
    )
    return replace(upload, **overrides)


def a_command(**overrides: Any) -> DepositCommand:
    command = DepositCommand(
        mailbox_id="1-40000002",
        case_file=CaseFile("EXP-2026-000098", date(2026, 2, 16)),
        document=Document(
            type="CARTA",
            number="000079-2026",
            subject="Respuesta a su solicitud de información",
            issued_at=datetime(2026, 3, 6, 16, 5, tzinfo=UTC),
            office="Oficina de Atención a la Ciudadanía",
            signed_by="Persona Firmante de Ejemplo",
            prepared_by="Persona Redactora de Ejemplo",
        ),
        regime=None,
        term=Term(10, TermUnit.BUSINESS_DAYS),
        files=(SentFile(FileRole.MAIN, DECLARED, None, UPLOAD_ID, "main"),),
    )
    return replace(command, **overrides)


def put_office(box: Container, office: Office) -> None:
    """Put an office there as it is, with no event."""
    institution_store(box)
    InstitutionItem(office.institution_id, office_item(office.office_id), data=to_data(office)).save()


def seed_officers(box: Container) -> None:
    """Put the institution, one office, a mailbox and one checked upload."""
    put_institution(box, an_institution())
    put_office(box, an_office())
    mailbox_store(box).put(a_mailbox())
    upload_store(box).add(an_upload())
    files(box).put_document(an_upload().object_key, PDF, "application/pdf")


def send(
    box: Container,
    command: DepositCommand | None = None,
    *,
    officer: Officer | None = None,
    draft_id: str = DRAFT_ID,
    beside: Beside | None = None,
) -> DepositAnswer:
    """Deposit a draft as its page does."""
    command = command or a_command()
    return deposit_notice(
        lambda: command,
        by=ByOfficer(officer or an_officer(), draft_id, command, beside),
        hint=DepositHint(command.mailbox_id, command.upload_ids),
        tools=deposit_tools(box),
    )
