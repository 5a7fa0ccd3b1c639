"""Codes that people read aloud: no letter that looks or sounds like another in Spanish, and a check character.

28 symbols, so that ISO 7064's hybrid system applies with the prime 29 (MOD 29,28): every single wrong symbol and
nearly every swap of neighbours is found. Left out: I L O U (look like 1 1 0 V), 0 1, V (sounds like B), N (like M).
"""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from chalicelib.domain.errors import InvalidInput

ALPHABET = "23456789ABCDEFGHJKMPQRSTWXYZ"
_DATA_LENGTH = 11


def code_from_number(number: int) -> str:
    """Turn a random number below `CODE_SPACE` into `XXXX-XXXX-XXXX`, the last character being the check."""
    symbols = []
    for _ in range(_DATA_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[index])
    data = "".join(symbols)
    code = data + mod_37_36.calc_check_digit(data, ALPHABET)
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


CODE_SPACE = len(ALPHABET) ** _DATA_LENGTH


def parse_code(text: str) -> str:
    """Read a code as typed or dictated: case, spaces and dashes do not matter.

    Raises:
        InvalidInput: `code_invalid` when a character is wrong, missing or swapped.

    """
    code = "".join(text.split()).replace("-", "").upper()
    try:
        mod_37_36.validate(code, ALPHABET)
    except (ValidationError, ValueError):
        code = ""
    if len(code) != _DATA_LENGTH + 1:
        raise InvalidInput("code_invalid", "El código no es correcto. Revise cada letra y número y escríbalo de nuevo.")
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
