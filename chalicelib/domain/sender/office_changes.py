"""Rules of an institution's offices: how one begins, changes and closes; nothing that was issued moves (INS-10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import time

from chalicelib.domain.calendar import FilingRule
from chalicelib.domain.errors import Conflict, InvalidInput, collect, refusal_of
from chalicelib.domain.sender.office import Office
from chalicelib.domain.typed import plain, tidy

MOST_OFFICES = 200
"""Of one institution, closed ones too: all of them are listed on one page."""
LONGEST_NAME, LONGEST_ADDRESS = 120, 200
HOURS = {"opens_at": "08:00", "closes_at": "16:30"}
"""The fields of its hours, each with an example."""
_UNTOLD = {"office_id", "institution_id", "version"}


@dataclass(frozen=True, slots=True)
class TypedOffice:
    """An office as typed; hours and region may be empty."""

    name: str
    address: str
    opens_at: str = ""
    closes_at: str = ""
    region: str = ""


def read_office(typed: TypedOffice, before: Office, regions: Collection[str]) -> Office:
    """Return an office as it is to be; its region is one that the calendar has, or the one it had.

    Raises:
        InvalidInput: all that is wrong, each with its field: `field_empty`, `field_too_long`, `hours_invalid`,
            `region_unknown`.

    """
    problems: list[InvalidInput] = []
    name = collect(problems, lambda: _text("name", typed.name, LONGEST_NAME), "")
    address = collect(problems, lambda: _text("address", typed.address, LONGEST_ADDRESS), "")
    opens_at, closes_at = _hours(problems, typed)
    region = typed.region or None
    if region is not None and region not in regions and region != before.region:
        problems.append(InvalidInput("region_unknown", "Elige una región de la lista.", field="region"))
    if problems:
        raise refusal_of(problems)
    return replace(before, name=name, address=address, opens_at=opens_at, closes_at=closes_at, region=region)


def require_room(offices: Sequence[Office]) -> None:
    """Let an institution have no more offices than a page lists.

    Raises:
        Conflict: `offices_full`.

    """
    if len(offices) >= MOST_OFFICES:
        raise Conflict("offices_full", f"La entidad ya tiene {MOST_OFFICES} oficinas: cambia una que esté cerrada.")


def require_own_name(office: Office, others: Sequence[Office]) -> None:
    """Let no two offices of an institution be called alike.

    Raises:
        Conflict: `office_name_taken`.

    """
    name = office.name.casefold()
    if any(one.office_id != office.office_id and one.name.casefold() == name for one in others):
        raise Conflict("office_name_taken", "Otra oficina ya se llama así. Escribe otro nombre.", field="name")


def office_changes(before: Office | None, after: Office) -> str:
    """Say in one line what differs, as programs read it; empty where nothing does."""
    return "; ".join(_changes(before, after))


def _changes(before: Office | None, after: Office) -> Iterator[str]:
    for name in (field.name for field in fields(Office) if field.name not in _UNTOLD):
        old, new = getattr(before, name, None), getattr(after, name)
        if old != new and not (before is None and not new):
            yield f"{name}: {_written(old)} → {_written(new)}"


def _written(value: object) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, FilingRule):
        return f"{value.counts_until.value} ({value.norm})"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _text(field: str, typed: str, longest: int) -> str:
    text = tidy(typed)
    if not text:
        raise InvalidInput("field_empty", "", field=field)
    if len(text) > longest:
        raise InvalidInput("field_too_long", f"Escribe hasta {longest} letras.", field=field)
    return text


def _hours(problems: list[InvalidInput], typed: TypedOffice) -> tuple[time | None, time | None]:
    found = {field: collect(problems, lambda field=field: _time(field, getattr(typed, field)), None) for field in HOURS}  # type: ignore[misc]
    if any(problem.field in HOURS for problem in problems):
        return None, None
    opens_at, closes_at = found["opens_at"], found["closes_at"]
    if (opens_at is None) is not (closes_at is None):
        field = "opens_at" if opens_at is None else "closes_at"
        problems.append(InvalidInput("hours_invalid", "Escribe las dos horas, o ninguna.", field=field))
    elif opens_at is not None and closes_at is not None and not opens_at < closes_at:
        detail = "La hora de cierre va después de la de apertura."
        problems.append(InvalidInput("hours_invalid", detail, field="closes_at"))
    return opens_at, closes_at


def _time(field: str, text: str) -> time | None:
    typed = plain(text).rjust(5, "0") if plain(text) else ""
    try:
        found = time.fromisoformat(typed) if typed else None
    except ValueError:
        found = time.max
    if found is not None and (found.second or found.microsecond or found.tzinfo):
        raise InvalidInput("hours_invalid", f"Escribe una hora como {HOURS[field]}.", field=field)
    return found
