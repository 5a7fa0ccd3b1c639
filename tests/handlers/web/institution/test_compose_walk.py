"""From an empty list to a deposited notice with two annexes, page by page, without any script."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.composition import Composition
from chalicelib.domain.institution.staff import StaffMember
from tests.browser_requests import text_of
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, PDF
from tests.officer_world import OFFICE_ID, an_office, put_office
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


def check_arrived(desk: Desk, engine: Engine) -> None:
    """Have the worker look at all that arrived."""
    events = files(desk.box)._client.meta.events  # noqa: SLF001 - the engine
    events.register("before-call.s3.CopyObject", satisfy_moto, unique_id="copies")
    arrivals = Arrivals(desk.staff.world, engine.client("s3"))
    for key in arrivals.objects():
        assert arrivals.tell(key)["checked"] == 1


@pytest.fixture
def desk(staff: Staff) -> Desk:
    put_office(staff.world.container, an_office())
    return Desk(staff)


def test_an_officer_writes_and_deposits_a_notice_with_two_annexes(desk: Desk, moto_engine: Engine) -> None:
    assert "No tienes borradores" in text_of(desk.browser.get(BASE))
    assert desk.begin() == f"{desk.at}/oficina"
    assert desk.fill("oficina", office_id=OFFICE_ID, is_shared="si") == f"{desk.at}/destinatario"

    typed = {"document_type": "DNI", "document_number": "40000002", "reason": "Notificar la carta del expediente"}
    told = text_of(desk.browser.get(desk.fill("destinatario", **typed)))
    assert "Tiene casilla electrónica y recibe notificaciones" in told
    assert "Mensaje de texto: activo" in told
    [consulted] = event_store(desk.box).list_for_subject("mailbox#1-40000002")
    assert (consulted.type, consulted.actor) == (EventType.MAILBOX_CONSULTED, desk.member.actor)
    assert consulted.data == {"reason": "Notificar la carta del expediente"}

    assert desk.fill("expediente", case_number="EXP-2026-98", opened_on="16/2/2026") == f"{desk.at}/documento"
    led = desk.fill(
        "documento", type="CARTA", number="79-2026", subject="Respuesta", issued_on="6/3/2026", issued_time="11:05"
    )
    assert led == f"{desk.at}/remite"
    assert desk.fill("remite", office="Atención", signed_by="A", prepared_by="B") == f"{desk.at}/efectos"
    assert desk.fill("efectos", in_force_from="", ends_path="si") == f"{desk.at}/plazo"
    desk.fill("recursos", remedy="Reconsideración", body="La misma autoridad", amount="15", unit="business_days")
    assert desk.fill("plazo", has_term="si", amount="10", unit="business_days", regime="") == f"{desk.at}/archivos"

    assert desk.attach("main", "carta.pdf") == f"{desk.at}/archivos?hecho=adjuntado"
    desk.attach("annex", "Anexo N° 1.pdf")
    desk.attach("annex", "Anexo N° 2.pdf")
    assert "En revisión" in text_of(desk.browser.get(f"{desk.at}/archivos"))
    check_arrived(desk, moto_engine)
    assert text_of(desk.browser.get(f"{desk.at}/archivos")).count(". Pasa.") == 3

    whole = text_of(desk.browser.get(desk.at))
    assert "Revisar y depositar" in whole
    check = text_of(desk.browser.get(f"{desk.at}/depositar"))
    assert "si se deposita ahora" in check
    assert "martes 24 de marzo de 2026" in check or "24 de marzo" in check
    assert "Oficina Desconcentrada Norte" in check

    led = str(desk.browser.send(f"{desk.at}/depositar", **desk.hidden(f"{desk.at}/depositar")).headers["Location"])
    assert led == f"{desk.at}/depositada"
    done = text_of(desk.browser.get(led))
    notice = notice_store(desk.box).get(desk.draft().notice_id or "")
    assert notice.notice_id in done
    assert [file.filename for file in notice.files] == ["carta.pdf", "Anexo N° 1.pdf", "Anexo N° 2.pdf"]
    assert (notice.sender.office_id, notice.sender.institution_id) == (OFFICE_ID, INSTITUTION_ID)
    assert notice.document.remedies[0].name == "Reconsideración"
    assert "constancia-" in str(desk.browser.get(f"{desk.at}/constancia").headers["Location"])
    mailbox = mailbox_store(desk.box).find("1-40000002")
    assert mailbox
    assert json.dumps(consulted.data)
    assert text_of(desk.browser.get(BASE)).count("No tienes borradores") == 1
