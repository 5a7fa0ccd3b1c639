"""What a sender looks for among what it deposited in a month: conditions that all have to hold."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.deposit.sent_entry import Listed
from chalicelib.domain.deposit.sent_state import SentState
from chalicelib.domain.errors import InvalidInput, refusal_of
from chalicelib.domain.reading.text_fold import fold_text
from chalicelib.domain.typed import compact, plain

FIELDS = ("mes", "dia", "estado", "destinatario", "tipo", "numero", "oficina")
"""What an address says, by name."""
LONGEST_LOOKED_FOR = 100
OWN_OFFICE = "entidad"
"""What stands in the URL for deposits of no office: the institution's own. No office has this id."""
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{1,2}")
_OFFICE = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class SentSearch:
    """A local month, `YYYY-MM`, and what narrows it; empty or None is everything.

    `office_id` is an office's, or `OWN_OFFICE`. `document` is the recipient's number, `kind` and `number` are parts of
    the notified document's type and number.
    """

    month: str
    day: int | None = None
    state: SentState | None = None
    document: str = ""
    kind: str = ""
    number: str = ""
    office_id: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether more has to be looked at than is shown."""
        return bool(self.state or self.document or self.kind or self.number or self.office_id)

    def matcher(self) -> Callable[[Listed], bool]:
        """Return whether a notice is what is looked for, but for its state."""
        kind, number = fold_text(self.kind), fold_text(self.number)

        def holds(notice: Listed) -> bool:
            return (
                (not self.document or notice.holder.document_number == self.document)
                and kind in fold_text(notice.document.type)
                and number in fold_text(notice.document.number)
                and (not self.office_id or (office_of(notice) or OWN_OFFICE) == self.office_id)
            )

        return holds if self.is_narrow else lambda _: True


def office_of(notice: Listed) -> str | None:
    """Return the office that a notice is from; None is the institution itself."""
    return notice.sender.office_id


def this_month(now: datetime, zone: ZoneInfo) -> str:
    """Return the month of an instant in the country's zone."""
    return f"{now.astimezone(zone):%Y-%m}"


def _days_of(month: str) -> int:
    year, _, number = month.partition("-")
    return monthrange(int(year), int(number))[1]


def read_search(typed: Callable[[str], str], *, now: datetime, zone: ZoneInfo) -> SentSearch:
    """Read what an address or form says, by the names of its fields; no month is this one.

    Raises:
        InvalidInput: everything that is wrong with it; `field` is the field's name.

    """
    problems = []
    month, day, state = plain(typed("mes")), plain(typed("dia")), typed("estado")
    texts = {name: plain(typed(name)) for name in ("tipo", "numero")}
    document, office_id = compact(typed("destinatario")).upper(), typed("oficina")
    if month and not _MONTH.fullmatch(month):
        problems.append(InvalidInput("month_invalid", "Escribe el mes como 2026-03: año, guion y mes.", field="mes"))
    elif day:
        last = _days_of(month or this_month(now, zone))
        if not _DAY.fullmatch(day) or not 1 <= int(day) <= last:
            problems.append(InvalidInput("day_invalid", f"En ese mes el día va de 1 a {last}.", field="dia"))
    if state and state not in set(SentState):
        problems.append(InvalidInput("state_invalid", "Elige un estado de la lista.", field="estado"))
    if office_id and not _OFFICE.fullmatch(office_id):
        problems.append(InvalidInput("office_invalid", "Elige una oficina de la lista.", field="oficina"))
    for name, text in {**texts, "destinatario": document}.items():
        if len(text) > LONGEST_LOOKED_FOR:
            detail = f"Escribe hasta {LONGEST_LOOKED_FOR} letras."
            problems.append(InvalidInput("text_too_long", detail, field=name))
    if problems:
        raise refusal_of(problems)
    return SentSearch(
        month or this_month(now, zone),
        int(day) if day else None,
        SentState(state) if state else None,
        document,
        texts["tipo"],
        texts["numero"],
        office_id,
    )
