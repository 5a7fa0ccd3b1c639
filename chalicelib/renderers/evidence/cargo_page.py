"""What the page that verifies a filing receipt shows: the paper's own rows, its people masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.evidence.public_filing import public_filing
from chalicelib.domain.filing.filing import Filing
from chalicelib.renderers.evidence.receipt_page import ShownFile
from chalicelib.renderers.filing.cargo_rows import (
    Cargo,
    Row,
    cargo_of,
    cargo_of_correction,
    date_notes,
    date_rows,
    document_lines,
    fact_rows,
    opening,
)
from chalicelib.renderers.filing.cargo_texts import cargo_text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ShownCargo:
    """A filing receipt. `compared` says which of its files somebody's is: `receipt`, `document`, `none`, or empty."""

    title: str
    number: str
    code: str
    institution: tuple[str, ...]
    facts: tuple[Row, ...]
    dates: tuple[Row, ...]
    notes: tuple[str, ...]
    proves: str
    citation: str
    files: tuple[ShownFile, ...]
    receipt_sha256: str
    compared: str = ""
    same: ShownFile | None = None


def shown_cargo(filing: Filing, code: str | None, sha256: str | None, *, portal: str, zone: ZoneInfo) -> ShownCargo:
    """Show the receipt that has a code, or is the file of a hash: the filing's, or its correction's."""
    correction, public = filing.correction, public_filing(filing)
    is_correction = correction is not None and (
        correction.verification_code == code if code else correction.receipt_sha256 == sha256
    )
    cargo = cargo_of_correction(public) if is_correction else cargo_of(public)
    receipt = correction.receipt_sha256 if is_correction and correction is not None else filing.receipt_sha256
    files = tuple(
        ShownFile(title, one.filename, about, one.sha256) for title, about, one in document_lines(cargo.documents)
    )
    same = next((file for file in files if file.sha256 == sha256), None)
    to = filing.addressee
    return ShownCargo(
        title=cargo.title.capitalize(),
        number=filing.number,
        code=cargo.verification_code,
        institution=tuple(filter(None, (to.name, to.office_name, to.address, f"Teléfono: {to.phone}"))),
        facts=tuple(fact_rows(cargo, portal=portal.removeprefix("https://"))),
        dates=tuple(date_rows(cargo, zone)),
        notes=date_notes(cargo, zone),
        proves=opening(cargo),
        citation=_citation(cargo),
        files=files,
        receipt_sha256=receipt,
        compared=_compared(receipt, sha256, is_document=same is not None),
        same=same,
    )


def _citation(cargo: Cargo) -> str:
    return f"{cargo_text(cargo.legal_text_version).citation} Texto {cargo.legal_text_version}."


def _compared(receipt: str, sha256: str | None, *, is_document: bool) -> str:
    if not sha256:
        return ""
    if sha256 == receipt:
        return "receipt"
    return "document" if is_document else "none"
