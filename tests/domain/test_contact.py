from __future__ import annotations

import pytest

from chalicelib.domain.contact import inbox_of, of_countries, read_email, read_email_twice, read_mobile
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox.channels import SmsReach


@pytest.mark.parametrize("text", ["900000001", "900 000 001", "+51 900-000-001", "0051900000001", " 900.000.001 "])
def test_a_mobile_number_is_read_however_it_is_spaced(text: str) -> None:
    assert read_mobile(text, field="phone") == "+51900000001"


@pytest.mark.parametrize(
    "text", ["(01) 200-0001", "12000001", "+51 1 200 0001", "044 200001", "(084) 200-001", "51200001"]
)
def test_a_landline_is_refused_and_told_why(text: str) -> None:
    with pytest.raises(InvalidInput, match="mobile_invalid") as refusal:
        read_mobile(text, field="phone")
    assert "A un teléfono fijo no llegan" in refusal.value.detail


@pytest.mark.parametrize(
    "text", ["", "2000001", "800000001", "90000000", "9000000011", "045 200001", "1 202 5550100", "٩٠٠٠٠٠٠٠١", "x"]
)
def test_another_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="mobile_invalid") as refusal:
        read_mobile(text, field="phone")
    assert refusal.value.field == "phone"
    assert "teléfono fijo" not in refusal.value.detail


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Rosa.Prueba@Ejemplo.PE ", "Rosa.Prueba@ejemplo.pe"),
        ("a+b@sub.ejemplo.com.pe", "a+b@sub.ejemplo.com.pe"),
        ("o'ejemplo@x-y.pe", "o'ejemplo@x-y.pe"),
        ("a@xn--caaba-rta.pe", "a@xn--caaba-rta.pe"),
    ],
)
def test_an_address_keeps_its_local_part_and_gets_a_small_domain(text: str, address: str) -> None:
    assert read_email(text, field="email") == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rosa",
        "@ejemplo.pe",
        "rosa@",
        "rosa@ejemplo",
        "rosa@ejemplo.p",
        "rosa@-ejemplo.pe",
        "rosa@ejemplo..pe",
        "rosa@1.2.3.4",
        ".rosa@ejemplo.pe",
        "ro..sa@ejemplo.pe",
        "ro sa@ejemplo.pe",
        "rosa@a@ejemplo.pe",
        "ñandú@ejemplo.pe",
        "rosa@cabaña.pe",
        "rosa@ejemplo.pe\nBcc: x@ejemplo.pe",
        "Rosa <rosa@ejemplo.pe>",
        "r" * 65 + "@ejemplo.pe",
        "r@" + "e." * 130 + "pe",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="email_invalid") as refusal:
        read_email(text, field="email")
    assert refusal.value.field == "email"


def test_both_addresses_must_be_equal_but_for_case_and_the_first_one_is_kept() -> None:
    for again in (" a.Rosa@EJEMPLO.pe", "A.ROSA@ejemplo.pe", "\ufeffa.rosa@ejemplo.pe\u00a0"):
        assert read_email_twice("a.Rosa@ejemplo.pe", again, field="email", again_field="e2") == "a.Rosa@ejemplo.pe"
    with pytest.raises(InvalidInput, match="emails_differ") as refusal:
        read_email_twice("a@ejemplo.pe", "b@ejemplo.pe", field="email", again_field="email2")
    assert refusal.value.field == "email2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ro sa@ejemplo.pe", "No lleva espacios"),
        ("ñandú@ejemplo.pe", "No lleva tildes ni ñ"),
        ("r" * 65 + "@ejemplo.pe", "Es demasiado larga"),
        ("rosa", "Revisa que esté completa"),
    ],
)
def test_an_address_is_refused_for_its_own_reason(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match="email_invalid") as refusal:
        read_email(text, field="email")
    assert said in refusal.value.detail


def test_what_nobody_sees_in_an_address_does_not_count() -> None:
    assert (
        read_email("\u200brosa\u2011x\u00ad@\u202aejemplo.pe\u202c\ufeff\u00a0", field="email") == "rosa-x@ejemplo.pe"
    )


@pytest.mark.parametrize(
    ("email", "inbox"),
    [
        ("Rosa@Ejemplo.pe", "rosa@ejemplo.pe"),
        ("rosa+casilla@ejemplo.pe", "rosa@ejemplo.pe"),
        ("ro.sa@ejemplo.pe", "ro.sa@ejemplo.pe"),
        ("Ro.Sa+1@googlemail.com", "rosa@gmail.com"),
        ("+a@ejemplo.pe", "+a@ejemplo.pe"),
    ],
)
def test_the_spellings_of_one_inbox_count_as_one(email: str, inbox: str) -> None:
    assert inbox_of(email) == inbox


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+34 612 345 678", "+34612345678"),
        ("0034 612-345-678", "+34612345678"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("+56 9 8765 4321", "+56987654321"),
        ("+54 9 11 2345-6789", "+5491123456789"),
        ("\uff0b34\u00a0\uff16\uff11\uff12\u2011345\u200b678", "+34612345678"),
        ("\u202a900\u2007000\u2013001\u202c", "+51900000001"),
    ],
)
def test_a_mobile_of_any_country_is_read(text: str, number: str) -> None:
    assert read_mobile(text, field="phone") == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("+34 912 345 678", "A un teléfono fijo no llegan"),
        ("+44 20 7946 0018", "A un teléfono fijo no llegan"),
        ("+800 1234 5678", "no es de un celular"),
        ("+34 612 345 67", "código +34 no hay números así"),
        ("+999 612 345 678", "Ningún país tiene ese código"),
        ("34612345678", "escribe antes + y el código del país"),
        ("+51 812 345 678", "9 dígitos que empieza con 9"),
    ],
)
def test_a_number_that_is_no_mobile_is_told_why(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match="mobile_invalid") as refusal:
        read_mobile(text, field="phone")
    assert said in refusal.value.detail


@pytest.mark.parametrize(
    ("countries", "number", "is_reached"),
    [
        ("PE", "+51900000001", True),
        ("PE", "+34612345678", False),
        ("PE", None, False),
        ("PE,ES", "+34612345678", True),
        ("PE,US", "+12025550123", True),
        ("PE,US", "+14165550123", False),
        ("ES", "+51900000001", False),
        ("PE", "+1", False),
    ],
)
def test_sms_go_where_they_are_enabled(countries: str, number: str | None, is_reached: bool) -> None:
    assert SmsReach(frozenset(countries.split(","))).reaches(number) is is_reached


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        (["PE"], "del Perú"),
        (["EC"], "del Ecuador"),
        (["ES", "PE"], "del Perú o de España"),
        (["ES", "US", "PE", "CL"], "del Perú, de Chile, de España o de los Estados Unidos"),
        (["NO", "PE"], "del Perú o de un país con el código +47"),
    ],
)
def test_countries_are_named_in_words_ours_first(letters: list[str], words: str) -> None:
    assert of_countries(frozenset(letters)) == words
