"""The principal revokes the consent to be notified here for the future, and gives it again (REG-10)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.people.consent import ConsentMandatory, HolderKind, MandatoryRule
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.renderers.people.mandatory_rules import mandatory_rules, read_mandatory_rules
from chalicelib.services.people.consent import change_consent, show_consent
from tests.browser_requests import Browser, check_html, text_of
from tests.company_world import COMPANY, OTHER, a_company, seed_company, session_of, token_of
from tests.deposit_world import a_body

PAGE = "/perfil/consentimiento"
RECIPIENT = {"document_type": "RUC", "document_number": "20100000009"}
RULE = MandatoryRule((HolderKind.COMPANY,), "Decreto Supremo N° 000-0000-XX, artículo 0")


@pytest.fixture(autouse=True)
def _company(browser: Browser) -> None:
    seed_company(browser.people.tools, browser.people.world.container)
    browser.people.world.seed()
    be(browser, COMPANY)


def be(browser: Browser, username: str) -> None:
    browser.cookies[SESSION_COOKIE] = token_of(browser.people, username)


def words(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def deposit(browser: Browser, key: str) -> Any:
    return browser.people.world.deposit(a_body(recipient=RECIPIENT), key=key)


def revoke(browser: Browser, **fields: str) -> HTTPResponse:
    return browser.submit(browser.get(PAGE), PAGE, step="retirar", **{"understood": "si", **fields})


def mailbox_of(browser: Browser) -> Mailbox:
    mailbox = browser.people.tools.mailboxes.find(COMPANY)
    assert mailbox
    return mailbox


def test_revoked_it_refuses_what_comes_keeps_what_was_and_can_be_given_again(browser: Browser) -> None:
    world = browser.people.world
    kept = deposit(browser, "antes").json_body["notice_id"]
    asked = words(browser.get(PAGE))
    assert "Lo que ya se depositó conserva sus efectos" in asked
    assert revoke(browser).headers["Location"] == f"{PAGE}?hecho=retirado"
    shown = words(browser.get(f"{PAGE}?hecho=retirado"))
    assert "Retiraste tu autorización" in shown
    assert "15:17 las entidades no pueden notificar" in shown
    refused = deposit(browser, "despues")
    assert (refused.status_code, refused.json_body["code"]) == (409, "consent_revoked")
    assert world.get(f"/v1/mailboxes/{COMPANY}").json_body["can_receive"] is False
    assert deposit(browser, "antes").status_code == 201
    assert browser.get(f"/casilla/{kept}").status_code == 200
    assert "no pueden notificar en esta casilla" in words(browser.get("/perfil"))
    assert sorted(to for to, _ in browser.people.mails()) == [f"usuaria{number}@ejemplo.pe" for number in (1, 2, 3)]
    assert "conserva sus efectos" in browser.people.mails()[0][1]
    again = browser.submit(browser.get(PAGE), PAGE, step="autorizar", understood="si")
    assert "vuelve a recibir" in words(browser.get(again.headers["Location"]))
    assert deposit(browser, "despues").status_code == 201
    events = browser.people.tools.events.list_for_subject(f"mailbox#{COMPANY}")
    said = {one.type.value: one for one in events if one.type.startswith("consent.")}
    assert set(said) == {"consent.revoked", "consent.given"}
    assert said["consent.revoked"].data == {
        "user_id": "u1",
        "version": "2026-11-28",
        "since": "2026-03-09T20:17:00+00:00",
    }
    assert (said["consent.revoked"].actor, said["consent.revoked"].origin) == ("user:u1", "127.0.0.1")


def test_no_notice_is_dated_at_the_instant_told_or_after(browser: Browser) -> None:
    """A deposit that read the mailbox before is dated before it, and one that reads it after is refused."""
    revoke(browser)
    consent = mailbox_of(browser).consent
    assert consent
    now: datetime = browser.people.world.clock()
    assert now + timedelta(minutes=1) <= consent.at
    assert deposit(browser, "k").status_code == 409


def test_it_is_not_revoked_before_it_was_understood(browser: Browser) -> None:
    page = browser.submit(browser.get(PAGE), PAGE, step="retirar")
    assert page.status_code == 422
    assert "Marca que entiendes lo que pasa" in words(page)
    assert mailbox_of(browser).consent is None


def test_twice_is_as_once(browser: Browser) -> None:
    page = browser.get(PAGE)
    for _ in range(2):
        assert browser.submit(page, PAGE, step="retirar", understood="si").status_code == 303
    assert len(browser.people.mails()) == 3
    assert mailbox_of(browser).version == 2


def test_another_user_sees_it_and_cannot_change_it(browser: Browser) -> None:
    be(browser, OTHER)
    page = browser.get(PAGE)
    assert "Solo el usuario principal, Usuaria Ejemplo 1, puede cambiarla" in words(page)
    assert "<button" not in text_of(page).partition("<main")[2]
    assert browser.post(PAGE, None, csrf=browser.csrf(), step="retirar", understood="si").status_code == 403
    assert mailbox_of(browser).consent is None


def test_who_declines_new_texts_can_revoke_and_not_give(browser: Browser) -> None:
    tools = browser.people.tools
    account = tools.accounts.find(COMPANY)
    assert account
    tools.accounts.update(replace(account, accepted=account.accepted[:1]))
    browser.log_in(COMPANY)
    assert f'href="{PAGE}"' in text_of(browser.get("/textos"))
    assert revoke(browser).status_code == 303
    assert not mailbox_of(browser).has_consent
    asked = browser.submit(browser.get(PAGE), PAGE, step="autorizar", understood="si")
    assert "lee y acepta los textos" in words(asked)
    assert not mailbox_of(browser).has_consent


def test_a_mandatory_mailbox_cites_its_norm_and_is_not_revoked(browser: Browser) -> None:
    tools, now = browser.people.tools, browser.people.world.clock()
    session = session_of(a_company().users[0], a_company(), now)
    with pytest.raises(ConsentMandatory, match="mailbox_mandatory") as refused:
        change_consent(session, is_given=False, rules=(RULE,), origin="", tools=tools, now=now)
    assert RULE.norm in refused.value.detail
    assert show_consent(session, (RULE,), tools=tools).norm == RULE.norm
    of_people = MandatoryRule((HolderKind.PERSON,), "otra")
    assert show_consent(session, (of_people,), tools=tools).norm is None
    change_consent(session, is_given=False, rules=(of_people,), origin="", tools=tools, now=now)
    assert not mailbox_of(browser).has_consent


def test_the_configuration_names_holders_and_norm(tmp_path: Any) -> None:
    assert mandatory_rules() == ()
    (tmp_path / "mandatory.toml").write_text('[[mandatory]]\nholders = ["company"]\nnorm = "D.S. 0"\n', "utf-8")
    assert read_mandatory_rules(tmp_path) == (MandatoryRule((HolderKind.COMPANY,), "D.S. 0"),)
    (tmp_path / "mandatory.toml").write_text('[[mandatory]]\nholders = ["todos"]\nnorm = "D.S. 0"\n', "utf-8")
    with pytest.raises(ValueError, match="todos"):
        read_mandatory_rules(tmp_path)


def test_the_api_tells_and_changes_it(browser: Browser) -> None:
    people, token = browser.people, token_of(browser.people, COMPANY)
    before = people.send("GET", "/v1/consent", token=token).json_body
    assert before == {"is_given": True, "since": None, "mandatory_by": None, "can_change": True}
    after = people.send("POST", "/v1/consent", {"is_given": False}, token=token).json_body
    assert (after["is_given"], after["since"]) == (False, "2026-03-09T20:17:00Z")
    other = people.send("POST", "/v1/consent", {"is_given": True}, token=token_of(people, OTHER))
    assert other.json_body["code"] == "principal_needed"
