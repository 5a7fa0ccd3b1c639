from __future__ import annotations

import pytest
from stdnum.iso7064 import mod_37_36

from chalicelib.domain.codes import ALPHABET, CODE_SPACE, code_from_number, parse_code
from chalicelib.domain.errors import InvalidInput

NUMBERS = [number * 104_729**2 % CODE_SPACE for number in range(500)]


@pytest.mark.parametrize("number", [*NUMBERS[:3], CODE_SPACE - 1])
def test_a_code_reads_as_it_is_typed_or_dictated(number: int) -> None:
    code = code_from_number(number)

    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert parse_code(code.replace("-", " ").lower()) == code


def test_the_check_character_is_that_of_iso_7064() -> None:
    for code in map(code_from_number, NUMBERS):
        symbols = code.replace("-", "")
        assert mod_37_36.calc_check_digit(symbols[:-1], ALPHABET) == symbols[-1]


def test_every_single_wrong_symbol_is_found() -> None:
    code = code_from_number(NUMBERS[7]).replace("-", "")
    for place in range(len(code)):
        for symbol in set(ALPHABET) - {code[place]}:
            with pytest.raises(InvalidInput, match="code_invalid"):
                parse_code(code[:place] + symbol + code[place + 1 :])


@pytest.mark.parametrize("text", ["", "-", "2222-2222-222", "2222-2222-2222-2", "ILOU-0000-1111", "ññññ-ññññ-ññññ"])
def test_what_no_code_can_be_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="code_invalid"):
        parse_code(text)
