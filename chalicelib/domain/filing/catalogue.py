"""The public list of procedures: one short entry each, found by words as people type them (FIL-1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.filing.procedure import AnswerTerm, Procedure, ProcedureKind
from chalicelib.domain.reading.text_fold import fold_text

LONGEST_SUMMARY = 200
LONGEST_SEARCH = 100
"""Letters of what is searched for; what is after them does not count."""
_SHORTEST_PLURAL = 5
_WORDS_THAT_SAY_NOTHING = {
    *(
        "a",
        "al",
        "ante",
        "como",
        "con",
        "de",
        "del",
        "desde",
        "e",
        "el",
        "en",
        "la",
        "las",
        "lo",
        "los",
        "mi",
        "no",
        "o",
    ),
    *("para", "por", "que", "se", "sin", "su", "un", "una", "y"),
}
_WORD = re.compile(r"[^\W_]+(?:[./-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A procedure as lists show it: the present version of it."""

    institution_id: str
    procedure_id: str
    version: int
    kind: ProcedureKind
    code: str
    title: str
    summary: str
    keywords: tuple[str, ...]
    cost_cents: int | None
    answer_term: AnswerTerm
    retired_at: datetime | None

    @property
    def is_retired(self) -> bool:
        """Whether it is in the catalogue only to be read."""
        return self.retired_at is not None


def entry_of(procedure: Procedure) -> CatalogueEntry:
    """Return the entry of a procedure."""
    return CatalogueEntry(
        procedure.institution_id,
        procedure.procedure_id,
        procedure.version,
        procedure.kind,
        procedure.code,
        procedure.title,
        summary_of(procedure.description),
        procedure.keywords,
        procedure.cost_cents,
        procedure.answer_term,
        procedure.retired_at,
    )


def summary_of(description: str) -> str:
    """Return the beginning of a description, cut between words."""
    text = description.replace("\n", " ")
    if len(text) <= LONGEST_SUMMARY:
        return text
    cut = text[: LONGEST_SUMMARY - 1]
    return f"{cut.rpartition(' ')[0].rstrip(' ,;:.') or cut}…"


def words_of(search: str) -> tuple[str, ...]:
    """Return what is looked for: folded as in a mailbox's search, plurals without their ending, small words left out.

    Where there are only small words, they are looked for.
    """
    words = _WORD.findall(fold_text(search[:LONGEST_SEARCH]))
    telling = [word for word in words if word not in _WORDS_THAT_SAY_NOTHING]
    return tuple(dict.fromkeys(map(_singular, telling or words)))


def is_found(entry: CatalogueEntry, words: tuple[str, ...]) -> bool:
    """Tell whether every word stands somewhere in an entry: its title, code, keywords or the beginning of its text."""
    text = fold_text(" ".join((entry.code, entry.title, *entry.keywords, entry.summary)))
    return all(word in text for word in words)


def in_order(entries: list[CatalogueEntry]) -> tuple[CatalogueEntry, ...]:
    """Return entries by title, those that are retired last."""
    return tuple(sorted(entries, key=lambda one: (one.is_retired, fold_text(one.title))))


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.isalpha() or not word.endswith("s"):
        return word
    return word[:-2] if word.endswith("es") else word[:-1]
