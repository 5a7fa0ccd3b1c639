"""Valid synthetic values for tests; each takes what a test wants different."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.domain.codes import code_from_number
from chalicelib.domain.deadline import Deadline, Regime, Term, TermUnit
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.notice import AlertAddress, CaseFile, Document, FileRole, Notice, Sender, StoredFile


def a_file(filename: str = "carta-000079-2026.pdf", **overrides: Any) -> StoredFile:
    """Build the main document; its hash follows from its name."""
    file = StoredFile(
        role=FileRole.MAIN,
        filename=filename,
        media_type="application/pdf",
        sha256=hashlib.sha256(filename.encode()).hexdigest(),
        size=245_312,
        object_key="notices/2026/03/09/documento.pdf",
    )
    return replace(file, **overrides)


def an_annex(filename: str = "anexo-1.pdf", **overrides: Any) -> StoredFile:
    """Build an annex."""
    return a_file(filename, **{"role": FileRole.ANNEX, "size": 18_204, **overrides})


def a_notice(**overrides: Any) -> Notice:
    """Build a notice deposited on Monday 9 March 2026 at 15:15:30 in Lima, with a term of 10 business days."""
    notice = Notice(
        notice_id=code_from_number(400_000_022_026),
        verification_code=code_from_number(7_312_448_905_113),
        mailbox_id="1-40000002",
        holder=Holder(DocumentType.DNI, "40000002", "QUISPE DEMO MARÍA ÑUSTA"),
        sender=Sender("20100000009", "Entidad de Demostración", "Av. Ejemplo 123, Lima", "(01) 000-0000"),
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
        regime=Regime.DEPOSIT,
        term=Term(10, TermUnit.BUSINESS_DAYS),
        deposited_at=datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC),
        deadline=Deadline(
            effective_on=date(2026, 3, 9),
            term_starts_on=date(2026, 3, 10),
            term_ends_on=date(2026, 3, 23),
            starts_by=date(2026, 3, 10),
            ends_by=date(2026, 3, 23),
            calendar_version="PE-2026.1",
        ),
        files=(a_file(), an_annex()),
        alerted=(AlertAddress("email", "m***@ejemplo.pe"), AlertAddress("sms", "+51 *** *** 321")),
        legal_text_version="es-PE-2",
    )
    return replace(notice, **overrides)
