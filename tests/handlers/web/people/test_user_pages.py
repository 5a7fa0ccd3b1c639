"""The users of a mailbox on the pages: who sees, adds, activates, disables and enables them (BOX-6, ACC-5)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import MailboxUser, UserState
from chalicelib.handlers.cookies import SESSION_COOKIE
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_mailbox, a_user
from tests.person_world import NEW, PASSWORD, USERNAME

LUIS = {
    "document_type": "DNI",
    "document_number": "40000028",
    "name": "Luis Vega Demo",
    "email": "luis@ejemplo.pe",
    "mobile": "987 654 321",
}
SECONDARY = f"{USERNAME}.40000028"
HOSTILE = 'Ana "><script>alert(1)</script> {{ 7 * 7 }}'


@pytest.fixture(autouse=True)
def _one_user(browser: Browser) -> None:
    put_users(browser)
    browser.enter()


def put_users(browser: Browser, *others: MailboxUser) -> None:
    mailbox_store(browser.people.world.container).put(a_mailbox(users=(a_user(1), *others)))


def shown(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return html


def words(answer: HTTPResponse) -> str:
    """Return what a page says."""
    return " ".join(re.sub(r"<[^>]+>", " ", shown(answer).partition("<main")[2]).split())


def add(browser: Browser, **overrides: str) -> HTTPResponse:
    """Go through the form and the last look."""
    typed = {**LUIS, **overrides}
    check = browser.submit(browser.get("/usuarios/agregar"), "/usuarios/agregar", **typed)
    return browser.submit(check, "/usuarios/agregar", step="agregar") if check.status_code == 200 else check


def only_other(browser: Browser) -> MailboxUser:
    mailbox = browser.people.tools.mailboxes.find(USERNAME)
    assert mailbox
    [_, user] = mailbox.users
    return user


def link_sent(browser: Browser) -> str:
    return str(re.findall(r"https?://\S+?(/activar/\S+)", browser.people.mails()[-1][1])[-1])


def activate(browser: Browser, link: str, new: str = NEW, again: str = NEW) -> HTTPResponse:
    return browser.submit(browser.get(link), link, new_password=new, new_password_repeated=again)


def press(browser: Browser, action: str) -> HTTPResponse:
    """Use a button or link of the list about the only other user."""
    address = f"/usuarios/{only_other(browser).user_id}/{action}"
    assert address in shown(browser.get("/usuarios"))
    return browser.post(address, None, csrf=browser.csrf())


def test_a_new_user_is_looked_over_added_and_told_by_mail(browser: Browser) -> None:
    check = browser.submit(browser.get("/usuarios/agregar"), "/usuarios/agregar", **LUIS)
    assert "DNI 40000028" in words(check)
    assert "987\N{NO-BREAK SPACE}654\N{NO-BREAK SPACE}321" in text_of(check)
    assert not browser.people.mails()

    answer = browser.submit(check, "/usuarios/agregar", step="agregar")

    assert answer.status_code == 303
    listed = browser.get(answer.headers["Location"])
    assert "Agregamos a Luis Vega Demo. Le enviamos un correo a luis@ejemplo.pe" in words(listed)
    assert "2 de 5" in words(listed)
    assert "No activado" in words(listed)
    assert [to for to, _ in browser.people.mails()] == ["luis@ejemplo.pe"]


def test_a_second_click_adds_and_complains_of_nothing(browser: Browser) -> None:
    check = browser.submit(browser.get("/usuarios/agregar"), "/usuarios/agregar", **LUIS)
    first = browser.submit(check, "/usuarios/agregar", step="agregar")
    second = browser.submit(check, "/usuarios/agregar", step="agregar")
    assert second.headers["Location"] == first.headers["Location"]
    assert len(browser.people.mails()) == 1
    again = browser.submit(browser.get("/usuarios/agregar"), "/usuarios/agregar", **LUIS)
    assert "ya tiene un usuario con este número" in words(again)
    other = browser.submit(check, "/usuarios/agregar", step="agregar", email="otro@ejemplo.pe")
    assert other.status_code == 422


def test_what_was_typed_can_be_corrected_before_it_counts(browser: Browser) -> None:
    check = browser.submit(browser.get("/usuarios/agregar"), "/usuarios/agregar", **LUIS)
    form = shown(browser.submit(check, "/usuarios/agregar", step="corregir"))
    assert 'value="luis@ejemplo.pe"' in form
    assert '<option value="DNI" selected>' in form
    assert "1 de 5" in words(browser.get("/usuarios"))


def test_everything_wrong_is_told_beside_its_field_and_what_was_typed_stays(browser: Browser) -> None:
    answer = add(browser, document_type="", name=HOSTILE, email="USUARIA1@ejemplo.pe", mobile="1")
    html = shown(answer)
    assert answer.status_code == 422
    assert "<title>Error: Agregar un usuario" in html
    for field in set(LUIS) - {"document_number"}:
        assert f'<a href="#{field}">' in html
        assert f'id="{field}-error"' in html
    assert "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in html
    assert not browser.people.mails()


def test_what_was_left_empty_is_told_as_such_in_the_forms_order(browser: Browser) -> None:
    html = shown(add(browser, **dict.fromkeys(LUIS, " ")))
    told = re.findall(r'<li><a href="#(\w+)">([^<]+)</a>', html)
    assert told == [
        ("document_type", "Elige una opción en «Tipo Documento»."),
        ("document_number", "Completa «Número de documento»."),
        ("name", "Completa «Nombres y apellidos»."),
        ("email", "Completa «Correo Electrónico»."),
    ]


def test_the_menu_says_where_one_is(browser: Browser) -> None:
    assert '<a href="/usuarios" aria-current="page">' in text_of(browser.get("/usuarios"))
    assert '<a href="/usuarios" aria-current="true">' in text_of(browser.get("/usuarios/agregar"))


def test_hostile_names_are_shown_as_text(browser: Browser) -> None:
    put_users(browser, a_user(2, name=HOSTILE, email="a'b&c@ejemplo.pe"))
    for address in ("/usuarios", "/usuarios?hecho=habilitado&usuario=u2", "/usuarios/u2/deshabilitar"):
        html = shown(browser.get(address))
        assert "&lt;script&gt;alert(1)" in html
        assert "<script>alert" not in html


def test_a_sixth_user_is_refused_with_the_reason(browser: Browser) -> None:
    form = browser.get("/usuarios/agregar")
    put_users(browser, *(a_user(n) for n in range(2, 6)))
    listed = browser.get("/usuarios")
    assert "5 de 5" in words(listed)
    assert "es el máximo" in words(listed)
    assert "/usuarios/agregar" not in text_of(listed)
    assert browser.get("/usuarios/agregar").headers["Location"] == "/usuarios"
    late = browser.submit(form, "/usuarios/agregar", **LUIS)
    assert late.status_code == 409
    assert "ya tiene 5 usuarios" in words(late)


def test_a_user_activates_the_access_by_the_link_and_logs_in(browser: Browser) -> None:
    add(browser)
    browser.cookies.clear()
    link = link_sent(browser)
    page = words(browser.get(link))
    assert "QUISPE DEMO MARÍA ÑUSTA" in page
    assert SECONDARY in page
    assert "usuaria1@ejemplo.pe" not in page
    assert "no es igual" in words(activate(browser, link, again="Otra-clave-88"))
    assert "Tu acceso está activo" in words(activate(browser, link))
    assert browser.log_in(SECONDARY, NEW).headers["Location"] == "/textos?volver=%2Fcasilla"
    assert browser.accept_texts().headers["Location"] == "/casilla"
    used = browser.get(link)
    assert used.status_code == 410
    assert "Si ya creaste tu contraseña, ingresa con ella" in words(used)


def test_opening_an_expired_link_sends_nothing_and_its_button_sends_one_new_link(browser: Browser) -> None:
    add(browser)
    expired = link_sent(browser)
    browser.people.world.clock.advance(days=8)
    for _ in range(2):
        page = browser.get(expired)
        assert "Este enlace venció" in words(page)
    assert len(browser.people.mails()) == 1
    assert "Te enviamos uno nuevo" in words(browser.submit(page, f"{expired}/otro"))
    assert len(browser.people.mails()) == 2
    assert browser.submit(page, f"{expired}/otro").status_code == 410
    assert "Tu acceso está activo" in words(activate(browser, link_sent(browser)))


def test_a_form_sent_after_its_link_expired_sends_a_new_one_and_says_so(browser: Browser) -> None:
    add(browser)
    link = link_sent(browser)
    page = browser.get(link)
    browser.people.world.clock.advance(days=8)
    answer = browser.submit(page, link, new_password=NEW, new_password_repeated=NEW)
    assert "Te enviamos un enlace nuevo" in words(answer)
    assert len(browser.people.mails()) == 2


def test_a_good_link_is_not_renewed(browser: Browser) -> None:
    add(browser)
    link = link_sent(browser)
    assert browser.post(f"{link}/otro").headers["Location"] == link
    assert len(browser.people.mails()) == 1


def test_disabling_is_asked_for_first_and_ends_the_session_at_once(browser: Browser) -> None:
    add(browser)
    activate(browser, link_sent(browser))
    principals = dict(browser.cookies)
    browser.cookies.clear()
    browser.log_in(SECONDARY, NEW)
    theirs = dict(browser.cookies)
    browser.cookies = dict(principals)
    browser.people.world.clock.advance(seconds=1)
    asked = browser.get(f"/usuarios/{only_other(browser).user_id}/deshabilitar")
    assert "¿Deshabilitar a Luis Vega Demo? Dejará de ingresar y de recibir avisos." in words(asked)
    assert only_other(browser).state is UserState.ACTIVE

    answer = press(browser, "deshabilitar")

    assert "ya no puede ingresar" in words(browser.get(answer.headers["Location"]))
    browser.cookies = theirs
    out = browser.get("/usuarios")
    assert out.headers["Location"] == "/ingresar?volver=/usuarios"
    assert SESSION_COOKIE not in browser.cookies
    assert "Comunícate con el usuario principal" in words(browser.log_in(SECONDARY, NEW))
    browser.cookies = dict(principals)
    answer = press(browser, "habilitar")
    assert "puede ingresar otra vez" in words(browser.get(answer.headers["Location"]))
    browser.cookies.clear()
    assert browser.log_in(SECONDARY, NEW).status_code == 303


def test_the_only_active_user_with_a_mobile_is_said_to_be_that_before_disabling(browser: Browser) -> None:
    add(browser)
    activate(browser, link_sent(browser))
    mailboxes = browser.people.tools.mailboxes
    found = mailboxes.find(USERNAME)
    assert found
    mailboxes.update(replace(found, users=(replace(found.users[0], mobile=None), found.users[1])))
    asked = browser.get(f"/usuarios/{only_other(browser).user_id}/deshabilitar")
    assert "Luis Vega Demo es el único usuario activo con un celular al que enviamos mensajes de texto" in words(asked)
    assert "Agrega antes tu celular" in words(asked)
    assert "danger" not in text_of(asked)
    address = f"/usuarios/{only_other(browser).user_id}/deshabilitar"
    refused = browser.post(address, None, csrf=browser.csrf())
    assert (refused.status_code, only_other(browser).state) == (409, UserState.ACTIVE)
    assert "Agrega antes el tuyo en «Mi perfil»" in words(refused)


def test_the_activation_is_sent_again_and_to_a_corrected_address(browser: Browser) -> None:
    add(browser, email="luiz@ejemplo.pe")
    lost = link_sent(browser)
    assert "hecho=enviado" in press(browser, "activacion").headers["Location"]
    too_soon = press(browser, "activacion")
    assert too_soon.status_code == 429
    assert "2 de 5" in words(too_soon)
    address = f"/usuarios/{only_other(browser).user_id}/activacion"
    form = browser.get(address)
    assert 'value="luiz@ejemplo.pe"' in shown(form)
    refused = browser.submit(form, address, email="usuaria1@ejemplo.pe")
    assert refused.status_code == 422
    assert 'id="email-error"' in shown(refused)
    assert "Completa «Correo Electrónico»" in words(browser.submit(form, address, email=" "))
    sent = browser.submit(form, address, email="luis@ejemplo.pe")
    assert "Enviamos el correo de activación a luis@ejemplo.pe" in words(browser.get(sent.headers["Location"]))
    assert browser.get(lost).status_code == 410
    assert "Tu acceso está activo" in words(activate(browser, link_sent(browser)))
    assert browser.get(address).headers["Location"] == "/usuarios"


def test_a_secondary_user_sees_the_list_and_who_changes_it(browser: Browser) -> None:
    add(browser)
    activate(browser, link_sent(browser))
    browser.cookies.clear()
    browser.log_in(SECONDARY, NEW)
    browser.accept_texts()
    listed = browser.get("/usuarios")
    assert "Solo el usuario principal, Usuaria Ejemplo 1, puede agregar" in words(listed)
    assert text_of(listed).count("<form") == 1
    assert "Deshabilitar" not in words(listed)
    assert browser.get("/usuarios/agregar").headers["Location"] == "/usuarios"
    assert browser.get("/usuarios/u1/deshabilitar").status_code == 403
    csrf = browser.csrf()
    for address in (
        "/usuarios/agregar",
        "/usuarios/u1/deshabilitar",
        "/usuarios/u1/habilitar",
        "/usuarios/u1/activacion",
    ):
        answer = browser.post(address, None, csrf=csrf, **LUIS)
        assert answer.status_code == 403, address
        assert "Solo el usuario principal" in words(answer)


def test_users_of_another_mailbox_are_unknown(browser: Browser) -> None:
    mailbox_store(browser.people.world.container).put(a_mailbox("40000003", users=(a_user(7),)))
    assert browser.get("/usuarios/u7/deshabilitar").status_code == 404
    for action in ("deshabilitar", "habilitar", "activacion"):
        answer = browser.post(f"/usuarios/u7/{action}", None, csrf=browser.csrf())
        assert (answer.status_code, "no existe en tu casilla" in words(answer)) == (404, True)


def test_nothing_is_told_that_is_not_so(browser: Browser) -> None:
    put_users(browser, a_user(2))
    for what in ("deshabilitado", "agregado", "x"):
        assert 'role="status"' not in text_of(browser.get(f"/usuarios?hecho={what}&usuario=u2"))


def test_a_user_added_too_late_is_kept_shown_by_its_labels_and_added_by_the_person(browser: Browser) -> None:
    form = browser.get("/usuarios/agregar")
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    late = browser.submit(form, "/usuarios/agregar", **LUIS)
    assert late.headers["Location"] == "/validar?volver=/borrador"
    browser.submit(browser.get("/validar?volver=/borrador"), "/validar", password=PASSWORD)
    kept = browser.get("/borrador")
    for label in ("Tipo Documento DNI", "Número de documento 40000028", "Nombres y apellidos Luis Vega Demo"):
        assert label in words(kept)
    check = browser.submit(kept, "/usuarios/agregar")
    answer = browser.submit(check, "/usuarios/agregar", step="agregar")
    assert "Agregamos a Luis" in words(browser.get(answer.headers["Location"]))
    assert "No hay nada guardado" in words(browser.get("/borrador"))


def test_a_button_pressed_too_late_is_kept_in_words(browser: Browser) -> None:
    put_users(browser, a_user(2, document_number="40000021"))
    asked = browser.get("/usuarios/u2/deshabilitar")
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    late = browser.submit(asked, "/usuarios/u2/deshabilitar")
    browser.submit(browser.get(late.headers["Location"]), "/validar", password=PASSWORD)
    kept = browser.get("/borrador")
    assert "Lo que pediste Deshabilitar a Usuaria Ejemplo 2" in words(kept)
    browser.submit(kept, "/usuarios/u2/deshabilitar")
    assert only_other(browser).state is UserState.DISABLED


def test_a_row_has_one_menu_of_all_that_can_be_done_about_its_user(browser: Browser) -> None:
    add(browser)
    html = shown(browser.get("/usuarios"))
    [menu] = re.findall(r"<details.*?</details>", html, re.DOTALL)
    assert "sobre Luis Vega Demo" in menu
    assert [address.rpartition("/")[2] for address in re.findall(r'(?:action|href)="(/usuarios/[^"]+)"', menu)] == [
        *("activacion", "activacion", "deshabilitar", "quitar")
    ]
    assert not re.findall(r'(?:action|href)="/usuarios/[^/"]+/', html.replace(menu, ""))
    assert html.count('<span class="tag">Usuario principal</span>') == 1
