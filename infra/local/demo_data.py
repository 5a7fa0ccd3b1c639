"""Demonstration data: one institution with a key, and mailboxes to deposit into. All of it is made up."""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import dataclass, replace
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
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.deadline import Regime
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.sender.institution import (
    AppliedNorm,
    Institution,
    InstitutionState,
    KeyAlgorithm,
    SigningKey,
)
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.store.sender.institution_store import PROFILE, key_item, signing_key_from
from chalicelib.store.tables import InstitutionItem
from infra.local.demo_notices import OLDEST, deposit_demo_notices

NORMS = (
    AppliedNorm(Regime.DEPOSIT, "D.S. 000-2026-DEMO, art. 2, que aplica el numeral 20.4 del TUO de la Ley N° 27444"),
    AppliedNorm(Regime.IMMEDIATE, "Artículo 25 del TUO de la Ley N° 27444, último párrafo"),
)
INSTITUTION = Institution(
    institution_id="entidad-demo",
    name="Entidad de Demostración",
    address="Av. Ejemplo 123, Lima",
    phone="(01) 000-0000",
    state=InstitutionState.ACTIVE,
    regime=Regime.DEPOSIT,
    norms=NORMS,
)
OTHER_INSTITUTION = Institution(
    institution_id="municipalidad-demo",
    name="Municipalidad Provincial de Villa Demostración y sus Centros Poblados",
    address="Plaza Ejemplo 1, Lima",
    phone="(01) 000-0001",
    state=InstitutionState.ACTIVE,
    regime=Regime.DEPOSIT,
    norms=NORMS,
    short_name="Muni. Villa Demostración",
)
INSTITUTIONS = (INSTITUTION, OTHER_INSTITUTION)
KEY_ID = "demo-1"
RECIPIENT = "DNI:40000002"


PASSWORD = "Ventana-larga-azul-47"  # noqa: S105 - everyone's, printed at the start of `make run`
PEOPLE = ("1-40000002", "1-40000002.40000021", "8-20100000009", "8-20100000009.40000028")
"""Usernames to try: principal and secondary users of a person's and of a company's mailbox."""


@dataclass(frozen=True, slots=True)
class _Person:
    """A made-up user; identifiers are as those of real ones: nobody else's in any mailbox."""

    user_id: str
    number: str
    name: str
    mobile: str | None = None
    state: UserState = UserState.ACTIVE

    def as_user(self, *, is_principal: bool) -> MailboxUser:
        local = unicodedata.normalize("NFKD", self.name.split(maxsplit=1)[0].lower()).encode("ascii", "ignore").decode()
        email = f"{local}.{self.number[-2:]}@ejemplo.pe"
        return MailboxUser(
            self.user_id, self.name, email, self.mobile, self.state, is_principal, DocumentType.DNI, self.number
        )


def _mailbox(mailbox_id: str, holder: Holder, *people: _Person, state: MailboxState = MailboxState.OPEN) -> Mailbox:
    users = tuple(person.as_user(is_principal=person is people[0]) for person in people)
    return Mailbox(mailbox_id, holder, state, users, version=1)


MAILBOXES = (
    _mailbox(
        "1-40000002",
        Holder(DocumentType.DNI, "40000002", "QUISPE DEMO MARIA ÑUSTA"),
        _Person("de403361f63b49e49bde6c2805b3f0e6", "40000002", "Maria Quispe Demo", "+51900000001"),
        _Person("4f660473c22b4858a484cd314a37e778", "40000021", "Rosa Mamani Demo"),
    ),
    _mailbox(
        "8-20100000009",
        Holder(DocumentType.RUC, "20100000009", "TEXTILES DEMO S.A.C."),
        _Person("7000e34a8af34cdc9efea55b725ded40", "40000027", "Jorge Flores Demo", "+51900000011"),
        _Person("55f2999978b542499469badf1851a10b", "40000028", "Elena Huaman Demo", "+51900000012"),
        _Person("b23530eb46544ef087b0da0b39ebbd63", "40000033", "Pedro Rojas Demo"),
        _Person("d282c062bbb54363b328e39a480df1a0", "40000034", "Carmen Soto Demo", state=UserState.PENDING),
        _Person("92780f4a92f84b44957cbb2aef372271", "40000035", "Luis Vega Demo", "+51900000015", UserState.DISABLED),
    ),
    _mailbox(
        "1-40000010",
        Holder(DocumentType.DNI, "40000010", "CONDORI DEMO JUAN"),
        _Person("41e024cb404545d9855b26fb2aa9cbec", "40000010", "Juan Condori Demo"),
        state=MailboxState.DISABLED,
    ),
)


def load_demo_data(box: Container, folder: Path, *, now: datetime, addresses: dict[str, str]) -> None:
    """Add what is missing and change nothing that is there; write where the run listens to `folder/demo.json`.

    `addresses` are `base_url`, `authority` and `outbox_url`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    public_key = _public_key(folder / "key.pem")
    institutions = institution_store(box)  # names the tables
    for institution in INSTITUTIONS:
        if not InstitutionItem.count(institution.institution_id, InstitutionItem.item == PROFILE):
            institutions.put(institution)
        _register(box, institution, public_key, now)
    _add_mailboxes(box)
    _add_accounts(box)
    keyids = tuple(f"{institution.institution_id}:{KEY_ID}" for institution in INSTITUTIONS)
    filled = mailbox_store(box).find(MAILBOXES[0].mailbox_id)
    if filled is not None:
        deposit_demo_notices(box, filled, key=folder / "key.pem", keyids=keyids, now=now)
    demo = {**addresses, "keyid": f"{INSTITUTION.institution_id}:{KEY_ID}", "recipient": RECIPIENT}
    (folder / "demo.json").write_text(json.dumps(demo, indent=2) + "\n", "utf-8")


def _add_mailboxes(box: Container) -> None:
    for mailbox in MAILBOXES:
        found = mailbox_store(box).find(mailbox.mailbox_id)
        if found is None:
            mailbox_store(box).put(mailbox)
        elif found.user(mailbox.users[0].user_id) is None:  # kept since before users had identifiers of their own
            mailbox_store(box).update(replace(mailbox, version=found.version))


def _add_accounts(box: Container) -> None:
    """Let the users of the mailboxes log in, all by one password; a mailbox that people changed keeps its own."""
    password_hash = ""
    for demo in MAILBOXES:
        mailbox = mailbox_store(box).find(demo.mailbox_id) or demo
        for user in demo.users:
            username = demo.username_of(user)
            if mailbox.user(user.user_id) is None or account_store(box).find(username) is not None:
                continue
            is_pending = user.state is UserState.PENDING
            password_hash = password_hash or PasswordHashing().hash(PASSWORD)
            account_store(box).add(
                Account(
                    username,
                    user.user_id,
                    demo.mailbox_id,
                    user.state,
                    None if is_pending else password_hash,
                    name=user.name,
                )
            )


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


def _register(box: Container, institution: Institution, public_key: bytes, now: datetime) -> None:
    """Register the key, unless this very one is registered for as long."""
    key = SigningKey(
        institution_id=institution.institution_id,
        key_id=KEY_ID,
        algorithm=KeyAlgorithm.ED25519,
        public_key=public_key,
        not_before=now - OLDEST,
        not_after=now + timedelta(days=3650),
    )
    for found in InstitutionItem.query(institution.institution_id, InstitutionItem.item == key_item(KEY_ID)):
        stored = signing_key_from(found)
        if stored is not None and stored.public_key == public_key and stored.not_before <= key.not_before:
            return
    institution_store(box).put_key(key)
