"""How much of what people choose the rule refuses, how little of what is hard to guess, and in what time."""

from __future__ import annotations

import json
import random  # noqa: TID251 - the same draws at every run
import string
from collections import defaultdict

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from chalicelib.domain.access.access_secret import TEMPORARY_PASSWORD_SPACE, temporary_password
from chalicelib.domain.access.predictable_password import is_predictable
from infra.passwords.build_list import MIN_LETTERS_OF_ENGLISH, SOURCES, build
from tests.common_passwords import COMMON, PLACE
from tests.cpu import cpu_of
from tests.domain.access.guessable import all_guessable

CHANCE = random.Random(20261)  # noqa: S311 - the same at every run
SOURCE = json.loads(SOURCES.read_text("utf-8"))


def as_the_form_asks(password: str) -> str:
    """Give a breached password the capital, the digit and the length that the form asks for, as a person would."""
    at = next((place for place, sign in enumerate(password) if sign.isalpha()), 0)
    with_capital = password[:at] + password[at : at + 1].upper() + password[at + 1 :]
    return with_capital if any(sign.isdigit() for sign in password) else with_capital + "1"


def test_the_committed_list_is_what_its_maker_makes_and_is_small() -> None:
    assert PLACE.read_bytes() == build()
    assert PLACE.stat().st_size <= 300_000
    assert (PLACE.parent / "LICENSE.txt").exists()


def test_the_breached_passwords_that_fit_the_form_are_refused() -> None:
    tried = [as_the_form_asks(password) for password in SOURCE["breached"]]
    fitting = [one for one in tried if len(one) >= 8 and any(sign.islower() for sign in one)]

    assert len(fitting) > 9_000
    assert [one for one in fitting if not is_predictable(one, COMMON)] == []


def test_words_that_people_choose_are_refused_in_every_dress_but_a_few() -> None:
    """The words were written down without a look at the list: what is missed is a fair sample of what it lacks."""
    tried: defaultdict[str, list[bool]] = defaultdict(list)
    for kind, dress, password in all_guessable():
        found = is_predictable(password, COMMON)
        for name in (kind, dress, "all"):
            tried[name].append(found)
    rates = {name: sum(found) / len(found) for name, found in tried.items()}

    assert len(tried["all"]) > 1_500
    assert rates["all"] > 0.92
    assert min(rates.values()) > 0.7, rates


@pytest.mark.parametrize("separator", ["-", " ", "."])
@pytest.mark.parametrize(("language", "words"), [("es", SOURCE["commonWords"]), ("en", [])])
def test_three_words_that_do_not_go_together_are_accepted(separator: str, language: str, words: list[str]) -> None:
    words = words or [*FREQUENCY_LISTS["us_tv_and_film"]][:3_000]
    long = [word for word in words if len(word) >= MIN_LETTERS_OF_ENGLISH]
    phrases = [
        separator.join(CHANCE.sample(long, 3)).capitalize() + str(CHANCE.randrange(2, 100)) for _ in range(1_000)
    ]

    assert [phrase for phrase in phrases if is_predictable(phrase, COMMON)] == [], language


def test_what_chance_made_is_accepted_but_for_one_in_hundreds() -> None:
    signs = string.ascii_letters + string.digits
    drawn = ["".join(CHANCE.choices(signs, k=length)) for length in (8, 10, 12, 16) for _ in range(1_000)]
    temporary = [temporary_password(CHANCE.randrange(TEMPORARY_PASSWORD_SPACE)) for _ in range(1_000)]

    assert sum(is_predictable(one, COMMON) for one in drawn) <= len(drawn) // 200
    assert not any(is_predictable(one, COMMON) for one in temporary)


@pytest.mark.parametrize(
    "password",
    [
        "Aa1" + "é€" * 120,
        "L" + "lteamo" * 40 + "1",
        "A" + "bcdx" * 60 + "1",
        "x1" * 125 + "A",
        "elella" * 40 + "Xq1",
        "Anaevalialuzrosajosemariajuanpereztoledoanayevaydelaluzyeva1x",
    ],
    ids=lambda password: password[:6],
)
def test_the_longest_passwords_are_judged_in_little_time(password: str) -> None:
    assert min(cpu_of(lambda: is_predictable(password, COMMON)) for _ in range(2)) < 0.1


@pytest.mark.parametrize(
    "password",
    [
        "Liverpool1",
        "Ecuador2025",
        "Emelec2024!",
        "Barcelona1925",
        "JuanPerez2024",
        "Juan.Perez.1",
        "VivaEcuador25",
        "TeAmoValentina7",
        "loopreviL99",
        "L1v3rp00l!",
        "3cuad0r2025",
        "Liverpool1Liverpool1",
        "QuitoQuito1",
        "Guayaquil_2026",
        "Notificacion2026",
        "Portal123",
        "MiCasilla1",
        "Asdasdasd1",
        "Qw123321",
        "Peru.Peru.Peru1",
        "Sol-Sol-Sol-9",
        "Qwerty.Asdfgh1",
        "Abc.123.Xyz",
        "Aa11Bb22Cc33",
        "Gmail.com1",
        "CamilaYMateo2015",
        "Rosa-y-Jose-2010",
        "Maria.de.la.Cruz7",
        "MariaDeLaCruz1",
        "Juan.Perez.Lima1",
        "JuanPerezLima1",
    ],
)
def test_a_word_is_known_in_whatever_dress(password: str) -> None:
    assert is_predictable(password, COMMON)


@pytest.mark.parametrize(
    "password",
    [
        "Liverpool-lluvia-cuaderno-4",
        "Tren-marmol-guitarra7",
        "Mi abuela cose 3 botones",
        "Kq7vTz2Lw",
        "aB3dE5gH",
        "Perro-Luna-Mesa-52",
        "Camilayer9Tul",
        "Ecuador81726359Kv",
    ],
)
def test_a_listed_word_within_something_else_is_no_harm(password: str) -> None:
    assert not is_predictable(password, COMMON)
