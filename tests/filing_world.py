"""People of `deposit_world` who file with its institution: a draft, its files, and a filing as it stands."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import draft_tools, file_tools, filing_draft_store
from chalicelib.bootstrap.storage import calendar_store, mailbox_store
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.calendar import CalendarEntries, CountsUntil, FilingRule, NonWorkingDay
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import Addressee, Attendant, FiledDocument, Filer, Filing
from chalicelib.domain.filing.filing_date import FilingDates
from chalicelib.domain.filing.filing_draft import (
    FilePart,
    FilingDraft,
    begin,
    with_file,
    with_subject,
)
from chalicelib.domain.filing.procedure import AnswerTerm, Procedure, ProcedureKind, Requirement, frozen_procedure
from chalicelib.domain.filing.telling import plan_of
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.notice import FileFacts, FileRole
from chalicelib.domain.session import Session
from chalicelib.domain.upload.attached_file import AttachedFile
from chalicelib.domain.upload.upload import DeclaredFile, Upload, UploadState, person_owner
from chalicelib.services.filing.file_draft import file_draft
from chalicelib.services.filing.filing_drafts import begin_to_correct, change_draft
from tests.calendars import PERU
from tests.deposit_world import INSTITUTION_ID, NOW, PDF, a_mailbox, an_institution, put_institution
from tests.officer_world import OFFICE_ID, an_office, put_office

DRAFT_ID, DOCUMENT_ID, ANNEX_ID, PLAN_ID = "c" * 32, "8" * 32, "9" * 32, "6" * 32
ORIGIN = "192.0.2.44"
MAILBOX_ID, USER_ID = "1-40000002", "u1"
SUBJECT = "Solicito la licencia de funcionamiento de mi bodega"
TEXT = "Relación de mercaderías\n".encode()
OWNER = person_owner(USER_ID)


def a_session(user_id: str = USER_ID, mailbox_id: str = MAILBOX_ID, **overrides: Any) -> Session:
    session = Session(
        "s" * 8,
        f"login-{user_id}",
        user_id,
        mailbox_id,
        mailbox_id,
        NOW,
        validated_at=NOW,
        origin="192.0.2.7",
        name="Usuaria Ejemplo 1",
    )
    return replace(session, **overrides)


def a_procedure(**overrides: Any) -> Procedure:
    procedure = Procedure(
        INSTITUTION_ID,
        "P2345678",
        3,
        ProcedureKind.TUPA,
        "2.07",
        "Licencia de funcionamiento para establecimientos de riesgo bajo",
        "Para abrir un local.",
        "D.S. 200-2020-PCM",
        (Requirement("Solicitud firmada"), Requirement("Plano del local"), Requirement("Poder", is_optional=True)),
        (),
        15850,
        "Se paga en caja",
        AnswerTerm(2, "positive", "TUO de la Ley N° 27444, art. 39"),
        OFFICE_ID,
        ("licencia", "bodega"),
        None,
        NOW - timedelta(days=90),
        "staff:s1",
    )
    return replace(procedure, **overrides)


def an_attached(upload_id: str, role: FileRole = FileRole.ANNEX, filename: str = "anexo.txt") -> AttachedFile:
    return AttachedFile(upload_id, role, NOW, filename, 900)


def a_draft(draft_id: str = DRAFT_ID, session: Session | None = None, **overrides: Any) -> FilingDraft:
    """Return a draft that lacks nothing, as if it had just been begun."""
    session = session or a_session()
    draft = with_subject(begin(draft_id, session, a_procedure(), NOW), SUBJECT, (0, 1), NOW)
    draft = with_file(draft, FilePart.DOCUMENT, an_attached(DOCUMENT_ID, FileRole.MAIN, "solicitud.pdf"), NOW)
    draft = with_file(draft, FilePart.ANNEX, an_attached(ANNEX_ID), NOW)
    return replace(draft, version=1, **overrides)


def declared(content: bytes, filename: str, media_type: str = "application/pdf") -> DeclaredFile:
    return DeclaredFile(filename, media_type, hashlib.sha256(content).hexdigest(), len(content))


def an_upload(upload_id: str = DOCUMENT_ID, owner: str = OWNER, **overrides: Any) -> Upload:
    """Return the checked upload of the person's document, of one page; or of the annex, a text, by its id."""
    is_annex = upload_id == ANNEX_ID
    upload = Upload(
        upload_id,
        owner,
        declared(TEXT, "anexo.txt", "text/plain") if is_annex else declared(PDF, "solicitud.pdf"),
        UploadState.CHECKED,
        f"files/2026/03/09/{owner}/{upload_id}",
        NOW,
        expires_at=NOW + timedelta(days=7),
        facts=FileFacts() if is_annex else FileFacts(pages=1),
    )
    return replace(upload, **overrides)


def seed_filing(box: Container, *, draft: FilingDraft | None = None) -> None:
    """Put the institution, its office, the mailbox, two checked uploads and the draft that names them."""
    put_institution(box, an_institution())
    put_office(box, an_office())
    mailbox_store(box).put(a_mailbox())
    for upload, content in ((an_upload(), PDF), (an_upload(ANNEX_ID), TEXT)):
        upload_store(box).add(upload)
        files(box).put_document(upload.object_key, content, upload.declared.media_type)
    assert filing_draft_store(box).add(draft or a_draft())


def file_it(
    box: Container, session: Session | None = None, *, draft_id: str = DRAFT_ID, seen_version: int = 1
) -> Filing:
    """File a draft as its check page does."""
    return file_draft(draft_id, session or a_session(), seen_version=seen_version, origin=ORIGIN, tools=file_tools(box))


DATES = FilingDates(
    NOW,
    date(2026, 3, 9),
    NOW + timedelta(hours=17),
    date(2026, 3, 10),
    FilingRule(CountsUntil.MIDNIGHT, "TUO de la Ley N° 27444, arts. 128.1 y 134"),
    "PE-2026.1",
    2026,
)
OFFICER, OTHER_OFFICER = Attendant("staff:s1", "Operadora Ejemplo 1"), Attendant("staff:s2", "Operador Ejemplo 2")


def a_document(part: FilePart = FilePart.DOCUMENT, **overrides: Any) -> FiledDocument:
    document = FiledDocument(
        part,
        "solicitud.pdf",
        "application/pdf",
        hashlib.sha256(PDF).hexdigest(),
        len(PDF),
        an_upload().object_key,
        DOCUMENT_ID,
        1,
    )
    return replace(document, **overrides)


def a_filing(**overrides: Any) -> Filing:
    filing = Filing(
        filing_id="2345-6789-ABCD",
        number="2026-000001",
        verification_code="ABCD-2345-6789",
        draft_id=DRAFT_ID,
        mailbox_id=MAILBOX_ID,
        holder=Holder(DocumentType.DNI, "40000002", "QUISPE DEMO MARÍA ÑUSTA"),
        filer=Filer(USER_ID, "Usuaria Ejemplo 1"),
        represented=None,
        addressee=Addressee(
            INSTITUTION_ID,
            "Entidad de Demostración",
            "Jr. Inventado 456, Trujillo",
            "(01) 000-0000",
            OFFICE_ID,
            "Oficina Desconcentrada Norte",
        ),
        procedure=frozen_procedure(a_procedure()),
        subject=SUBJECT,
        documents=(
            a_document(),
            a_document(FilePart.ANNEX, filename="anexo.txt", media_type="text/plain", folios=None),
        ),
        dates=DATES,
        observable_until=NOW + timedelta(days=2),
        legal_text_version="es-PE-1",
        office_id=OFFICE_ID,
        office_name="Oficina Desconcentrada Norte",
        receipt_sha256="e" * 64,
    )
    return replace(filing, **overrides)


def a_batch(filing: Filing, occasion: Occasion = Occasion.FILED) -> AlertBatch:
    """Return the alerts that a filing's commit writes."""
    return plan_of(occasion, filing, a_mailbox(), an_institution(), NOW, calendar=PERU)


def declare(box: Container, *days: date) -> None:
    """Have days declared none, as an operator enters them."""
    declared = tuple(NonWorkingDay(day, "Día no laborable", "D.S. de ejemplo") for day in days)
    version = CalendarVersion(CalendarEntries(1, declared=declared), NOW, "operator:prueba", "prueba", "prueba")
    event = Event("calendar#PE", EventType.CALENDAR_CHANGED, NOW, "e-calendar", "operator:prueba")
    calendar_store(box).change(version, event)


def a_correction_draft(box: Container, observed: Filing) -> FilingDraft:
    """Begin to correct a filing, with a file of `PLAN_ID` that was looked at; the draft is at its second version."""
    upload = an_upload(PLAN_ID)
    upload_store(box).add(upload)
    files(box).put_document(upload.object_key, PDF, "application/pdf")
    begun = begin_to_correct(a_session(), observed, tools=draft_tools(box))
    attach = partial(with_file, part=FilePart.ANNEX, file=an_attached(PLAN_ID), now=box.clock())
    return change_draft(begun.draft_id, a_session(), attach, seen_version=1, store=filing_draft_store(box))
