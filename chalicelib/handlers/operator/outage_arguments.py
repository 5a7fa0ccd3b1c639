"""How the words of the commands about outages are read."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.outage.outage import Affected, check_words
from chalicelib.handlers.operator.who_and_why import names_people
from chalicelib.renderers.spanish import one_line

_ID = re.compile(r"\d{4}-\d{2}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", re.ASCII)
_ECHO = 40
_YEARS = range(2000, 2101)
AFFECTED = {one.value: one for one in Affected}
"""What of the service can be told not to work."""


def moment(text: str | None) -> datetime | None:
    """Return a time on the country's clock, without its zone; None where none was given.

    Raises:
        InvalidInput: `moment_invalid`.

    """
    if text is None:
        return None
    if _MOMENT.fullmatch(text):
        with suppress(ValueError):
            found = datetime.fromisoformat(text)
            if found.year in _YEARS:
                return found
    shown = one_line(text)[:_ECHO]
    detail = f"«{shown}» no es una fecha y hora: se escribe como '2026-03-09 15:30', en la hora del país."
    raise InvalidInput("moment_invalid", detail)


def affected(text: str) -> tuple[Affected, ...]:
    """Return what does not work.

    Raises:
        InvalidInput: `affected_invalid`.

    """
    names = [name.strip() for name in text.split(",")]
    if not set(names) <= AFFECTED.keys() or (Affected.ALL in names and len(names) > 1):
        detail = f"--affects es una o varias de estas palabras, con comas: {', '.join(AFFECTED)}; «all» va sola."
        raise InvalidInput("affected_invalid", detail)
    return tuple(one for one in Affected if one in names)


def outage(text: str | None) -> str | None:
    """Return an outage's id; None where none was given.

    Raises:
        InvalidInput: `outage_id_invalid`.

    """
    if text is not None and not _ID.fullmatch(text):
        detail = f"«{one_line(text)[:_ECHO]}» no es el número de una interrupción, que es como 2026-03-09-01."
        raise InvalidInput("outage_id_invalid", detail)
    return text


def words(text: str) -> str:
    """Return what happens, as every page says it.

    Raises:
        InvalidInput: `words_invalid` or `words_name_people`.

    """
    if names_people(text):
        raise InvalidInput(
            "words_name_people", "Se publica y no se borra: sin correos, teléfonos ni números de documento."
        )
    return check_words(text)
