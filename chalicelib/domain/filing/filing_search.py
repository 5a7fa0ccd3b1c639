"""What people look for among their filings: words, and one state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.filing.received import is_in
from chalicelib.domain.reading.text_fold import fold_text

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class FilingSearch:
    """`words` are folded; no state is any."""

    words: tuple[str, ...] = ()
    state: FilingState | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.words) or self.state is not None


def search_for(typed: str, state: FilingState | None) -> FilingSearch:
    """Return what is looked for by what was typed."""
    return FilingSearch(tuple(fold_text(typed[:LONGEST_SEARCH]).split()), state)


def is_match(filing: Filing, search: FilingSearch, now: datetime) -> bool:
    """Tell whether a filing is in the state, and each word stands in it.

    Looked in are its number, what is asked, the procedure, whom it is filed with, in whose name, and its files' names.
    """
    if search.state is not None and not is_in(filing, search.state, now):
        return False
    if not search.words:
        return True
    to, represented = filing.addressee, filing.represented
    texts = [filing.number, filing.subject, filing.procedure.code, filing.procedure.title, to.name]
    texts += [to.office_name or "", filing.office_name or "", "" if represented is None else represented.name]
    texts += [document.filename for document in filing.all_documents]
    text = fold_text(" ".join(texts))
    return all(word in text for word in search.words)
