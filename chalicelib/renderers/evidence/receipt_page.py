"""What the page that verifies a receipt shows: the paper's own rows, its holder masked. Templates only lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.evidence.public_notice import public_notice
from chalicelib.domain.evidence.receipt import IssuedReceipt
from chalicelib.renderers.deposit.receipt_rows import (
    Row,
    fact_rows,
    file_title,
    norm_note,
    replacement_note,
    term_notes,
    term_rows,
)
from chalicelib.renderers.deposit.receipt_texts import legal_text
from chalicelib.renderers.reading.act_words import TITLE_OF_ACT, act_in_words
from chalicelib.renderers.spanish import date_and_hour, size_in_words, zone_in_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One document notified: `title` says its place, `about` its kind and size."""

    title: str
    filename: str
    about: str
    sha256: str

    @property
    def is_called(self) -> str:
        """Return how a sentence names it."""
        return f"el {self.title[0].lower()}{self.title[1:]}, «{self.filename}»"


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """A receipt; `act` is empty where nothing was said of the act.

    `compared` says which of its files somebody's is: `receipt`, `document`, `none`, or empty.
    """

    code: str
    notice_id: str
    institution: tuple[str, ...]
    deposited_at: str
    facts: tuple[Row, ...]
    terms: tuple[Row, ...]
    notes: tuple[str, ...]
    act: tuple[Row, ...]
    legal_texts: tuple[str, ...]
    citation: str
    files: tuple[ShownFile, ...]
    receipt_sha256: str
    act_title: str = TITLE_OF_ACT
    suspended: str = ""
    """Since when nobody reads the notice; empty where they do."""
    compared: str = ""
    same: ShownFile | None = None


def shown_receipt(issued: IssuedReceipt, zone: ZoneInfo, *, sha256: str | None) -> ShownReceipt:
    """Show a receipt, and what a file with this hash is to it; instants on the country's clock."""
    notice = public_notice(issued.notice)
    texts = legal_text(notice.legal_text_version, notice.regime)
    files = tuple(
        ShownFile(file_title(place, file), file.filename, f"{file.media_type}, {size_in_words(file.size)}", file.sha256)
        for place, file in enumerate(notice.files)
    )
    found = issued.find_file(sha256) if sha256 else None
    return ShownReceipt(
        code=notice.verification_code,
        notice_id=notice.notice_id,
        institution=(
            notice.sender.name,
            *((notice.sender.office_name,) if notice.sender.office_name else ()),
            notice.sender.address,
            f"Teléfono: {notice.sender.phone}",
        ),
        deposited_at=f"{date_and_hour(notice.deposited_at, zone)} ({zone_in_words(zone)})",
        facts=tuple(fact_rows(notice, zone)),
        terms=tuple(term_rows(notice)),
        notes=tuple(term_notes(notice, zone)),
        act=tuple(Row(label, value) for label, value in act_in_words(notice.document)),
        legal_texts=tuple(filter(None, (texts.text, texts.applied, norm_note(notice), replacement_note(notice, zone)))),
        citation=f"{texts.citation} Texto {notice.legal_text_version}.",
        files=files,
        receipt_sha256=issued.receipt_sha256,
        suspended="" if issued.suspended_at is None else date_and_hour(issued.suspended_at, zone),
        compared=_compared(issued, sha256, is_document=found is not None),
        same=files[found[0]] if found else None,
    )


def _compared(issued: IssuedReceipt, sha256: str | None, *, is_document: bool) -> str:
    if not sha256:
        return ""
    if issued.is_receipt(sha256):
        return "receipt"
    return "document" if is_document else "none"
