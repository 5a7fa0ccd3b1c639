from __future__ import annotations

import pytest

from chalicelib.domain.typed import is_garbled

_RIGHT = (
    "MUÑECO CABAÑA",
    "Íñigo D\u2019Ejemplo",
    "D'EJEMPLO",
    "JOSÉ ÁNGEL",
    "JOÃO DA CONCEIÇÃO",
    "ÅSA ÂNGELA",
    "GÜIRALDES",
    "ŠIMUNOVIĆ",
    "COMERCIAL «EJEMPLO» & HIJOS N° 5 S.R.L.",
    "¿QUÉ TAL? S.A.C.",
    "QUE TAL? S.A.C.",
    "  ROSA \t PRUEBA\n",
    "",
)
_NAMES = ("MUÑECO", "ÁNGEL", "JOSÉ", "ÍÑIGO", "MUÑOZ", "GÜIRALDES", "PEÑA", "Óscar", "Peña", "D\u2019EJEMPLO", "ŠIMUN")


@pytest.mark.parametrize("name", _RIGHT)
def test_a_name_with_its_letters_is_right(name: str) -> None:
    assert not is_garbled(name)


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("read_as", ["latin-1", "cp1252"])
def test_utf8_that_was_read_as_another_encoding(name: str, read_as: str) -> None:
    wrong = "".join(
        bytes([byte]).decode(read_as if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "latin-1")
        for byte in name.encode()
    )
    assert is_garbled(wrong), wrong


@pytest.mark.parametrize("lost", ["\ufffd", "?", "\x07", "\x85", chr(0xD800), "¥", "\u251c\u00e6"])
def test_a_name_that_lost_a_letter(lost: str) -> None:
    assert is_garbled(f"MU{lost}OZ")
