"""Codes that people read aloud: no letter that looks or sounds like another in Spanish, and a check character.

28 symbols, so that ISO 7064's hybrid system applies with the prime 29 (MOD 29,28): every single wrong symbol and
nearly every swap of neighbours is found. Left out: I L O U (look like 1 1 0 V), 0 1, V (sounds like B), N (like M).
"""

from __future__ import annotations

from chalicelib.domain.errors import InvalidInput

ALPHABET = "23456789ABCDEFGHJKMPQRSTWXYZ"
_DATA_LENGTH = 11
_SYMBOLS = len(ALPHABET)


def code_from_number(number: int) -> str:
    """Turn a random number below `CODE_SPACE` into `XXXX-XXXX-XXXX`, the last character being the check."""
    symbols = []
    for _ in range(_DATA_LENGTH):
        number, index = divmod(number, _SYMBOLS)
        symbols.append(ALPHABET[index])
    data = "".join(symbols)
    code = data + ALPHABET[(1 - _doubled(_checksum(data))) % _SYMBOLS]
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


REFERENCE_LENGTH = 12
"""How much of a key people are told."""


def reference_of_key(key: str) -> str:
    """Return what people call a hash: of it as much as can be read aloud, `3F2A-91BC-77D0`."""
    start = key[:REFERENCE_LENGTH].upper()
    return "-".join(start[at : at + 4] for at in range(0, len(start), 4))


CODE_SPACE = _SYMBOLS**_DATA_LENGTH


def parse_code(text: str) -> str:
    """Read a code as typed or dictated: case, spaces and dashes do not matter.

    Raises:
        InvalidInput: `code_invalid` when a character is wrong, missing or swapped.

    """
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != _DATA_LENGTH + 1 or not set(code) <= set(ALPHABET) or _checksum(code) != 1:
        raise InvalidInput("code_invalid", "El código no es correcto. Revisa cada letra y número y escríbelo de nuevo.")
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def _checksum(code: str) -> int:
    """Return the sum by ISO 7064, hybrid systems; 1 for a whole code."""
    total = _SYMBOLS // 2
    for symbol in code:
        total = (_doubled(total) + ALPHABET.index(symbol)) % _SYMBOLS
    return total


def _doubled(total: int) -> int:
    return (total or _SYMBOLS) * 2 % (_SYMBOLS + 1)
