"""A filing as its holder reads it: its state, what to do next, its documents, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.filing import FiledDocument, Filing, FilingState, folios_of
from chalicelib.renderers.filing.date_words import until_in_words
from chalicelib.renderers.filing.filing_words import (
    STATES,
    document_titles,
    folios_in_words,
    kind_in_words,
    procedure_in_words,
)
from chalicelib.renderers.spanish import day_in_words, size_in_short

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_TITLES = {
    EventType.FILING_FILED: "Presentada",
    EventType.FILING_TAKEN: "En evaluación",
    EventType.FILING_DERIVED: "Pasó a otra oficina",
    EventType.FILING_OBSERVED: "Observada",
    EventType.FILING_CORRECTED: "Subsanada",
    EventType.FILING_ANSWERED: "Atendida",
}
_NOTES = {
    EventType.FILING_TAKEN: "La entidad la atiende.",
    EventType.FILING_OBSERVED: "La entidad pidió subsanar (corregir o completar) algo.",
    EventType.FILING_ANSWERED: "La respuesta está en tu casilla.",
}

_URGENCIES = {FilingState.OBSERVED: "soon", FilingState.NOT_FILED: "over", FilingState.ANSWERED: "calm"}


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A filing in the list. `urgency` is how its state is coloured."""

    address: str
    title: str
    number: str
    subject: str
    institution: str
    filed_at: datetime
    state: str
    urgency: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A document to download, with what it is."""

    title: str
    filename: str
    about: str
    address: str
    sha256: str


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One thing that happened, and when."""

    title: str
    at: datetime
    note: str = ""


def address_of(filing: Filing) -> str:
    """Return the address of a filing's page."""
    return f"/mis-tramites/{filing.filing_id}"


def row_of(filing: Filing, now: datetime, zone: ZoneInfo) -> FilingRow:
    """Return what a list says of it."""
    return FilingRow(
        address_of(filing),
        procedure_in_words(filing.procedure),
        filing.number,
        filing.subject,
        filing.addressee.name,
        filing.filed_at,
        state_in_words(filing, now, zone),
        _URGENCIES.get(filing.state_at(now), ""),
    )


def state_in_words(filing: Filing, now: datetime, zone: ZoneInfo) -> str:
    """Say its state; of one that was observed, until when it can be corrected."""
    state = filing.state_at(now)
    if state is FilingState.OBSERVED and filing.observation is not None:
        return f"{STATES[state]}: subsana {until_in_words(filing.observation.until, zone)}"
    return STATES[state]


def next_in_words(filing: Filing, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Say what comes next and what the holder has to do."""
    return tuple(_next(filing, now, zone))


def file_lines(filing: Filing, documents: Sequence[FiledDocument], *, first: int = 0) -> tuple[FileLine, ...]:
    """Return documents to download; `first` is the place of the first one among all of the filing's."""
    return tuple(
        FileLine(
            title,
            one.filename,
            ", ".join(
                (
                    kind_in_words(one.media_type),
                    size_in_short(one.size),
                    *([folios_in_words(one.folios)] if one.folios else []),
                )
            ),
            f"{address_of(filing)}/documento?n={quote(str(first + place))}",
            one.sha256,
        )
        for place, (title, one) in enumerate(zip(document_titles(documents), documents, strict=True), start=1)
    )


def documents_in_words(documents: Sequence[FiledDocument]) -> str:
    """Say how many documents were sent, with the pages of those that have pages."""
    count = len(documents)
    folios = folios_of(tuple(documents))
    return f"{count} documento{'' if count == 1 else 's'}{f', {folios_in_words(folios)}' if folios else ''}"


def history_of(filing: Filing, events: Iterable[Event], now: datetime) -> tuple[HistoryStep, ...]:
    """Tell what the log has of it, the oldest first; who of the institution did what stays within it."""
    told = [step for event in events if (step := _step(filing, event)) is not None]
    if filing.state_at(now) is FilingState.NOT_FILED and filing.observation is not None:
        told.append(HistoryStep("No presentada", filing.observation.until, "No se subsanó a tiempo."))
    return tuple(sorted(told, key=lambda one: one.at))


def _step(filing: Filing, event: Event) -> HistoryStep | None:
    title = _TITLES.get(event.type)
    return None if title is None else HistoryStep(title, event.occurred_at, _note(filing, event))


def _note(filing: Filing, event: Event) -> str:
    if event.type is EventType.FILING_FILED:
        return f"La envió {filing.filer.name}."
    if event.type is EventType.FILING_CORRECTED and filing.correction is not None:
        return f"La envió {filing.correction.by.name}."
    if event.type is EventType.FILING_DERIVED:
        return next((f"{one.to_name}." for one in filing.moves if one.at == event.occurred_at and one.to_name), "")
    return _NOTES.get(event.type, "")


def _next(filing: Filing, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    state, observation = filing.state_at(now), filing.observation
    if state is FilingState.FILED:
        if filing.dates.attended_from > now:
            local = filing.dates.attended_from.astimezone(zone)
            yield f"La oficina la atiende desde el {day_in_words(local.date())} a las {local:%H:%M}."
        yield "No tienes que hacer nada más. Si la entidad responde por este medio, la respuesta llega a tu casilla."
    elif state is FilingState.IN_EVALUATION:
        yield "La entidad la está evaluando. No tienes que hacer nada más."
    elif state is FilingState.CORRECTED:
        yield "La entidad tiene tu subsanación y sigue con la evaluación. No tienes que hacer nada más."
    elif state is FilingState.OBSERVED and observation is not None:
        yield "Puedes subsanarla una sola vez. Si no lo haces, cuenta como no presentada."
    elif state is FilingState.NOT_FILED and observation is not None:
        yield (
            f"Se podía subsanar {until_in_words(observation.until, zone)}. Como no se hizo, cuenta como no presentada."
            " Puedes presentarla de nuevo, con lo que pedía la observación."
        )
    if filing.answer is not None:
        yield "La entidad la atendió con una notificación, que está en tu casilla."
