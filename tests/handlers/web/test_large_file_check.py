"""*¿Pasará este archivo?* for files over the form's size: sent to the store by a form, judged apart, deleted."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.access.access_policy import LARGE_FILE_CHECKS
from chalicelib.domain.limit import Standing
from chalicelib.domain.upload.file_check import GIVEN_UP_AFTER, OUTCOME_LIFETIME
from chalicelib.handlers.cookies import CHECK_COOKIE
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import PDF
from tests.gateway_requests import Lines
from tests.kept import everything, left_by
from tests.spent import spend
from tests.upload_arrivals import Arrivals

PAGE = "/revisar-archivo/grande"


@pytest.fixture
def arrivals(browser: Browser, moto_engine: Engine) -> Arrivals:
    return Arrivals(browser.people.world, moto_engine.client("s3"))


class Sending:
    """A form to the store, as its page shows it."""

    def __init__(self, browser: Browser, **fields: str) -> None:
        self.answer = browser.submit(browser.get(PAGE), PAGE, **{"role": "main", **fields})
        self.page = text_of(self.answer)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page))
        self.fields = {name: html.unescape(value) for name, value in hidden.items()}
        self.action = str(re.findall(r'<form method="post" action="(http[^"]+)"', self.page)[0])
        self.address = "/" + self.fields["success_action_redirect"].split("/", 3)[3]

    def arrive(self, arrivals: Arrivals, content: bytes, filename: str = "carta grande.pdf") -> str:
        """Put the file as the store does, and return its key."""
        key = self.fields["key"].replace("${filename}", filename)
        arrivals.client.put_object(Bucket=arrivals.world.container.config.uploads_bucket, Key=key, Body=content)
        return key


def test_the_page_says_before_what_happens_to_the_file(browser: Browser) -> None:
    page = text_of(browser.get(PAGE))

    check_html(page)
    assert "se borra apenas hay respuesta" in page
    assert "no es un depósito ni una constancia" in page


def test_the_form_goes_to_the_store_and_the_page_lets_it(browser: Browser) -> None:
    sending = Sending(browser)

    check_html(sending.page)
    assert sending.page.index('name="policy"') < sending.page.index('type="file"')
    policy = sending.answer.headers["Content-Security-Policy"]
    store = urlsplit(sending.action)
    assert f"form-action 'self' {store.scheme}://{store.netloc};" in policy
    assert "form-action 'self';" in browser.get(PAGE).headers["Content-Security-Policy"]
    portal = browser.people.world.container.portal_url
    assert re.fullmatch(rf"{portal}/revisar-archivo/[0-9a-f]{{40}}", sending.fields["success_action_redirect"])
    assert re.fullmatch(r"checks/visitor\.[0-9a-f]{32}/main/[0-9a-f]{40}/\$\{filename\}", sending.fields["key"])


def test_a_large_file_is_judged_told_and_deleted(
    browser: Browser, arrivals: Arrivals, moto_engine: Engine, lines: Lines
) -> None:
    config = browser.people.world.container.config
    before = everything(moto_engine, config)
    sending = Sending(browser)
    key = sending.arrive(arrivals, PDF, "secreto-9876.pdf")
    waiting = browser.get(sending.address)

    report = arrivals.tell(key)

    told = browser.get(sending.address)
    for page in (waiting, told):
        check_html(text_of(page))
    assert "Estamos revisando tu archivo" in text_of(waiting)
    assert report["judged"] == 1
    assert "<h1>El archivo pasa</h1>" in text_of(told)
    left = left_by(before, everything(moto_engine, config))
    assert {place.split("#")[0].split(" ")[0] for place in left} == {"tokens_table", "checks_table"}
    assert "secreto" not in str(left) + str(lines)


@pytest.mark.parametrize(
    ("filename", "role", "told"),
    [
        ("carta.txt", "main", "debe ser un PDF"),
        ("a\u202e.pdf", "annex", "caracteres invisibles"),
        ("a/b.pdf", "annex", "no puede llevar carpetas"),
        ("año+%41 &.pdf", "annex", "aceptaría este archivo como anexo"),
    ],
)
def test_the_name_is_judged_as_well(browser: Browser, arrivals: Arrivals, filename: str, role: str, told: str) -> None:
    sending = Sending(browser, role=role)
    arrivals.tell(sending.arrive(arrivals, PDF, filename))

    assert told in text_of(browser.get(sending.address))


def test_the_address_that_the_store_leads_to_is_rid_of_the_name(browser: Browser) -> None:
    sending = Sending(browser)

    answer = browser.get(f"{sending.address}?bucket=b&key=checks%2Fsecreto.pdf&etag=1")

    assert (answer.status_code, answer.headers["Location"]) == (303, sending.address)


def test_nobody_else_sees_what_was_found(browser: Browser, arrivals: Arrivals) -> None:
    sending = Sending(browser)
    arrivals.tell(sending.arrive(arrivals, PDF))
    own = browser.cookies.pop(CHECK_COOKIE)

    assert browser.get(sending.address).status_code == 404
    browser.cookies[CHECK_COOKIE] = "x" * 43
    assert "Estamos revisando" in text_of(browser.get(sending.address))  # as one that nothing arrived of
    browser.cookies[CHECK_COOKIE] = own
    assert browser.get(sending.address).status_code == 200


def test_one_browser_may_have_several_judged(browser: Browser, arrivals: Arrivals) -> None:
    one, other = Sending(browser), Sending(browser)
    arrivals.tell(one.arrive(arrivals, PDF))
    arrivals.tell(other.arrive(arrivals, b"x"))

    assert "El archivo pasa" in text_of(browser.get(one.address))
    assert "El archivo no pasa" in text_of(browser.get(other.address))


def test_what_was_found_is_forgotten_after_an_hour(browser: Browser, arrivals: Arrivals) -> None:
    sending = Sending(browser)
    arrivals.tell(sending.arrive(arrivals, PDF))
    browser.people.world.clock.now += OUTCOME_LIFETIME + timedelta(minutes=11)

    answer = browser.get(sending.address)

    assert (answer.status_code, "ya se borró" in text_of(answer)) == (404, True)


def test_several_files_by_one_leave_get_one_verdict_and_all_go(browser: Browser, arrivals: Arrivals) -> None:
    sending = Sending(browser)
    keys = [sending.arrive(arrivals, PDF, f"{number}.pdf") for number in range(3)]
    for key in keys:
        arrivals.tell(key)

    assert arrivals.objects() == []
    assert "El archivo pasa" in text_of(browser.get(sending.address))


def test_a_file_that_nobody_could_look_at_is_said_to_be_deleted_and_is(browser: Browser, arrivals: Arrivals) -> None:
    sending = Sending(browser)
    arrivals.tell(sending.arrive(arrivals, PDF), tries=GIVEN_UP_AFTER + 1)

    page = text_of(browser.get(sending.address))

    check_html(page)
    assert "No pudimos revisar tu archivo" in page
    assert arrivals.objects() == []


def test_without_session_or_captcha_there_is_no_leave(browser: Browser, moto_engine: Engine) -> None:
    config = browser.people.world.container.config
    before = everything(moto_engine, config)

    answer = browser.post(PAGE, None, role="main")

    assert (answer.status_code, "Escribe el texto de la imagen." in text_of(answer)) == (422, True)
    assert 'name="policy"' not in text_of(answer)
    assert left_by(before, everything(moto_engine, config)) == {}


def test_a_session_s_form_counts_by_its_token_and_draws_on_what_strangers_left(browser: Browser) -> None:
    spend(LARGE_FILE_CHECKS, Standing.QUIET, browser.people.world)
    assert browser.submit(browser.get(PAGE), PAGE, role="main").status_code == 429
    browser.enter()

    assert browser.post(PAGE, None, role="main", csrf="0" * 64).status_code == 403
    assert Sending(browser).answer.status_code == 200


@pytest.mark.parametrize("check_id", ["x", "grandes", "0" * 40])
def test_an_address_that_was_never_given_is_told_so(browser: Browser, check_id: str) -> None:
    assert browser.get(f"/revisar-archivo/{check_id}").status_code == 404
