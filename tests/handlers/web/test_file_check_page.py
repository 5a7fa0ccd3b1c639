"""*¿Pasará este archivo?*: anybody's question about a file, of which nothing is kept."""

from __future__ import annotations

import json

import pytest

from chalicelib.bootstrap.storage import limit_store
from chalicelib.domain.access.access_policy import (
    FILE_CHECKS,
    FILE_CHECKS_PER_NETWORK,
    FILE_CHECKS_PER_SESSION,
)
from chalicelib.domain.access.network import network_of
from chalicelib.domain.limit import Standing
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.crowded_pdf import a_crowded_pdf
from tests.deposit_world import PDF
from tests.gateway_requests import Lines
from tests.kept import everything, left_by
from tests.spent import spend, stand_at

PAGE = "/revisar-archivo"
ADDRESS = "127.0.0.1"


def _spend(browser: Browser, share: Standing) -> None:
    """Have the common budget stand where one of this standing is refused."""
    spend(FILE_CHECKS, share, browser.people.world)


def _crowd(browser: Browser) -> None:
    """Have others behind the same address ask for more than a network's number."""
    world, limit = browser.people.world, FILE_CHECKS_PER_NETWORK
    limits, key = limit_store(world.container), limit.key(network_of(ADDRESS))
    stand_at(limit.limit, lambda: limits.tally(key, window_s=limit.window_s, now=world.clock.now))


def test_the_page_says_before_that_nothing_is_kept(browser: Browser) -> None:
    html = text_of(browser.get(PAGE))

    check_html(html)
    assert "<h1>¿Pasará este archivo?</h1>" in html
    assert "No guardamos el archivo" in html
    assert "no es un depósito ni una constancia" in html


def test_a_file_that_a_deposit_takes_passes(browser: Browser) -> None:
    answer = browser.submit_file("carta.pdf", PDF)

    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 200
    assert "<h1>El archivo pasa</h1>" in html
    assert "como documento" in html
    assert f"{len(PDF):,} bytes".replace(",", "\xa0") in html
    assert "no es un depósito ni una constancia" in html


def test_what_is_not_told_by_name_is_counted(browser: Browser) -> None:
    html = text_of(browser.submit_file("carta.pdf", a_crowded_pdf(signatures=23, attachments=25)))

    check_html(html)
    assert html.count("no cubre todo el archivo, porque una parte se añadió después o quedó fuera") == 20
    assert "Y 3 más." in html
    assert "Y 5 más." in html


@pytest.mark.parametrize(
    ("filename", "content", "role", "told"),
    [
        ("carta.txt", b"hola", "main", "El documento principal debe ser un PDF"),
        ("carta.docx", b"PK", "annex", "Expórtelo a PDF desde el programa en que se hizo"),
        (".pdf", PDF, "main", "no puede empezar con un punto"),
        ("..\\a.pdf", PDF, "main", "no puede llevar carpetas"),
        ("<b>&\u202e.pdf", PDF, "main", "caracteres invisibles"),
        ("carta.pdf", b"", "main", "El archivo está vacío"),
        ("foto.png", PDF, "annex", "PNG"),
    ],
)
def test_a_file_that_it_refuses_does_not_and_says_all_that_is_wrong(
    browser: Browser, filename: str, content: bytes, role: str, told: str
) -> None:
    html = text_of(browser.submit_file(filename, content, role=role))

    check_html(html)
    assert "<h1>El archivo no pasa</h1>" in html
    assert told in html
    assert "<b>" not in html


@pytest.mark.parametrize("content", [PDF, b"%PDF-1.7 none"], ids=["accepted", "refused"])
@pytest.mark.parametrize("is_entered", [False, True])
def test_nothing_of_a_file_is_kept_or_logged(
    browser: Browser, moto_engine: Engine, lines: Lines, content: bytes, is_entered: bool
) -> None:
    if is_entered:
        browser.enter()
    config = browser.people.world.container.config
    before = everything(moto_engine, config)

    assert browser.submit_file("secreto-9876.pdf", content).status_code == 200

    left = left_by(before, everything(moto_engine, config))
    counters = {place.partition("#")[0] for place in left}
    sealed = "tokens_table draft" if is_entered else "tokens_table captcha"
    assert counters == {"tokens_table limit", sealed}
    assert "secreto" not in str(left) + json.dumps(lines)


def test_without_session_the_captcha_comes_first(browser: Browser, moto_engine: Engine) -> None:
    config = browser.people.world.container.config
    before = everything(moto_engine, config)

    missing = browser.post_file(PAGE, "carta.pdf", PDF, role="main")
    wrong = browser.submit_file("carta.pdf", PDF, captcha="XXXXX")

    assert (missing.status_code, wrong.status_code) == (422, 422)
    assert "Escribe el texto de la imagen." in text_of(missing)
    assert "El texto no coincide" in text_of(wrong)
    left = left_by(before, everything(moto_engine, config))
    assert {place.partition("#")[0] for place in left} == {"tokens_table captcha"}  # the answer used up, nobody counted


def test_a_captcha_counts_once(browser: Browser) -> None:
    page = browser.get(PAGE)
    fields = browser._hidden(page)  # noqa: SLF001
    sent = {**fields, "role": "main"}

    assert browser.post_file(PAGE, "carta.pdf", PDF, None, **sent).status_code == 200
    assert browser.post_file(PAGE, "carta.pdf", PDF, None, **sent).status_code == 422


@pytest.mark.parametrize(
    ("fields", "filename", "told"),
    [({"role": "x"}, "a.pdf", "Elige una opción"), ({}, "", "Elige el archivo que quieres revisar")],
)
def test_what_the_form_lacks_is_told_and_uses_nothing_up(
    browser: Browser, moto_engine: Engine, fields: dict[str, str], filename: str, told: str
) -> None:
    config = browser.people.world.container.config
    before = everything(moto_engine, config)

    answer = browser.submit_file(filename, b"" if not filename else PDF, **fields)

    check_html(text_of(answer))
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert left_by(before, everything(moto_engine, config)) == {}


def test_a_file_that_is_too_large_for_the_form_is_led_on(browser: Browser) -> None:
    answer = browser.submit_file("carta.pdf", b"%PDF-" + bytes(4 * 1024 * 1024))

    assert answer.status_code == 413
    assert "pasa de 4 MB" in text_of(answer)


def test_within_a_session_no_captcha_is_asked_for_and_the_form_counts_by_its_token(browser: Browser) -> None:
    browser.enter()
    html = text_of(browser.get(PAGE))

    assert "Texto de la imagen" not in html
    assert browser.submit_file("carta.pdf", PDF).status_code == 200
    for given in ({}, {"csrf": "0" * 64}):
        refused = browser.post_file(PAGE, "carta.pdf", PDF, None, role="main", **given)
        assert (refused.status_code, "venció" in text_of(refused)) == (403, True)


def test_a_session_that_ended_is_asked_for_the_captcha(browser: Browser) -> None:
    browser.enter()
    browser.people.world.clock.advance(hours=9)

    html = text_of(browser.get(PAGE))

    assert "Texto de la imagen" in html


def test_a_form_from_elsewhere_is_refused(browser: Browser) -> None:
    answer = browser.post_file(PAGE, "carta.pdf", PDF, {"sec-fetch-site": "cross-site"}, role="main")

    assert answer.status_code == 403


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=otra"])
def test_a_form_that_cannot_be_read_says_so(browser: Browser, kind: str) -> None:
    answer = browser.post_file(PAGE, "carta.pdf", PDF, {"sec-fetch-site": "same-origin", "content-type": kind})

    assert (answer.status_code, "llegó dañado" in text_of(answer)) == (422, True)


# --- Limits, from the side of those behind the same address ----------------------------------------------------------


def test_whoever_asked_much_keeps_nobody_behind_the_same_address_out(browser: Browser) -> None:
    _crowd(browser)

    assert browser.submit_file("carta.pdf", PDF).status_code == 200


def test_a_crowd_leaves_a_part_for_others_and_the_rest_for_sessions(browser: Browser) -> None:
    _spend(browser, Standing.CROWDED)
    quiet = browser.submit_file("carta.pdf", PDF)
    _crowd(browser)
    crowded = browser.submit_file("carta.pdf", PDF)
    browser.enter()
    entered = browser.submit_file("carta.pdf", PDF)

    assert (quiet.status_code, crowded.status_code, entered.status_code) == (200, 429, 200)
    assert "demasiados pedidos" in text_of(crowded)
    del browser.cookies["__Host-session"]
    browser.people.world.clock.advance(seconds=int(crowded.headers["Retry-After"]))
    assert browser.submit_file("carta.pdf", PDF).status_code == 200


def test_a_session_s_own_count_ends_for_it_alone(browser: Browser) -> None:
    browser.enter()
    spent = [browser.submit_file("a.pdf", b"x").status_code for _ in range(FILE_CHECKS_PER_SESSION.limit + 1)]
    browser.cookies.clear()
    browser.enter()

    assert spent == [200] * FILE_CHECKS_PER_SESSION.limit + [429]
    assert browser.submit_file("a.pdf", b"x").status_code == 200


def test_a_form_that_was_refused_is_shown_again_with_its_choice(browser: Browser) -> None:
    html = text_of(browser.submit_file("", b"", role="annex"))

    assert 'value="annex" checked' in html


def test_what_it_draws_on_lets_a_processor_keep_up() -> None:
    at_most_s = 0.5
    assert FILE_CHECKS.total * at_most_s <= FILE_CHECKS.window_s


def test_others_are_told_that_it_is_no_page_of_theirs(browser: Browser) -> None:
    answer = browser.post(PAGE, {"content-type": "application/json", "sec-fetch-site": "same-origin"})
    assert answer.status_code == 415
