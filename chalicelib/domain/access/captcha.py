"""Captcha challenges: five symbols that neither look nor sound alike in Spanish, drawn and spoken from one answer.

The answer is derived from the challenge's id and the pepper, so that picture and sound can be made at any time and
nowhere is it written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.access.access_secret import keyed_hash

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


@dataclass(frozen=True, slots=True)
class Challenge:
    """A captcha that waits for its answer; the id is public."""

    captcha_id: str
    valid_until: datetime


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
    return "".join(typed.split()).upper()
