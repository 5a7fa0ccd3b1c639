"""Who logs in under older terms reads and accepts those in force before any contents, and loses nothing (REG-10)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.renderers.portal_texts import portal_texts
from tests.browser_requests import Browser, check_html, text_of
from tests.costs import measure
from tests.deposit_world import NOW, a_mailbox, a_user
from tests.person_world import USERNAME, texts_in_force

OLD = tuple(AcceptedText(name, "2026-01", NOW - timedelta(days=90), "192.0.2.7") for name in ("terms", "privacy"))
TICKED = {"accept_terms": "si", "accept_privacy": "si"}


@pytest.fixture(autouse=True)
def _old_texts(browser: Browser) -> None:
    have(browser, *OLD)


def have(browser: Browser, *accepted: AcceptedText) -> None:
    accounts = browser.people.tools.accounts
    account = accounts.find(USERNAME)
    assert account
    accounts.update(replace(account, accepted=accepted))


def accepted_now(browser: Browser) -> tuple[AcceptedText, ...]:
    account = browser.people.tools.accounts.find(USERNAME)
    assert account
    return account.accepted


def words(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def test_a_login_leads_to_the_texts_and_from_there_to_where_one_wanted(browser: Browser) -> None:
    page = browser.get("/ingresar?volver=/usuarios")
    entered = browser.submit(page, "/ingresar", username=USERNAME, password="Camion-tejado-7")
    assert entered.headers["Location"] == "/textos?volver=%2Fusuarios"
    shown = browser.get(entered.headers["Location"])
    told = words(shown)
    for name in ("terms", "privacy"):
        assert portal_texts().text(name).title in told
        assert portal_texts().text(name).sections[0].paragraphs[0] in told
    assert "tu casilla sigue abierta" in told.lower()
    for address in ("/casilla", "/usuarios", "/perfil"):
        assert browser.get(address).headers["Location"] == f"/textos?volver={address}"
    before = browser.cookies[SESSION_COOKIE]
    done = browser.submit(shown, "/textos", **TICKED)
    assert (done.status_code, done.headers["Location"]) == (303, "/usuarios")
    assert browser.cookies[SESSION_COOKIE] != before
    assert browser.get("/usuarios").status_code == 200
    new = accepted_now(browser)[2:]
    assert {(one.text, one.version) for one in new} == set(portal_texts().current.items())
    assert all((one.accepted_at, one.origin) == (browser.people.world.clock(), "127.0.0.1") for one in new)
    assert accepted_now(browser)[:2] == OLD
    events = browser.people.tools.events.list_for_subject("user#u1")
    [event] = [one for one in events if one.type == "access.texts_accepted"]
    assert event.data == {f"accepted_{name}": version for name, version in portal_texts().current.items()}


def test_the_next_login_asks_nothing(browser: Browser) -> None:
    browser.log_in()
    browser.submit(browser.get("/textos"), "/textos", **TICKED)
    assert browser.get("/textos").headers["Location"] == "/casilla"
    assert browser.log_in().headers["Location"] == "/casilla"
    assert browser.get("/casilla").status_code == 200


def test_only_what_changed_is_asked_for(browser: Browser) -> None:
    [terms, _] = texts_in_force()
    have(browser, terms, OLD[1])
    browser.log_in()
    page = browser.get("/textos")
    assert "version_terms" not in text_of(page)
    assert browser.submit(page, "/textos", accept_privacy="si").headers["Location"] == "/casilla"


def test_what_is_not_ticked_is_told_beside_it_and_what_is_stays(browser: Browser) -> None:
    browser.log_in()
    page = browser.submit(browser.get("/textos?volver=/perfil"), "/textos", accept_terms="si")
    assert page.status_code == 422
    assert "Lee el texto y marca que estás de acuerdo" in words(page)
    assert 'name="accept_terms" value="si" checked' in text_of(page)
    assert 'name="volver" value="/perfil"' in text_of(page)
    assert accepted_now(browser) == OLD
    assert browser.get("/casilla").status_code == 303


def test_a_version_that_changed_since_it_was_shown_is_shown_again(browser: Browser) -> None:
    browser.log_in()
    page = browser.get("/textos")
    assert browser.submit(page, "/textos", **TICKED, version_terms="2026-01").status_code == 422
    assert accepted_now(browser) == OLD


def test_a_form_sent_before_the_login_waits_until_the_texts_are_accepted(browser: Browser) -> None:
    mailbox_store(browser.people.world.container).put(a_mailbox(users=(a_user(1),)))
    have(browser, *texts_in_force())
    browser.log_in()
    form = browser.get("/perfil/celular")
    browser.people.world.clock.advance(hours=9)
    have(browser, *OLD)
    asked = browser.submit(form, "/perfil/celular", mobile="911 222 333")
    assert asked.headers["Location"].startswith("/ingresar")
    page = browser.get(asked.headers["Location"])
    entered = browser.submit(page, "/ingresar", username=USERNAME, password="Camion-tejado-7")
    assert entered.headers["Location"] == "/textos?volver=%2Fborrador"
    done = browser.submit(browser.get(entered.headers["Location"]), "/textos", **TICKED)
    kept = browser.get(done.headers["Location"])
    assert "911 222 333" in text_of(kept)


def test_a_person_who_declines_leaves_and_the_mailbox_goes_on(browser: Browser) -> None:
    browser.log_in()
    page = browser.get("/textos")
    left = browser.submit(page, "/salir")
    assert left.headers["Location"].startswith("/ingresar")
    assert accepted_now(browser) == OLD
    assert browser.log_in().headers["Location"].startswith("/textos")


def test_what_a_package_before_kept_beside_the_mailbox_counts_for_who_opened_it(browser: Browser) -> None:
    have(browser)
    mailbox_store(browser.people.world.container).put(a_mailbox(users=(a_user(1),), accepted=texts_in_force()))
    assert browser.log_in().headers["Location"] == "/casilla"
    mailbox_store(browser.people.world.container).put(a_mailbox(users=(a_user(1),), accepted=OLD))
    assert browser.log_in().headers["Location"].startswith("/textos")


def test_what_who_opened_the_mailbox_accepted_is_not_the_next_principals(browser: Browser) -> None:
    have(browser)
    mailbox_store(browser.people.world.container).put(a_mailbox(users=(a_user(1),), accepted=texts_in_force()))
    account = browser.people.tools.accounts.find(USERNAME)
    assert account
    browser.people.tools.accounts.update(replace(account, named_at=NOW))
    assert browser.log_in().headers["Location"].startswith("/textos")


def test_a_session_that_has_accepted_costs_no_call_more(browser: Browser) -> None:
    browser.log_in()
    gated = measure(lambda: browser.get("/casilla"), 303)
    assert (gated.hops, gated.calls) == (1, 1)
    page = browser.get("/textos")
    accepting = measure(lambda: browser.submit(page, "/textos", **TICKED), 303)
    assert (accepting.hops, accepting.calls) == (3, 3)
    listed = measure(lambda: browser.get("/casilla"), 200)
    assert (listed.hops, listed.calls) == (2, 3)


def test_the_api_tells_what_is_due_and_takes_it(browser: Browser) -> None:
    people = browser.people
    entered = people.log_in().json_body
    assert entered["must_accept_texts"] is True
    token = entered["token"]
    refused = people.send("GET", "/v1/notices", token=token)
    assert (refused.status_code, refused.json_body["code"]) == (403, "texts_not_accepted")
    due = people.send("GET", "/v1/acceptances", token=token).json_body["due"]
    assert [(one["text"], one["version"]) for one in due] == list(portal_texts().current.items())
    assert due[0]["address"].endswith(f"/terminos?version={due[0]['version']}")
    one = [{"text": "terms", "version": due[0]["version"]}]
    part = people.send("POST", "/v1/acceptances", {"texts": one}, token=token)
    assert (part.status_code, part.json_body["field"]) == (422, "accept_privacy")
    all_due = [{"text": one["text"], "version": one["version"]} for one in due]
    taken = people.send("POST", "/v1/acceptances", {"texts": all_due}, token=token)
    assert taken.status_code == 201
    assert taken.json_body["must_accept_texts"] is False
    assert people.send("GET", "/v1/notices", token=taken.json_body["token"]).status_code == 200
    assert people.send("GET", "/v1/notices", token=token).status_code == 401
