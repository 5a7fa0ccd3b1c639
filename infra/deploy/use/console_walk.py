"""Walk the console of a deployed stack, from the operator's first administrator to a notice that was sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.domain.access.account import Account
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.institution.staff_item import staff_item
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.tables import StaffItem
from infra.deploy.use.check import check
from infra.deploy.use.console import Clerk
from infra.deploy.use.deployment import Deployment
from infra.deploy.use.desk_walk import walk_desk
from infra.deploy.use.filing_walk import FilingWalk, enter_filer, walk_filings
from infra.deploy.use.operator import WHO, give
from infra.deploy.use.person import PersonClient
from infra.operate import in_stack

ENTITY = "muni-demo"
_AT = f"/plataforma/entidades/{ENTITY}"
_HOLDER, _HOLDERS = "40000004", "titular-de-consola@ejemplo.example"
_COORDINATORS = "40000071"
_SECONDS, _SECOND = "40000073", "revisa@consola.example"
_ADMINISTRATOR, _COORDINATOR, _OFFICER = (f"{name}@consola.example" for name in ("administra", "coordina", "notifica"))
_DRAFTS, _SENT, _NEW_KEY = "/entidad/redactar", "/entidad/enviadas", "/entidad/claves/registrar"
_CASE = "DEMO-2026-000002"
CONSOLE_KEY = "consola-1"


@dataclass
class _People:
    """Who works there, each with a browser of their own."""

    administrator: Clerk
    coordinator: Clerk
    officer: Clerk


def walk_console(
    visitor: Callable[[], PersonClient], files: tuple[Path, Path], tell: Callable[[str], None]
) -> Ed25519PrivateKey:
    """Go the whole way, and return the institution's key; `files` are a document and an annex that fits into a form.

    Raises:
        AssertionError: at the first step that fails.

    """
    people = _People(Clerk(visitor()), Clerk(visitor()), Clerk(visitor()))
    deployment = people.officer.visitor.deployment
    _open_mailbox()
    _found_institution(people.administrator, deployment, emblem=files[1])
    tell("the operator's command made the first administrator, who made an institution and its coordinator")
    _enrol(people)
    tell("a coordinator enrolled an officer; both set up their devices")
    key = _settle(people.coordinator)
    tell("keys, offices and contacts set")
    notice_id = _compose(people.officer, files)
    tell(f"an officer wrote {notice_id} and deposited it")
    _see_sent(people.officer, notice_id)
    tell("seen as sent, alerted and counted; exported, documents downloaded")
    _suspend(people, notice_id)
    tell("its reading suspended by two people")
    _attend(people, lambda: Clerk(visitor()), files[0])
    tell("a password restored and a passport holder registered at the desk, by two officers each")
    filer = enter_filer(visitor())
    walk_filings(FilingWalk(people.coordinator, people.officer, filer, ENTITY, files), tell)
    _leave(people)
    tell("an officer disabled, out and removed, a coordinator logged out")
    return key


def _open_mailbox() -> None:
    user = MailboxUser("u4", "Titular de Ejemplo", _HOLDERS, "+51900000004", UserState.ACTIVE, is_principal=True)
    holder = Holder(DocumentType.DNI, _HOLDER, "QUISPE DEMO PEDRO")
    MailboxStore().put(Mailbox(f"1-{_HOLDER}", holder, MailboxState.OPEN, (user,), 1))
    AccountStore().add(Account(f"1-{_HOLDER}", user.user_id, f"1-{_HOLDER}", UserState.ACTIVE, name=user.name))


def _found_institution(own: Clerk, deployment: Deployment, *, emblem: Path) -> None:
    line = f"--document 40000070 --name 'Ada Ejemplo' --position Jefa --email {_ADMINISTRATOR} {WHO}"
    command = f"staff first-administrator {line}"
    give(deployment, command, command)
    own.log_in(own.set_up(_ADMINISTRATOR), "/plataforma")
    client, stack = deployment.client("lambda"), deployment.resources["Operator"].removesuffix("-operator")
    check(in_stack(client, stack, {"command": command})["exit"] == 1, "the command takes nobody's place")
    named = {"institution_id": ENTITY, "name": "Municipalidad de Demostración", "short_name": ""}
    led = own.fill("/plataforma/entidades/nueva", **named, address="Av. Ejemplo 1", phone="000000")
    check(led.startswith(_AT), f"an institution is added: {led}")
    citation = "D.S. 000-2026-DEMO, art. 2"
    own.fill(f"{_AT}/norma", regime="deposit", citation=citation, channels="both", is_default="si")
    own.fill(f"{_AT}/horario", opens_at="08:00", closes_at="17:00")
    own.attach(f"{_AT}/emblema", ("emblem", emblem.name, emblem.read_bytes()), step="guardar")
    own.fill(f"{_AT}/estado", state="active", reason="Prueba del despliegue")
    own.see("/plataforma/entidades", "Municipalidad de Demostración")
    person = _person(_COORDINATORS, "Carla Ejemplo", _COORDINATOR)
    check("hecho=agregado" in own.fill(f"{_AT}/coordinadores/agregar", **person), "a coordinator is written to")


def _enrol(people: _People) -> None:
    own = people.coordinator
    own.log_in(own.set_up(_COORDINATOR), "/entidad")
    person = _person("40000072", "Oscar Ejemplo", _OFFICER)
    permissions = ("deposit", "see_sent", "consult", "recover", "register", "attend")
    led = own.fill("/entidad/equipo/agregar", **person, permissions=permissions)
    check("hecho=agregado" in led, "an officer is written to")
    people.officer.log_in(people.officer.set_up(_OFFICER), "/entidad")


def _person(number: str, name: str, email: str) -> dict[str, Any]:
    return {"document_number": number, "name": name, "position": "Especialista", "email": email}


def _settle(own: Clerk) -> Ed25519PrivateKey:
    """Register a key and add an office, having shown a code again; name a contact."""
    own.fill("/entidad/confirmar", code=own.code())
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    today = datetime.now(ZoneInfo("America/Lima")).date()
    days = {**_day("not_before", today), **_day("not_after", today + timedelta(days=90))}
    empty = ("public_key_file", "", b"")
    check_page = own.attach(_NEW_KEY, empty, public_key=public, key_id=CONSOLE_KEY, **days, step="revisar")
    led = own.attach(check_page, empty, step="registrar")
    own.see(led, CONSOLE_KEY)
    own.see("/entidad/claves", CONSOLE_KEY)
    office = {"name": "Oficina Norte", "address": "Jr. Ejemplo 4", "opens_at": "", "closes_at": "", "region": ""}
    own.fill("/entidad/oficinas/agregar", **office)
    own.see("/entidad/oficinas", "Oficina Norte")
    desk = {"subject": "Licencias", "desk": "Mesa de partes", "phone": "000000", "email": "", "hours": ""}
    own.fill("/entidad/institucion/contactos/nuevo", **desk)
    own.see(f"/entidades/{ENTITY}", "Licencias")
    [emblem] = set(re.findall(r'src="(/emblemas/[^"]+)"', own.see("/entidad")))
    own.see(emblem, "<svg")
    own.see("/entidad/equipo", "Oscar Ejemplo")
    return key


def _day(name: str, day: date) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def _compose(own: Clerk, files: tuple[Path, Path]) -> str:
    """Write a notice part by part, have the worker look at its files, and deposit it."""
    at = own.fill(_DRAFTS).rpartition("/")[0]
    own.fill(f"{at}/oficina", office_id="entidad", is_shared="si")
    asked = {"document_type": "DNI", "document_number": _HOLDER, "reason": "Prueba del despliegue"}
    own.see(own.fill(f"{at}/destinatario", **asked), "Tiene casilla electrónica")
    day = datetime.now(ZoneInfo("America/Lima")).date() - timedelta(days=1)
    own.fill(f"{at}/expediente", case_number=_CASE, **_day("opened_on", day))
    act = {"type": "CARTA", "number": "DEMO-2-2026", "subject": "Notificación de prueba de la consola"}
    own.fill(f"{at}/documento", **act, **_day("issued_on", day), issued_time="09:00")
    who = {"office": "Oficina de Demostración", "signed_by": "Firmante", "prepared_by": "Redactora"}
    own.fill(f"{at}/remite", **who)
    own.fill(f"{at}/plazo", has_term="si", amount="10", unit="business_days", regime="")
    for role, file in zip(("main", "annex"), files, strict=True):
        led = own.attach(f"{at}/archivos", ("file", file.name, file.read_bytes()), role=role, upload_id="")
        check("hecho=adjuntado" in led, f"{file.name} is attached: {led}")
    own.wait(f"{at}/archivos", lambda page: page.count(". Pasa.") == len(files), "the worker checks both files")
    led = own.fill(f"{at}/depositar")
    check(led == f"{at}/depositada", f"it is deposited: {led}")
    own.see(led, "Notificación depositada")
    check(own.follow(f"{at}/constancia").startswith(b"%PDF-"), "the receipt is downloaded")
    listed = own.see(_SENT, act["subject"])
    [notice_id] = set(re.findall(rf'href="{_SENT}/([^"/?]+)"', listed)) - {"excel"}
    return str(notice_id)


def _see_sent(own: Clerk, notice_id: str) -> None:
    """Find it sent, alerted and counted; take it as an Excel, and its files."""
    at = f"{_SENT}/{notice_id}"
    own.wait(f"{_SENT}?estado=alertada", lambda page: f'href="{at}"' in page, "the list says that it was alerted")
    own.see(at, _CASE, "Qué pasó")
    own.see(f"{_SENT}?destinatario={_HOLDER}", notice_id)
    check(own.follow(f"{_SENT}/excel").startswith(b"PK"), "what was sent comes as Excel")
    for file in ("documentos/main", "constancia"):
        check(own.follow(f"{at}/{file}").startswith(b"%PDF-"), f"{file} is downloaded")
    own.see("/entidad/alertas-fallidas")
    own.wait("/entidad", _counts_one, "the panel counts it")
    own.see(own.fill("/entidad/consultar", document_type="DNI", document_number=_HOLDER, reason="Prueba"), "casilla")


def _counts_one(panel: str) -> bool:
    return re.search(r"Depósitos, últimos 30 días</title>\s*<desc[^>]*>En total 1,", panel) is not None


def _suspend(people: _People, notice_id: str) -> None:
    """Have the officer ask, and the coordinator confirm."""
    at = f"{_SENT}/{notice_id}/suspender"
    people.officer.fill(at, cause="wrong_recipient", reason="Prueba del despliegue", deed="pedir")
    _be_enrolled_days_ago(_COORDINATORS)
    people.coordinator.see(people.coordinator.fill(at, deed="confirmar"), "La lectura está suspendida")
    people.administrator.see("/plataforma/suspensiones", notice_id)


def _attend(people: _People, visitor: Callable[[], Clerk], copy: Path) -> None:
    """Have the officer take, and a second one check."""
    second = visitor()
    person = _person(_SECONDS, "Elena Ejemplo", _SECOND)
    led = people.coordinator.fill("/entidad/equipo/agregar", **person, permissions=("recover", "register"))
    check("hecho=agregado" in led, "a second officer is written to")
    second.log_in(second.set_up(_SECOND), "/entidad")
    _be_enrolled_days_ago(_SECONDS)
    walk_desk(people.officer, second, visitor, (_HOLDER, _HOLDERS), copy)
    people.coordinator.fill(
        f"/entidad/equipo/{_staff_id_of(people.coordinator, 'Elena')}/deshabilitar", reason="Prueba"
    )


def _staff_id_of(own: Clerk, name: str) -> str:
    rows = own.see("/entidad/equipo").split("<tr")
    [row] = [one for one in rows if name in one]
    return str(re.findall(r'href="/entidad/equipo/([^"/]+)/deshabilitar"', row)[0])


def _be_enrolled_days_ago(document_number: str) -> None:
    """Let a person of this run confirm a suspension, which nobody may whom somebody enrolled that day."""
    item = StaffItem.get(ENTITY, staff_item(document_number), consistent_read=True)
    member = from_data(StaffMember, item.data)
    check(member.enrolled_at is not None, "who was enrolled has a date of it")
    enrolled_at = datetime.now(UTC) - timedelta(days=2)
    item.update([StaffItem.data.set(to_data(replace(member, enrolled_at=enrolled_at)))])


def _leave(people: _People) -> None:
    """Disable the officer, who is out at the next click, and remove them; log out."""
    own, path = people.coordinator, _SENT
    [staff_id] = set(re.findall(r'href="/entidad/equipo/([^"/]+)/deshabilitar"', own.see("/entidad/equipo")))
    own.fill(f"/entidad/equipo/{staff_id}/deshabilitar", reason="Prueba del despliegue")
    check(people.officer.leads(path).startswith("/entidad/ingresar"), "whoever is disabled is out")
    led = own.fill(f"/entidad/equipo/{staff_id}/quitar", reason="Prueba del despliegue")
    check("Oscar Ejemplo" not in own.see(led), "whoever is removed is not listed")
    own.press("/entidad", "/entidad/salir")
    check(own.leads("/entidad").startswith("/entidad/ingresar"), "whoever logged out is out")
