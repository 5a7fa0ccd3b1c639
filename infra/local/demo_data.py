"""Demonstration data: one institution with a key, and mailboxes to deposit into. All of it is made up."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
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
from chalicelib.domain.mailbox import AcceptedText, DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.sender.institution import AppliedNorm, Institution, InstitutionState
from chalicelib.domain.sender.institution_changes import change_state, cite_norm, new_institution
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.change_institution import add_institution, change_institution
from chalicelib.services.sender.institution_tools import InstitutionTools
from chalicelib.services.sender.read_public_key import read_public_key
from chalicelib.services.sender.register_key import NewKey, register_key
from infra.local.deliveries import BOUNCES
from infra.local.demo_notices import OLDEST, deposit_demo_notices
from infra.local.demo_procedures import publish_demo_procedures
from infra.local.demo_staff import load_demo_staff
from infra.local.state import write_whole

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
KEY_FILES = ("key.pem", "key-municipalidad.pem")
"""Where each has the key it signs with."""
_KEY_ID = "demo-{}"
_KEYS_LAST = timedelta(days=1000)
RECIPIENT = "DNI:40000002"


PASSWORD = "Ventana-larga-azul-47"  # noqa: S105 - everyone's, printed at the start of `make run`


@dataclass(frozen=True, slots=True)
class _Person:
    """A made-up user; identifiers are as those of real ones: nobody else's in any mailbox."""

    user_id: str
    number: str
    name: str
    mobile: str | None = None
    state: UserState = UserState.ACTIVE
    fares: str = ""
    """How the address begins, where mail to it does not arrive (`deliveries.py`)."""

    def as_user(self, *, is_principal: bool) -> MailboxUser:
        local = unicodedata.normalize("NFKD", self.name.split(maxsplit=1)[0].lower()).encode("ascii", "ignore").decode()
        email = f"{self.fares or local}.{self.number[-2:]}@ejemplo.pe"
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
        _Person("4f660473c22b4858a484cd314a37e778", "40000021", "Rosa Mamani Demo", "+51900000002"),
    ),
    _mailbox(
        "8-20100000009",
        Holder(DocumentType.RUC, "20100000009", "TEXTILES DEMO S.A.C."),
        _Person("7000e34a8af34cdc9efea55b725ded40", "40000027", "Jorge Flores Demo", "+51900000011"),
        _Person("55f2999978b542499469badf1851a10b", "40000028", "Elena Huaman Demo", "+51900000012"),
        _Person("b23530eb46544ef087b0da0b39ebbd63", "40000033", "Pedro Rojas Demo", "+51900000013"),
        _Person("d282c062bbb54363b328e39a480df1a0", "40000034", "Carmen Soto Demo", state=UserState.PENDING),
        _Person("92780f4a92f84b44957cbb2aef372271", "40000035", "Luis Vega Demo", "+51900000015", UserState.DISABLED),
    ),
    _mailbox(
        "8-20100000017",
        Holder(DocumentType.RUC, "20100000017", "CONFECCIONES DEMO E.I.R.L."),
        _Person("6d1c3b0f5a2e4c7f9a8b1e2d3c4f5a67", "40000037", "Tomas Luna Demo", "+51900000037"),
    ),
    _mailbox(
        "1-40000010",
        Holder(DocumentType.DNI, "40000010", "CONDORI DEMO JUAN"),
        _Person("41e024cb404545d9855b26fb2aa9cbec", "40000010", "Juan Condori Demo", "+51900000010"),
        state=MailboxState.DISABLED,
    ),
    _mailbox(
        "1-40000036",
        Holder(DocumentType.DNI, "40000036", "SALAS DEMO INES"),
        _Person("0c2f6f4b0a8f4f0d9e6f2c7b51d3a836", "40000036", "Ines Salas Demo", "+51900000036", fares=BOUNCES),
    ),
)


def load_demo_data(box: Container, folder: Path, *, now: datetime, addresses: dict[str, str]) -> str:
    """Add what is missing and change nothing that is there; write where the run listens to `folder/demo.json`.

    `addresses` are `base_url`, `authority` and `outbox_url`. Returns the keyid of the demonstration's sender.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    act = OperatorAct("operator:demo", "Datos de demostración", lambda: now, box.chance.new_event_id)
    tools = InstitutionTools(institution_store(box), act)
    keys: dict[str, Path] = {}
    for institution, name in zip(INSTITUTIONS, KEY_FILES, strict=True):
        _add_institution(institution, tools, box.calendar.local(now).date())
        keys[_add_key(institution.institution_id, folder / name, tools, now)] = folder / name
    _add_mailboxes(box)
    _add_accounts(box)
    load_demo_staff(box, PASSWORD, now=now)
    publish_demo_procedures(box, now=now)
    filled = mailbox_store(box).find(MAILBOXES[0].mailbox_id)
    if filled is not None:
        deposit_demo_notices(box, filled, keys=tuple(keys.items()), now=now)
    keyid = next(iter(keys))
    demo = {**addresses, "keyid": keyid, "recipient": RECIPIENT}
    write_whole(folder / "demo.json", f"{json.dumps(demo, indent=2)}\n".encode())
    return keyid


def _add_institution(institution: Institution, tools: InstitutionTools, today: date) -> None:
    """Add it as an operator would; one that an earlier version left gets the norms that it lacks, and no other."""
    institution_id = institution.institution_id
    found = tools.institutions.find(institution_id)
    if found is not None and (found.version or found.norms):
        return
    if found is None:
        told = {name: getattr(institution, name) for name in ("name", "address", "phone", "short_name")}
        add_institution(new_institution(institution_id, **told), tools)
    for norm in institution.norms:
        rule = partial(cite_norm, norm=norm, is_default=norm.regime is institution.regime)
        change_institution(institution_id, rule, tools)
    change_institution(institution_id, partial(change_state, state=institution.state, today=today), tools)


def _add_key(institution_id: str, path: Path, tools: InstitutionTools, now: datetime) -> str:
    """Return the keyid under which the key in the file is registered, and register it where it is not."""
    public_key = read_public_key(_public_key(path))
    keys = tools.institutions.list_keys(institution_id)
    found = next((key for key in keys if key.public_key == public_key.der), None)
    key_id = _KEY_ID.format(len(keys) + 1) if found is None else found.key_id
    if found is None:
        register_key(NewKey(institution_id, key_id, public_key, now - OLDEST, now + _KEYS_LAST), tools)
    return f"{institution_id}:{key_id}"


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
            present = mailbox.user(user.user_id)
            if present is None:
                continue
            username = mailbox.username_of(present)
            if account_store(box).find(username) is not None:
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
                    document_number=user.document_number,
                    accepted=_texts_in_force(box),
                )
            )


def _texts_in_force(box: Container) -> tuple[AcceptedText, ...]:
    """Have the users of the demonstration asked for nothing at their first login."""
    return tuple(AcceptedText(name, version, box.clock(), "") for name, version in portal_texts().current.items())


def _public_key(path: Path) -> str:
    """Return the public half of the key in the file, which is made at the first run."""
    if path.exists():
        key: Any = load_pem_private_key(path.read_bytes(), None)
    else:
        key = Ed25519PrivateKey.generate()
        write_whole(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()
