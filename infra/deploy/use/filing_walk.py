"""Walk the filing window of a deployed stack: filed and answered; observed and corrected; observed, and lapsed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.tables import FilingItem
from infra.deploy.use.check import check
from infra.deploy.use.console import Clerk
from infra.deploy.use.jobs import run, wait_for
from infra.deploy.use.person import PersonClient, accept, log_in, seed_account

_NUMBER, _EMAIL, _USER = "40000005", "quien-presenta@ejemplo.example", "u5"
_CATALOGUE, _INBOX, _OWN = "/entidad/procedimientos", "/entidad/presentados", "/mis-tramites"
_TITLE = "Copia certificada"
_ENDED = 1
"""A second of 1970: whatever ends then ended."""


@dataclass
class FilingWalk:
    """Who takes part; `files` are a document and an annex, and `entity` the institution that they file with."""

    coordinator: Clerk
    officer: Clerk
    filer: Clerk
    entity: str
    files: tuple[Path, Path]
    entry: str = ""

    def answered(self) -> str:
        """File with a document and an annex, take it, answer it by a notice, and open that from the filing's page."""
        before = self._mails()
        filing_id = self._file(annexed=True)
        own, officers = f"{_OWN}/{filing_id}", f"{_INBOX}/{filing_id}"
        check(self.filer.follow(f"{own}/cargo").startswith(b"%PDF-"), "the filing receipt is downloaded")
        check(self.filer.follow(f"{own}/documento?n=2").startswith(b"\x89PNG"), "the annex is downloaded")
        wait_for(lambda: self._mails() > before, "an e-mail with the receipt goes out")
        self.officer.see(f"{_INBOX}?estado=filed", filing_id)
        check(self.officer.follow(f"{_INBOX}/lista/excel?estado=filed").startswith(b"PK"), "the inbox comes as Excel")
        self.officer.fill(f"{officers}/tomar")
        check(self.officer.follow(f"{officers}/documento-1").startswith(b"%PDF-"), "the officer has the document")
        notice_id = self._answer(officers)
        self.filer.see(own, notice_id)
        self.filer.fill(f"/casilla/{notice_id}")
        self.filer.see(f"/casilla/{notice_id}", own)
        return filing_id

    def corrected(self) -> str:
        """File, have it observed, and correct it under the same number."""
        filing_id = self._file()
        self._observe(filing_id)
        begun = self.filer.fill(f"{_OWN}/{filing_id}/subsanar").rpartition("/")[0]
        self._attach(begun, "documento", self.files[0])
        self._checked(f"{begun}/documento", 1)
        self._present(begun, f"{_OWN}/{filing_id}/subsanada")
        check(self.filer.follow(f"{_OWN}/{filing_id}/cargo-subsanacion").startswith(b"%PDF-"), "it has a receipt too")
        self.officer.see(f"{_INBOX}/{filing_id}", "Seguir con la subsanación")
        return filing_id

    def lapsed(self) -> str:
        """File, have it observed, and let the term for correcting it end: it counts as not filed, and both are told."""
        filing_id = self._file()
        self._observe(filing_id)
        item = FilingItem.get(filing_id, consistent_read=True)
        filing = from_data(Filing, item.data)
        if filing.observation is None:
            raise AssertionError(filing_id)
        until = datetime.now(UTC) - timedelta(days=1)
        long_ago = (until - timedelta(days=30)).date()  # from when no calendar counts as far as that end
        over = replace(filing.observation, until=until, remind_at=None, counts_on=long_ago)
        item.update(
            [FilingItem.data.set(to_data(replace(filing, observation=over))), FilingItem.due_at.set(_ENDED)],
        )
        check("no presentada" in self.filer.see(f"{_OWN}/{filing_id}").lower(), "it counts as not filed by itself")
        deployment, before = self.filer.visitor.deployment, self._mails()
        run(deployment, "SendReminders")
        wait_for(lambda: self._mails() > before, "who filed is told that it lapsed")
        return filing_id

    def publish(self) -> None:
        """Have the coordinator publish a procedure, and the public find it."""
        typed = {
            "kind": "exclusive",
            "tupa_code": "SE-01",
            "title": _TITLE,
            "description": "De lo que obra en un expediente.",
            "norm": "TUO de la Ley N° 27444, artículo 171",
            "requirements": "Solicitud.",
            "cost": "1.50",
            "reply": "term",
            "days": "5",
        }
        led = self.coordinator.fill(f"{_CATALOGUE}/nuevo", **typed, step="revisar")
        led = self.coordinator.fill(led, step="publicar")
        check("hecho=publicado" in led, f"a procedure is published: {led}")
        self.entry = f"/tramites/{self.entity}/{led.partition('?')[0].rpartition('/')[2]}"
        self.filer.see("/tramites?q=copia", _TITLE)

    def _file(self, *, annexed: bool = False) -> str:
        """File a draft from its first page to its receipt, and return the filing's id."""
        at = self.filer.press(self.entry, "/presentar").rpartition("/")[0]
        self.filer.fill(f"{at}/pedido", subject="Solicito una copia certificada", tick="0")
        self._attach(at, "documento", self.files[0])
        self._checked(f"{at}/documento", 1)
        if annexed:
            self._upload(at, self.files[1])
            self._checked(f"{at}/anexos", 1)
        self.filer.fill(f"{at}/representado", on_behalf="mio")
        led = self._present(at, "/presentado")
        self.filer.see(led, "Documento presentado")
        return led.split("/")[2]

    def _attach(self, at: str, step: str, file: Path) -> None:
        led = self.filer.attach_at(f"{at}/{step}", at, ("file", file.name, file.read_bytes()))
        check("hecho=adjuntado" in led, f"{file.name} is attached: {led}")

    def _upload(self, at: str, file: Path) -> None:
        """Send a file to the store by the form that the portal shows for it."""
        page = self.filer.see(self.filer.press(f"{at}/anexos", f"{at}/grande"))
        [(address, form)] = re.findall(r'<form method="post" action="(https?:[^"]+)"(.*?)</form>', page, re.DOTALL)
        status, led = self.filer.send_to_store(html.unescape(address), form, ("file", file.name, file.read_bytes()))
        check(status == HTTPStatus.SEE_OTHER and "hecho=enviado" in led, f"the store takes the annex: {status} {led}")

    def _checked(self, page: str, count: int) -> None:
        self.filer.wait(page, lambda shown: shown.count("Listo") == count, "the worker checks what was sent")

    def _present(self, at: str, ends: str) -> str:
        led = self.filer.press(at, f"{at}/presentar")
        check(led.endswith(ends), f"it is filed: {led}")
        return led

    def _observe(self, filing_id: str) -> None:
        before = self._mails()
        self.officer.fill(f"{_INBOX}/{filing_id}/observar", observation="Falta la firma.")
        self.filer.see(f"{_OWN}/{filing_id}", "Falta la firma.")
        wait_for(lambda: self._mails() > before, "an e-mail tells that it was observed")

    def _answer(self, officers: str) -> str:
        """Write the answer's draft, which knows whom it is for, and deposit it."""
        own = self.officer
        at = own.fill(f"{officers}/responder").rpartition("/")[0]
        asked = {"document_type": "DNI", "document_number": _NUMBER, "reason": "Responder lo que presentó"}
        own.fill(f"{at}/destinatario", **asked)
        day = datetime.now(ZoneInfo("America/Lima")).date() - timedelta(days=1)
        act = {"type": "CARTA", "number": "DEMO-3-2026", "subject": "Copia certificada que se pidió"}
        issued = {"issued_on_day": str(day.day), "issued_on_month": str(day.month), "issued_on_year": str(day.year)}
        own.fill(f"{at}/documento", **act, **issued, issued_time="09:00")
        own.fill(f"{at}/remite", office="Oficina de Demostración", signed_by="Firmante", prepared_by="Redactora")
        own.fill(f"{at}/plazo", has_term="no", amount="", unit="", regime="")
        file = self.files[0]
        own.attach(f"{at}/archivos", ("file", file.name, file.read_bytes()), role="main", upload_id="")
        own.wait(f"{at}/archivos", lambda page: ". Pasa." in page, "the worker checks the answer's document")
        led = own.fill(f"{at}/depositar")
        own.see(led, "quedó atendida")
        [notice_id] = set(re.findall(r'href="/entidad/enviadas/([^"/?]+)"', own.see(officers)))
        return str(notice_id)

    def _mails(self) -> int:
        """Count the e-mails that went to who files."""
        return sum(_EMAIL in mail["To"] for mail in self.filer.visitor.deployment.engine.emails)


def walk_filings(walk: FilingWalk, tell: Callable[[str], None]) -> None:
    """Go the whole way.

    Raises:
        AssertionError: at the first step that fails.

    """
    walk.officer.fill("/entidad/confirmar", code=walk.officer.code())
    walk.publish()
    tell("a coordinator published a procedure, which the public found")
    filing_id = walk.answered()
    tell(f"{filing_id} filed with an uploaded annex; taken and answered by a deposit, which its holder opened")
    filing_id = walk.corrected()
    tell(f"{filing_id} filed, observed and corrected")
    filing_id = walk.lapsed()
    tell(f"{filing_id} filed and observed; its term ended, and both were told that it counts as not filed")


def enter_filer(client: PersonClient) -> Clerk:
    """Have somebody with a mailbox who is inside, in a browser."""
    username = f"1-{_NUMBER}"
    seed_account(_USER, username)
    user = MailboxUser(_USER, "Titular de Ejemplo", _EMAIL, "+51900000005", UserState.ACTIVE, is_principal=True)
    holder = Holder(DocumentType.DNI, _NUMBER, "QUISPE DEMO JUANA")
    MailboxStore().put(Mailbox(username, holder, MailboxState.OPEN, (user,), 1))
    log_in(client, username, _EMAIL)
    accept(client)
    filer = Clerk(client, cookies={SESSION_COOKIE: client.token})
    client.token = ""
    return filer
