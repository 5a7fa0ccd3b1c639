"""A notice as strangers who hold its receipt may see it: whose it is stays masked, wherever it is written."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from chalicelib.domain.deadline import Distance
from chalicelib.domain.evidence.holder_words import Span, cleaned, folded, name_spans, number_patterns
from chalicelib.domain.mailbox import Holder
from chalicelib.domain.masking import mask_document, mask_email_domain, mask_name
from chalicelib.domain.notice import AlertAddress, Notice, NoticeReference, Sender, StoredFile

MADE_HERE = frozenset(
    {
        (Notice, "notice_id"),
        (Notice, "verification_code"),
        (Notice, "legal_text_version"),
        (NoticeReference, "notice_id"),
        (StoredFile, "media_type"),
        (StoredFile, "sha256"),
        (StoredFile, "object_key"),
        (StoredFile, "upload_id"),
        (Sender, "institution_id"),
    }
)
"""What the service drew, counted or chose: nobody wrote a holder into it. All other text is looked through."""


def public_notice(notice: Notice) -> Notice:
    """Mask the holder's name, document number and place, also in what the institution wrote and in names of files.

    Of the institution itself, which is the same on every receipt, only the name as a whole is masked.
    """
    shown: Notice = _masked(notice, notice.holder)
    return shown


def hide(text: str, holder: Holder, *, is_filename: bool = False, in_full: bool = False) -> str:
    """Mask a holder in a text: the number with any separators, the name without regard to case, accents and order.

    Of a person each word of the name is masked, of a company only the name, with or without its legal form: its words
    are often everybody's. Within other words a name is masked in names of files, and where a capital or digit tells
    it apart. `in_full` leaves single words of a person's name.
    """
    hidden = cleaned(text)
    for number, pattern in number_patterns(holder):
        spans = [match.span() for match in pattern.finditer(folded(hidden))]
        for start, end in reversed(spans):
            hidden = hidden[:start] + mask_document(number) + hidden[end:]
    for start, end in reversed(_merged(name_spans(holder, hidden, is_loose=is_filename, in_full=in_full))):
        hidden = hidden[:start] + mask_name(hidden[start:end]) + hidden[end:]
    return text if hidden == cleaned(text) else hidden


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _masked(value: Any, holder: Holder) -> Any:
    """Walk through all that a notice is made of, so that a field added later is masked too."""
    if isinstance(value, tuple):
        return tuple(_masked(one, holder) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for field in fields(value):
        old = getattr(value, field.name)
        if not isinstance(old, str):
            changed[field.name] = _masked(old, holder)
        elif not isinstance(old, Enum) and (type(value), field.name) not in MADE_HERE:
            changed[field.name] = _text(value, field.name, old, holder)
    return replace(value, **changed)


def _text(owner: Any, name: str, text: str, holder: Holder) -> str:
    match owner, name:
        case (Holder(), "document_number"):
            return mask_document(text)
        case (Holder(), "name") | (Distance(), "place"):
            return mask_name(text)
        case (AlertAddress(), "masked"):
            return hide(mask_email_domain(text), holder)
        case _:
            return hide(text, holder, is_filename=name == "filename", in_full=isinstance(owner, Sender))
