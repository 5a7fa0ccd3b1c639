"""Notices of the demonstration, deposited by the real use case at the first start. All of it is made up."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.domain.session import Session
from chalicelib.handlers.api.deposit.deposit_body import read_deposit
from chalicelib.handlers.api.deposit.deposit_hint import look_for_hint
from chalicelib.handlers.api.filing.deposits import answering
from chalicelib.renderers.pdf_document import Paper, Typeface
from chalicelib.services.deposit.deposit_notice import deposit_notice
from chalicelib.services.deposit.depositor import BySignature
from chalicelib.services.reading.open_notice import open_notice
from chalicelib.services.sender.signed_request import WRITE_COVERAGE, SignedRequest, read_claim
from chalicelib.store.tables import NoticeItem
from examples.casilla_sender import content_digest, load_key, signature_fields

OLDEST = timedelta(days=60)
"""From when on the key has to be good for them."""
_ORIGIN = "192.0.2.1"


@dataclass(frozen=True, slots=True)
class _Notice:
    """One made-up notice, deposited some time before the start."""

    sender: int
    ago: timedelta
    type: str
    number: str
    subject: str
    office: str
    regime: str
    days: int | None
    annexes: tuple[str, ...] = ()
    is_opened: bool = False
    act: Mapping[str, Any] = field(default_factory=dict)
    """What the document says beside its text, as a deposit has it."""


_REMEDIES = [
    {"name": name, "body": body, "term": {"amount": 15, "unit": "business_days"}}
    for name, body in (
        ("Recurso de reconsideración", "Subgerencia de Licencias"),
        ("Recurso de apelación", "Gerencia de Desarrollo Económico"),
    )
]
_NOTICES = (
    _Notice(
        0,
        timedelta(days=41),
        "CARTA",
        "000031-2026-OAC",
        "Respuesta a su solicitud de acceso a la información pública",
        "Oficina de Atención a la Ciudadanía",
        "deposit",
        None,
        is_opened=True,
    ),
    _Notice(
        1,
        timedelta(days=27),
        "RESOLUCIÓN SUBGERENCIAL",
        "000118-2026-SGL",
        "Declara procedente la renovación de la licencia de funcionamiento del local de ejemplo",
        "Subgerencia de Licencias",
        "deposit",
        15,
        ("plano-aprobado.pdf",),
        is_opened=True,
        act={"ends_administrative_path": False, "remedies": _REMEDIES},
    ),
    _Notice(
        1,
        timedelta(days=12),
        "OFICIO",
        "000207-2026-SGF",
        "Observaciones al expediente de obra menor: documentos por completar",
        "Subgerencia de Fiscalización",
        "deposit",
        10,
    ),
    _Notice(
        0,
        timedelta(days=4),
        "RESOLUCIÓN DIRECTORAL",
        "000064-2026-DS",
        "Dicta medida cautelar de suspensión temporal de actividades",
        "Dirección de Supervisión",
        "immediate",
        None,
        ("acta-de-supervision.pdf",),
    ),
    _Notice(
        0,
        timedelta(days=1, hours=3),
        "CITACIÓN",
        "000012-2026-CON",
        "Citación a audiencia de conciliación",
        "Centro de Conciliación",
        "acknowledgement",
        5,
    ),
    _Notice(
        0,
        timedelta(hours=2),
        "RESOLUCIÓN JEFATURAL",
        "000145-2026-OGTI",
        "Requiere información complementaria sobre la solicitud de beneficio presentada en el expediente de ejemplo",
        "Oficina General de Tecnologías de la Información",
        "deposit",
        10,
        (
            *("informe-tecnico.pdf", "informe-legal.pdf", "cuadro-de-documentos.pdf"),
            *("formato-de-respuesta.pdf", "plano-de-ubicación.pdf"),
        ),
    ),
)


def deposit_demo_notices(
    box: Container, mailbox: Mailbox, *, keys: tuple[tuple[str, Path], ...], now: datetime
) -> None:
    """Fill a mailbox that never had a notice; `keys` are the keyid and the key's file of each that sends."""
    if NoticeItem.by_mailbox.count(mailbox.mailbox_id, limit=1):
        return
    for notice in _NOTICES:
        at = now - notice.ago
        notice_id = _deposit(box, mailbox, notice, *keys[notice.sender], at)
        if notice.is_opened:
            open_demo_notice(box, mailbox, notice_id, at + timedelta(hours=5))


def deposit_demo_notice(box: Container, mailbox: Mailbox, number: str, *, key: tuple[str, Path], at: datetime) -> str:
    """Deposit another one, of this number; return the notice's. `key` is keyid and file of the first sender's."""
    return _deposit(box, mailbox, replace(_NOTICES[0], number=number), *key, at)


def _deposit(  # noqa: PLR0913, PLR0917 - what, whose, by whom and when
    box: Container, mailbox: Mailbox, notice: _Notice, keyid: str, key: Path, at: datetime
) -> str:
    request = _signed(box, _body(mailbox, notice, at), key, keyid, at)
    claim = read_claim(request, (*WRITE_COVERAGE, "idempotency-key"), now=at)
    answer = deposit_notice(
        partial(read_deposit, request.body, box.mailbox_prefixes),
        by=BySignature(request, claim, request.headers["idempotency-key"], sender_tools(box), answering),
        hint=look_for_hint(request.body, box.mailbox_prefixes),
        tools=replace(deposit_tools(box), clock=_stopped_at(at)),
    )
    return str(json.loads(answer.body)["notice_id"])


def _stopped_at(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def open_demo_notice(box: Container, mailbox: Mailbox, notice_id: str, at: datetime) -> None:
    """Open one as the mailbox's first user."""
    user: MailboxUser = mailbox.users[0]
    session = Session("", "", user.user_id, mailbox.mailbox_id, mailbox.mailbox_id, at, name=user.name)
    tools = replace(reading_tools(box), clock=_stopped_at(at))
    open_notice(session, tools.readings.find(notice_id), origin=_ORIGIN, tools=tools)


def _signed(box: Container, body: bytes, key: Path, keyid: str, at: datetime) -> SignedRequest:
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "content-type": "application/json",
        "content-digest": content_digest(body),
        "idempotency-key": f"demo-{digest[:16]}",
    }
    path = "/v1/deposits"
    parts = {"@method": "POST", "@authority": box.config.api_authority, "@path": path, **headers}
    signature = signature_fields(
        load_key(key), keyid, list(parts.items()), created=int(at.timestamp()), nonce=digest[:32]
    )
    signed = {**headers, **{name.lower(): value for name, value in signature.items()}}
    return SignedRequest("POST", path, "", signed, body, _ORIGIN)


def _body(mailbox: Mailbox, notice: _Notice, at: datetime) -> bytes:
    local = at - timedelta(hours=20)
    holder = mailbox.holder
    asked: dict[str, Any] = {
        "recipient": {"document_type": holder.document_type.value, "document_number": holder.document_number},
        "case_file": {"number": f"EXP-2026-{notice.number[:6]}", "opened_on": f"{at - timedelta(days=50):%Y-%m-%d}"},
        "document": {
            "type": notice.type,
            "number": notice.number,
            "subject": notice.subject,
            "issued_at": f"{local:%Y-%m-%dT%H:%M:%SZ}",
            "office": notice.office,
            "signed_by": "Firmante Demo Elena",
            "prepared_by": "Redactor Demo Pedro",
            **notice.act,
        },
        "regime": notice.regime,
        "main": _file(f"{notice.type} {notice.number}", notice.subject, f"{notice.number}.pdf", at),
        "annexes": [_file(f"Anexo {number}", name, name, at) for number, name in enumerate(notice.annexes, 1)],
    }
    if notice.days is not None:
        asked["term"] = {"amount": notice.days, "unit": "business_days"}
    return json.dumps(asked).encode()


def _file(title: str, text: str, filename: str, at: datetime) -> dict[str, Any]:
    paper = Paper(typeface=Typeface.CORE, running_title=title, reference="Documento de demostración", created_at=at)
    paper.add_page()
    paper.write_in(16, weight="B")
    paper.paragraph(title)
    paper.write_in(11)
    paper.paragraph(text)
    paper.paragraph("Documento inventado para probar Casilla. No tiene ningún efecto.")
    content = paper.to_bytes()
    return {
        "filename": filename,
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "content": base64.b64encode(content).decode(),
    }
