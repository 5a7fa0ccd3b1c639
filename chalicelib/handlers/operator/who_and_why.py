"""Who changes something by a command, and why: what the log of events keeps of it."""

from __future__ import annotations

import re
import unicodedata

from chalicelib.domain.errors import InvalidInput

_OPERATOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
_REASON_LENGTH = range(5, 201)
_OF_PEOPLE = re.compile(r"@|\d(?:[ .-]?\d){6}")
"""What an address has, and what is long enough for a telephone or a document."""
_OF_NORMS = re.compile(r"\b\d{1,4}-(?:19|20)\d\d-[A-Z]{2,}|\b(?:19|20)\d\d-[01]\d-[0-3]\d\b", re.ASCII)
"""What is as long and names nobody: a decree's number, and a day."""


def operator_actor(name: str) -> str:
    """Return the actor of what an operator does.

    Raises:
        InvalidInput: `operator_name_invalid`.

    """
    if not _OPERATOR.fullmatch(name):
        detail = "El nombre de quien opera lleva de 2 a 40 letras sin tilde, números, puntos o guiones, como «rquispe»."
        raise InvalidInput("operator_name_invalid", detail)
    return f"operator:{name}"


def names_people(text: str) -> bool:
    """Tell whether something in a text is like an e-mail address, a telephone or a document's number."""
    return _OF_PEOPLE.search(_OF_NORMS.sub("", text)) is not None


def check_reason(text: str) -> str:
    """Return why an operator does something, as the log keeps it.

    Raises:
        InvalidInput: `reason_length_invalid`, `reason_unprintable`, `reason_names_people`.

    """
    reason = text.strip()
    if len(reason) not in _REASON_LENGTH:
        detail = (
            f"La razón lleva de {_REASON_LENGTH[0]} a {_REASON_LENGTH[-1]} letras: diga qué pasó y qué se corrigió."
        )
        raise InvalidInput("reason_length_invalid", detail)
    if any(unicodedata.category(letter)[0] == "C" for letter in reason):
        raise InvalidInput("reason_unprintable", "La razón va en una sola línea, sin letras invisibles.")
    if names_people(reason):
        detail = "La razón queda en el registro: escríbala sin correos, teléfonos ni números de documento."
        raise InvalidInput("reason_names_people", detail)
    return reason
