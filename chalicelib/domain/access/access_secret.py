"""The secrets people get: how they look, how what was typed is read, and how they are kept as keyed hashes.

Nothing here makes chance: numbers and bytes come from bootstrap. What is stored is only ever `keyed_hash` of a secret,
under a pepper that the database does not hold, so that a copy of the tables opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from chalicelib.domain.access.pepper import MIN_PEPPER_BYTES, every_pepper
from chalicelib.domain.codes import ALPHABET
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.typed import compact

CODE_LENGTH = 6
EMAIL_CODE_SPACE = len(ALPHABET) ** CODE_LENGTH
SECRET_BYTES = 32

_LETTERS = "".join(symbol for symbol in ALPHABET if symbol.isalpha()).lower()
_DIGITS = "".join(symbol for symbol in ALPHABET if symbol.isdigit())
_TEMPORARY_PATTERN = (_LETTERS.upper(), *(_LETTERS,) * 7, *(_DIGITS,) * 4)
TEMPORARY_PASSWORD_SPACE = len(_LETTERS) ** 8 * len(_DIGITS) ** 4


def email_code(number: int) -> str:
    """Turn a random number below `EMAIL_CODE_SPACE` into a code of six symbols, e.g. `K7M3QX`."""
    return _spell(number, (ALPHABET,) * CODE_LENGTH)


def parse_email_code(typed: str) -> str:
    """Read a code as typed, pasted or dictated: case, spaces and dashes do not matter.

    Raises:
        InvalidInput: `code_malformed`; such a code can be no one's, so it costs no attempt.

    """
    code = compact(typed).upper()
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        detail = "Son 6 letras y números. Cópialos del correo tal como están."
        raise InvalidInput("code_malformed", detail, field="code")
    return code


def temporary_password(number: int) -> str:
    """Turn a random number below `TEMPORARY_PASSWORD_SPACE` into a password such as `Kmpq-xwta-4739` (46 bits)."""
    spelled = _spell(number, _TEMPORARY_PATTERN)
    return "-".join(spelled[i : i + 4] for i in range(0, len(spelled), 4))


def opaque_token(random: bytes) -> str:
    """Write 256 random bits as 43 characters that are safe in an address and in a cookie."""
    if len(random) != SECRET_BYTES:
        raise ValueError(f"an opaque token takes {SECRET_BYTES} random bytes")
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def keyed_hash(pepper: bytes, *parts: str) -> str:
    """Return HMAC-SHA-256 of the parts in lower-case hex; each is framed by its length, so no two lists are alike.

    What is made to be found again later, by whatever process, is looked for by `keyed_hashes` or `is_keyed_hash`.
    """
    if len(pepper) < MIN_PEPPER_BYTES:
        raise ValueError(f"the pepper needs at least {MIN_PEPPER_BYTES} bytes")
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(pepper, framed, hashlib.sha256).hexdigest()


def keyed_hashes(pepper: bytes, *parts: str) -> tuple[str, ...]:
    """Return the keyed hash of the parts under the pepper and under each one beside it, in this order."""
    return tuple(keyed_hash(one, *parts) for one in every_pepper(pepper))


def is_keyed_hash(given: str, pepper: bytes, *parts: str) -> bool:
    """Tell whether this is the keyed hash of the parts, made under the pepper or one beside it."""
    return any(is_same_secret(given, one) for one in keyed_hashes(pepper, *parts))


def is_same_secret(one: str, other: str) -> bool:
    """Compare in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _spell(number: int, alphabets: tuple[str, ...]) -> str:
    symbols = []
    for alphabet in alphabets:
        number, index = divmod(number, len(alphabet))
        symbols.append(alphabet[index])
    return "".join(symbols)
