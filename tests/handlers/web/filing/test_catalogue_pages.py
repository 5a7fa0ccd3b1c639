"""What anybody reads of catalogues, without being inside: by institution, by words, a procedure and its versions."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.filing import catalogue_tools, procedure_store
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.procedure import AnswerTerm, FormFile, Procedure
from chalicelib.domain.filing.procedure_changes import next_version
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.services.filing.read_catalogue import search_catalogues
from tests.browser_requests import Browser, check_html, text_of
from tests.catalogue_world import PROCEDURE, a_procedure
from tests.deposit_world import INSTITUTION_ID, NOW, World, an_institution, put_institution
from tests.person_world import People

OTHER = "municipalidad-demo"
AT = f"/tramites/{INSTITUTION_ID}/{PROCEDURE.procedure_id}"
CODES = (f"AAAA-BBBB-{number:04}" for number in range(2000, 9000))


@pytest.fixture
def stranger(world: World) -> Browser:
    return Browser(People(world))


def keep(world: World, **changes: Any) -> Procedure:
    """Keep a procedure, or its next version."""
    procedure = a_procedure(**changes)
    store = procedure_store(world.container)
    number = f"e{next(CODES)}"
    event = Event(
        f"institution#{procedure.institution_id}", EventType.PROCEDURE_CHANGED, world.clock(), number, "staff:s1"
    )
    (store.add if procedure.version == 1 else store.update)(procedure, event)
    return procedure


def others(world: World, count: int, **changes: Any) -> None:
    for number in range(count):
        keep(world, **{"procedure_id": next(CODES), "title": f"Trámite {number:02}", "code": "", **changes})


def shown(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, text_of(answer)
    check_html(text_of(answer))
    return html.unescape(text_of(answer))


def titles(page: str) -> list[str]:
    return re.findall(r'<h[23]><a href="/tramites/[^"]*">([^<]*)</a></h[23]>', page)


def test_every_page_leads_to_the_catalogue_and_without_any_it_says_so(stranger: Browser) -> None:
    assert 'href="/tramites"' in shown(stranger, "/")
    assert "Todavía ninguna entidad" in shown(stranger, "/tramites")
    assert "Ningún trámite tiene esa palabra" in shown(stranger, "/tramites?q=licencia")
    assert "todavía no publicó sus trámites" in shown(stranger, f"/tramites/{INSTITUTION_ID}")


def test_institutions_are_listed_and_each_lists_what_it_attends_to_first(world: World, stranger: Browser) -> None:
    put_institution(world.container, an_institution(institution_id=OTHER, name="Álamos, Municipalidad de"))
    keep(world)
    keep(world, procedure_id="AAAA-AAAA-AAAA", title="Baja", code="", retired_at=NOW, retired_reason="Se eliminó")
    keep(world, procedure_id="BBBB-BBBB-BBBB", title="Ámbito", code="")
    keep(world, institution_id=OTHER)
    listed = shown(stranger, "/tramites")
    assert listed.index("Álamos, Municipalidad de") < listed.index(an_institution().name, listed.index("Álamos"))
    page = shown(stranger, f"/tramites/{INSTITUTION_ID}")
    assert titles(page) == ["Ámbito", "Licencia de funcionamiento", "Baja"]
    assert "Ya no se atiende" in page.partition("Ya no se atienden")[2]
    assert titles(shown(stranger, f"/tramites/{INSTITUTION_ID}?q=LICENCIAS+de+tiendas")) == [
        "Licencia de funcionamiento"
    ]
    assert titles(shown(stranger, f"/tramites/{INSTITUTION_ID}?q=baja")) == ["Baja"]
    none = shown(stranger, f"/tramites/{INSTITUTION_ID}?q=divorcio")
    assert "Ningún trámite vigente de esta entidad tiene «divorcio»" in none


def test_a_search_goes_through_all_institutions_but_what_is_retired_or_left(world: World, stranger: Browser) -> None:
    left = an_institution(institution_id="z-otra", name="Se fue", state=InstitutionState.CANCELLED)
    held = an_institution(institution_id=OTHER, name="Municipalidad", state=InstitutionState.INACTIVE)
    for institution in (left, held):
        put_institution(world.container, institution)
        keep(world, institution_id=institution.institution_id)
    keep(world)
    keep(world, procedure_id="AAAA-AAAA-AAAA", title="Licencia vieja", code="", retired_at=NOW, retired_reason="No")
    found = shown(stranger, "/tramites?q=licencia")
    assert titles(found) == ["Licencia de funcionamiento"] * 2
    assert "Municipalidad" in found
    assert "Se fue" not in found
    assert "Se fue" not in shown(stranger, "/tramites")
    assert "ya no usa esta plataforma" in shown(stranger, f"/tramites/z-otra/{PROCEDURE.procedure_id}")
    assert "ya no usa esta plataforma" in shown(stranger, "/tramites/z-otra")


def test_what_is_searched_for_is_shown_as_text(world: World, stranger: Browser) -> None:
    keep(world)
    for address in ("/tramites", f"/tramites/{INSTITUTION_ID}"):
        answer = stranger.get(f"{address}?q=%3Cscript%3Ealert(1)%3C/script%3E%22")
        check_html(text_of(answer))
        assert "<script>alert" not in text_of(answer)
        assert len(text_of(stranger.get(f"{address}?q={'x' * 5000}"))) < 20_000


def test_a_search_looks_at_some_at_a_time_and_goes_on_where_it_stopped(world: World, stranger: Browser) -> None:
    others(world, 7, title="Copia", keywords=())
    others(world, 3)
    tools = replace(catalogue_tools(world.container), most_read=4, most_found=2)
    seen: list[str] = []
    after: str | None = ""
    rounds = 0
    while after is not None:
        found = search_catalogues("copia", after, tools)
        assert len(found.entries) <= 2
        seen += [one.procedure_id for one in found.entries]
        after, rounds = found.after, rounds + 1
    assert len(seen) == len(set(seen)) == 7
    assert rounds >= 4
    with pytest.raises(InvalidInput, match="position_invalid"):
        search_catalogues("copia", "#x", tools)
    others(world, 51, title="Sello", keywords=())
    first = shown(stranger, "/tramites?q=sello")
    assert len(titles(first)) == 50
    [address] = re.findall(r'href="(/tramites\?q=sello&desde=[^"]*)"', first)
    rest = shown(stranger, address)
    assert len(titles(rest)) == 1
    assert "Seguir buscando" not in rest
    assert shown(stranger, "/tramites?q=sello&desde=forjado%23%23", status=422)


def test_a_page_says_all_that_a_person_has_to_know_and_promises_no_way_to_present(
    world: World, stranger: Browser
) -> None:
    keep(world, cost_note="Por cada local")
    page = shown(stranger, AT)
    for words in (
        *("Licencia de funcionamiento", "Para abrir un negocio al público.", "La pide quien lo conduce."),
        *("Solicitud con carácter de declaración jurada.", "Solo si es tu caso", "Poder."),
        *("S/\xa035.90", "Por cada local", "Referencial", "15 días hábiles", "silencio administrativo positivo"),
        *("Ley N° 28976, artículo 8", "Procedimiento del TUPA", "Código PA-12", "Versión 1, publicada el"),
    ):
        assert words in page, words
    assert not re.search(r"present(a|ar) (aquí|en línea)|iniciar (el )?trámite", page, re.IGNORECASE)
    assert "negocio, tienda" not in page


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (AnswerTerm(0, None, ""), "Aprobación automática"),
        (AnswerTerm(None, None, ""), "La entidad no lo indica."),
        (AnswerTerm(1, None, ""), "1 día hábil"),
        (AnswerTerm(45, "negative", "Ley N° 1"), "silencio administrativo negativo"),
    ],
)
def test_a_term_is_said_in_words(world: World, stranger: Browser, term: AnswerTerm, words: str) -> None:
    keep(world, answer_term=term, cost_cents=0, requirements=())
    page = shown(stranger, AT)
    assert words in page
    assert "Gratuito" in page
    assert "La entidad no indica requisitos." in page


def test_an_earlier_version_says_so_and_a_retired_one_since_when_and_why(world: World, stranger: Browser) -> None:
    first = keep(world)
    later = NOW + timedelta(days=3)
    second = next_version(replace(first, title="Licencia nueva", cost_cents=None), later, "staff:s1")
    keep(world, title=second.title, cost_cents=None, version=2, changed_at=later)
    now = shown(stranger, AT)
    assert "Licencia nueva" in now
    assert f'href="{AT}?version=1"' in now
    before = shown(stranger, f"{AT}?version=1")
    assert "Esta es la versión 1" in before
    assert "Ver la versión vigente" in before
    assert "no es la vigente" not in shown(stranger, f"{AT}?version=2")
    keep(world, title=second.title, version=3, retired_at=later, retired_reason="La ordenanza 12 lo eliminó")
    for address in (AT, f"{AT}?version=1"):
        page = shown(stranger, address)
        assert "Ya no se atiende" in page
        assert "12 de marzo de 2026" in page
        assert "La ordenanza 12 lo eliminó" in page
    assert "Ver la última versión" in shown(stranger, f"{AT}?version=1")


@pytest.mark.parametrize(
    "address",
    [
        "/tramites/nadie",
        "/tramites/nadie/X",
        f"/tramites/{INSTITUTION_ID}/otro",
        *(f"{AT}?version={version}" for version in ("0", "9", "x", "01", "-1", "²", "9" * 20)),
        f"{AT}?formulario=" + "a" * 64,
        f"/tramites/%23procedures/{PROCEDURE.procedure_id}",
        f"/tramites/{INSTITUTION_ID}/procedure%23{PROCEDURE.procedure_id}",
        "/tramites/%23catalogues",
    ],
)
def test_what_there_is_not_is_not_found(world: World, stranger: Browser, address: str) -> None:
    keep(world)
    answer = stranger.get(address)
    assert answer.status_code == 404
    check_html(text_of(answer))


def test_a_form_is_downloaded_by_a_link_that_ends_and_costs_no_call_of_its_own(world: World, stranger: Browser) -> None:
    form = FormFile("Solicitud única.pdf", "Solicitud", "a" * 64, 900, f"procedures/{INSTITUTION_ID}/{'a' * 64}")
    keep(world, forms=(form,))
    shown(stranger, AT)
    with ledger(latency_s=0.05) as book:
        answer = stranger.get(f"{AT}?formulario={form.sha256}")
    assert (book.hops, book.calls) == (1, 1)
    assert answer.status_code == 303
    assert "X-Amz-Expires=300" in answer.headers["Location"]


def test_pages_ask_no_more_of_aws_than_they_show(world: World, stranger: Browser) -> None:
    keep(world)
    keep(world, procedure_id="AAAA-AAAA-AAAA", title="Otra", code="", office_id="OF-1")
    stranger.get("/tramites")  # the outages are read once a minute
    for address, asked in (
        ("/tramites", (2, 2)),
        ("/tramites?q=licencia", (2, 2)),
        ("/tramites?q=divorcio", (1, 1)),
        (f"/tramites/{INSTITUTION_ID}", (1, 2)),
        (AT, (1, 1)),
        (f"{AT}?version=1", (1, 1)),
        (f"/tramites/{INSTITUTION_ID}/AAAA-AAAA-AAAA", (2, 2)),
    ):
        with ledger(latency_s=0.05) as book:
            assert stranger.get(address).status_code == 200
        assert (book.hops, book.calls) == asked, address
