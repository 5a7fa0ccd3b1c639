"""Getting in by an identity provider: the whole way, who gets in where, and who does not (ACC-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import DocumentType, Holder, UserState
from chalicelib.handlers.cookies import IDENTITY_COOKIE, SESSION_COOKIE
from infra.local.identity.server import IdentitySimulator, running
from tests.browser_requests import check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import NOW, a_frozen_mailbox, a_mailbox, a_user
from tests.identity_world import ANSWER, DNI, ENTRIES, START, Identities, identities, parameters_of
from tests.person_world import texts_in_force

COMPANY = "8-20100000009"


@pytest.fixture(scope="module")
def simulator() -> Iterator[IdentitySimulator]:
    with running(slow_seconds=2) as simulator:
        yield simulator


@pytest.fixture
def way(aws: dict[str, str], moto_engine: Engine, simulator: IdentitySimulator) -> Iterator[Identities]:
    with identities(aws, simulator) as way:
        moto_engine.client("ses").verify_email_identity(EmailAddress=way.world.container.config.mail_from)
        yield way


def seed(way: Identities, username: str = f"1-{DNI}", **changes: Any) -> None:
    given = {"user_id": "u1", "mailbox_id": username.partition(".")[0], "state": UserState.ACTIVE, **changes}
    way.browser().people.tools.accounts.add(Account(username, **{"accepted": texts_in_force(), **given}))


def a_company(way: Identities, **changes: Any) -> None:
    """Have the person be a secondary user of a company's mailbox."""
    person = {"document_type": DocumentType.DNI, "document_number": DNI, **changes}
    users = (a_user(1, user_id="c1"), a_user(2, user_id="c2", **person))
    company = replace(
        a_mailbox(), mailbox_id=COMPANY, holder=Holder(DocumentType.RUC, "20100000009", "TEXTILES"), users=users
    )
    mailbox_store(way.world.container).put(company)
    seed(way, f"{COMPANY}.{DNI}", user_id="c2", state=users[1].state)


def events_of(way: Identities, user_id: str = "u1") -> list[Any]:
    return list(event_store(way.world.container).list_for_subject(f"user#{user_id}"))


def test_the_login_page_offers_the_way_and_lets_its_form_lead_there(way: Identities) -> None:
    shown = way.browser().get("/ingresar")

    assert "Iniciar sesión con ID Perú" in text_of(shown)
    assert f"form-action 'self' {way.simulator.issuer};" in shown.headers["Content-Security-Policy"]
    check_html(text_of(shown))


def test_the_provider_is_asked_with_all_that_protects_the_answer(way: Identities) -> None:
    browser = way.browser()
    asked = parameters_of(way.begin(browser))

    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{way.world.container.portal_url}{ANSWER}"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == len(asked["state"]) == len(asked["nonce"]) == 43
    assert (asked["scope"], asked["prompt"]) == ("openid profile", "login")
    assert asked["acr_values"] == "two_factor certificate_dnie"
    code_challenge = {"code_challenge", "code_challenge_method"}
    ours = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values", "prompt"}
    assert set(asked) == ours | code_challenge  # and nothing of anybody's, as the privacy policy says
    sealed = browser.cookies[IDENTITY_COOKIE]
    assert not any(part in sealed for part in (asked["state"], asked["nonce"], asked["code_challenge"]))


def test_beginning_leaves_nothing_behind(way: Identities, moto_engine: Engine) -> None:
    table = way.world.container.config.tokens_table
    before = moto_engine.client("dynamodb").scan(TableName=table)["Count"]
    for _ in range(5):
        way.begin(way.browser())

    assert moto_engine.client("dynamodb").scan(TableName=table)["Count"] == before


def test_a_person_gets_into_the_own_mailbox(way: Identities) -> None:
    seed(way)
    browser = way.browser()

    came_back = way.come_back(browser)
    assert (came_back.status_code, came_back.headers["Location"]) == (303, ENTRIES)
    assert SESSION_COOKIE not in browser.cookies
    shown = browser.get(ENTRIES)
    assert f"Ingresar a mi casilla 1-{DNI}" in text_of(shown)
    check_html(text_of(shown))
    entered = way.enter(browser)

    assert (entered.status_code, entered.headers["Location"]) == (303, "/casilla")
    assert IDENTITY_COOKIE not in browser.cookies
    assert browser.get("/casilla").status_code == 200
    [event] = events_of(way)
    assert event.type is EventType.LOGGED_IN
    assert {**event.data, "access_id": ""} == {
        "proof": "identity_provider",
        "acr": "two_factor",
        "device": "new",
        "access_id": "",
    }


def test_the_validation_counts_from_the_instant_of_the_identification(way: Identities) -> None:
    seed(way)
    browser = way.browser()
    way.come_back(browser)
    way.world.clock.advance(minutes=9)
    way.enter(browser)

    way.world.clock.advance(minutes=11)
    assert browser.get("/casilla").status_code == 200
    way.world.clock.advance(seconds=1)
    assert browser.get("/casilla").headers["Location"].startswith("/validar")


def test_the_validation_page_offers_the_way_and_leads_back_to_where_one_was(way: Identities) -> None:
    seed(way)
    browser = way.browser()
    way.log_in(browser)
    former = browser.cookies[SESSION_COOKIE]
    way.world.clock.advance(minutes=21)

    asked_again = browser.get("/casilla?pagina=2")
    shown = browser.get(asked_again.headers["Location"])
    assert "Confirmar con ID Perú" in text_of(shown)
    way.come_back(browser, volver="/casilla?pagina=2")
    assert way.enter(browser).headers["Location"] == "/casilla?pagina=2"
    assert browser.cookies[SESSION_COOKIE] != former
    assert browser.people.tools.sessions.find(former, way.world.clock()) is None


@pytest.mark.parametrize(
    "back", ["https://malo.example/", "//malo.example", "/\\malo.example", "/%0d%0aLocation:x", "javascript:alert(1)"]
)
def test_nobody_is_led_out_of_the_portal(way: Identities, back: str) -> None:
    seed(way)
    browser = way.browser()
    way.come_back(browser, volver=back)

    assert way.enter(browser).headers["Location"] == "/casilla"


def test_who_is_user_of_several_mailboxes_chooses(way: Identities) -> None:
    seed(way)
    a_company(way)
    browser = way.browser()
    way.come_back(browser)

    shown = text_of(browser.get(ENTRIES))
    assert "Elige una casilla" in shown
    assert f"Ingresar a mi casilla 1-{DNI}" in shown
    assert f"Ingresar a {COMPANY}.{DNI}, de TEXTILES" in shown
    check_html(shown)
    assert way.enter(browser, f"{COMPANY}.{DNI}").headers["Location"] == "/casilla"
    assert COMPANY in text_of(browser.get("/casilla"))


def test_a_frozen_mailbox_says_so_beside_one_that_is_open(way: Identities) -> None:
    mailbox_store(way.world.container).put(a_frozen_mailbox(DNI, NOW))
    seed(way)
    a_company(way)
    browser = way.browser()
    way.come_back(browser)

    shown = text_of(browser.get(ENTRIES))
    assert "Elige una casilla" in shown
    assert "alguien avisó de un cambio que no hizo" in shown
    assert "el teléfono y el correo están al final de la página" in shown
    assert re.findall(r'name="username" value="([^"]+)"', shown) == [f"{COMPANY}.{DNI}"]
    check_html(shown)


def test_a_passport_of_the_same_number_is_somebody_elses(way: Identities) -> None:
    a_company(way, document_type=DocumentType.PASSPORT)
    browser = way.browser()
    way.come_back(browser)

    assert COMPANY not in text_of(browser.get(ENTRIES))
    refused = way.enter(browser, f"{COMPANY}.{DNI}")
    assert refused.status_code == 401
    assert SESSION_COOKIE not in browser.cookies


def test_the_principal_of_a_persons_mailbox_who_is_another_is_not_its_holder(way: Identities) -> None:
    """An attorney who stands for the holder logs in as `1-<number>` too: by the own document, not by the holder's."""
    attorney = a_user(1, document_type=DocumentType.DNI, document_number="40000099")
    mailbox_store(way.world.container).put(a_mailbox(users=(attorney,)))
    seed(way)
    browser = way.browser()
    way.come_back(browser)

    assert "Aún no tienes casilla" in text_of(browser.get(ENTRIES))
    assert way.enter(browser).status_code == 401


@pytest.mark.parametrize(
    ("account", "is_frozen", "told"),
    [
        ({"state": UserState.DISABLED}, False, "está deshabilitado"),
        ({"state": UserState.PENDING}, False, "Todavía no activaste"),
        (
            {"must_change_password": True, "temporary_until": NOW - timedelta(seconds=1)},
            False,
            "Tu contraseña temporal",
        ),
        ({}, True, f"La casilla 1-{DNI}, de QUISPE DEMO MARÍA ÑUSTA, está congelada"),
        ({"state": UserState.DISABLED}, True, "está congelada"),
    ],
    ids=["disabled", "pending", "expired", "frozen", "frozen and disabled"],
)
def test_who_may_not_log_in_is_told_why_and_gets_no_button_and_no_session(
    way: Identities, account: dict[str, Any], is_frozen: bool, told: str
) -> None:
    if is_frozen:
        mailbox_store(way.world.container).put(a_frozen_mailbox(DNI, NOW))
    seed(way, **account)
    browser = way.browser()
    way.come_back(browser)

    shown = text_of(browser.get(ENTRIES))
    assert told in shown
    assert "Por ahora no puedes ingresar" in shown
    assert 'name="username"' not in shown
    check_html(shown)
    refused = way.enter(browser)
    assert (refused.status_code, SESSION_COOKIE in browser.cookies) == (403, False)
    assert not events_of(way)


def test_a_temporary_password_has_to_be_changed_as_after_any_login(way: Identities) -> None:
    seed(way, must_change_password=True, temporary_until=way.world.clock() + timedelta(days=1))
    browser = way.browser()

    assert way.log_in(browser).headers["Location"] == "/clave"
    assert browser.get("/casilla").headers["Location"] == "/clave"


def test_who_has_no_mailbox_is_told_so_and_nobody_else_is(way: Identities) -> None:
    browser = way.browser()
    way.come_back(browser, "99000001")
    shown = text_of(browser.get(ENTRIES))

    assert "Aún no tienes casilla" in shown
    assert "ROSA PRUEBA EJEMPLO" in shown
    assert "99000001" in shown
    check_html(shown)
    of_another, of_nobody = way.enter(browser, f"1-{DNI}"), way.enter(browser, "1-40000099")
    assert (of_another.status_code, of_nobody.status_code) == (401, 401)
    strip = text_of(of_another)
    assert strip == text_of(of_nobody)


@pytest.mark.parametrize("username", ["", ".", "-", f".{DNI}", "x" * 41, "1-", "\x00", "ñ"])
def test_a_button_that_names_no_mailbox_opens_none(way: Identities, username: str) -> None:
    seed(way)
    browser = way.browser()
    way.come_back(browser)

    refused = way.enter(browser, username)
    assert refused.status_code in {401, 422}
    assert "Iniciar sesión con mi contraseña" in text_of(refused)
    assert SESSION_COOKIE not in browser.cookies
    assert way.enter(browser).headers["Location"] == "/casilla"


def test_an_identity_gets_somebody_in_once(way: Identities) -> None:
    seed(way)
    browser, copy = way.browser(), way.browser()
    way.come_back(browser)
    copy.cookies = dict(browser.cookies)

    assert way.enter(browser).headers["Location"] == "/casilla"
    again = way.enter(copy)
    assert (again.status_code, SESSION_COOKIE in copy.cookies) == (401, False)
    assert "ya se usó" in text_of(again)
    assert len(events_of(way)) == 1


def test_an_identity_is_over_after_ten_minutes(way: Identities) -> None:
    seed(way)
    browser = way.browser()
    way.come_back(browser)
    way.world.clock.advance(minutes=10, seconds=1)

    assert browser.get(ENTRIES).status_code == 401
    assert way.enter(browser).status_code == 401
    assert SESSION_COOKIE not in browser.cookies


def test_the_way_back_opened_again_by_the_same_browser_leads_on(way: Identities) -> None:
    seed(way)
    browser = way.browser()
    back = way.authenticate(way.begin(browser))

    assert browser.get(back).headers["Location"] == ENTRIES
    assert browser.get(back).headers["Location"] == ENTRIES
    assert way.simulator.asked.count("/service/token") == 1


def test_a_form_from_elsewhere_begins_and_enters_nothing(way: Identities) -> None:
    seed(way)
    browser = way.browser()
    assert browser.post(START, {"sec-fetch-site": "cross-site"}).status_code == 403
    way.come_back(browser)
    assert browser.post(ENTRIES, {"sec-fetch-site": "cross-site"}, username=f"1-{DNI}").status_code == 403
    assert SESSION_COOKIE not in browser.cookies


def test_a_user_from_before_the_index_is_found_after_a_login_by_password(way: Identities, moto_engine: Engine) -> None:
    browser = way.browser()
    password_hash = browser.people.tools.hashing.hash("Camion-tejado-7")
    a_company(way)
    accounts = browser.people.tools.accounts
    username = f"{COMPANY}.{DNI}"
    found = accounts.find(username)
    assert found is not None
    accounts.update(replace(found, password_hash=password_hash))
    table = way.world.container.config.accounts_table
    key = {"username": {"S": username}}
    moto_engine.client("dynamodb").update_item(TableName=table, Key=key, UpdateExpression="REMOVE person")
    assert browser.people.tools.access.list_usernames(DNI, limit=9) == ()

    assert browser.log_in(username, "Camion-tejado-7").headers["Location"] == "/casilla"
    assert browser.people.tools.access.list_usernames(DNI, limit=9) == (username,)


def test_into_a_frozen_mailbox_nobody_gets_whomever_the_provider_authenticated(way: Identities) -> None:
    seed(way)
    inside, browser = way.browser(), way.browser()
    way.log_in(inside)
    assert inside.get("/casilla").status_code == 200
    assert way.come_back(browser).headers["Location"] == ENTRIES

    mailbox_store(way.world.container).put(a_frozen_mailbox(DNI, way.world.clock.now))
    entered = way.enter(browser)

    assert entered.status_code == 403
    assert "Esta casilla está congelada" in text_of(entered)
    assert "No pudimos confirmar quién eres" not in text_of(entered)
    assert SESSION_COOKIE not in browser.cookies


def test_texts_that_changed_are_accepted_after_this_way_in_too(way: Identities) -> None:
    seed(way, accepted=())
    browser = way.browser()
    assert way.log_in(browser).headers["Location"] == "/textos?volver=%2Fcasilla"
    assert browser.get("/casilla").headers["Location"] == "/textos?volver=/casilla"
