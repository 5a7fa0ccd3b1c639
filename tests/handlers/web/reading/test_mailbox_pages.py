"""The mailbox's list and a notice's pages, as the holder sees them (BOX-1, BOX-2, BOX-3)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import UserState
from tests.alert_world import refusing
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import NOW, a_body, a_mailbox, a_pdf, a_user, an_inline_file
from tests.person_world import PASSWORD

HOSTILE = '<script>alert("x")</script> & Ñandú ' + "muylargosinespacios" * 6


def deposit(browser: Browser, key: str = "clave-1", **overrides: Any) -> str:
    answer = browser.people.world.deposit({**a_body(), **overrides}, key=key)
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["notice_id"])


def _document(**overrides: str) -> dict[str, Any]:
    return {**a_body()["document"], **overrides}


def _page(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    html = text_of(answer)
    check_html(html)
    return html


def _open(browser: Browser, notice_id: str) -> str:
    address = f"/casilla/{notice_id}"
    answer = browser.submit(browser.get(address), address)
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    return _page(browser, address)


def _events(browser: Browser, notice_id: str) -> list[EventType]:
    return [event.type for event in event_store(browser.people.world.container).list_for_subject(f"notice#{notice_id}")]


def test_an_empty_mailbox_says_that_alerts_will_come(visitor: Browser) -> None:
    html = _page(visitor, "/casilla")
    assert "Todavía no tienes notificaciones" in html
    assert "te avisaremos a tu correo y a tu celular. Mantenlos en funcionamiento" in html
    assert "Pendientes por leer <span>(0)</span>" in html
    assert "QUISPE DEMO MARÍA ÑUSTA" in html


def test_a_notice_waits_among_the_pending_and_moves_to_the_read_ones(visitor: Browser) -> None:
    notice_id = deposit(visitor)
    pending = _page(visitor, "/casilla")
    assert f'href="/casilla/{notice_id}"' in pending
    assert "Pendientes por leer <span>(1)</span>" in pending
    assert "te quedan 10 días hábiles" in pending
    assert "Todavía no abriste ninguna" in _page(visitor, "/casilla?vista=leidos")

    _open(visitor, notice_id)

    assert "No tienes notificaciones pendientes por leer" in _page(visitor, "/casilla")
    read = _page(visitor, "/casilla?vista=leidos")
    assert f'href="/casilla/{notice_id}"' in read
    assert re.search(r'aria-current="page">Leídos <span>\(1\)</span>', read)


def test_pages_go_on_from_the_oldest_shown_and_back_to_the_start(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.handlers.web.reading.mailbox.PAGE_SIZES", (1,))
    first = deposit(visitor)
    visitor.people.world.clock.advance(seconds=1)
    second = deposit(visitor, "clave-2")

    newest = _page(visitor, "/casilla")
    [older] = re.findall(r'href="([^"]+)">Más antiguas', newest)
    oldest = _page(visitor, older)

    assert second in newest
    assert first not in newest
    assert first in oldest
    assert 'href="/casilla">Volver al inicio' in oldest


def test_looking_at_an_unopened_notice_opens_nothing(visitor: Browser) -> None:
    notice_id = deposit(visitor)
    before = _events(visitor, notice_id)
    html = _page(visitor, f"/casilla/{notice_id}")
    assert "está sin abrir" in html
    assert "Surtió efecto el lunes 9 de marzo de 2026, por haberse depositado en tu casilla, se abra o no." in html
    assert "carta-000079-2026.pdf" not in html
    assert _events(visitor, notice_id) == before


def test_an_opened_notice_shows_everything(visitor: Browser) -> None:
    annex = an_inline_file(a_pdf("Un anexo"), "cuadro de multas.pdf")
    html = _open(visitor, deposit(visitor, annexes=[annex]))
    assert "<title>Notificación abierta: " in html
    assert (
        'role="status" tabindex="-1" data-outcome><p>Abriste esta notificación el lunes 9 de marzo de 2026, 15:15'
        in html
    )
    for shown in (
        *("Número de Expediente", "EXP-2026-000098", "16/02/2026", "Oficina de Atención a la Ciudadanía"),
        *("Persona Firmante de Ejemplo", "Persona Redactora de Ejemplo", "CARTA", "000079-2026"),
        *("Descargar documento original", "Descargar constancia", "cuadro de multas.pdf", "Anexos (1)"),
        *("El plazo es de 10 días hábiles", "termina el lunes 23 de marzo de 2026", "(01) 000-0000"),
        *("Depositada en tu casilla", "Alerta por correo: por enviar", "Abierta por primera vez", "Visto por"),
    ):
        assert shown in html


def test_under_the_acknowledgement_the_envelope_says_that_opening_starts_the_term(visitor: Browser) -> None:
    html = _page(visitor, f"/casilla/{deposit(visitor, regime='acknowledgement')}")
    assert "Abrirla es tu acuse de recibo" in html
    assert "a más tardar el lunes 30 de marzo de 2026" in html
    assert "Si la abres hoy, se cuenta desde el martes 10 de marzo de 2026 y termina el lunes 23" in html


def test_each_download_is_logged_and_leads_to_a_short_lived_link(visitor: Browser) -> None:
    notice_id = deposit(visitor, annexes=[an_inline_file(filename="anexo.pdf")])
    early = visitor.get(f"/casilla/{notice_id}/documentos/original")
    assert (early.status_code, early.headers["Location"]) == (303, f"/casilla/{notice_id}")
    _open(visitor, notice_id)
    before = len(_events(visitor, notice_id))
    for name in ("documentos/original", "documentos/anexo-1", "constancia"):
        answer = visitor.get(f"/casilla/{notice_id}/{name}")
        assert answer.status_code == 303
        assert "X-Amz-Signature=" in answer.headers["Location"]
    assert len(_events(visitor, notice_id)) == before + 3
    for name in ("anexo-2", "annex-1", "main", "x"):
        assert visitor.get(f"/casilla/{notice_id}/documentos/{name}").status_code == 404


def test_another_mailboxes_notice_is_not_there_and_the_page_stays_within_the_session(visitor: Browser) -> None:
    mailbox_store(visitor.people.world.container).put(a_mailbox("40000003"))
    theirs = deposit(visitor, recipient={"document_type": "DNI", "document_number": "40000003"})
    for address in (f"/casilla/{theirs}", f"/casilla/{theirs}/constancia", "/casilla/x"):
        html = _page(visitor, address, 404)
        assert "<h1>No lo encontramos</h1>" in html
        assert "No existe esa notificación, o no es de tu casilla" in html
        assert 'action="/salir"' in html
        assert 'href="/casilla">Volver a tu casilla' in html


def test_hostile_and_long_text_is_shown_as_text(visitor: Browser) -> None:
    subject = HOSTILE.replace("\n", " ")
    notice_id = deposit(visitor, document=_document(subject=subject, office=HOSTILE[:100]))
    for html in (_page(visitor, "/casilla"), _page(visitor, f"/casilla/{notice_id}"), _open(visitor, notice_id)):
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html


def test_a_subject_of_the_greatest_length_is_no_heading_and_no_row(visitor: Browser) -> None:
    subject = ("palabra " * 250).strip()
    notice_id = deposit(visitor, document=_document(subject=subject))
    assert f"{subject}<" not in _page(visitor, "/casilla")
    for html in (_page(visitor, f"/casilla/{notice_id}"), _open(visitor, notice_id)):
        assert "<h1>CARTA 000079-2026</h1>" in html
        assert f"<dd>{subject}</dd>" in html


def test_a_user_disabled_meanwhile_sees_nothing(visitor: Browser) -> None:
    users = (a_user(1, state=UserState.DISABLED), a_user(2))
    mailbox_store(visitor.people.world.container).put(a_mailbox(users=users))
    html = _page(visitor, "/casilla", 403)
    assert "usuario principal" in html


def test_an_old_validation_leads_back_to_the_same_place(visitor: Browser) -> None:
    visitor.people.world.clock.advance(seconds=20 * 60 + 1)
    assert visitor.get("/casilla?vista=leidos").headers["Location"] == "/validar?volver=/casilla%3Fvista%3Dleidos"
    visitor.people.world.clock.now = NOW


def test_an_opening_asked_for_too_late_waits_for_the_validation_and_a_second_yes(visitor: Browser) -> None:
    notice_id = deposit(visitor)
    page = visitor.get(f"/casilla/{notice_id}")
    visitor.people.world.clock.advance(seconds=20 * 60 + 1)
    late = visitor.submit(page, f"/casilla/{notice_id}")
    assert late.headers["Location"] == "/validar?volver=/borrador"
    assert EventType.NOTICE_OPENED not in _events(visitor, notice_id)
    validation = visitor.get("/validar?volver=/borrador")
    visitor.submit(validation, "/validar", password=PASSWORD)
    assert "Abrir la notificación «Respuesta a su solicitud" in _page(visitor, "/borrador")
    assert EventType.NOTICE_OPENED not in _events(visitor, notice_id)


def test_the_history_tells_every_step_with_an_hour_that_programs_can_read(visitor: Browser) -> None:
    notice_id = deposit(visitor)
    _open(visitor, notice_id)
    visitor.people.world.clock.advance(minutes=6)
    visitor.get(f"/casilla/{notice_id}/documentos/original")
    visitor.people.world.clock.advance(seconds=1)

    first, reloaded = (_page(visitor, f"/casilla/{notice_id}") for _ in range(2))

    step = re.compile(r'<li><strong>([^<]+)</strong> <time datetime="([^"]+)">([^<]+)</time>')
    alerts = ["Alerta por correo: por enviar", "Alerta por SMS: por enviar", "Alerta por correo: por enviar"]
    summary = "<summary>Alertas: 2 correos y 1 SMS por enviar"
    assert (
        f'{summary} <time datetime="2026-03-09T15:15:30-05:00">lunes 9 de marzo de 2026, 15:15</time></summary>'
        in first
    )
    assert step.findall(first) == step.findall(reloaded)
    assert step.findall(first) == [
        ("Depositada en tu casilla", "2026-03-09T15:15:30-05:00", "lunes 9 de marzo de 2026, 15:15"),
        *[(title, "2026-03-09T15:15:30-05:00", "09/03/2026 15:15") for title in alerts],
        ("Abierta por primera vez", "2026-03-09T15:15:30-05:00", "lunes 9 de marzo de 2026, 15:15"),
        ("Descarga del documento original", "2026-03-09T15:21:30-05:00", "lunes 9 de marzo de 2026, 15:21"),
        ("Abierta otra vez", "2026-03-09T15:21:31-05:00", "lunes 9 de marzo de 2026, 15:21"),
    ]


def test_a_long_history_is_folded(visitor: Browser) -> None:
    notice_id = deposit(visitor)
    _open(visitor, notice_id)
    for _ in range(8):
        visitor.people.world.clock.advance(seconds=1)
        visitor.get(f"/casilla/{notice_id}/constancia")

    html = _page(visitor, f"/casilla/{notice_id}")

    assert re.findall(r"<summary>([^<]+) <time", html) == ["Alertas: 2 correos y 1 SMS por enviar", "5 descargas"]
    assert html.count("Descarga de la constancia") == 8
    assert '<time datetime="2026-03-09T15:15:31-05:00">09/03/2026 15:15</time>' in html


def test_what_is_folded_tells_from_when_until_when_it_happened(visitor: Browser) -> None:
    notice_id = deposit(visitor)
    _open(visitor, notice_id)
    for _ in range(8):
        visitor.people.world.clock.advance(seconds=36)
        visitor.get(f"/casilla/{notice_id}/constancia")

    html = _page(visitor, f"/casilla/{notice_id}")

    first, last = "lunes 9 de marzo de 2026, 15:16", "a 15:18"
    times = re.findall(r"<summary>5 descargas <time [^>]*>([^<]*)</time> <time [^>]*>([^<]*)</time></summary>", html)
    assert times == [(first, last)]


def test_deadline_and_documents_come_before_how_the_dates_are_counted(visitor: Browser) -> None:
    html = _open(visitor, deposit(visitor))
    told = (
        "Vence el",
        "Descargar documento original",
        "Cómo se cuentan las fechas",
        "Surtió efecto",
        "Expediente</h2>",
    )
    places = [html.index(text) for text in told]
    assert places == sorted(places)
    assert "<dt>Titular de la casilla</dt><dd>QUISPE DEMO MARÍA ÑUSTA</dd>" in html


def test_a_log_that_cannot_be_read_leaves_the_page_and_says_what_is_missing(visitor: Browser) -> None:
    notice_id = deposit(visitor)
    _open(visitor, notice_id)
    client = connection(visitor.people.world.container).client

    with refusing(client, "Query", "InternalServerError", status=500):
        html = _page(visitor, f"/casilla/{notice_id}")

    assert "Descargar documento original" in html
    assert "no podemos mostrar las reaperturas ni las descargas" in html
    assert "Abierta por primera vez" in html
