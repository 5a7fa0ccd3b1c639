"""What is typed into the forms of a draft, read as the API reads a deposit: all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeVar

from chalicelib.bootstrap import current
from chalicelib.domain.deadline import Term, parse_term
from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.identity_document import check_document_number, read_document_number
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.typed import DAY_PARTS, day_problem, join_day, plain, read_day
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.printable import check_printable

NUMBER, NAME, SUBJECT, TYPE = 100, 200, 2000, 100
"""Letters, as `POST /v1/deposits` takes them."""
DOCUMENT_TYPES = (
    (DocumentType.DNI.value, "DNI"),
    (DocumentType.RUC.value, "RUC"),
    (DocumentType.CE.value, "Carné de extranjería"),
    (DocumentType.PASSPORT.value, "Pasaporte"),
)
UNITS = (
    ("business_days", "Días hábiles"),
    ("calendar_days", "Días calendario (solo si una ley lo dice)"),
    ("months", "Meses"),
)
_LONGEST_VERSION = 9
_T = TypeVar("_T")


def seen_version(request: PageRequest) -> int:
    """Return which version of the draft a form was made of; 0, which there is none of, where it does not say."""
    typed = request.value("version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_VERSION else 0


class Reader:
    """Reads one form, and collects what is wrong with it."""

    def __init__(self, request: PageRequest) -> None:
        """Read from a form that was sent."""
        self._request = request
        self._problems: list[InvalidInput] = []

    def check(self, read: Callable[[], _T], otherwise: _T) -> _T:
        """Return what is read, or something else where that is refused."""
        return collect(self._problems, read, otherwise)

    def text(self, name: str, longest: int) -> str:
        """Return a text that a receipt can print; empty where it is wrong."""
        return self.check(lambda: self._text(name, longest), "")

    def choice(self, name: str, options: Mapping[str, _T], otherwise: _T) -> _T:
        """Return one of a few."""
        return self.check(lambda: self._choice(name, options), otherwise)

    def day(self, name: str, *, is_needed: bool = True) -> date | None:
        """Return a date typed in three parts; None where it is wrong, or not given and not needed."""
        return self.check(lambda: self._day(name, is_needed=is_needed), None)

    def instant(self, day_name: str, time_name: str) -> datetime | None:
        """Return an instant on the country's clock."""
        day = self.day(day_name)
        hour = self.check(lambda: self._time(time_name), None)
        if day is None or hour is None:
            return None
        return datetime.combine(day, hour, tzinfo=current().calendar.zone)

    def term(self, amount_name: str, unit_name: str) -> Term | None:
        """Return a term."""
        amount = self.check(lambda: self._integer(amount_name), None)
        unit = self.choice(unit_name, {key: key for key, _ in UNITS}, "")
        if amount is None or not unit:
            return None
        return self.check(lambda: parse_term(amount, unit, field=amount_name), None)

    def person(self) -> tuple[DocumentType, str]:
        """Return the document that a holder is found by."""
        kinds = {kind.value: kind for kind in DocumentType}
        kind = self.choice("document_type", kinds, DocumentType.DNI)
        return kind, self.check(lambda: self._document_number(kind), "")

    def done(self) -> None:
        """Refuse all that was wrong."""
        if self._problems:
            raise refusal_of(self._problems)

    def _text(self, name: str, longest: int) -> str:
        text = self._request.fields(name).typed(name, longest=longest)
        check_printable(text, field=name)
        return text

    def _choice(self, name: str, options: Mapping[str, _T]) -> _T:
        typed = self._request.value(name)
        if typed not in options:
            raise InvalidInput("field_choice", "Elige una opción.", field=name)
        return options[typed]

    def _day(self, name: str, *, is_needed: bool) -> date | None:
        typed = typed_day(self._request, name)
        if not typed:
            if is_needed:
                raise InvalidInput("field_missing", "Escribe la fecha.", field=name)
            return None
        if problem := day_problem(typed):
            raise InvalidInput("field_format", f"El campo «{name}»: {problem}.", field=name)
        return read_day(typed)

    def _time(self, name: str) -> time:
        typed = plain(self._request.value(name))
        if not typed:
            raise InvalidInput("field_missing", "Escribe la hora.", field=name)
        try:
            read = time.fromisoformat(typed.rjust(5, "0"))
        except ValueError as error:
            raise InvalidInput("field_format", "Escribe la hora como 09:30, de 00:00 a 23:59.", field=name) from error
        return read.replace(second=0, microsecond=0, tzinfo=None)

    def _integer(self, name: str) -> int:
        typed = plain(self._request.value(name))
        if not typed:
            raise InvalidInput("field_missing", "Escribe un número.", field=name)
        if not (typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_VERSION):
            raise InvalidInput("field_format", "Escribe un número entero, como 10.", field=name)
        return int(typed)

    def _document_number(self, kind: DocumentType) -> str:
        number = read_document_number(
            kind, self._request.fields("document_number").typed("document_number", longest=NUMBER)
        )
        check_document_number(kind, number, field="document_number")
        return number


def typed_day(request: PageRequest, name: str) -> str:
    """Return a date as it was typed, in one text."""
    parts = [request.value(f"{name}_{part}")[:NUMBER] for part in DAY_PARTS]
    return join_day(*parts) if any(parts) else request.value(name)[:NUMBER]
