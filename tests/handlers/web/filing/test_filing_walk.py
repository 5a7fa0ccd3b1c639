"""From a procedure's button to the receipt and the list, page by page, without any script."""

from __future__ import annotations

from tests.browser_requests import text_of
from tests.filer_world import BASE, ENTRY, OWN, FilerAtWork
from tests.filing_world import SUBJECT
from tests.person_world import PASSWORD, USERNAME


def test_a_person_files_a_document_with_two_annexes(filer: FilerAtWork) -> None:
    assert "Todavía no presentaste nada" in filer.page(OWN)
    assert filer.begin() == f"{filer.at}/pedido"
    asked = filer.page(f"{filer.at}/pedido")
    assert asked.count('name="tick"') == 3
    assert filer.fill("pedido", subject=SUBJECT, tick="0") == f"{filer.at}/documento"
    assert filer.draft().ticks == (0,)

    led = filer.attach("documento", "solicitud.pdf")
    assert led.headers["Location"] == f"{filer.at}/documento?hecho=adjuntado"
    assert "En revisión" in filer.page(f"{filer.at}/documento?hecho=adjuntado")
    filer.attach("anexos", "Relación.txt", "Mercaderías\n".encode())
    filer.attach("anexos", "plano.pdf")
    assert "Todavía se revisan tus archivos" in filer.page(filer.at)
    filer.check_arrived()
    assert filer.page(f"{filer.at}/anexos").count("<br>Listo") == 2
    assert filer.fill("representado", on_behalf="mio") == filer.at

    check = filer.page(filer.at)
    assert "cuenta como presentado hoy, lunes 9 de marzo de 2026" in check
    assert "No marcaste que adjuntas «Plano del local»" in check
    led_to = filer.present()
    filing_id = led_to.split("/")[2]
    assert led_to == f"{OWN}/{filing_id}/presentado"
    done = filer.page(led_to)
    assert "2026-000001" in done
    assert "lunes 9 de marzo de 2026 a las 15:15:30" in done
    assert "cargo-2026-000001.pdf" in str(filer.browser.get(f"{OWN}/{filing_id}/cargo").headers["Location"])

    listed = filer.page(OWN)
    assert "2026-000001" in listed
    assert "Presentada" in listed
    detail = filer.page(f"{OWN}/{filing_id}")
    for name in ("solicitud.pdf", "Relación.txt", "plano.pdf"):
        assert name in detail
    assert "La envió Usuaria Ejemplo 1" in detail
    assert "plano.pdf" in str(filer.browser.get(f"{OWN}/{filing_id}/documento?n=3").headers["Location"])
    assert "No tienes borradores" in filer.page(BASE)
    assert filer.browser.get(filer.at).headers["Location"] == led_to


def test_a_stranger_is_led_to_the_way_in_and_back_to_the_procedure(filer: FilerAtWork) -> None:
    filer.browser.cookies.clear()
    assert f'href="/ingresar?volver={ENTRY}"' in filer.page(ENTRY)
    sent = filer.browser.send(BASE, entidad="x", tramite="y")
    assert str(sent.headers["Location"]).startswith("/ingresar")
    assert text_of(sent) == ""


def test_who_logs_in_from_a_procedure_comes_back_to_its_button(filer: FilerAtWork) -> None:
    filer.browser.cookies.clear()
    way_in = filer.browser.get(f"/ingresar?volver={ENTRY}")
    led = filer.browser.submit(way_in, "/ingresar", username=USERNAME, password=PASSWORD)
    assert led.headers["Location"] == ENTRY
    assert filer.begin() == f"{filer.at}/pedido"
