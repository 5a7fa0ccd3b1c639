"""A deployment that could not count its days never starts."""

from __future__ import annotations

from pathlib import Path

import pytest

import chalicelib
from chalicelib.config import COUNTRIES, Config, ConfigError


def test_a_country_without_a_calendar_is_refused_at_the_start(aws: dict[str, str]) -> None:
    assert Config.from_env({**aws, "COUNTRY": "PE"}).country == "PE"
    with pytest.raises(ConfigError, match="COUNTRY must be one of PE"):
        Config.from_env({**aws, "COUNTRY": "EC"})


def test_the_countries_are_those_that_have_a_calendar() -> None:
    calendars = Path(chalicelib.__path__[0], "calendars").glob("*.json")
    assert sorted(COUNTRIES) == sorted(path.stem for path in calendars)


@pytest.mark.parametrize("wrong", ["", "-1", "1.5", "muchos", "1234567"])
def test_the_messages_that_ask_addresses_are_a_number_a_day(aws: dict[str, str], wrong: str) -> None:
    assert Config.from_env(aws).mail_probes_a_day == "500"
    assert Config.from_env({**aws, "MAIL_PROBES_A_DAY": "0"}).mail_probes_a_day == "0"
    with pytest.raises(ConfigError, match="MAIL_PROBES_A_DAY"):
        Config.from_env({**aws, "MAIL_PROBES_A_DAY": wrong})


IDENTITY = {
    "IDENTITY_ISSUER": "https://id.example",
    "IDENTITY_AUTHORIZATION_URL": "https://id.example/auth",
    "IDENTITY_TOKEN_URL": "https://id.example/token",
    "IDENTITY_KEYS_URL": "https://id.example/jwks",
    "IDENTITY_CLIENT_ID": "casilla",
    "IDENTITY_LEVELS": "two_factor",
}


def test_an_identity_provider_is_named_whole_or_not_at_all(aws: dict[str, str]) -> None:
    assert Config.from_env(aws).identity_issuer == ""
    assert Config.from_env({**aws, **IDENTITY}).identity_issuer == "https://id.example"
    for name in IDENTITY:
        with pytest.raises(ConfigError, match="an identity provider needs all of"):
            Config.from_env({**aws, **IDENTITY, name: ""})


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("IDENTITY_CLIENT_AUTH", "jwt", "basic"),
        ("IDENTITY_CLAIMS", "given_names=x", "number=doc,type=doc_type"),
        ("IDENTITY_CLAIMS", "number=doc,", "number=https://id.example/doc"),
        ("IDENTITY_FORM_ORIGINS", "https://a.example;script-src *", "https://a.example https://b.example"),
        ("IDENTITY_FORM_ORIGINS", "http://a.example", "https://a.example:8443"),
    ],
)
def test_what_is_said_of_an_identity_provider_is_checked_at_the_start(
    aws: dict[str, str], name: str, wrong: str, right: str
) -> None:
    assert getattr(Config.from_env({**aws, **IDENTITY, name: right}), name.lower()) == right
    with pytest.raises(ConfigError, match=name):
        Config.from_env({**aws, **IDENTITY, name: wrong})
