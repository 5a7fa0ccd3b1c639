from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.access.access_secret import TEMPORARY_PASSWORD_SPACE, temporary_password
from chalicelib.domain.access.guessed_words import GUESSED_WORDS
from chalicelib.domain.access.password_policy import Person, check_password, normalise
from chalicelib.domain.errors import InvalidInput
from tests.common_passwords import COMMON

PERSON = Person(
    names=("QUISPE DEMO", "María Ñusta"),
    document_numbers=("40000002",),
    email="mnusta.quispe@ejemplo.pe",
    birth_date=date(1985, 3, 7),
)


def refusal(password: str, person: Person = PERSON) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        check_password(password, person, COMMON)
    return caught.value


@pytest.mark.parametrize(
    "password",
    [
        "Xk7mPq2w",
        "lago-Tractor-3-ventilador",
        "Caballo7-lluvia-tejado",
        "El zorro come 9 uvas",
        "Ñandúes4volaban",
        "Aa1" + "é€" * 30 + "xyz",
        "Zq9" + "w" * 61 + "Tejado",
        "Vm4!Kx9?Rb2_" * 21,
    ],
)
def test_a_strong_password_is_accepted(password: str) -> None:
    check_password(password, PERSON, COMMON)


@pytest.mark.parametrize(
    "password",
    [
        "Peru2026!",
        "Perú2026",
        "Password1",
        "P4ssw0rd",
        "P@ssw0rd123",
        "Contraseña1",
        "C0ntr4s3ñ4",
        "Contrasena123*",
        "Verano2026",
        "Setiembre25",
        "AlianzaLima1901",
        "Alianza_Lima_2026",
        "Universitario1924",
        "Cristal2025$",
        "Qwerty123",
        "Qwertyuiop1",
        "Abcd1234",
        "Aa123456",
        "Aaaaaaa1",
        "1qaZ2wsX3edC",
        "TeAmo2024",
        "AmorPeru99",
        "Lima12051990",
        "123456Aa",
        "Casilla2026",
        "Juan1234",
        "11111111Aa",
        "Aa1!Aa1!",
    ],
)
def test_a_common_password_is_refused_however_it_is_decorated(password: str) -> None:
    assert refusal(password).code == "password_common"


@pytest.mark.parametrize(
    "password",
    [
        "Quispe-tractor-91",
        "xxNusta7Tejado",
        "Mari4-Tractor-9",
        "Tractor40000002",
        "Tejado-400000-Uva",
        "Tejado.000002Uva",
        "Uva07031985tejado",
        "Tejado070385Uva",
        "TejadoUva1985tr",
        "Tejado-1985-03-07",
        "mnusta!Tejado4",
    ],
)
def test_a_password_about_the_person_is_refused(password: str) -> None:
    assert refusal(password).code == "password_personal"


def test_what_is_not_known_of_a_person_refuses_nothing() -> None:
    check_password("Tejado-1985-Uvas-vm", Person(), COMMON)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("minuscula-tractor-9", "Agrega al menos una letra mayúscula."),
        ("MAYUSCULA-TRACTOR-9", "Agrega al menos una letra minúscula."),
        ("Sin-Numero-Tractor", "Agrega al menos un número."),
        ("????????", "Agrega al menos una letra mayúscula y una letra minúscula y un número."),
    ],
)
def test_a_refusal_says_what_to_add(password: str, says: str) -> None:
    refused = refusal(password)
    assert (refused.code, refused.detail, refused.field) == ("password_too_simple", says, "password")


def test_eight_characters_are_enough_and_seven_are_not() -> None:
    check_password("Xk7mPq2w", PERSON, COMMON)
    assert refusal("Xk7mPq2").code == "password_too_short"


def test_sixty_four_pass_and_the_limit_is_256_after_normalising() -> None:
    long = "Vm4-" + "tejado uva " * 30
    check_password(long[:64], PERSON, COMMON)
    check_password(long[:256], PERSON, COMMON)
    assert refusal(long[:257]).code == "password_too_long"
    assert refusal("Vm4" + "\ufdfa" * 40).code == "password_too_long"


def test_the_same_password_from_two_keyboards_is_one() -> None:
    assert normalise("Camio\u0301n7") == normalise("Cami\u00f3n7")


@pytest.mark.parametrize(
    "number", [0, 1, 7_919, 10**9 + 7, TEMPORARY_PASSWORD_SPACE // 3, TEMPORARY_PASSWORD_SPACE - 1]
)
def test_a_temporary_password_has_the_kinds_of_characters_that_are_asked_for(number: int) -> None:
    text = temporary_password(number)
    assert len(text) == 14
    assert any(c.isupper() for c in text)
    assert any(c.islower() for c in text)
    assert any(c.isdigit() for c in text)


def test_the_list_is_as_the_rules_read_it() -> None:
    assert len(GUESSED_WORDS) > 600
    assert all(word.isascii() and word.isalpha() and word.islower() for word in GUESSED_WORDS)
