import pytest

from chalicelib.domain.sender.gsm7 import gsm7_length, to_gsm7

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def test_basic_table_has_127_letters_of_one_septet_each() -> None:
    assert len(set(BASIC)) == 127
    assert gsm7_length(BASIC) == 127


@pytest.mark.parametrize("letter", "\f^{}\\[~]|€")
def test_extension_letters_take_two_septets(letter: str) -> None:
    assert gsm7_length(f"a{letter}b") == 4


@pytest.mark.parametrize("letter", "áíóúÁÍÓÚçê`“\N{EN DASH}\t\x1b\u00a0😀")
def test_letters_outside_the_tables_have_no_length(letter: str) -> None:
    assert gsm7_length(f"a{letter}") is None


def test_empty_text_has_no_septets() -> None:
    assert gsm7_length("") == 0


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("notificación", "notificacion"),
        ("ÁÉÍÓÚ áéíóú", "AÉIOU aéiou"),
        ("¿Señor Ñúñez? ¡Güera!", "¿Señor Ñuñez? ¡Güera!"),
        ("Nun\N{COMBINING TILDE}ez", "Nuñez"),
        ("“Uno” \N{EM DASH} «dos»…", '"Uno" - "dos"...'),
        ("Ley N.° 27444", "Ley N.o 27444"),
        ("Straße 😀", "Straße ?"),
    ],
)
def test_text_is_written_with_the_letters_an_sms_has(text: str, written: str) -> None:
    assert to_gsm7(text) == written
