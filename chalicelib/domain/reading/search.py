"""What a person looks for in a mailbox (BOX-4): conditions on what the list shows, all of which have to hold.

Values of fields and operators are those of the URL, where the state of a search lives.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.text_fold import fold_text

Test = Callable[[Notice], bool]


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    DATE = "date"
    YEAR = "year"


class Operator(StrEnum):
    """How a field is compared."""

    EQUALS = "igual"
    CONTAINS = "contiene"
    STARTS = "empieza"
    SINCE = "desde"
    UNTIL = "hasta"

    @property
    def label(self) -> str:
        """As pages and exports say it."""
        return "empieza con" if self is Operator.STARTS else self.value


class SearchField(StrEnum):
    """All that is text, the columns of the list, and the case file."""

    ALL = "todo"
    YEAR = "anio"
    SUBJECT = "asunto"
    OFFICE = "dependencia"
    SENDER = "emisor"
    DOCUMENT_TYPE = "tipo_documento"
    DOCUMENT_NUMBER = "numero_documento"
    ISSUED_ON = "fecha_emision"
    SENT_ON = "fecha_envio"
    CASE_FILE = "expediente"

    @property
    def label(self) -> str:
        """As the list's heading says it."""
        return _LABELS[self]

    @property
    def kind(self) -> Kind:
        """What it holds."""
        return _KINDS.get(self, Kind.TEXT)

    @property
    def operators(self) -> tuple[Operator, ...]:
        """Which operators suit it, the usual one first."""
        if self is SearchField.ALL:
            return (Operator.CONTAINS,)
        return _TEXT_OPERATORS if self.kind is Kind.TEXT else _ORDER_OPERATORS


_LABELS = {
    SearchField.ALL: "Todo",
    SearchField.YEAR: "Año",
    SearchField.SUBJECT: "Asunto",
    SearchField.OFFICE: "Dependencia",
    SearchField.SENDER: "Emisor",
    SearchField.DOCUMENT_TYPE: "Tipo de documento",
    SearchField.DOCUMENT_NUMBER: "Núm. documento de emisión",
    SearchField.ISSUED_ON: "Fecha de emisión",
    SearchField.SENT_ON: "Fecha de envío",
    SearchField.CASE_FILE: "Expediente",
}
_KINDS = {SearchField.YEAR: Kind.YEAR, SearchField.ISSUED_ON: Kind.DATE, SearchField.SENT_ON: Kind.DATE}
_TEXT_OPERATORS = (Operator.CONTAINS, Operator.EQUALS, Operator.STARTS)
_ORDER_OPERATORS = (Operator.EQUALS, Operator.SINCE, Operator.UNTIL)
_TEXTS: dict[SearchField, Callable[[Notice], str]] = {
    SearchField.SUBJECT: lambda notice: notice.document.subject,
    SearchField.OFFICE: lambda notice: notice.document.office,
    SearchField.SENDER: lambda notice: notice.sender.name,
    SearchField.DOCUMENT_TYPE: lambda notice: notice.document.type,
    SearchField.DOCUMENT_NUMBER: lambda notice: notice.document.number,
    SearchField.CASE_FILE: lambda notice: notice.case_file.number,
}
_TEXT_TESTS: dict[Operator, Callable[[str, str], bool]] = {
    Operator.EQUALS: operator.eq,
    Operator.CONTAINS: operator.contains,
    Operator.STARTS: str.startswith,
}
_ORDER_TESTS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUALS: operator.eq,
    Operator.SINCE: operator.ge,
    Operator.UNTIL: operator.le,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that has to hold, as `search_query` reads it: `value` is a text, a year, or a date in ISO 8601."""

    field: SearchField
    operator: Operator
    value: str

    @property
    def in_words(self) -> str:
        """As exports say it: `Asunto contiene «multa»`, `Fecha de envío desde 01/03/2026`."""
        return f"{self.field.label} {self.operator.label} {self._shown}"

    @property
    def _shown(self) -> str:
        if self.field.kind is Kind.DATE:
            return f"{date.fromisoformat(self.value):%d/%m/%Y}"
        return self.value if self.field.kind is Kind.YEAR else f"«{self.value}»"


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: every condition has to hold; `reading` None looks among pending and read ones."""

    conditions: tuple[Condition, ...] = ()
    reading: Reading | None = None

    @property
    def in_words(self) -> str:
        """As exports say it."""
        folder = [] if self.reading is None else [self.reading.label]
        return "; ".join([*folder, *(one.in_words for one in self.conditions)]) or "Todas las notificaciones"


@dataclass(frozen=True, slots=True)
class SentRange:
    """When the notices looked for were deposited: from `first` on, before `before`; None is open."""

    first: datetime | None = None
    before: datetime | None = None


def year_of(notice: Notice, zone: ZoneInfo) -> int:
    """Return the year that the list shows: that of the deposit in the country's zone."""
    return notice.deposited_at.astimezone(zone).year


def matches(notice: Notice, conditions: Iterable[Condition], zone: ZoneInfo) -> bool:
    """Tell whether every condition holds; dates are the country's."""
    return matcher(conditions, zone)(notice)


def matcher(conditions: Iterable[Condition], zone: ZoneInfo) -> Test:
    """Return `matches` for many notices: what the conditions say is worked out once."""
    tests = [_test(condition, zone) for condition in conditions]
    return lambda notice: all(test(notice) for test in tests)


def sent_range(conditions: Iterable[Condition], zone: ZoneInfo) -> SentRange:
    """Return the narrowest range of instants that conditions on year and sending date leave."""
    first: datetime | None = None
    before: datetime | None = None
    for condition in conditions:
        if condition.field not in {SearchField.YEAR, SearchField.SENT_ON}:
            continue
        start, end = (_midnight(day, zone) for day in _days(condition))
        if condition.operator is not Operator.UNTIL:
            first = start if first is None else max(first, start)
        if condition.operator is not Operator.SINCE:
            before = end if before is None else min(before, end)
    return SentRange(first, before)


def _test(condition: Condition, zone: ZoneInfo) -> Test:
    if condition.field.kind is Kind.TEXT:
        return _text_test(condition)
    holds = _ORDER_TESTS[condition.operator]
    if condition.field is SearchField.YEAR:
        year = int(condition.value)
        return lambda notice: holds(year_of(notice, zone), year)
    day = date.fromisoformat(condition.value)
    if condition.field is SearchField.SENT_ON:
        return lambda notice: holds(notice.deposited_at.astimezone(zone).date(), day)
    return lambda notice: bool(notice.files) and holds(notice.document.issued_at.astimezone(zone).date(), day)


def _text_test(condition: Condition) -> Test:
    holds, wanted = _TEXT_TESTS[condition.operator], fold_text(condition.value)
    reads = tuple(_TEXTS.values()) if condition.field is SearchField.ALL else (_TEXTS[condition.field],)
    return lambda notice: any(holds(fold_text(read(notice)), wanted) for read in reads)


def _days(condition: Condition) -> tuple[date, date]:
    """Return the first day that a condition on the sending names, and the one after the last."""
    if condition.field is SearchField.YEAR:
        return date(int(condition.value), 1, 1), date(int(condition.value) + 1, 1, 1)
    day = date.fromisoformat(condition.value)
    return day, day + timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
