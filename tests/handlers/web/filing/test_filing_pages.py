"""What may go wrong while somebody files: forged steps, others' drafts, broken files, two windows, later changes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from chalice.app import Request

from chalicelib.bootstrap.files import upload_store
from chalicelib.bootstrap.filing import filing_draft_store, filing_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.filing.filing_draft import MOST_OPEN, FilePart, with_file
from chalicelib.domain.filing.procedure import FormFile
from chalicelib.domain.mailbox import MailboxState, UserState
from chalicelib.domain.notice import FileRole
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.access.sessions import open_session
from tests.browser_requests import Browser, text_of
from tests.deposit_world import NOW, PDF, a_mailbox, a_user, an_institution, put_institution
from tests.filer_world import BASE, ENTRY, OWN, FilerAtWork, publish
from tests.filing_world import MAILBOX_ID, SUBJECT, an_attached
from tests.officer_world import an_office, put_office

ELSEWHERE = "0" * 32


def others_browser(filer: FilerAtWork, username: str, user_id: str, mailbox_id: str) -> Browser:
    """Return the browser of somebody else who is inside."""
    tools, now = filer.browser.people.tools, filer.browser.people.world.clock()
    account = Account(username, user_id, mailbox_id, UserState.ACTIVE)
    tools.accounts.add(account)
    opened = open_session(account, tools.new_secret(), origin="192.0.2.2", sessions=tools.sessions, now=now)
    return Browser(filer.browser.people, {SESSION_COOKIE: opened.cookie})


def told(page: str) -> str:
    """Return a page's words."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def refused(filer: FilerAtWork, step: str, filename: str, content: bytes, **typed: str) -> str:
    """Send a file that is refused, and return the page that says so."""
    led = filer.attach(step, filename, content, **typed)
    assert "corregir=" in str(led.headers["Location"]), led.headers["Location"]
    return told(filer.page(str(led.headers["Location"]), 422))


def test_nobody_else_sees_a_draft_not_even_of_the_same_mailbox(filer: FilerAtWork) -> None:
    second = a_user(2, document_number="40000021")
    mailbox_store(filer.box).put(a_mailbox(users=(a_user(1), second)))
    filer.write()
    document = filer.draft().document
    assert document is not None
    step, upload_id = f"{filer.at}/documento", document.upload_id
    for other in (
        others_browser(filer, f"{MAILBOX_ID}.40000021", "u2", MAILBOX_ID),
        others_browser(filer, "1-40000010", "u9", "1-40000010"),
    ):
        own = other.csrf()
        for address in (filer.at, step, f"{filer.at}/descartar", f"{filer.at}/enviar?archivo={upload_id}"):
            assert other.get(address).status_code == 404, address
        for deed in ("pedido", "representado", "quitar", "grande", "descartar", "presentar", "documento"):
            sent = other.post(f"{filer.at}/{deed}", None, csrf=own, version="3", part="annex", upload_id=upload_id)
            assert sent.status_code == 404, deed
        assert other.post_file(filer.at, "a.pdf", PDF, None, csrf=own, part="annex").status_code == 404
        assert SUBJECT not in text_of(other.get(BASE))
    assert filer.draft().is_open
    assert not filer.draft().annexes


def test_a_filing_is_of_its_mailbox_and_of_all_its_users(filer: FilerAtWork) -> None:
    second = a_user(2, document_number="40000021")
    mailbox_store(filer.box).put(a_mailbox(users=(a_user(1), second)))
    filing = filer.filed()
    at = f"{OWN}/{filing.filing_id}"
    stranger = others_browser(filer, "1-40000010", "u9", "1-40000010")
    for address in ("", "/presentado", "/cargo", "/documento?n=1", "/subsanar"):
        assert stranger.get(f"{at}{address}").status_code == 404, address
    assert stranger.post(f"{at}/subsanar", None, csrf=stranger.csrf()).status_code == 404
    assert filing.number not in text_of(stranger.get(OWN))
    second_browser = others_browser(filer, f"{MAILBOX_ID}.40000021", "u2", MAILBOX_ID)
    assert filing.number in text_of(second_browser.get(OWN))
    assert "La envió Usuaria Ejemplo 1" in text_of(second_browser.get(at))
    assert "cargo-" in str(second_browser.get(f"{at}/cargo").headers["Location"])


@pytest.mark.parametrize("step", ["x", "pagar", "..", "documento%00", "presentado"])
def test_a_forged_step_is_no_page(filer: FilerAtWork, step: str) -> None:
    filer.begin()
    assert filer.browser.get(f"{filer.at}/{step}").status_code == 404
    assert filer.browser.post(f"{filer.at}/{step}", None, csrf=filer.browser.csrf()).status_code == 404
    assert filer.browser.get(f"{BASE}/{ELSEWHERE}/documento").status_code == 404
    assert filer.browser.get(f"{BASE}/{'x' * 300}").status_code == 404


@pytest.mark.parametrize(
    "deed", ["x", "excel2", "documento?n=0", "documento?n=9", "documento?n=²", "cargo-subsanacion"]
)
def test_a_forged_deed_or_place_is_no_page(filer: FilerAtWork, deed: str) -> None:
    filing = filer.filed()
    assert filer.browser.get(f"{OWN}/{filing.filing_id}/{deed}").status_code == 404
    assert filer.browser.get(f"{OWN}/AAAA-BBBB-CCCC").status_code == 404


def test_an_address_of_a_button_opened_by_hand_leads_to_the_draft(filer: FilerAtWork) -> None:
    filer.begin()
    for deed in ("presentar", "quitar", "grande"):
        assert filer.browser.get(f"{filer.at}/{deed}").headers["Location"] == filer.at


def test_twenty_annexes_fit_and_another_one_is_told_before_and_after(filer: FilerAtWork) -> None:
    filer.begin()
    draft = filer.draft()
    for number in range(19):
        draft = with_file(draft, FilePart.ANNEX, an_attached(f"{number:032x}"), NOW)
    assert filing_draft_store(filer.box).update(replace(draft, version=2))
    assert "Cabe uno más" in filer.page(f"{filer.at}/anexos")
    hidden = filer.hidden(f"{filer.at}/anexos")
    assert "adjuntado" in str(filer.attach("anexos", "veinte.txt", b"a").headers["Location"])
    assert "Ya no caben más anexos" in filer.page(f"{filer.at}/anexos")
    stale = {name: hidden[name] for name in ("csrf", "version", "part")}
    page = filer.browser.post_file(filer.at, "veintiuno.txt", b"a", None, **stale)
    assert page.status_code == 409
    assert "Caben 20 anexos" in text_of(page)
    assert len(filer.draft().annexes) == 20
    sent = filer.browser.post(f"{filer.at}/grande", None, **stale)
    assert "Caben 20 anexos" in text_of(sent)


def test_files_that_cannot_be_taken_are_told_and_those_that_arrived_stay(filer: FilerAtWork) -> None:
    filer.begin()
    filer.attach("anexos", "primero.txt", b"a")
    assert "Elige el archivo" in refused(filer, "anexos", "", b"")
    for name in ("nul", ".pdf", "a/b.pdf", "a\u202efdp.exe.pdf", "x" * 300 + ".pdf"):
        assert "nombre" in refused(filer, "anexos", name, PDF).lower(), name
    led = filer.attach("anexos", "grande.pdf", b"x" * (MAX_INLINE_SIZE + 1))
    assert "envíalo como archivo grande" in told(filer.page(str(led.headers["Location"]), 413))
    filer.attach("anexos", "justo.txt", b"x" * MAX_INLINE_SIZE)
    assert [one.filename for one in filer.draft().annexes] == ["primero.txt", "justo.txt"]


def test_what_reached_the_gateway_before_midnight_counts_that_day(filer: FilerAtWork) -> None:
    filer.write()
    clock = filer.browser.people.world.clock
    clock.now = datetime(2026, 3, 10, 5, 0, 2, tzinfo=UTC)  # two seconds past midnight in Lima
    filer.browser.enter()
    hidden = filer.hidden(filer.at)
    with reached(clock.now - timedelta(seconds=3)):
        led = str(filer.browser.send(f"{filer.at}/presentar", **hidden).headers["Location"])
    filing = filing_store(filer.box).find(led.split("/")[2])
    assert filing is not None
    assert (filing.dates.legal_date, filing.filed_at) == (date(2026, 3, 9), clock.now - timedelta(seconds=3))
    assert "lunes 9 de marzo de 2026 a las 23:59:59" in told(filer.page(led))


@contextmanager
def reached(at: datetime) -> Iterator[None]:
    """Have the gateway say when it took each request, as API Gateway does."""
    with pytest.MonkeyPatch.context() as patch:
        made = Request.__init__

        def say(self: Request, event: dict[str, Any], *more: Any) -> None:
            event["requestContext"]["requestTimeEpoch"] = int(at.timestamp() * 1000)
            made(self, event, *more)

        patch.setattr(Request, "__init__", say)
        yield


def test_a_form_that_comes_twice_attaches_its_file_once_and_later_once_more(filer: FilerAtWork) -> None:
    filer.begin()
    filer.attach("anexos", "plano.txt", b"a")
    filer.attach("anexos", "plano.txt", b"a")
    filer.attach("anexos", "plano.txt", b"b")
    filer.attach("anexos", "otro.txt", b"a")
    assert [one.filename for one in filer.draft().annexes] == ["plano.txt", "plano.txt", "otro.txt"]
    filer.browser.people.world.clock.advance(minutes=3)
    filer.attach("anexos", "plano.txt", b"a")
    assert len(filer.draft().annexes) == 4


def test_a_name_that_windows_keeps_for_a_device_is_taken_and_given_back_as_it_was(filer: FilerAtWork) -> None:
    filer.write()
    filer.attach("anexos", "CON.txt", b"a\n")
    filer.attach("anexos", 'Ñandú "1"; x=2.txt', b"b\n")
    filer.check_arrived()
    filing_id = filer.present().split("/")[2]
    assert "filename%3D%22CON.txt%22" in str(filer.browser.get(f"{OWN}/{filing_id}/documento?n=2").headers["Location"])
    assert "Ñandú &#34;1&#34;; x=2.txt" in filer.page(f"{OWN}/{filing_id}")


def test_a_name_that_no_receipt_prints_is_told_before_filing(filer: FilerAtWork) -> None:
    filer.write()
    filer.attach("anexos", "foto 📷.txt", b"a\n")
    arrive(filer)
    assert "no puede imprimir" in told(filer.page(f"{filer.at}/anexos")), told(filer.page(f"{filer.at}/anexos"))
    check = filer.page(filer.at)
    assert "no pasó la revisión" in check
    assert 'action="' + filer.at + '/presentar"' not in check
    sent = filer.browser.post(
        f"{filer.at}/presentar", None, csrf=filer.browser.csrf(), version=str(filer.draft().version)
    )
    assert sent.status_code == 422
    [annex] = filer.draft().annexes
    filer.fill("quitar", at=f"{filer.at}/anexos", upload_id=annex.upload_id, part="annex")
    assert filer.present().endswith("/presentado")


def test_what_is_asked_is_printable_and_short_and_kept_as_typed(filer: FilerAtWork) -> None:
    filer.begin()
    for typed in ("", "   ", "Pido 📷", "x" * 501):
        led = filer.fill("pedido", subject=typed, tick="1")
        page = filer.page(led, 422)
        assert f">{typed}</textarea>" in page
        assert 'value="1" checked' in page
    assert filer.draft().subject == ""
    filer.fill("pedido", subject="a", tick="99")
    assert filer.draft().ticks == ()


def test_a_form_of_the_procedure_is_there_to_be_downloaded_as_it_was_when_one_began(filer: FilerAtWork) -> None:
    form = FormFile("solicitud.pdf", "Solicitud de licencia", "f" * 64, 2048, f"procedures/{'f' * 64}")
    publish(filer.box, version=2, forms=(form,))
    filer.begin()
    publish(filer.box, version=3, forms=())
    page = filer.page(f"{filer.at}/documento")
    [link] = re.findall(r'<a href="([^"]*formulario=[^"]*)">Solicitud de licencia</a>', page)
    assert "solicitud.pdf" in str(filer.browser.get(html.unescape(link)).headers["Location"])


def test_a_part_that_there_is_not_is_refused_and_nothing_is_kept(filer: FilerAtWork) -> None:
    filer.begin()
    for part in ("", "power", "DOCUMENT"):
        assert filer.attach("anexos", "a.txt", b"a", part=part).status_code in {303, 422}
    assert filer.draft().files == ()


def test_a_broken_file_is_told_with_what_to_do_and_sent_again_alone(filer: FilerAtWork) -> None:
    filer.begin()
    filer.fill("pedido", subject=SUBJECT)
    filer.attach("documento", "solicitud.pdf", b"esto no es un PDF")
    filer.attach("anexos", "relacion.txt", b"a\n")
    arrive(filer)
    page = told(filer.page(f"{filer.at}/documento"))
    assert "No pasa" in page
    assert "Quítalo y envía otro" in page
    check = filer.page(filer.at)
    assert "«solicitud.pdf» no pasó la revisión. Quítalo y envía otro." in told(check)
    assert f'href="{filer.at}/documento?volver=revisar"' in check
    assert "/presentar" not in re.findall(r'<form method="post" action="([^"]*)"', check)[-1].removeprefix(BASE)
    led = filer.attach("documento", "solicitud.pdf")
    assert led.headers["Location"] == f"{filer.at}/documento?hecho=adjuntado"
    arrive(filer)
    assert [one.filename for one in filer.draft().annexes] == ["relacion.txt"]
    assert filer.present().endswith("/presentado")


def arrive(filer: FilerAtWork) -> None:
    """Have the worker look at what arrived, whatever it finds."""
    from tests.upload_arrivals import Arrivals  # noqa: PLC0415 - beside its one use

    filer.check_events()
    arrivals = Arrivals(filer.browser.people.world, filer.engine.client("s3"))
    for key in arrivals.objects():
        arrivals.tell(key)


def test_all_that_lacks_is_told_at_once_each_leading_to_its_place(filer: FilerAtWork) -> None:
    filer.begin()
    filer.fill("representado", on_behalf="otro", document_type="DNI", document_number="40000010", name="Ana Demo")
    check = filer.page(filer.at)
    for text, step in (
        ("Escribe en pocas palabras qué pides.", "pedido"),
        ("Adjunta tu documento.", "documento"),
        ("Adjunta el documento que acredita que puedes presentar en su nombre.", "representado"),
    ):
        assert f'<a href="{filer.at}/{step}?volver=revisar">{text}</a>' in check
    assert 'action="' + filer.at + '/presentar"' not in check
    sent = filer.browser.post(
        f"{filer.at}/presentar", None, csrf=filer.browser.csrf(), version=str(filer.draft().version)
    )
    assert sent.status_code == 422
    assert text_of(sent).count('<li><a href="#') == 3
    assert filer.draft().is_open


def test_who_it_is_for_is_asked_for_whole_and_kept_as_typed(filer: FilerAtWork) -> None:
    filer.write()
    led = filer.fill("representado", on_behalf="otro", document_type="DNI", document_number="4000", name="")
    page = filer.page(led, 422)
    assert 'value="4000"' in page
    assert page.count('class="error"') == 2
    assert filer.draft().represented is None
    assert "corregir=" in filer.fill("representado", on_behalf="")
    assert "corregir=" in filer.fill("representado", on_behalf="otro", document_type="X", document_number="1", name="A")
    led = filer.fill(
        "representado", on_behalf="otro", document_type="RUC", document_number="20000000001", name="Bodega"
    )
    if "corregir=" in led:
        pytest.fail(told(filer.page(led, 422))[:900])
    assert "Falta adjuntar el documento que acredita" in filer.page(led)
    filer.attach("representado", "poder.pdf")
    filer.check_arrived()
    assert "En nombre de" in filer.page(filer.at)
    filing_id = filer.present().split("/")[2]
    filing = filing_store(filer.box).find(filing_id)
    assert filing is not None
    assert filing.represented is not None
    assert filing.represented.name == "Bodega"
    assert [one.part for one in filing.documents] == [FilePart.DOCUMENT, FilePart.REPRESENTATION]
    assert "Bodega" in filer.page(f"{OWN}/{filing_id}")


def test_filing_for_oneself_again_drops_the_proof(filer: FilerAtWork) -> None:
    filer.write()
    filer.fill("representado", on_behalf="otro", document_type="DNI", document_number="40000010", name="Ana Demo")
    filer.attach("representado", "poder.pdf")
    assert filer.fill("representado", on_behalf="mio") == filer.at
    assert (filer.draft().represented, filer.draft().representation) == (None, None)


def test_a_double_click_makes_one_filing(filer: FilerAtWork) -> None:
    filer.write()
    hidden = filer.hidden(filer.at)
    led = {str(filer.browser.send(f"{filer.at}/presentar", **hidden).headers["Location"]) for _ in range(3)}
    assert len(led) == 1
    assert filer.page(OWN).count("2026-0000") == 2  # once to be seen, once to be heard
    assert len(filing_store(filer.box).list_of_holder(MAILBOX_ID, limit=10).filings) == 1


def test_a_window_that_is_behind_files_nothing_and_says_so(filer: FilerAtWork) -> None:
    filer.write()
    stale = filer.hidden(filer.at)
    filer.attach("anexos", "otro.txt", b"a")
    filer.check_arrived()
    sent = filer.browser.post(f"{filer.at}/presentar", None, **stale)
    assert sent.status_code == 409
    assert "cambió mientras lo tenías abierto en otra ventana" in text_of(sent)
    assert "otro.txt" in text_of(sent)
    assert filer.draft().is_open
    assert filer.present().endswith("/presentado")


def test_two_windows_may_send_files_and_what_is_typed_in_one_that_is_behind_is_kept(filer: FilerAtWork) -> None:
    filer.begin()
    files, subject = filer.hidden(f"{filer.at}/anexos"), filer.hidden(f"{filer.at}/pedido")
    files.pop("doing", None)
    for name in ("uno.txt", "dos.txt", "tres.txt"):
        led = filer.browser.send_file(filer.at, name, b"a", None, **files)
        assert "adjuntado" in str(led.headers["Location"])
    assert [one.filename for one in filer.draft().annexes] == ["uno.txt", "dos.txt", "tres.txt"]
    removed = filer.draft().annexes[0].upload_id
    sent = filer.browser.send(f"{filer.at}/quitar", **{**files, "upload_id": removed})
    assert sent.headers["Location"] == f"{filer.at}/anexos?hecho=quitado"
    refused_page = filer.browser.post(f"{filer.at}/pedido", None, **{**subject, "subject": "Lo mío", "tick": "1"})
    assert refused_page.status_code == 409
    assert "Lo mío" in text_of(refused_page)
    assert filer.draft().subject == ""
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text_of(refused_page)))
    filer.browser.send(f"{filer.at}/pedido", **{**again, "subject": "Lo mío"})
    assert filer.draft().subject == "Lo mío"


def test_a_larger_file_is_sent_to_the_store_and_comes_back_to_its_step(filer: FilerAtWork) -> None:
    filer.begin()
    led = filer.fill("grande", at=f"{filer.at}/documento", part="document")
    assert led.startswith(f"{filer.at}/enviar?archivo=")
    answer = filer.browser.get(led)
    page = text_of(answer)
    action = html.unescape(re.findall(r'<form method="post" action="(http[^"]*)"', page)[0])
    assert action.split("/")[2] in str(answer.headers["Content-Security-Policy"])
    portal = filer.box.portal_url
    assert f'value="{portal}{filer.at}/documento?hecho=enviado"' in html.unescape(page)
    assert filer.browser.csrf() not in page.partition('enctype="multipart/form-data"')[2].partition("</form>")[0]
    shown = filer.page(f"{filer.at}/documento")
    assert "Archivo por llegar" in shown
    back = filer.browser.get(f"{filer.at}/documento?hecho=enviado&bucket=b&key=incoming%2Fx&etag=e")
    assert back.headers["Location"] == f"{filer.at}/documento?hecho=enviado"
    filer.browser.people.world.clock.advance(minutes=16)
    filer.browser.enter()
    assert filer.browser.get(led).headers["Location"] == f"{filer.at}/documento"


def test_a_place_of_anothers_or_of_none_leads_back(filer: FilerAtWork) -> None:
    filer.begin()
    for given in ("", "x", ELSEWHERE):
        led = filer.browser.get(f"{filer.at}/enviar?archivo={given}").headers["Location"]
        assert led == f"{filer.at}/anexos"


def test_drafts_are_listed_and_thrown_away(filer: FilerAtWork) -> None:
    filer.begin()
    filer.fill("pedido", subject="Pido una cosa")
    listed = filer.page(BASE)
    assert f'href="{filer.at}"' in listed
    assert "Pido una cosa" in listed
    assert "Borradores (1)" in filer.page(OWN)
    assert "No podrás recuperarlo" in filer.page(f"{filer.at}/descartar")
    assert filer.fill("descartar") == f"{BASE}?hecho=descartado"
    assert "No tienes borradores" in filer.page(f"{BASE}?hecho=descartado")
    for address in (filer.at, f"{filer.at}/documento", f"{filer.at}/descartar"):
        assert filer.browser.get(address).headers["Location"] == BASE
    assert not filer.draft().is_open
    csrf = filer.browser.csrf()
    assert filer.browser.send_file(filer.at, "a.pdf", PDF, None, csrf=csrf, part="annex").headers["Location"] == BASE
    assert filer.browser.send(f"{filer.at}/grande", csrf=csrf, part="annex").headers["Location"] == BASE


def test_a_button_pressed_again_goes_on_with_what_was_begun_and_not_written_to(filer: FilerAtWork) -> None:
    assert filer.begin() == filer.begin()
    first = filer.at
    filer.fill("pedido", subject="Pido una cosa")
    filer.begin()
    assert filer.at != first
    publish(filer.box, version=2, title="Otro nombre")
    second = filer.at
    filer.begin()
    assert filer.at != second
    assert filer.draft().procedure.version == 2


def test_so_many_drafts_and_no_more_may_be_open(filer: FilerAtWork) -> None:
    for number in range(MOST_OPEN):
        filer.begin()
        filer.fill("pedido", subject=f"Pedido {number}")
    led = filer.browser.post(BASE, None, **filer.hidden(ENTRY))
    assert led.status_code == 409
    assert f"Ya tienes {MOST_OPEN} borradores" in text_of(led)
    assert text_of(led).count(f'href="{BASE}/') == MOST_OPEN


def test_what_the_catalogue_changed_meanwhile_is_told_and_keeps_nobody_from_filing(filer: FilerAtWork) -> None:
    filer.write()
    publish(filer.box, version=2, title="Otro nombre")
    assert "La entidad cambió este trámite después de que empezaste" in told(filer.page(filer.at))
    publish(filer.box, version=3, retired_at=NOW, retired_reason="Se derogó")
    check = told(filer.page(filer.at))
    assert "retiró este trámite" in check
    assert "Se derogó" in check
    put_office(filer.box, an_office(is_closed=True))
    assert "La oficina que lo recibía ya no atiende" in filer.page(filer.at)
    filing_id = filer.present().split("/")[2]
    filing = filing_store(filer.box).find(filing_id)
    assert filing is not None
    assert (filing.procedure.version, filing.office_id) == (1, None)


def test_a_retired_procedure_has_no_button_and_begins_nothing(filer: FilerAtWork) -> None:
    hidden = filer.hidden(ENTRY)
    publish(filer.box, version=2, retired_at=NOW, retired_reason="Se derogó")
    assert f'action="{BASE}"' not in filer.page(ENTRY)
    sent = filer.browser.post(BASE, None, **hidden)
    assert sent.status_code == 409
    assert filer.browser.post(BASE, None, csrf=hidden["csrf"], entidad="x", tramite="y").status_code == 404


def test_an_institution_that_left_takes_nothing_and_the_page_says_so_first(filer: FilerAtWork) -> None:
    filer.write()
    hidden = filer.hidden(filer.at)
    entry = filer.hidden(ENTRY)
    put_institution(filer.box, an_institution(state=InstitutionState.CANCELLED))
    check = filer.page(filer.at)
    assert "ya no recibe documentos por aquí" in check
    assert 'action="' + filer.at + '/presentar"' not in check
    assert filer.browser.post(f"{filer.at}/presentar", None, **hidden).status_code == 409
    assert filer.browser.post(BASE, None, **entry).status_code == 409
    assert f'action="{BASE}"' not in filer.page(ENTRY)


def test_who_closed_their_mailbox_may_file_and_is_told_that_no_answer_arrives_there(filer: FilerAtWork) -> None:
    filer.write()
    assert "Tu casilla está cerrada" not in filer.page(filer.at)
    mailbox_store(filer.box).put(a_mailbox(state=MailboxState.DISABLED, closed_at=NOW))
    assert "Tu casilla está cerrada y no recibe notificaciones" in filer.page(filer.at)
    assert filer.present().endswith("/presentado")


def test_a_frozen_mailbox_files_nothing(filer: FilerAtWork) -> None:
    filer.write()
    hidden = filer.hidden(filer.at)
    mailbox_store(filer.box).put(a_mailbox(state=MailboxState.FROZEN))
    sent = filer.browser.post(f"{filer.at}/presentar", None, **hidden)
    assert "Esta casilla está congelada" in text_of(sent)
    assert filer.draft().is_open
    assert filing_store(filer.box).list_of_holder(MAILBOX_ID, limit=10).filings == ()


def test_what_was_typed_when_the_validation_expired_is_kept_and_a_file_is_asked_for_again(filer: FilerAtWork) -> None:
    filer.write()
    subject, check = filer.hidden(f"{filer.at}/pedido"), filer.hidden(filer.at)
    filer.browser.people.world.clock.advance(minutes=21)
    led = filer.browser.send(f"{filer.at}/pedido", **{**subject, "subject": "Lo que escribí", "tick": "1"})
    assert led.headers["Location"] == "/validar?volver=/borrador"
    sent = filer.browser.send_file(filer.at, "a.pdf", PDF, None, csrf=subject["csrf"], part="annex")
    assert sent.headers["Location"] == f"/validar?volver={filer.at}"
    filed = filer.browser.send(f"{filer.at}/presentar", **check)
    assert filed.headers["Location"] == f"/validar?volver={filer.at}/presentar"
    assert filer.draft().is_open


def test_a_file_of_a_session_before_this_one_is_refused_and_nothing_is_kept_of_it(filer: FilerAtWork) -> None:
    filer.begin()
    page = filer.browser.post_file(filer.at, "a.pdf", PDF, None, csrf="0" * 64, part="annex")
    assert page.status_code == 403
    assert filer.draft().files == ()


def test_files_in_review_are_waited_for_and_the_page_says_how(filer: FilerAtWork) -> None:
    filer.begin()
    filer.fill("pedido", subject=SUBJECT)
    filer.attach("documento", "solicitud.pdf")
    check = filer.page(filer.at)
    assert "Todavía se revisan tus archivos" in check
    assert 'action="' + filer.at + '/presentar"' not in check
    version = str(filer.draft().version)
    sent = filer.browser.post(f"{filer.at}/presentar", None, csrf=filer.browser.csrf(), version=version)
    assert "Todavía se revisan los archivos" in text_of(sent)
    assert filer.draft().is_open


def test_a_place_for_a_file_that_was_not_sent_is_not_said_to_be_looked_at(filer: FilerAtWork) -> None:
    filer.write()
    filer.fill("grande", at=f"{filer.at}/anexos", part="annex")
    check = filer.page(filer.at)
    assert "Todavía no llega un archivo" in told(check)
    assert f'href="{filer.at}/anexos?volver=revisar">quítalo' in check
    assert "Por llegar, o en revisión. Si no llegaste a enviarlo, quítalo." in told(filer.page(f"{filer.at}/anexos"))
    [place] = filer.draft().annexes
    filer.fill("quitar", at=f"{filer.at}/anexos", upload_id=place.upload_id, part="annex")
    assert filer.present().endswith("/presentado")


def test_a_file_that_never_arrived_is_told_and_taken_out(filer: FilerAtWork) -> None:
    filer.begin()
    filer.fill("grande", at=f"{filer.at}/anexos", part="annex")
    filer.browser.people.world.clock.advance(hours=2)
    filer.browser.enter()
    assert "Un archivo no llegó. Quítalo y envíalo otra vez." in told(filer.page(filer.at))
    [place] = filer.draft().annexes
    assert filer.fill("quitar", at=f"{filer.at}/anexos", upload_id=place.upload_id, part="annex").endswith("quitado")
    assert filer.draft().annexes == ()


def test_an_upload_of_another_person_is_no_file_of_a_draft(filer: FilerAtWork) -> None:
    filer.write()
    [upload] = upload_store(filer.box).find_all([one.upload_id for one in filer.draft().files]).values()
    foreign = replace(upload, upload_id=ELSEWHERE, institution_id="person-u9")
    upload_store(filer.box).add(foreign)
    draft = with_file(filer.draft(), FilePart.ANNEX, an_attached(ELSEWHERE, FileRole.ANNEX, "ajeno.pdf"), NOW)
    assert filing_draft_store(filer.box).update(draft)
    assert "Todavía se revisan tus archivos" in filer.page(filer.at)


def test_filing_is_on_record_once_with_who_did_it(filer: FilerAtWork) -> None:
    filing = filer.filed()
    events = event_store(filer.box).list_for_subject(f"filing#{filing.filing_id}")
    assert [(one.type.value, one.actor) for one in events] == [("filing.filed", "user:u1")]
    filer.browser.people.world.clock.now += timedelta(minutes=1)
    assert filer.page(f"{OWN}/{filing.filing_id}").count("<strong>Presentada</strong> <time") == 1
