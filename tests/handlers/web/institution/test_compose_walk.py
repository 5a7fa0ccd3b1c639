"""From an empty list to a deposited notice with two annexes, page by page, without any script."""

from __future__ import annotations

import json

from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.event import EventType
from tests.browser_requests import text_of
from tests.cloud import Engine
from tests.compose_world import BASE, Desk, check_arrived
from tests.deposit_world import INSTITUTION_ID
from tests.officer_world import OFFICE_ID


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
    assert consulted.data["reason"] == "Notificar la carta del expediente"

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
