"""What anyone can read: home, norms, questions, legal texts (WEB-1, WEB-3)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bench.ledger import ledger
from chalicelib.domain.institution.staff import PERMISSION_WORDS
from chalicelib.renderers.agreement.agreement_words import MODALITY_WORDS
from chalicelib.renderers.outage.outage_words import Banner
from chalicelib.renderers.pages import render_page
from chalicelib.renderers.portal import portal
from chalicelib.renderers.portal_texts import portal_texts
from tests.browser_requests import Browser, check_html, text_of

TEMPLATES = Path(__file__).parents[3] / "chalicelib" / "renderers" / "templates"
STATE_NAMES = ("usuario no autorizado", *MODALITY_WORDS.values(), *PERMISSION_WORDS.values())
"""What is said by the code and not by a page."""
OPEN = ("/", "/normativas", "/preguntas-frecuentes", "/entidad/preguntas", "/terminos", "/privacidad")


@pytest.mark.parametrize("path", OPEN)
def test_a_page_that_anyone_can_read_is_well_formed_and_asks_nothing_of_aws(browser: Browser, path: str) -> None:
    with ledger() as book:
        answer = browser.get(path)
    assert (answer.status_code, book.calls) == (200, 0)
    check_html(text_of(answer))


def test_the_home_page_has_both_ways_in(browser: Browser) -> None:
    html = text_of(browser.get("/"))
    assert '<a class="button" href="/ingresar">Iniciar sesión</a>' in html
    assert 'href="/registro">Regístrate</a>' in html


def test_questions_and_norms_are_the_institutions(browser: Browser) -> None:
    assert portal().questions[0].question in text_of(browser.get("/preguntas-frecuentes"))
    assert portal().norms[0].title in text_of(browser.get("/normativas"))
    assert all(one in text_of(browser.get("/preguntas-frecuentes")) for one in portal().obligations)


def test_institutions_find_an_answer_to_each_of_the_nine_questions_also_where_they_cannot_get_in(
    browser: Browser,
) -> None:
    assert 'href="/entidad/preguntas"' in text_of(browser.get("/entidad/ingresar"))
    told = text_of(browser.get("/entidad/preguntas"))
    asked = [one.question for one in portal().institution_questions]
    assert len(asked) == 9
    assert all(one.question in told and one.answer[0] in told for one in portal().institution_questions)


def test_what_the_answers_for_institutions_name_is_what_the_pages_call_it() -> None:
    """A page that an answer sends people to is there under that very name."""
    pages = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")) + " ".join(STATE_NAMES)
    named = {name for one in portal().institution_questions for name in re.findall("«([^»]+)»", " ".join(one.answer))}
    assert len(named) >= 6
    assert [name for name in sorted(named) if name.casefold() not in pages.casefold()] == []


@pytest.mark.parametrize(("path", "name"), [("/terminos", "terms"), ("/privacidad", "privacy")])
def test_a_text_is_found_by_its_version(browser: Browser, path: str, name: str) -> None:
    text = portal_texts().text(name)
    assert text.sections[0].paragraphs[0] in text_of(browser.get(f"{path}?version={text.version}"))
    unknown = browser.get(f"{path}?version=<b>1999")
    assert unknown.status_code == 404
    assert "<b>1999" not in text_of(unknown)


def test_a_text_that_is_not_in_force_says_so_and_leads_to_the_others() -> None:
    text = portal_texts().text("terms")
    older = replace(text, version="2025-01", since=date(2025, 1, 1))
    context: dict[str, object] = {"errors": (), "error_of": {}, "session": None, "staff": None, "banner": Banner()}
    shown = {"text": older, "address": "/terminos", "current_version": text.version, "versions": [text]}
    html = render_page("legal_text.html", {**context, **shown}, local=lambda at: at)
    check_html(html)
    assert "Esta versión ya no está vigente" in html
    assert f'href="/terminos?version={text.version}"' in html
