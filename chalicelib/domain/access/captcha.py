"""Captcha challenges: five symbols that neither look nor sound alike in Spanish, drawn and spoken from one answer.

Nothing is kept of a challenge before it is answered. Its id says until when it counts, and is signed under the pepper.
The answer is derived from id and pepper, so that picture and sound can be made at any time and nowhere is it written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.domain.access.access_secret import is_same_secret, keyed_hash
from chalicelib.domain.access.pepper import every_pepper
from chalicelib.domain.typed import compact

LIFETIME = timedelta(minutes=10)
LENGTH = 5
SPOKEN = {
    "2": "dos",
    "3": "tres",
    "4": "cuatro",
    "5": "cinco",
    "6": "seis",
    "7": "siete",
    "8": "ocho",
    "9": "nueve",
    "F": "efe",
    "H": "hache",
    "J": "jota",
    "K": "ka",
    "M": "eme",
    "Q": "cu",
    "R": "erre",
    "W": "doble ve",
    "X": "equis",
    "Y": "i griega",
}
"""What each symbol is called. Left out besides the confusable: be ce de e ge pe te, a (ka), ese (efe), zeta (siete)."""


_RANDOM = 43
_SIGNATURE = 32
_ID = re.compile(rf"([A-Za-z0-9_-]{{{_RANDOM}}})\.([1-9][0-9]{{9,10}})\.[0-9a-f]{{{_SIGNATURE}}}")
"""256 random bits, the last second at which it counts, 128 bits of its signature; each id has one spelling only."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A captcha; the id is public, safe in an address, and of 88 characters at most."""

    captcha_id: str
    valid_until: datetime
    answer: str = field(repr=False)
    pepper: bytes = field(repr=False)
    """What the id is signed under, which is one and the same for every process that knows it."""

    def is_valid_at(self, now: datetime) -> bool:
        """Compare with the clock of whoever asks, which may be another one than that of who made it."""
        return now <= self.valid_until


def new_challenge(secret: str, *, pepper: bytes, now: datetime) -> Challenge:
    """Begin a challenge out of an opaque token from bootstrap; it counts for ten minutes, to the whole second."""
    last_second = int((now + LIFETIME).timestamp())
    captcha_id = _signed(pepper, secret, str(last_second))
    if not _ID.fullmatch(captcha_id):
        raise ValueError(f"a challenge takes {_RANDOM} random characters and an instant of these centuries")
    return _challenge(pepper, captcha_id, last_second)


def read_challenge(captcha_id: str, *, pepper: bytes) -> Challenge | None:
    """Return the challenge that an id of ours names, expired or not; None for any other text."""
    found = _ID.fullmatch(captcha_id)
    if found is None:
        return None
    for one in every_pepper(pepper):
        if is_same_secret(_signed(one, *found.groups()), captcha_id):
            return _challenge(one, captcha_id, int(found.group(2)))
    return None


def _challenge(pepper: bytes, captcha_id: str, last_second: int) -> Challenge:
    until = datetime.fromtimestamp(last_second, UTC)
    return Challenge(captcha_id, until, captcha_answer(pepper, captcha_id), pepper)


def _signed(pepper: bytes, random: str, last_second: str) -> str:
    signature = keyed_hash(pepper, "captcha-id", random, last_second)[:_SIGNATURE]
    return f"{random}.{last_second}.{signature}"


def captcha_answer(pepper: bytes, captcha_id: str) -> str:
    """Return what the picture shows and the voice says."""
    number = int(keyed_hash(pepper, "captcha-answer", captcha_id), 16)
    symbols = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(SPOKEN))
        symbols.append(tuple(SPOKEN)[index])
    return "".join(symbols)


def read_answer(typed: str) -> str:
    """Read an answer as typed: case and spaces do not matter."""
    return compact(typed).upper()
