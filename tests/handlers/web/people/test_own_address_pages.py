"""What fails is said on the mailbox's page and the profile, and mended from there (ALR-4)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import Sign
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_mailbox, a_user
from tests.person_world import EMAIL, PASSWORD, People, sent_sms

PAGE = "/perfil/avisos/correo"
MOBILE_PAGE = "/perfil/avisos/celular"
FAILS = "Los avisos no llegan a tu correo u***@ejemplo.pe desde el 9 de marzo de 2026."
HOSTILE = 'Luis "><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def people(browser: Browser) -> People:
    second = a_user(2, name=HOSTILE, email="luis@ejemplo.pe", mobile="+51900000052")
    mailbox_store(browser.people.world.container).put(a_mailbox(users=(a_user(1), second)))
    browser.enter()
    return browser.people


def words(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


@pytest.mark.parametrize("page", ["/casilla", "/casilla?vista=leidos", "/perfil"])
def test_a_healthy_mailbox_shows_no_banner(browser: Browser, page: str) -> None:
    assert "no llegan" not in words(browser.get(page))
    assert "Ningún" not in words(browser.get(page))


@pytest.mark.parametrize("page", ["/casilla", "/casilla?vista=leidos", "/perfil"])
def test_what_fails_since_when_and_what_to_do_stand_on_both_pages(browser: Browser, people: People, page: str) -> None:
    people.bounce()

    shown = browser.get(page)

    assert FAILS in words(shown)
    assert f'<a href="{PAGE}">Verifica o cambia tu correo</a>' in text_of(shown)
    assert "Puedes enterarte tarde" in words(shown)
    assert "Ningún correo" not in words(shown)  # the other user's lives


def test_the_date_is_that_of_lima(browser: Browser, people: People) -> None:
    people.bounce(at=people.world.clock.now.replace(hour=3) - timedelta(days=1))

    assert "desde el 7 de marzo de 2026" in words(browser.get("/casilla"))


def test_the_principal_is_told_of_others_and_of_a_channel_by_which_nobody_is_reached(
    browser: Browser, people: People
) -> None:
    people.bounce()
    people.bounce(user_id="u2")
    people.bounce(channel=Channel.SMS, user_id="u2", reason="mobile_opted_out")

    shown = words(browser.get("/casilla"))

    assert "Los avisos no llegan al correo l***@ejemplo.pe de Luis" in shown
    assert "Los avisos no llegan al celular +51 *** *** 052 de Luis" in shown
    assert "Ningún correo de la casilla recibe avisos." in shown
    assert "no pueden notificar en esta casilla" in shown
    assert "Ningún celular" not in shown


def test_where_nobody_is_reached_by_either_channel_that_is_said_once(browser: Browser, people: People) -> None:
    for channel in Channel:
        for user_id in ("u1", "u2"):
            people.bounce(channel=channel, user_id=user_id)

    shown = words(browser.get("/casilla"))

    assert "Ningún correo ni celular de la casilla recibe avisos." in shown
    assert shown.count("no pueden notificar en esta casilla") == 1


def test_another_user_is_told_of_the_own_alone(browser: Browser, people: People) -> None:
    mailboxes = people.tools.mailboxes
    found = people.mailbox()
    first, second = (replace(one, is_principal=not one.is_principal) for one in found.users)
    mailboxes.update(replace(found, users=(first, second)))
    for user_id in ("u1", "u2"):
        people.bounce(user_id=user_id)

    shown = words(browser.get("/casilla"))

    assert FAILS in shown
    assert "l***@" not in shown
    assert "Ningún correo" not in shown


def test_of_a_user_who_is_not_alerted_nothing_is_said(browser: Browser, people: People) -> None:
    people.bounce(user_id="u2")
    found = people.mailbox()
    off = replace(found.users[1], state=type(found.users[1].state).DISABLED)
    people.tools.mailboxes.update(replace(found, users=(found.users[0], off)))

    assert "no llegan" not in words(browser.get("/casilla"))


def test_it_never_says_that_it_changes_nothing(browser: Browser, people: People) -> None:
    for channel in Channel:
        people.bounce(channel=channel)
    for page in ("/casilla", "/perfil", PAGE, MOBILE_PAGE):
        shown = words(browser.get(page)).casefold()
        for soothing in ("no cambia nada", "sigue igual", "igual valen", "no afecta", "válida de todos modos"):
            assert soothing not in shown, page


def test_no_page_says_that_alerts_arrive_where_they_do_not(browser: Browser, people: People) -> None:
    people.bounce()
    mails = {"email": "nueva@ejemplo.pe", "email_again": "nueva@ejemplo.pe", "password": PASSWORD}

    pages = [words(browser.get("/perfil/correo"))]
    browser.submit(browser.get("/perfil/correo"), "/perfil/correo", **mails)
    pages.append(words(browser.get("/perfil")))
    browser.submit(browser.get("/perfil/correo/codigo"), "/perfil/correo/codigo", code=people.code_sent())
    pages.append(words(browser.get("/perfil")))

    assert "valdrá desde el" in pages[-1]
    for shown in pages:
        assert "llegan al anterior" not in shown
        assert "siguen llegando" not in shown
    assert FAILS in pages[-1]  # until the new one counts


def send_code(browser: Browser, page: str = PAGE) -> HTTPResponse:
    return browser.submit(browser.get(page), page)


def test_the_way_from_the_banner_to_a_live_address(browser: Browser, people: People) -> None:
    people.bounce()
    page = browser.get(PAGE)
    assert f"Los avisos no llegan a {EMAIL} desde el 9 de marzo de 2026." in words(page)
    assert "el servidor de ese correo dice que no existe" in words(page)
    assert '<a href="/perfil/correo">' in text_of(page)
    assert 'name="code"' not in text_of(page)

    sent = send_code(browser)
    assert (sent.status_code, sent.headers["Location"]) == (303, PAGE)
    page = browser.get(PAGE)
    assert "vale hasta las 15:45" in words(page)
    done = browser.submit(page, PAGE, code=people.code_sent())

    assert (done.status_code, done.headers["Location"]) == (303, "/perfil?hecho=correo-llega")
    shown = words(browser.get("/perfil?hecho=correo-llega"))
    assert "Listo: que sepamos, los avisos llegan a tu correo." in shown
    assert "no llegan" not in shown
    assert browser.get(PAGE).headers["Location"] == "/perfil?hecho=correo-llega"


def test_the_same_by_sms(browser: Browser, people: People) -> None:
    people.bounce(channel=Channel.SMS, reason="mobile_opted_out")
    assert "Los avisos no llegan a tu celular +51 *** *** 001" in words(browser.get("/casilla"))
    send_code(browser, MOBILE_PAGE)
    page = browser.get(MOBILE_PAGE)
    assert "Lo enviamos por mensaje de texto" in words(page)

    done = browser.submit(page, MOBILE_PAGE, code=sent_sms()[-1][1][:6])

    assert done.headers["Location"] == "/perfil?hecho=celular-llega"
    assert not people.is_dead(Channel.SMS)


def test_opening_the_page_sends_nothing(browser: Browser, people: People) -> None:
    people.bounce()
    mails = len(people.mails())

    browser.get(PAGE)
    browser.get(f"{PAGE}?codigo=otro")

    assert len(people.mails()) == mails


def test_what_was_done_is_said_only_while_it_is_so(browser: Browser, people: People) -> None:
    people.bounce()
    assert "Listo" not in words(browser.get("/perfil?hecho=correo-llega"))
    assert "Enviamos otro" not in words(browser.get(f"{PAGE}?codigo=otro"))
    send_code(browser)
    assert "Pide otro o cambia" not in words(browser.get(f"{PAGE}?codigo=devuelto"))


def test_a_button_pressed_twice_leads_to_the_one_code_and_another_is_refused_with_words(
    browser: Browser, people: People
) -> None:
    people.bounce()
    first = browser.get(PAGE)
    browser.submit(first, PAGE)
    mails = len(people.mails())

    twice = browser.submit(first, PAGE)
    assert (twice.status_code, twice.headers["Location"]) == (303, PAGE)
    again = browser.post(PAGE, again="si", csrf=browser.csrf())
    assert "Ya pediste este correo hace menos de 1 minuto." in words(again)
    assert 'name="code"' in text_of(again)
    assert len(people.mails()) == mails
    people.world.clock.advance(minutes=2)
    later = browser.submit(browser.get(PAGE), PAGE, again="si")
    assert later.headers["Location"] == f"{PAGE}?codigo=otro"
    assert "Enviamos otro código. Los anteriores ya no sirven." in words(browser.get(f"{PAGE}?codigo=otro"))


def test_the_same_code_in_a_second_tab_is_as_wanted(browser: Browser, people: People) -> None:
    people.bounce()
    send_code(browser)
    tab, other = browser.get(PAGE), browser.get(PAGE)
    code = people.code_sent()

    for shown in (tab, other):
        assert browser.submit(shown, PAGE, code=code).headers["Location"] == "/perfil?hecho=correo-llega"

    assert people.proofs() == [("u1", "email")]


def test_a_wrong_code_is_said_beside_its_field_and_five_end_it(browser: Browser, people: People) -> None:
    people.bounce()
    send_code(browser)
    wrong = "222222" if people.code_sent() != "222222" else "333333"

    shown = browser.post(PAGE, code=wrong, csrf=browser.csrf())
    assert 'id="code-error"' in text_of(shown)
    assert "te quedan 4 intentos" in words(shown)
    for _ in range(4):
        shown = browser.post(PAGE, code=wrong, csrf=browser.csrf())
    assert "Pide otro" in words(shown)
    page = browser.get(PAGE)
    assert "se escribió mal cinco veces" in words(page)
    assert 'name="code"' not in text_of(page)
    assert "Enviar otro código" in words(page)
    assert people.is_dead()


def test_a_code_that_is_over_is_told_and_another_offered(browser: Browser, people: People) -> None:
    people.bounce()
    send_code(browser)
    page, code = browser.get(PAGE), people.code_sent()
    people.world.clock.advance(minutes=31)
    browser.enter()

    done = browser.post(PAGE, csrf=browser.csrf(), code=code)

    assert done.headers["Location"] == f"{PAGE}?codigo=vencido"
    shown = browser.get(f"{PAGE}?codigo=vencido")
    assert "El código venció o ya se usó. Pide otro." in words(shown)
    assert "Enviar un código" in words(shown)
    assert 'name="code"' in text_of(page)


def test_a_code_that_came_before_another_bounce_says_so(browser: Browser, people: People) -> None:
    people.bounce()
    send_code(browser)
    people.world.clock.advance(minutes=3)
    people.bounce(at=people.world.clock.now - timedelta(minutes=1))

    done = browser.submit(browser.get(PAGE), PAGE, code=people.code_sent())

    assert done.headers["Location"] == f"{PAGE}?codigo=devuelto"
    assert "después de enviarlo otro aviso volvió" in words(browser.get(f"{PAGE}?codigo=devuelto"))


def test_an_address_that_lives_has_nothing_to_verify_and_other_pages_there_are_none(browser: Browser) -> None:
    assert browser.get(PAGE).headers["Location"] == "/perfil?hecho=correo-llega"
    assert browser.send(PAGE, csrf=browser.csrf()).headers["Location"] == "/perfil?hecho=correo-llega"
    assert browser.get("/perfil/avisos/fax").status_code == 404


def test_a_form_of_another_session_does_nothing(browser: Browser, people: People) -> None:
    people.bounce()
    mails = len(people.mails())

    browser.post(PAGE, csrf="of-another-session")

    assert len(people.mails()) == mails


@pytest.mark.parametrize(("days", "dead"), [((2, 1), False), ((3, 2, 1), True)])
def test_bounces_for_now_are_told_once_they_came_on_three_days(
    browser: Browser, people: People, days: tuple[int, ...], dead: bool
) -> None:
    for ago in days:
        people.bounce(Sign.RETURNED, at=people.world.clock.now - timedelta(days=ago), reason="")

    assert ("no llegan a tu correo" in words(browser.get("/casilla"))) == dead
    if dead:
        assert "devolvió los avisos de varios días" in words(browser.get(PAGE))
