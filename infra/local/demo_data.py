"""Demonstration data: one institution with a key, and mailboxes to deposit into. All of it is made up."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from chalicelib.bootstrap import Container
from chalicelib.domain.institution import Institution, InstitutionState, KeyAlgorithm, SigningKey
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.store.institution_store import PROFILE, key_item, signing_key_from
from chalicelib.store.tables import InstitutionItem, MailboxItem

INSTITUTION = Institution(
    institution_id="entidad-demo",
    name="Entidad de Demostración",
    address="Av. Ejemplo 123, Lima",
    phone="(01) 000-0000",
    state=InstitutionState.ACTIVE,
    attaches_receipt=True,
)
KEY_ID = "demo-1"
RECIPIENT = "DNI:40000002"


def _user(number: int, name: str, mobile: str | None = None, state: UserState = UserState.ACTIVE) -> MailboxUser:
    address = f"{name.split(maxsplit=1)[0].lower()}.{number}@ejemplo.pe"
    return MailboxUser(f"u{number}", name, address, mobile, state, is_principal=number == 1)


MAILBOXES = (
    Mailbox(
        "1-40000002",
        Holder(DocumentType.DNI, "40000002", "QUISPE DEMO MARIA ÑUSTA"),
        MailboxState.OPEN,
        (_user(1, "Maria Quispe Demo", "+51900000001"), _user(2, "Rosa Mamani Demo")),
        version=1,
    ),
    Mailbox(
        "8-20100000009",
        Holder(DocumentType.RUC, "20100000009", "TEXTILES DEMO S.A.C."),
        MailboxState.OPEN,
        (
            _user(1, "Jorge Flores Demo", "+51900000011"),
            _user(2, "Elena Huaman Demo", "+51900000012"),
            _user(3, "Pedro Rojas Demo"),
            _user(4, "Carmen Soto Demo", state=UserState.PENDING),
            _user(5, "Luis Vega Demo", "+51900000015", UserState.DISABLED),
        ),
        version=1,
    ),
    Mailbox(
        "1-40000010",
        Holder(DocumentType.DNI, "40000010", "CONDORI DEMO JUAN"),
        MailboxState.DISABLED,
        (_user(1, "Juan Condori Demo"),),
        version=1,
    ),
)


def load_demo_data(box: Container, folder: Path, *, now: datetime, addresses: dict[str, str]) -> None:
    """Add what is missing and change nothing that is there; write where the run listens to `folder/demo.json`.

    `addresses` are `base_url`, `authority` and `outbox_url`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    public_key = _public_key(folder / "key.pem")
    if not InstitutionItem.count(INSTITUTION.institution_id, InstitutionItem.item == PROFILE):
        box.institutions.put(INSTITUTION)
    _register(box, public_key, now)
    for mailbox in MAILBOXES:
        if not MailboxItem.count(mailbox.mailbox_id):
            box.mailboxes.put(mailbox)
    demo = {**addresses, "keyid": f"{INSTITUTION.institution_id}:{KEY_ID}", "recipient": RECIPIENT}
    (folder / "demo.json").write_text(json.dumps(demo, indent=2) + "\n", "utf-8")


def _public_key(path: Path) -> bytes:
    """Return the public half of the key in the file, which is made at the first run."""
    if path.exists():
        key: Any = load_pem_private_key(path.read_bytes(), None)
    else:
        key = Ed25519PrivateKey.generate()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    der: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def _register(box: Container, public_key: bytes, now: datetime) -> None:
    """Register the key, unless this very one is registered."""
    key = SigningKey(
        institution_id=INSTITUTION.institution_id,
        key_id=KEY_ID,
        algorithm=KeyAlgorithm.ED25519,
        public_key=public_key,
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=3650),
    )
    for found in InstitutionItem.query(INSTITUTION.institution_id, InstitutionItem.item == key_item(KEY_ID)):
        stored = signing_key_from(found)
        if stored is not None and stored.public_key == public_key:
            return
    box.institutions.put_key(key)
