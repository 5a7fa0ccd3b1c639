"""What strangers and broken providers send: nobody gets in by it, and the password stays a way in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.login_form import provider_breaker
from chalicelib.domain.limit import Budget
from chalicelib.gateways.access.identity_provider import ProviderClient
from chalicelib.handlers.cookies import IDENTITY_COOKIE, SESSION_COOKIE
from chalicelib.services.access import identify_person
from infra.local.identity.server import WRONG_SECRET, IdentitySimulator, running
from infra.local.identity.tokens import SigningKey
from tests.browser_requests import check_html, text_of
from tests.cloud import Engine
from tests.gateway_requests import Lines
from tests.identity_world import ANSWER, DNI, ENTRIES, Identities, a_credential, identities
from tests.person_world import PASSWORD, USERNAME

TOKEN, KEYS, USERINFO = "/service/token", "/service/jwks", "/service/userinfo"


@pytest.fixture(scope="module")
def simulator() -> Iterator[IdentitySimulator]:
    with running(slow_seconds=1) as simulator:
        yield simulator


@pytest.fixture
def way(aws: dict[str, str], moto_engine: Engine, simulator: IdentitySimulator) -> Iterator[Identities]:
    simulator.keys = [SigningKey("simulador-1", _KEY.private)]
    with identities(aws, simulator) as way:
        moto_engine.client("ses").verify_email_identity(EmailAddress=way.world.container.config.mail_from)
        way.browser().people.seed()
        yield way


_KEY, _OTHER_KEY = SigningKey("una"), SigningKey("otra")


def refused(way: Identities, status: int = 401, **fields: str) -> str:
    """Walk there and back; nothing is opened, and the page has the other ways in. Return its text."""
    browser = way.browser()
    answer = way.come_back(browser, **fields)
    shown = text_of(answer)

    assert answer.status_code == status, shown
    assert "Iniciar sesión con mi contraseña" in shown
    assert SESSION_COOKIE not in browser.cookies
    assert browser.get(ENTRIES).status_code == 401
    check_html(shown)
    return shown


def at(way: Identities, **delta: float) -> int:
    return int((way.world.clock() + timedelta(**delta)).timestamp())


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "n" * 43}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"iss": "https://otro.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "otro-cliente"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["casilla-local", "otro"]}, "aud"),
        ({"aud": ["casilla-local", "otro"], "azp": "otro"}, "aud"),
        ({"azp": "otro"}, "aud"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"exp": None}, "exp"),
        ({"exp": "9999999999"}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": None}, "iat"),
    ],
    ids=str,
)
def test_a_token_that_says_something_else_proves_nothing(
    way: Identities, lines: Lines, claims: dict[str, Any], reason: str
) -> None:
    way.simulator.wrongs.claims = claims

    assert "No pudimos confirmar quién eres" in refused(way)
    assert [line["reason"] for line in lines if line["message"] == "identity not proven"] == [reason]


@pytest.mark.parametrize(
    ("name", "delta", "is_taken"),
    [
        ("exp", {"seconds": -60}, True),
        ("exp", {"seconds": -61}, False),
        ("iat", {"seconds": 60}, True),
        ("iat", {"seconds": 61}, False),
        ("iat", {"seconds": -600}, True),
        ("iat", {"seconds": -601}, False),
        ("nbf", {"seconds": 60}, True),
        ("nbf", {"seconds": 61}, False),
        ("auth_time", {"seconds": -600}, True),
        ("auth_time", {"seconds": -601}, False),
        ("auth_time", {"seconds": 61}, False),
    ],
    ids=str,
)
def test_clocks_may_differ_by_a_minute_and_tokens_be_ten_old(
    way: Identities, name: str, delta: dict[str, float], is_taken: bool
) -> None:
    way.simulator.wrongs.claims = {name: int(way.world.clock().replace(microsecond=0).timestamp()) + delta["seconds"]}

    answer = way.come_back(way.browser())
    assert answer.status_code == (303 if is_taken else 401)


def test_a_level_below_those_configured_is_told_as_that(way: Identities) -> None:
    browser = way.browser()
    answer = way.come_back(browser, acr="one_factor")

    assert answer.status_code == 401
    assert "Falta una forma más segura" in text_of(answer)
    for wrong in (None, "", "certificate", ["two_factor"], 2):
        way.simulator.wrongs.claims = {"acr": wrong}
        refused(way)


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS384"}, {"alg": "ES256"}, {"crit": ["exp"]}, {"kid": "nadie"}],
    ids=str,
)
def test_no_other_algorithm_or_key_signs_for_the_provider(way: Identities, header: dict[str, Any]) -> None:
    way.simulator.wrongs.header = header

    refused(way)


def test_a_key_that_the_provider_does_not_publish_signs_nothing(way: Identities) -> None:
    way.simulator.wrongs.signs_with = SigningKey("simulador-1", _OTHER_KEY.private)

    refused(way)


def test_an_algorithm_of_another_kind_of_key_is_refused_though_the_key_is_the_providers(way: Identities) -> None:
    way.simulator.keys[0].kid = "hmac"
    way.simulator.wrongs.header = {"alg": "HS256", "kid": "hmac"}

    refused(way)


def test_a_new_key_is_fetched_when_its_first_token_comes_and_made_up_ones_fetch_no_more(way: Identities) -> None:
    assert way.come_back(way.browser()).status_code == 303
    assert way.simulator.asked.count(KEYS) == 1
    way.simulator.keys.append(SigningKey("simulador-2", _OTHER_KEY.private))

    refused(way)  # a minute has not gone by
    assert way.simulator.asked.count(KEYS) == 1
    way.world.clock.advance(minutes=3, seconds=1)
    assert way.come_back(way.browser()).status_code == 303
    assert way.simulator.asked.count(KEYS) == 2
    way.simulator.wrongs.header = {"kid": "inventada"}
    for _ in range(5):
        refused(way)
    assert way.simulator.asked.count(KEYS) == 2


def test_a_key_that_was_taken_away_is_refused_once_what_was_kept_is_over(way: Identities) -> None:
    assert way.come_back(way.browser()).status_code == 303
    way.simulator.keys = [SigningKey("simulador-2", _OTHER_KEY.private)]
    way.simulator.wrongs.signs_with = SigningKey("simulador-1", _KEY.private)

    assert way.come_back(way.browser()).status_code == 303
    way.world.clock.advance(minutes=15, seconds=1)
    refused(way)


def test_an_answer_of_another_provider_is_not_taken_to_ours(way: Identities) -> None:
    way.simulator.wrongs.answer = {"iss": "https://otro.example"}

    refused(way)
    assert TOKEN not in way.simulator.asked


def test_an_answer_without_the_providers_name_is_taken(way: Identities) -> None:
    """Who does not know RFC 9207 says none; there is one provider only."""
    way.simulator.wrongs.answer = {"iss": None}

    assert way.come_back(way.browser()).status_code == 303


def test_an_answer_counts_only_in_the_browser_that_asked(way: Identities) -> None:
    """Else a stranger could have somebody enter the stranger's mailbox, or be entered by a stolen address."""
    stranger, victim, without = way.browser(), way.browser(), way.browser()
    back = way.authenticate(way.begin(stranger))
    way.begin(victim)

    for browser in (victim, without):
        assert browser.get(back).status_code == 401
    assert TOKEN not in way.simulator.asked
    assert stranger.get(back).status_code == 303  # nobody could use it up


def test_a_code_of_another_browser_is_of_no_use_with_the_own_state(way: Identities) -> None:
    """The proof key: a code that was read on its way is worth nothing without the verifier."""
    stranger, victim = way.browser(), way.browser()
    stolen = way.authenticate(way.begin(victim))
    own = way.authenticate(way.begin(stranger), "40000099")
    mixed = own.replace(own.split("code=")[1].split("&")[0], stolen.split("code=")[1].split("&")[0])

    assert stranger.get(mixed).status_code == 401
    assert SESSION_COOKIE not in stranger.cookies


def test_a_state_is_used_once_even_by_a_copy_of_the_cookie(way: Identities) -> None:
    browser, copy = way.browser(), way.browser()
    address = way.begin(browser)
    copy.cookies = dict(browser.cookies)
    first, second = way.authenticate(address), way.authenticate(address)

    assert browser.get(first).status_code == 303
    for back in (first, second):
        assert copy.get(back).status_code == 401
    assert way.simulator.asked.count(TOKEN) == 1


def test_a_code_that_was_used_is_refused_by_the_provider_and_told_as_that(way: Identities) -> None:
    browser = way.browser()
    back = way.authenticate(way.begin(browser))
    way.simulator.codes.clear()

    assert browser.get(back).status_code == 401
    assert not provider_breaker(way.world.container).is_open


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=x",
        "state=x",
        "code=x&state=x",
        "error=access_denied",
        "error=access_denied&state=x",
        "code=x&state=%00",
        "code=x&state=" + "y" * 5000,
    ],
)
def test_an_answer_to_nothing_is_refused_without_a_call(way: Identities, query: str) -> None:
    browser = way.browser()
    way.begin(browser)

    assert browser.get(f"{ANSWER}?{query}").status_code == 401
    assert way.simulator.asked == []


@pytest.mark.parametrize("spoil", ["code", "state"])
def test_a_parameter_that_comes_twice_is_none(way: Identities, spoil: str) -> None:
    browser = way.browser()
    back = way.authenticate(way.begin(browser))

    assert browser.get(f"{back}&{spoil}=x").status_code == 401
    assert TOKEN not in way.simulator.asked


@pytest.mark.parametrize("code", ["", "%20", "a%0Ab", "%C3%B1", "x" * 2001])
def test_a_code_that_can_be_none_is_not_sent(way: Identities, code: str) -> None:
    browser = way.browser()
    state = way.begin(browser).split("state=")[1].split("&")[0]

    assert browser.get(f"{ANSWER}?code={code}&state={state}").status_code == 401
    assert TOKEN not in way.simulator.asked


def test_who_gives_up_at_the_provider_is_told_so_and_can_begin_again(way: Identities) -> None:
    browser = way.browser()
    back = way.choose(way.begin(browser), {"accion": "cancelar"})
    answer = browser.get(back)

    assert answer.status_code == 401
    assert "No terminaste de identificarte" in text_of(answer)
    assert way.come_back(browser).status_code == 303


def test_an_identification_that_took_too_long_is_refused(way: Identities) -> None:
    browser = way.browser()
    back = way.authenticate(way.begin(browser))
    way.world.clock.advance(minutes=15, seconds=1)

    assert browser.get(back).status_code == 401
    assert TOKEN not in way.simulator.asked


@pytest.mark.parametrize("spoilt", ["x", "a" * 43 + "." + "b" * 200, "á", "a.b.c"])
def test_a_cookie_that_was_not_sealed_here_is_none(way: Identities, spoilt: str) -> None:
    browser = way.browser()
    back = way.authenticate(way.begin(browser))
    sealed = browser.cookies[IDENTITY_COOKIE]
    for wrong in (spoilt, sealed[:-2] + ("AA" if not sealed.endswith("AA") else "BB")):
        browser.cookies[IDENTITY_COOKIE] = wrong
        assert browser.get(back).status_code == 401
        assert browser.get(ENTRIES).status_code == 401


def test_what_was_sealed_for_something_else_is_no_identity(way: Identities) -> None:
    browser = way.browser()
    way.begin(browser)

    assert browser.get(ENTRIES).status_code == 401
    assert way.enter(browser).status_code == 401


def test_a_userinfo_about_somebody_else_is_refused(way: Identities) -> None:
    way.simulator.wrongs.userinfo = {"sub": "sub-40000099", "doc": "40000099"}

    refused(way)


@pytest.mark.parametrize(
    "told",
    [
        {"doc": None},
        {"doc": ""},
        {"doc": "4000000"},
        {"doc": "400000023"},
        {"doc": 40000002},
        {"doc": "٤٠٠٠٠٠٠٢"},
        {"doc": ["40000002"]},
        {"doc_type": "CE"},
        {"doc_type": "PAS"},
    ],
    ids=str,
)
def test_who_comes_without_a_dni_is_nobody(way: Identities, told: dict[str, Any]) -> None:
    way.simulator.wrongs.userinfo = told

    assert "DNI" in refused(way)


def test_names_are_shown_as_text_whatever_the_provider_says(way: Identities) -> None:
    way.simulator.wrongs.userinfo = {"first_name": "<b onclick=x>Rosa</b>", "last_name": "a\u202eb"}
    browser = way.browser()
    way.come_back(browser)
    shown = text_of(browser.get(ENTRIES))

    assert "&lt;b onclick=x&gt;Rosa&lt;/b&gt;" in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("path", [TOKEN, KEYS, USERINFO])
@pytest.mark.parametrize("failure", ["down", "slow", "drip", "huge", "html", "redirect", "error"])
def test_a_provider_that_fails_leaves_the_password(way: Identities, path: str, failure: str) -> None:
    way.simulator.wrongs.failing = {path: failure}
    way.be_impatient()
    shown = refused(way, status=503)

    assert "no responde ahora" in shown
    browser = way.browser()
    assert browser.log_in(USERNAME, PASSWORD).headers["Location"] == "/casilla"


def test_a_provider_that_failed_thrice_rests_and_the_button_says_so(way: Identities) -> None:
    way.simulator.wrongs.failing = {TOKEN: "down"}
    for _ in range(3):
        refused(way, status=503)
    asked = way.simulator.asked.count(TOKEN)
    refused(way, status=503)

    assert way.simulator.asked.count(TOKEN) == asked
    assert "no respondió hace un momento" in text_of(way.browser().get("/ingresar"))
    way.simulator.wrongs.failing = {}
    way.world.clock.advance(seconds=31)
    assert way.come_back(way.browser()).status_code == 303
    assert "no respondió hace un momento" not in text_of(way.browser().get("/ingresar"))


def test_codes_that_strangers_make_up_do_not_have_the_provider_rest(way: Identities) -> None:
    for number in range(5):
        browser = way.browser()
        state = way.begin(browser).split("state=")[1].split("&")[0]
        assert browser.get(f"{ANSWER}?code=inventado-{number}&state={state}").status_code == 401

    assert way.come_back(way.browser()).status_code == 303


def test_codes_that_strangers_make_up_are_bounded_and_the_password_stays(
    way: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identify_person, "IDENTIFICATIONS", Budget("identification", 8, 900))
    statuses = []
    for _ in range(40):
        browser = way.browser()
        state = way.begin(browser).split("state=")[1].split("&")[0]
        statuses.append(browser.get(f"{ANSWER}?code=x&state={state}").status_code)

    assert way.simulator.asked.count(TOKEN) <= 8
    assert statuses[-1] == 429
    assert way.browser().log_in(USERNAME, PASSWORD).headers["Location"] == "/casilla"


def test_the_log_names_nobody_and_no_secret(way: Identities, lines: Lines) -> None:
    browser = way.browser()
    address = way.begin(browser)
    back = way.authenticate(address)
    browser.get(back)
    way.enter(browser, "1-40000099")
    way.simulator.wrongs.claims = {"nonce": "x"}
    refused(way)

    written = str(lines)
    for secret in (DNI, back.split("code=")[1].split("&")[0], address.split("state=")[1].split("&")[0]):
        assert secret not in written


def test_our_own_access_being_refused_counts_as_no_answer(way: Identities) -> None:
    way.provider.client = ProviderClient("casilla-local", a_credential(WRONG_SECRET, way.world.clock))

    refused(way, status=503)
