"""A notice as strangers who hold its receipt may see it: whose it is stays masked, wherever it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.masking import mask_document, mask_name
from chalicelib.domain.notice import Notice

_SHORTEST_WORD = 3
_OF_A_PERSON = "10"
"""What the RUC of a natural person begins with."""


def public_notice(notice: Notice) -> Notice:
    """Mask the holder's name, document number and place, also in what the institution wrote and in names of files."""
    holder, document = notice.holder, notice.document
    masked_number = mask_document(holder.document_number)
    return replace(
        notice,
        mailbox_id=notice.mailbox_id.replace(holder.document_number, masked_number),
        holder=replace(holder, name=mask_name(holder.name), document_number=masked_number),
        case_file=replace(notice.case_file, number=hide(notice.case_file.number, holder)),
        document=replace(
            document,
            subject=hide(document.subject, holder),
            number=hide(document.number, holder),
            remedies=tuple(
                replace(one, name=hide(one.name, holder), body=hide(one.body, holder)) for one in document.remedies
            ),
        ),
        distance=notice.distance and replace(notice.distance, place=mask_name(notice.distance.place)),
        files=tuple(replace(file, filename=hide(file.filename, holder)) for file in notice.files),
    )


def hide(text: str, holder: Holder) -> str:
    """Mask a holder in a text: the number wherever it stands, the name without regard to case, accents and order.

    Of a person each word of the name is masked, of a company only the whole name: its words are often everybody's.
    """
    numbers = [holder.document_number]
    if holder.document_type is DocumentType.RUC and holder.document_number.startswith(_OF_A_PERSON):
        numbers.append(holder.document_number[2:10])
    for number in numbers:
        text = re.sub(re.escape(number), mask_document(number), text, flags=re.IGNORECASE)
    for pattern in _names(holder):
        found = re.compile(rf"(?<![^\W_]){pattern}(?![^\W_])").finditer(_folded(text))
        for match in reversed(list(found)):
            text = text[: match.start()] + mask_name(text[match.start() : match.end()]) + text[match.end() :]
    return text


def _names(holder: Holder) -> list[str]:
    """Return patterns of folded text."""
    words = re.findall(r"[^\W_]+", _folded(holder.name))
    if holder.document_type is DocumentType.RUC and not holder.document_number.startswith(_OF_A_PERSON):
        return [r"[\W_]+".join(words)] if words else []
    return [word for word in words if len(word) >= _SHORTEST_WORD]


def _folded(text: str) -> str:
    """Leave out case and accents, letter by letter, so that places in it are places in the text."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter for letter in text)
