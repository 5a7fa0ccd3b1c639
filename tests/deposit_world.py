"""A small world for deposits: an institution, its keys, a mailbox, a clock, and requests as the sender signs them."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from chalice.test import Client, HTTPResponse
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fpdf import FPDF

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.freezing import frozen
from chalicelib.domain.deadline import Regime
from chalicelib.domain.mailbox import (
    AccessChange,
    ChangeKind,
    DocumentType,
    Holder,
    Mailbox,
    MailboxState,
    MailboxUser,
    UserState,
)
from chalicelib.domain.sender.institution import AppliedNorm, Institution, InstitutionState, KeyAlgorithm, SigningKey
from chalicelib.store.codec import to_data
from chalicelib.store.sender.institution_store import PROFILE, key_item
from chalicelib.store.tables import InstitutionItem
from examples.casilla_sender import content_digest, signature_fields

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
AUTHORITY = "api.casilla.example"
INSTITUTION_ID = "entidad-demo"
KEY_ID = "2026-1"
ED25519_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P256_KEY = generate_private_key(SECP256R1())
COVERED = ("@method", "@authority", "@path", "content-type", "content-digest", "idempotency-key")


@dataclass
class Clock:
    """A clock that stands where it is put, or goes on by `step` each time it is read."""

    now: datetime = NOW
    step: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def an_institution(**overrides: Any) -> Institution:
    institution = Institution(
        institution_id=INSTITUTION_ID,
        name="Entidad de Demostración",
        address="Av. Ejemplo 123, Lima",
        phone="(01) 000-0000",
        state=InstitutionState.ACTIVE,
        regime=Regime.DEPOSIT,
        norms=tuple(
            AppliedNorm(regime, f"D.S. 001-2026-DEMO, art. {number}") for number, regime in enumerate(Regime, 1)
        ),
        attaches_receipt=False,
    )
    return replace(institution, **overrides)


def a_user(number: int = 1, **overrides: Any) -> MailboxUser:
    user = MailboxUser(
        user_id=f"u{number}",
        name=f"Usuaria Ejemplo {number}",
        email=f"usuaria{number}@ejemplo.pe",
        mobile=f"+5190000000{number}",
        state=UserState.ACTIVE,
        is_principal=number == 1,
    )
    return replace(user, **overrides)


def a_mailbox(number: str = "40000002", **overrides: Any) -> Mailbox:
    mailbox = Mailbox(
        mailbox_id=f"1-{number}",
        holder=Holder(DocumentType.DNI, number, "QUISPE DEMO MARÍA ÑUSTA"),
        state=MailboxState.OPEN,
        users=(a_user(1), a_user(2, mobile=None)),
        version=1,
    )
    return replace(mailbox, **overrides)


def a_frozen_mailbox(number: str, at: datetime) -> Mailbox:
    """Return one whose principal user's password was changed an hour before somebody contested it."""
    mailbox = a_mailbox(number)
    change = AccessChange("c1", ChangeKind.PASSWORD, "u1", at - timedelta(hours=1), mailbox.users[0].email)
    frozen_mailbox = frozen(mailbox, change, at)
    assert frozen_mailbox
    return frozen_mailbox


def a_pdf(text: str = "Contenido sintético de prueba") -> bytes:
    pdf = FPDF()
    pdf.set_creation_date(NOW)
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.cell(text=text)
    return bytes(pdf.output())


PDF = a_pdf()


def an_inline_file(content: bytes = PDF, filename: str = "carta-000079-2026.pdf", **overrides: Any) -> dict[str, Any]:
    return {
        "filename": filename,
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "content": base64.b64encode(content).decode(),
        **overrides,
    }


def a_body(**overrides: Any) -> dict[str, Any]:
    return {
        "recipient": {"document_type": "DNI", "document_number": "40000002"},
        "case_file": {"number": "EXP-2026-000098", "opened_on": "2026-02-16"},
        "document": {
            "type": "CARTA",
            "number": "000079-2026",
            "subject": "Respuesta a su solicitud de información",
            "issued_at": "2026-03-06T11:05:00-05:00",
            "office": "Oficina de Atención a la Ciudadanía",
            "signed_by": "Persona Firmante de Ejemplo",
            "prepared_by": "Persona Redactora de Ejemplo",
        },
        "term": {"amount": 10, "unit": "business_days"},
        "main": an_inline_file(),
        **overrides,
    }


@dataclass
class SignedCall:
    """One request ready to send; tests spoil parts of it after signing."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class World:
    """The app over an engine, with one institution, one key of each kind and one mailbox."""

    container: Container
    client: Client
    clock: Clock
    nonces: Any = field(default_factory=lambda: itertools.count(1))

    def seed(self) -> None:
        put_institution(self.container, an_institution())
        put_key(self.container, a_signing_key())
        put_key(
            self.container, a_signing_key(key_id="p256", algorithm=KeyAlgorithm.ECDSA_P256, public_key=_der(P256_KEY))
        )
        mailbox_store(self.container).put(a_mailbox())

    def signed(  # noqa: PLR0913 - each is one thing a test may spoil
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        idempotency_key: str | None = None,
        keyid: str = f"{INSTITUTION_ID}:{KEY_ID}",
        private_key: Any = ED25519_KEY,
        nonce: str | None = None,
        created: datetime | None = None,
        covered: tuple[str, ...] | None = None,
    ) -> SignedCall:
        """Sign a request as an integrator would."""
        address = urlsplit(path)
        values = {
            "@method": method,
            "@authority": AUTHORITY,
            "@path": address.path,
            **({"@query": f"?{address.query}"} if address.query else {}),
        }
        headers = {}
        if body:
            headers = {"content-type": "application/json", "content-digest": content_digest(body)}
        if idempotency_key is not None:
            headers["idempotency-key"] = idempotency_key
        values |= headers
        components = [(name, value) for name, value in values.items() if covered is None or name in covered]
        fields = signature_fields(
            private_key,
            keyid,
            components,
            created=int((created or self.clock.now).timestamp()),
            nonce=nonce or f"nonce-for-tests-{next(self.nonces):04d}",
        )
        return SignedCall(method, path, {**headers, **fields}, body)

    def send(self, call: SignedCall) -> HTTPResponse:
        return self.client.http.request(call.method, call.path, headers=call.headers, body=call.body)

    def deposit(self, body: Mapping[str, Any] | bytes | None = None, *, key: str = "clave-1", **signing: Any) -> Any:
        """Sign and send a deposit."""
        raw = body if isinstance(body, bytes) else json.dumps(a_body() if body is None else body).encode()
        return self.send(self.signed("POST", "/v1/deposits", raw, idempotency_key=key, **signing))

    def get(self, path: str, **signing: Any) -> HTTPResponse:
        return self.send(self.signed("GET", path, **signing))


def a_signing_key(**overrides: Any) -> SigningKey:
    key = SigningKey(
        institution_id=INSTITUTION_ID,
        key_id=KEY_ID,
        algorithm=KeyAlgorithm.ED25519,
        public_key=_der(ED25519_KEY),
        not_before=NOW - timedelta(days=30),
        not_after=NOW + timedelta(days=365),
    )
    return replace(key, **overrides)


def _der(private_key: Any) -> bytes:
    der: bytes = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def institution_item(institution: Institution) -> InstitutionItem:
    """Return an institution as its table holds it."""
    version = institution.version or None
    return InstitutionItem(institution.institution_id, PROFILE, data=to_data(institution), version=version)


def put_institution(box: Container, institution: Institution) -> None:
    """Put an institution there as it is, with no event."""
    institution_store(box)  # names the tables
    institution_item(institution).save()


NOTED = "9999-12-31"
"""As of a key whose use of the day is noted already: so its requests are as all but the first of a day."""


def put_key(box: Container, key: SigningKey, *, used_on: str | None = NOTED) -> None:
    """Put a key there as it is, with no event."""
    institution_store(box)
    InstitutionItem(key.institution_id, key_item(key.key_id), data=to_data(key), used_on=used_on).save()
