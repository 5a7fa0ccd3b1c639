"""An officer at the console who writes a notice page by page, on the in-process engine."""

from __future__ import annotations

import re

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.domain.institution.composition import Composition, changed
from chalicelib.domain.institution.staff import StaffMember
from tests.browser_requests import text_of
from tests.cloud import Engine
from tests.composition_world import a_composition
from tests.deposit_world import PDF
from tests.officer_world import an_upload
from tests.staff_world import Staff, csrf_of
from tests.upload_arrivals import Arrivals
from tests.upload_world import satisfy_moto

BASE = "/entidad/redactar"


class Desk:
    """An officer at the console, writing."""

    def __init__(self, staff: Staff, member: StaffMember | None = None) -> None:
        self.staff = staff
        self.member = member or staff.member()
        self.browser = staff.browser(self.member)
        self.at = ""

    @property
    def box(self) -> Container:
        return self.staff.world.container

    def begin(self) -> str:
        led = self.browser.send(BASE, csrf=self.csrf(BASE))
        assert led.status_code == 303
        self.at = str(led.headers["Location"]).rpartition("/")[0]
        return str(led.headers["Location"])

    def csrf(self, page: str) -> str:
        return csrf_of(self.browser.get(page))

    def draft(self) -> Composition:
        found = composition_store(self.box).find(self.at.rpartition("/")[2])
        assert found
        return found

    def fill(self, part: str, **typed: str) -> str:
        """Send a part's form as its page has it, and return where that leads."""
        hidden = self.hidden(f"{self.at}/{part}")
        return str(self.browser.send(f"{self.at}/{part}", **{**hidden, **typed}).headers["Location"])

    def hidden(self, page: str) -> dict[str, str]:
        shown = text_of(self.browser.get(page))
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))

    def attach(self, role: str, filename: str, content: bytes = PDF) -> str:
        page = f"{self.at}/archivos"
        hidden = {name: value for name, value in self.hidden(page).items() if name != "upload_id"}
        return str(self.browser.send_file(page, filename, content, None, role=role, **hidden).headers["Location"])

    def write_all(self) -> None:
        """Fill every part but the files."""
        self.begin()
        self.fill("oficina", office_id="entidad")
        self.fill("destinatario", document_type="DNI", document_number="40000002", reason="Notificar una carta")
        self.fill("expediente", case_number="EXP-2026-98", opened_on="16/2/2026")
        self.fill(
            "documento",
            type="CARTA",
            number="000079-2026",
            subject="Respuesta a su solicitud",
            issued_on="6/3/2026",
            issued_time="11:05",
        )
        self.fill("remite", office="Atención", signed_by="Persona Firmante", prepared_by="Persona Redactora")
        self.fill("plazo", has_term="si", amount="10", unit="business_days", regime="")


def write_whole(desk: Desk) -> None:
    """Write a draft that lacks nothing, with its document checked."""
    desk.write_all()
    upload_store(desk.box).add(an_upload())
    files(desk.box).put_document(an_upload().object_key, PDF, "application/pdf")
    draft = desk.draft()
    assert composition_store(desk.box).update(changed(draft, draft.changed_at, files=a_composition().files))


def check_arrived(desk: Desk, engine: Engine) -> None:
    """Have the worker look at all that arrived."""
    events = files(desk.box)._client.meta.events  # noqa: SLF001 - the engine
    events.register("before-call.s3.CopyObject", satisfy_moto, unique_id="copies")
    arrivals = Arrivals(desk.staff.world, engine.client("s3"))
    for key in arrivals.objects():
        assert arrivals.tell(key)["checked"] == 1
