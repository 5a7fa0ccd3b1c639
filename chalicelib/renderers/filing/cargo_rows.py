"""What a filing receipt says row by row: for the paper, and for the page that verifies it (TUO, 128.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.filing.filing import FiledDocument, Filer, Filing, folios_of
from chalicelib.domain.filing.filing_date import FilingDates
from chalicelib.domain.mailbox import Holder
from chalicelib.renderers.filing.cargo_texts import cargo_text
from chalicelib.renderers.filing.date_words import FiledTold, in_time_in_words, tell_after
from chalicelib.renderers.filing.filing_words import (
    KINDS,
    document_titles,
    folios_in_words,
    identity_in_words,
    kind_in_words,
    procedure_in_words,
)
from chalicelib.renderers.printable import printable
from chalicelib.renderers.spanish import day_in_words, size_in_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FILED_TITLE = "CARGO DE PRESENTACIÓN"
CORRECTED_TITLE = "CARGO DE SUBSANACIÓN"
_STRONG = 2
"""Rows of dates: when it arrived, and when it counts."""


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what stands beside it."""

    label: str
    value: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Cargo:
    """One receipt of a filing: of what was filed, or of what corrected it."""

    filing: Filing
    verification_code: str
    dates: FilingDates
    filer: Filer
    documents: tuple[FiledDocument, ...]
    legal_text_version: str
    is_correction: bool = False

    @property
    def title(self) -> str:
        """What the paper is headed."""
        return CORRECTED_TITLE if self.is_correction else FILED_TITLE

    @property
    def folios(self) -> int:
        """The pages of its documents."""
        return folios_of(self.documents)


def cargo_of(filing: Filing) -> Cargo:
    """Return the receipt of what was filed."""
    return Cargo(
        filing, filing.verification_code, filing.dates, filing.filer, filing.documents, filing.legal_text_version
    )


def cargo_of_correction(filing: Filing) -> Cargo:
    """Return the receipt of what corrected it.

    Raises:
        LookupError: nothing did.

    """
    one = filing.correction
    if one is None:
        raise LookupError(filing.filing_id)
    return Cargo(
        filing, one.verification_code, one.dates, one.by, one.documents, one.legal_text_version, is_correction=True
    )


def fact_rows(cargo: Cargo, *, portal: str) -> list[Row]:
    """Say what was filed, by whom, with whom, where and how much: what the law asks of a receipt."""
    filing, texts = cargo.filing, cargo_text(cargo.legal_text_version)
    holder, procedure = filing.holder, filing.procedure
    rows = [
        Row("Naturaleza", KINDS[procedure.kind]),
        Row("Trámite", procedure_in_words(procedure), is_strong=True),
        *([Row("Norma", procedure.norm)] if procedure.norm else []),
        Row("Qué se pide", filing.subject),
        Row("Remitente", printable(holder.name), is_strong=True),
        Row("Identificación", f"{identity_in_words(holder)} (casilla electrónica {filing.mailbox_id})"),
    ]
    if not _is_holder(cargo.filer, holder):
        identity = identity_in_words(cargo.filer)
        rows.append(Row("Lo envió", printable(f"{cargo.filer.name}{f', {identity}' if identity else ''}")))
    if filing.represented is not None:
        one = filing.represented
        rows.append(Row("En nombre de", printable(f"{one.name}, {identity_in_words(one)}")))
    to = filing.addressee
    rows += [
        Row("Destinatario", f"{to.name}, {to.office_name}" if to.office_name else to.name, is_strong=True),
        Row("Lugar", texts.place.format(portal=portal)),
        Row("Folios", _folios(cargo), is_strong=True),
    ]
    return rows


def date_rows(cargo: Cargo, zone: ZoneInfo) -> list[Row]:
    """Say the instant, the legal date, and from when it is attended to."""
    rows = tell_after(cargo.dates, zone, has_term=cargo.filing.procedure.has_term).rows
    return [Row(label, value, is_strong=place < _STRONG) for place, (label, value) in enumerate(rows)]


def date_notes(cargo: Cargo, zone: ZoneInfo) -> tuple[str, ...]:
    """Say why, and until when it may be observed; of a correction, that it came in time."""
    observation, last = cargo.filing.observation, cargo.filing.observable_until.astimezone(zone).date()
    if cargo.is_correction:
        notes = tell_after(cargo.dates, zone).notes
        return notes if observation is None else (in_time_in_words(observation.until, zone), *notes)
    notes = tell_after(cargo.dates, zone, observable_until=last).notes
    return (*notes, cargo_text(cargo.legal_text_version).observable.format(until=day_in_words(last)))


def tell_correction(filing: Filing, zone: ZoneInfo) -> FiledTold | None:
    """Say on pages of a correction's dates what its receipt says; None where there is none."""
    if filing.correction is None:
        return None
    cargo = cargo_of_correction(filing)
    told = tell_after(cargo.dates, zone, has_term=filing.procedure.has_term)
    return replace(told, notes=date_notes(cargo, zone))


def opening(cargo: Cargo) -> str:
    """Say what it proves."""
    texts = cargo_text(cargo.legal_text_version)
    words = texts.corrected if cargo.is_correction else texts.filed
    return words.format(institution=cargo.filing.addressee.name, number=cargo.filing.number)


def document_lines(documents: Sequence[FiledDocument]) -> list[tuple[str, str, FiledDocument]]:
    """Say of each document what it is, and how much."""
    titles = document_titles(documents)
    return [
        (title, f"{kind_in_words(one.media_type)}, {size_in_words(one.size)}, {folios_in_words(one.folios)}", one)
        for title, one in zip(titles, documents, strict=True)
    ]


def _is_holder(filer: Filer, holder: Holder) -> bool:
    """Tell whether who sent it is called as the holder is, by name and, where both are known, by document."""
    has_other = filer.document_number not in {"", holder.document_number}
    return filer.name == holder.name and not has_other


def _folios(cargo: Cargo) -> str:
    """Count the pages, and tell of documents that have none, so that nobody looks for theirs."""
    without = sum(one.folios is None for one in cargo.documents)
    if without == len(cargo.documents):
        return f"Ninguno: {_counted(without)} sin folios"
    counted = f"{cargo.folios}, en {_counted(len(cargo.documents) - without)}"
    return f"{counted}; y {_counted(without)} sin folios" if without else counted


def _counted(documents: int) -> str:
    return "1 documento" if documents == 1 else f"{documents} documentos"
