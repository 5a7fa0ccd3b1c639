"""What an institution says of the act beside its text, as paper and pages show it."""

from __future__ import annotations

from chalicelib.domain.notice import Document
from chalicelib.renderers.spanish import day_in_words
from chalicelib.renderers.term_words import term_in_words

TITLE_OF_ACT = "Vigencia y recursos"


def act_in_words(document: Document) -> tuple[tuple[str, str], ...]:
    """Return labels and values in the order of the law's list (TUO, art. 24.1); none where nothing was said."""
    rows = []
    if document.in_force_from is not None:
        rows.append(("Vigencia del acto", f"Desde el {day_in_words(document.in_force_from)}"))
    if document.ends_administrative_path is not None:
        ends = "Agota" if document.ends_administrative_path else "No agota"
        rows.append(("Vía administrativa", f"{ends} la vía administrativa"))
    for number, remedy in enumerate(document.remedies, 1):
        label = "Recurso" if len(document.remedies) == 1 else f"Recurso {number}"
        rows.append((label, f"{remedy.name}. Ante: {remedy.body}. Plazo: {term_in_words(remedy.term)}"))
    return tuple(rows)
