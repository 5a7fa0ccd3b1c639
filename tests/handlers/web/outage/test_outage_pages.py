"""Outages on the pages: announced everywhere within a minute, listed with date, hour and duration, and cheap."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.outage import outage_store
from chalicelib.bootstrap.page import page_view, seen_by_pages
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.outage.outage import Affected, Board, Outage
from chalicelib.services.seen_by_pages import SeenByPages
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import NOW
from tests.domain.outage.test_outage import an_outage
from tests.gateway_requests import Lines

HOUR = timedelta(hours=1)
PAGES = ("/", "/normativas", "/preguntas-frecuentes", "/terminos", "/ingresar", "/registro/terminos", "/no-existe")


def announce(browser: Browser, *outages: Outage) -> None:
    store = outage_store(browser.people.world.container)
    for outage in outages:
        assert store.write(outage, (), store.board().with_outages(outage, now=browser.people.world.clock.now), [])


def forget(browser: Browser) -> None:
    browser.people.world.container.made[seen_by_pages] = SeenByPages()


def shown(browser: Browser, address: str) -> str:
    html = text_of(browser.get(address))
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body")[2]).split())


def test_every_page_announces_an_outage_within_a_minute_of_the_command_and_until_it_ends(browser: Browser) -> None:
    clock, line = browser.people.world.clock, "--reason 'Falla de red' --operator rquispe"
    command = f"outage announce --affects all --words 'El servicio no responde bien' {line}"
    assert "El servicio no responde bien" not in shown(browser, "/")

    browser.people.world.client.lambda_.invoke("operator", {"command": command})
    clock.advance(seconds=60)
    for address in PAGES:
        text = shown(browser, address)
        assert "En curso: El servicio no responde bien. Desde el 09/03, 15:15." in text
    browser.enter()
    for address in ("/casilla", "/perfil", "/usuarios"):
        assert "El servicio no responde bien." in shown(browser, address)

    browser.people.world.client.lambda_.invoke("operator", {"command": f"outage end 2026-03-09-01 {line}"})
    clock.advance(seconds=60)
    assert "no responde bien" not in shown(browser, "/casilla")
    assert "Duró" in text_of(browser.get("/interrupciones"))


def test_the_announcement_is_a_named_part_and_no_live_region(browser: Browser) -> None:
    announce(browser, an_outage())
    forget(browser)
    banner = text_of(browser.get("/")).partition('<section class="outages"')[2].partition("</section>")[0]

    assert banner.startswith(' aria-label="Interrupciones del servicio"')
    assert "role=" not in banner
    assert "aria-live" not in banner
    assert '<a href="/interrupciones">Ver qué hacer mientras tanto</a>' in banner


def test_a_planned_outage_is_announced_three_days_ahead(browser: Browser) -> None:
    announce(browser, an_outage(starts_at=NOW + timedelta(days=3, minutes=1), expected_until=NOW + timedelta(days=4)))
    forget(browser)
    assert "Prevista" not in shown(browser, "/")

    browser.people.world.clock.advance(seconds=61)
    text = shown(browser, "/")
    assert "Prevista: No se puede ingresar. Desde el 12/03, 15:16, hasta el 13/03, 15:15." in text


def test_of_many_two_are_announced_and_the_rest_is_a_link(browser: Browser) -> None:
    announce(browser, *(an_outage(number, words=f"Falla número {number}.") for number in range(1, 5)))
    forget(browser)

    text = shown(browser, "/")
    assert text.count("Falla número") == 2
    assert "Ver 2 más y qué hacer mientras tanto" in text
    assert shown(browser, "/interrupciones").count("Falla número") == 4


def test_the_page_lists_what_was_with_date_hour_and_duration(browser: Browser) -> None:
    announce(
        browser,
        an_outage(
            1, starts_at=NOW - 3 * HOUR, ended_at=NOW - HOUR, words="Falla de red.", affects=(Affected.DEPOSITS,)
        ),
        an_outage(2, starts_at=NOW + HOUR, ended_at=NOW, words="Mantenimiento."),
        an_outage(3, corrected_by="2026-03-09-01", words="Anuncio errado."),
    )
    forget(browser)

    text = shown(browser, "/interrupciones")
    for part in (
        "Ahora no hay ninguna interrupción anunciada.",
        "Terminadas",
        "Falla de red. No funcionó: el depósito de notificaciones nuevas · N.º 2026-03-09-01",
        "lunes 9 de marzo de 2026, 12:15",
        "lunes 9 de marzo de 2026, 14:15 2 horas Terminada",
        "Canceladas",
        "«Mantenimiento.» No iba a funcionar: el ingreso",
        "Iba a empezar Cancelada el Estado",
        "lunes 9 de marzo de 2026, 16:15 lunes 9 de marzo de 2026, 15:15 Cancelada",
        "Corregidas",
        "«Anuncio errado.» Decía que no funcionaba: el ingreso",
        "Decía que empezaba Decía que terminaba Estado",
        "Corregida por la 2026-03-09-01: lo correcto está en esa",
        "presenta tu escrito directamente a la entidad",
        "Las horas van en hora de Lima.",
    ):
        assert part in text
    assert text.count("No funcionó") == text.count("Duró") == 1


def test_a_planned_outage_whose_hour_passed_is_not_said_to_have_ended(browser: Browser) -> None:
    day = 24 * HOUR
    announce(
        browser,
        an_outage(1, starts_at=NOW - 5 * HOUR, expected_until=NOW - HOUR, announced_at=NOW - day, words="Mejora."),
        an_outage(2, starts_at=NOW - HOUR, expected_until=NOW + HOUR, words="Falla de red."),
        an_outage(3, starts_at=NOW + day, expected_until=NOW + day + HOUR, words="Cambio de versión."),
    )
    forget(browser)

    text = shown(browser, "/interrupciones")
    for part in (
        "En curso Falla de red. Estado En curso No funciona",
        "Prevista hasta lunes 9 de marzo de 2026, 16:15 Duración prevista 2 horas",
        "Previstas Cambio de versión. Estado Prevista No va a funcionar",
        "Qué se anunció Desde Prevista hasta Estado «Mejora.»",
        "«Mejora.» Se anunció que no funcionaría: el ingreso",
        "lunes 9 de marzo de 2026, 14:15; sin confirmar",
    ):
        assert part in text
    assert "Duró" not in text
    assert "Terminada" not in text
    assert "Mejora" not in shown(browser, "/")


def test_older_ones_have_pages_of_their_own(browser: Browser) -> None:
    announce(browser, *(an_outage(n, starts_at=NOW - HOUR, ended_at=NOW, words=f"Falla {n:02}.") for n in range(1, 24)))
    forget(browser)

    first, second = shown(browser, "/interrupciones"), shown(browser, "/interrupciones?antes=2026-03-09-04")
    assert [f"{number:02}" for number in range(23, 3, -1)] == re.findall(r"Falla (\d\d)", first)
    assert re.findall(r"Falla (\d\d)", second) == ["03", "02", "01"]
    assert 'href="/interrupciones?antes=2026-03-09-04"' in text_of(browser.get("/interrupciones"))
    assert browser.get("/interrupciones?antes=%27--").status_code == 404


def test_what_an_operator_wrote_is_shown_as_text(browser: Browser) -> None:
    announce(browser, an_outage(words='Falla <b>grave</b> & "otra".'))
    forget(browser)

    assert "<b>grave" not in text_of(browser.get("/"))
    assert "&lt;b&gt;grave" in text_of(browser.get("/interrupciones"))


def test_a_process_asks_once_a_minute_whatever_it_shows(browser: Browser) -> None:
    forget(browser)
    calls = []
    for _ in range(3):
        for address in ("/", "/interrupciones", "/normativas"):
            with ledger(latency_s=0) as book:
                browser.get(address)
            calls += book.operations
        browser.people.world.clock.advance(seconds=30)

    assert calls == ["BatchGetItem", "BatchGetItem"]


def test_a_warm_list_page_costs_what_it_did(browser: Browser) -> None:
    browser.enter()
    with ledger(latency_s=0.05) as book:
        browser.get("/casilla")

    assert (book.hops, sorted(book.operations)) == (2, ["BatchGetItem", "BatchGetItem", "Query"])


class Unread:
    """A view that fails, and counts."""

    def __init__(self, error: Exception) -> None:
        self.error, self.times = error, 0

    def read(self) -> Board:
        self.times += 1
        raise self.error


@pytest.mark.parametrize("error", [Unavailable("outages_unread", ""), RuntimeError("lo que sea")])
def test_a_board_that_cannot_be_read_breaks_no_page_and_is_not_asked_again_within_the_minute(
    browser: Browser, error: Exception, lines: Lines
) -> None:
    made: dict[Any, Any] = browser.people.world.container.made
    announce(browser, an_outage())
    forget(browser)
    assert "No se puede ingresar." in shown(browser, "/")
    browser.people.world.clock.advance(seconds=61)
    known = made[page_view]
    made[page_view] = view = Unread(error)
    try:
        texts = [shown(browser, "/") for _ in range(3)]
    finally:
        made[page_view] = known

    assert view.times == 1
    assert all("No se puede ingresar." in text for text in texts)  # as it was last seen
    [line] = [one for one in lines if one["message"] == "outages unread"]
    assert line["fault"]["error"].startswith(type(error).__name__)
    assert "lo que sea" not in str(line)


def test_a_process_that_could_never_read_does_not_say_that_there_is_none(browser: Browser) -> None:
    made: dict[Any, Any] = browser.people.world.container.made
    forget(browser)
    made[page_view] = Unread(Unavailable("outages_unread", ""))
    try:
        answer = browser.get("/interrupciones")
    finally:
        del made[page_view]

    assert answer.status_code == 503
    assert "Ahora no podemos saber si hay interrupciones anunciadas." in text_of(answer)
    assert "no hay ninguna" not in text_of(answer)
