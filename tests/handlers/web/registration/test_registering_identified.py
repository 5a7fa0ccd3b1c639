"""Whom an identity provider authenticated registers with that, and types nothing of the document (REG-11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.registration import registration_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.assurance import Comparison, Level, Source
from chalicelib.domain.registration.registration import RegistrationState
from chalicelib.handlers.cookies import DRAFT_COOKIE, IDENTITY_COOKIE
from chalicelib.store.tables import RegistrationItem
from infra.local.identity.server import IdentitySimulator
from infra.local.identity.server import running as identity_running
from infra.local.registries.server import Simulator
from infra.local.registries.server import running as registries_running
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.identity_world import ENTRIES, Identities, identities
from tests.registry_world import ACCESS

DNI = "99000001"
CONTACT = {"phone": "987 654 321", "email": "rosa@ejemplo.pe", "email_again": "rosa@ejemplo.pe"}
FORM, REVIEW = "/registro/persona-natural", "/registro/revisar"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentitySimulator]:
    with identity_running(slow_seconds=1) as provider:
        yield provider


@pytest.fixture(scope="module")
def registries() -> Iterator[Simulator]:
    with registries_running(slow_seconds=0.1) as registries:
        yield registries


@pytest.fixture
def way(
    aws: dict[str, str], moto_engine: Engine, provider: IdentitySimulator, registries: Simulator
) -> Iterator[Identities]:
    registries.asked.clear()
    settings = {"RENIEC_URL": registries.reniec_url, "SUNAT_URL": registries.sunat_url}
    settings |= {"REGISTRY_USER": ACCESS.user_dni, "REGISTRY_RUC": ACCESS.institution_ruc}
    with identities(aws, provider, **settings) as way:
        moto_engine.client("ses").verify_email_identity(EmailAddress=way.world.container.config.mail_from)
        yield way


def accept_texts(browser: Browser) -> HTTPResponse:
    for address in ("/registro/terminos", "/registro/privacidad"):
        answer = browser.submit(browser.get(address), address, accepted="si")
    return answer


def identified(way: Identities, number: str = DNI) -> Browser:
    """Be at the form as somebody whom the provider authenticated."""
    browser = way.browser()
    way.come_back(browser, number)
    assert "Aún no tienes casilla" in text_of(browser.get(ENTRIES))
    assert browser.post("/registro/identidad").headers["Location"] == FORM
    assert browser.get(FORM).headers["Location"] == "/registro/terminos"
    assert accept_texts(browser).headers["Location"] == FORM
    return browser


def send(browser: Browser, **typed: str) -> HTTPResponse:
    assert browser.post(FORM, None, **{**CONTACT, **typed}).headers["Location"] == REVIEW
    return browser.post(REVIEW)


def verify(browser: Browser, page: str) -> str:
    code = re.findall(r"Clave de validación: ([0-9A-Z]{6})", browser.people.mails()[-1][1])[-1]
    browser.post(page, code=code)
    return text_of(browser.get(page))


def kept() -> list[Any]:
    return list(RegistrationItem.scan())


def test_the_form_asks_for_nothing_that_the_provider_vouched_for(way: Identities) -> None:
    browser = identified(way)
    shown = text_of(browser.get(FORM))

    assert "ROSA PRUEBA EJEMPLO" in shown
    assert set(re.findall(r'<input id="(\w+)"', shown)) == {"phone", "email", "email_again"}
    assert "birth_date" not in shown
    check_html(shown)
    review = text_of(browser.get(browser.post(FORM, None, **CONTACT).headers["Location"]))
    assert all(text in review for text in (DNI, "ROSA PRUEBA EJEMPLO", "rosa@ejemplo.pe"))
    check_html(review)


def test_a_person_registers_gets_a_mailbox_by_itself_and_into_it(way: Identities) -> None:
    browser = identified(way)
    page = send(browser).headers["Location"]
    assert DRAFT_COOKIE not in browser.cookies
    assert "con tu usuario y la forma de ingresar" in verify(browser, page)

    mailbox = mailbox_store(way.world.container).find(f"1-{DNI}")
    assert mailbox is not None
    assert mailbox.holder.name == "ROSA PRUEBA EJEMPLO"  # as RENIEC writes it
    assert (mailbox.users[0].document_type, mailbox.users[0].document_number) == (DocumentType.DNI, DNI)
    [event] = event_store(way.world.container).list_for_subject(f"mailbox#1-{DNI}")
    assert event.data["level"] == "authenticated"
    assert event.data["compared"] == "identity_provider: names"
    assert way.log_in(browser, DNI, f"1-{DNI}").headers["Location"] == "/clave"


def test_what_it_rests_on_is_kept_with_the_registration(way: Identities) -> None:
    browser = identified(way)
    page = str(send(browser).headers["Location"])
    store = registration_store(way.world.container)
    found = store.find_by_id(page.rpartition("/")[2])
    assert found is not None
    assert found.assurance is not None

    assert (found.state, found.assurance.level) == (RegistrationState.AWAITING_CODE, Level.AUTHENTICATED)
    assert found.assurance.compared == (Comparison(Source.IDENTITY_PROVIDER, ("names",)),)
    assert found.person is not None
    assert found.person.authenticated_at == way.world.clock()


@pytest.mark.parametrize("number", ["99000008", "99000009", "99000010", "99000404"])
def test_the_registry_is_asked_and_what_it_says_of_the_person_counts(
    way: Identities, registries: Simulator, number: str
) -> None:
    refused = send(identified(way, number))

    assert refused.status_code == 422
    assert registries.asked == [number]
    assert "RENIEC no nos confirma" in text_of(refused)
    check_html(text_of(refused))


def test_a_registry_that_is_down_is_waited_for(way: Identities) -> None:
    browser = identified(way, "99000501")
    page = send(browser).headers["Location"]

    found = registration_store(way.world.container).find_by_id(str(page).rpartition("/")[2])
    assert found is not None
    assert found.state is RegistrationState.AWAITING_REGISTRY


def test_how_to_be_reached_is_still_asked_and_checked(way: Identities) -> None:
    browser = identified(way)
    answer = browser.post(FORM, None, phone="1", email="rosa", email_again="")

    assert answer.status_code == 422
    shown = text_of(answer)
    assert all(f'id="{name}-error"' in shown for name in ("phone", "email", "email_again"))
    check_html(shown)


def test_who_has_a_mailbox_is_led_into_it(way: Identities) -> None:
    browser = identified(way)
    verify(browser, str(send(browser).headers["Location"]))
    other = way.browser()
    way.come_back(other, DNI)

    assert f"Ingresar a mi casilla 1-{DNI}" in text_of(other.get(ENTRIES))


def test_an_identity_begins_no_registration_an_hour_later(way: Identities) -> None:
    browser = identified(way)
    way.world.clock.advance(minutes=59)
    assert browser.post(FORM, None, **CONTACT).headers["Location"] == REVIEW
    way.world.clock.advance(minutes=2)

    assert "borrador=vencido" in browser.post(REVIEW).headers["Location"]
    assert kept() == []


@pytest.mark.parametrize("forged", ["", "x", "a" * 43 + "." + "b" * 100])
def test_without_an_identity_nobody_registers_as_identified(way: Identities, forged: str) -> None:
    browser = way.browser()
    if forged:
        browser.cookies[IDENTITY_COOKIE] = forged

    assert browser.post("/registro/identidad").headers["Location"] == ENTRIES
    assert DRAFT_COOKIE not in browser.cookies


def test_what_is_only_asked_for_yet_is_no_identity_to_register_with(way: Identities) -> None:
    browser = way.browser()
    way.begin(browser)

    assert browser.post("/registro/identidad").headers["Location"] == ENTRIES


def test_no_form_can_say_that_somebody_was_authenticated(way: Identities) -> None:
    browser = way.browser()
    accept_texts(browser)
    browser.post("/registro/tipo", person_type="natural")
    spoofed = {"authenticated_at": "2026-03-09T20:15:30+00:00", "identity": "x", "number": DNI}

    answer = browser.post(FORM, None, **CONTACT, **spoofed)
    assert answer.status_code == 422
    assert 'id="birth_date-error"' in text_of(answer)


def test_whoever_types_for_a_company_is_asked_for_all_of_it(way: Identities) -> None:
    browser = identified(way)
    browser.post("/registro/tipo", person_type="juridica")
    shown = text_of(browser.get("/registro/persona-juridica"))

    assert 'id="ruc"' in shown
    assert 'id="birth_date"' in shown


def test_the_page_that_asks_who_registers_offers_the_way(way: Identities) -> None:
    browser = way.browser()
    accept_texts(browser)
    shown = browser.get("/registro/tipo")

    assert "Registrarme con ID Perú" in text_of(shown)
    assert f"form-action 'self' {way.simulator.issuer};" in shown.headers["Content-Security-Policy"]
    check_html(text_of(shown))


def test_who_accepted_the_texts_before_is_not_asked_again(way: Identities) -> None:
    browser = way.browser()
    accept_texts(browser)
    way.come_back(browser, DNI)

    assert browser.post("/registro/identidad").headers["Location"] == FORM
    assert browser.get(FORM).status_code == 200
