"""Mi perfil on the pages: own data, a new address that proves itself, the mobile, texts, accesses (BOX-7, ACC-7)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import AcceptedText, DocumentType, MailboxUser, UserState
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.renderers.portal import portal
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import NOW, a_mailbox, a_user
from tests.person_world import EMAIL, PASSWORD, USERNAME

NEW_EMAIL = "nueva@ejemplo.pe"
HOSTILE = 'Ana "><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def _own_mailbox(browser: Browser) -> None:
    principal = a_user(1, name=HOSTILE, document_type=DocumentType.DNI, document_number="40000002")
    accepted = (AcceptedText("terms", "2026-01", NOW, "192.0.2.1"), AcceptedText("terms", "lost", NOW, "192.0.2.1"))
    mailbox_store(browser.people.world.container).put(a_mailbox(users=(principal, a_user(2)), accepted=accepted))
    browser.enter()


def words(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def own(browser: Browser) -> MailboxUser:
    mailbox = browser.people.tools.mailboxes.find(USERNAME)
    assert mailbox
    return mailbox.users[0]


def keep(browser: Browser, *users: MailboxUser) -> None:
    mailboxes = browser.people.tools.mailboxes
    found = mailboxes.find(USERNAME)
    assert found
    mailboxes.update(replace(found, users=users))


def fill(browser: Browser, address: str, **fields: str) -> HTTPResponse:
    return browser.submit(browser.get(address), address, **fields)


def ask(browser: Browser, email: str = NEW_EMAIL, again: str = NEW_EMAIL, password: str = PASSWORD) -> HTTPResponse:
    return fill(browser, "/perfil/correo", email=email, email_again=again, password=password)


def test_the_own_data_are_shown_as_text(browser: Browser) -> None:
    page = browser.get("/perfil")
    told = words(page)
    for part in (
        "DNI 40000002",
        EMAIL,
        "1-40000002 (principal)",
        "Por correo y por mensaje de texto",
        "versión 2026-01",
    ):
        assert part in told
    assert "<script>alert" not in text_of(page)
    assert 'href="/terminos?version=2026-01"' in text_of(page)
    assert browser.get("/terminos?version=2026-01").status_code == 200


def test_who_accepted_an_older_version_goes_on_and_is_told_that_there_is_another(browser: Browser) -> None:
    told = words(browser.get("/perfil"))

    assert "versión 2026-01, el lunes 9 de marzo de 2026, 15:15. Después se publicó otra versión" in told
    assert "Esta versión ya no está vigente" in words(browser.get("/terminos?version=2026-01"))
    assert browser.get("/casilla").status_code == 200


def test_the_holders_obligations_stand_beside_the_contact_data(browser: Browser) -> None:
    told = words(browser.get("/perfil"))

    assert all(one in told for one in portal().obligations)


def test_a_new_address_counts_once_its_code_was_typed(browser: Browser) -> None:
    assert ask(browser).headers["Location"] == "/perfil/correo/codigo"
    page = browser.get("/perfil/correo/codigo")
    assert NEW_EMAIL in words(page)
    assert f"Falta verificar tu nuevo correo {NEW_EMAIL}" in words(browser.get("/perfil"))
    code = browser.people.code_sent()
    wrong = browser.submit(page, "/perfil/correo/codigo", code="222222")
    assert wrong.status_code == 422
    assert "te quedan 4 intentos" in words(wrong)
    assert own(browser).email == EMAIL
    answer = browser.submit(page, "/perfil/correo/codigo", code=f"{code[:3]} {code[3:].lower()}")
    profile = words(browser.get(answer.headers["Location"]))
    assert "Verificaste tu nuevo correo" in profile
    assert f"Tu nuevo correo {NEW_EMAIL} valdrá desde el martes 10 de marzo de 2026" in profile
    assert own(browser).email == EMAIL
    assert browser.people.mails()[-1][0] == EMAIL


@pytest.mark.parametrize(
    ("email", "again", "field", "told"),
    [
        (NEW_EMAIL, "otra@ejemplo.pe", "email_again", "no son iguales"),
        ("", "", "email", "Completa «Correo Electrónico»"),
        (EMAIL, EMAIL, "email", "Ese ya es tu correo"),
        ("usuaria2@ejemplo.pe", "usuaria2@ejemplo.pe", "email", "Otro usuario de tu casilla"),
        ('"><b>@x', '"><b>@x', "email", "Escribe una dirección"),
    ],
)
def test_an_address_that_cannot_be_is_told_beside_its_field(
    browser: Browser, email: str, again: str, field: str, told: str
) -> None:
    answer = ask(browser, email, again)
    assert answer.status_code == 422
    assert told in words(answer)
    assert f'id="{field}-error"' in text_of(answer)
    assert not browser.people.mails()


def test_without_the_own_password_no_code_is_sent_and_what_was_typed_stays(browser: Browser) -> None:
    for password, told in (("", "Completa «Contraseña»"), ("Otra-clave-8", "La contraseña no es correcta")):
        answer = ask(browser, password=password)
        assert answer.status_code == 422
        assert told in words(answer)
        assert 'id="password-error"' in text_of(answer)
        assert text_of(answer).count(f'value="{NEW_EMAIL}"') == 2
        assert "Otra-clave-8" not in text_of(answer)
    assert not browser.people.mails()


def test_a_new_address_sent_too_late_is_kept_without_the_password(browser: Browser) -> None:
    page = browser.get("/perfil/correo")
    browser.people.world.clock.advance(minutes=20, seconds=1)
    typed = {"email": NEW_EMAIL, "email_again": NEW_EMAIL, "password": PASSWORD}
    assert browser.submit(page, "/perfil/correo", **typed).headers["Location"] == "/validar?volver=/borrador"
    validation = browser.get("/validar?volver=/borrador")
    assert browser.submit(validation, "/validar", password=PASSWORD).headers["Location"] == "/borrador"
    kept = browser.get("/borrador")
    assert NEW_EMAIL in words(kept)
    assert PASSWORD not in text_of(kept)
    again = browser.submit(kept, "/perfil/correo")
    assert "Completa «Contraseña»" in words(again)
    assert text_of(again).count(f'value="{NEW_EMAIL}"') == 2


def test_another_code_is_sent_after_a_minute(browser: Browser) -> None:
    ask(browser)
    resend = "/perfil/correo/codigo/reenviar"
    soon = fill(browser, "/perfil/correo/codigo")
    assert soon.status_code == 422
    assert browser.submit(soon, resend).status_code == 429
    browser.people.world.clock.advance(seconds=60)
    answer = browser.submit(soon, resend)
    assert "Enviamos otro código" in words(browser.get(answer.headers["Location"]))
    assert len(browser.people.mails()) == 2


def test_the_same_buttons_pressed_twice_say_what_the_first_press_did(browser: Browser) -> None:
    asked = [ask(browser), ask(browser)]
    page = browser.get("/perfil/correo/codigo")
    code = browser.people.code_sent()
    typed = [browser.submit(page, "/perfil/correo/codigo", code=code) for _ in range(2)]

    assert {answer.headers["Location"] for answer in asked} == {"/perfil/correo/codigo"}
    assert {answer.headers["Location"] for answer in typed} == {"/perfil?hecho=correo"}
    assert len(browser.people.mails()) == 2


def test_without_a_code_that_is_awaited_the_way_begins_anew(browser: Browser) -> None:
    ask(browser)
    page = browser.get("/perfil/correo/codigo")
    browser.people.world.clock.advance(seconds=19 * 60)
    browser.enter()
    browser.people.world.clock.advance(seconds=11 * 60 + 1)
    assert browser.get("/perfil/correo/codigo").headers["Location"] == "/perfil/correo?codigo=vencido"
    code = browser.people.code_sent()
    late = browser.post("/perfil/correo/codigo", None, csrf=browser.csrf(), code=code)
    assert "El código venció" in words(browser.get(late.headers["Location"]))
    again = browser.post("/perfil/correo/codigo/reenviar", None, csrf=browser.csrf())
    assert again.headers["Location"] == "/perfil/correo?codigo=vencido"
    assert page.status_code == 200


def test_the_mobile_changes_and_is_checked(browser: Browser) -> None:
    answer = fill(browser, "/perfil/celular", mobile="987 654-321")
    assert "Guardamos tu celular" in words(browser.get(answer.headers["Location"]))
    assert own(browser).mobile == "+51987654321"
    wrong = fill(browser, "/perfil/celular", mobile='01"><b>')
    assert "9 dígitos" in words(wrong)
    assert "01&#34;&gt;&lt;b&gt;" in text_of(wrong)
    browser.post("/perfil/celular", None, csrf=browser.csrf())
    assert own(browser).mobile == "+51987654321"


@pytest.mark.parametrize("has_mobile", [True, False])
@pytest.mark.parametrize("typed", ["", "  "])
def test_an_empty_field_takes_no_mobile_away(browser: Browser, typed: str, has_mobile: bool) -> None:
    mobile = own(browser).mobile if has_mobile else None
    keep(browser, replace(own(browser), mobile=mobile), a_user(2))
    answer = fill(browser, "/perfil/celular", mobile=typed)
    assert answer.status_code == 422
    assert "Completa «Teléfono/Celular»" in words(answer)
    assert own(browser).mobile == mobile


@pytest.mark.parametrize("typed", ["900000001", "+51 900 000 001", ""])
def test_who_takes_the_own_mobile_away_says_so_and_learns_what_it_means(browser: Browser, typed: str) -> None:
    asked = words(browser.get("/perfil/celular"))
    assert "Otro usuario de la casilla también tiene celular, así que puedes quitar el tuyo" in asked
    answer = fill(browser, "/perfil/celular", mobile=typed, remove="si")
    told = words(browser.get(answer.headers["Location"]))
    assert "Quitamos tu celular. Desde ahora tus avisos llegan solo por correo." in told
    assert "conserva el celular de otro usuario, al que siguen llegando sus mensajes de texto" in told
    assert "Avisos Solo por correo. Los mensajes de texto llegan al celular de otro usuario de la casilla." in told
    assert own(browser).mobile is None
    assert 'name="remove"' not in text_of(browser.get("/perfil/celular"))


def test_another_number_and_taking_it_away_are_not_both_done(browser: Browser) -> None:
    answer = fill(browser, "/perfil/celular", mobile="987654321", remove="si")
    assert answer.status_code == 422
    assert "Escribiste otro número y también marcaste quitarlo" in words(answer)
    assert 'value="987654321"' in text_of(answer)
    assert re.search(r'id="remove"[^>]* checked', text_of(answer))
    assert own(browser).mobile == "+51900000001"


def test_taking_the_mobile_away_too_late_is_kept_in_words(browser: Browser) -> None:
    page = browser.get("/perfil/celular")
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    late = browser.submit(page, "/perfil/celular", mobile="900000001", remove="si")
    browser.submit(browser.get(late.headers["Location"]), "/validar", password=PASSWORD)
    kept = browser.get("/borrador")
    assert "Quitar mi celular Sí" in words(kept)
    browser.submit(kept, "/perfil/celular")
    assert own(browser).mobile is None


def test_what_was_done_stands_in_the_title_and_is_where_the_page_begins(browser: Browser) -> None:
    answer = fill(browser, "/perfil/celular", mobile="987654321")
    html = text_of(browser.get(answer.headers["Location"]))
    assert "<title>Guardamos tu celular \N{EN DASH} Mi perfil \N{EN DASH} " in html
    assert '<div class="box good" role="status" tabindex="-1" data-outcome><p>Guardamos tu celular' in html
    assert "<title>Mi perfil \N{EN DASH} " in text_of(browser.get("/perfil"))


def test_alerts_are_told_and_not_chosen(browser: Browser) -> None:
    told = words(browser.get("/perfil"))
    said = "Por correo y por mensaje de texto. No se pueden apagar: la ley exige que la casilla reciba ambos."
    assert f"Avisos {said} Contraseña" in told
    assert "perfil/avisos" not in text_of(browser.get("/perfil"))
    assert browser.get("/perfil/avisos").status_code == 404


def test_the_last_mobile_of_the_mailbox_is_said_to_be_that_and_stays(browser: Browser) -> None:
    assert 'name="remove"' in text_of(browser.get("/perfil/celular"))
    keep(browser, own(browser), a_user(2, mobile=None))
    asked = words(browser.get("/perfil/celular"))
    assert "Es el único de la casilla al que los enviamos" in asked
    assert 'name="remove"' not in text_of(browser.get("/perfil/celular"))
    refused = browser.submit(browser.get("/perfil/celular"), "/perfil/celular", mobile="900000001", remove="si")
    assert refused.status_code == 409
    assert "no pueden notificarte por este medio" in words(refused)
    assert own(browser).mobile == "+51900000001"


@pytest.mark.parametrize("address", ["/perfil", "/usuarios", "/casilla"])
def test_a_mailbox_without_a_mobile_says_what_that_means(browser: Browser, address: str) -> None:
    told = "Ningún usuario activo de la casilla tiene un celular"
    assert told not in words(browser.get(address))
    keep(browser, replace(own(browser), mobile=None), a_user(2, state=UserState.PENDING))
    assert told in words(browser.get(address))
    assert 'href="/perfil/celular"' in text_of(browser.get(address))


def test_the_countries_to_which_sms_go_are_named_as_configured(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(browser.people.world.container), "sms_reach", SmsReach(frozenset({"PE", "ES"})))
    keep(browser, replace(own(browser), mobile=None), a_user(2, state=UserState.PENDING))
    for address in ("/perfil", "/usuarios", "/casilla"):
        assert "otro usuario puede agregar uno del Perú o de España" in words(browser.get(address))


def test_other_sessions_are_seen_and_ended_one_by_one_or_all(browser: Browser) -> None:
    others = []
    for _ in range(2):
        others.append(browser.cookies[SESSION_COOKIE])
        browser.people.world.clock.advance(seconds=60)
        browser.enter()
    page = browser.get("/perfil")
    assert words(page).count("Abierto: este equipo") == 1
    closing = re.findall(r'action="(/perfil/accesos/[^"]+/cerrar)"', text_of(page))
    assert len(closing) == 2
    mine = browser.cookies[SESSION_COOKIE]
    answer = browser.submit(page, closing[-1])
    assert "Esa sesión está cerrada" in words(browser.get(answer.headers["Location"]))
    browser.submit(page, "/perfil/accesos/cerrar")
    assert browser.cookies[SESSION_COOKIE] != mine
    assert "Cerramos tus demás sesiones" in words(browser.get("/perfil?hecho=cerradas"))
    assert "Cerrado" in words(browser.get("/perfil"))
    for cookie in (*others, mine):
        browser.cookies[SESSION_COOKIE] = cookie
        assert browser.get("/perfil").headers["Location"] == "/ingresar?volver=/perfil"


def test_nobody_ends_a_strangers_session(browser: Browser) -> None:
    theirs = Browser(browser.people)
    theirs.enter(user_id="somebody-else")
    listed = browser.people.tools.sessions.list_for_user("somebody-else", now=browser.people.world.clock(), limit=1)
    browser.post(f"/perfil/accesos/{listed[0].session.session_id}/cerrar", None, csrf=browser.csrf())
    assert theirs.get("/clave").status_code == 200


def test_a_mobile_sent_too_late_is_kept(browser: Browser) -> None:
    page = browser.get("/perfil/celular")
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    late = browser.submit(page, "/perfil/celular", mobile="987654321")
    browser.submit(browser.get(late.headers["Location"]), "/validar", password=PASSWORD)
    kept = browser.get("/borrador")
    assert "Teléfono/Celular 987654321" in words(kept)
    browser.submit(kept, "/perfil/celular")
    assert own(browser).mobile == "+51987654321"
