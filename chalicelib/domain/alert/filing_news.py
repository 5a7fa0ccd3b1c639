"""What alerts tell of a filing: it arrived, was observed, is about to lapse, lapsed. Each has a batch of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput


class Occasion(StrEnum):
    """Why somebody is alerted; `lapsed_there` is what the institution is told of one that lapsed."""

    FILED = "filed"
    OBSERVED = "observed"
    CORRECTED = "corrected"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    LAPSED_THERE = "lapsed_there"


_UNTIL_A_DAY = frozenset({Occasion.OBSERVED, Occasion.LAPSING})
_LOOKED_AT = frozenset({Occasion.OBSERVED, Occasion.LAPSING, Occasion.LAPSED})
HOLDERS = tuple(occasion for occasion in Occasion if occasion is not Occasion.LAPSED_THERE)
"""What the holder is told; the institution is told the rest."""


@dataclass(frozen=True, slots=True)
class FilingNews:
    """Which filing, and what of it.

    `day` is the last on which it can be corrected, where that is told; `counts_on` the day as of which what arrived
    counts, None in what packages before wrote.
    """

    occasion: Occasion
    filing_id: str
    number: str
    day: date | None = None
    counts_on: date | None = None

    @property
    def is_looked_at(self) -> bool:
        """Whether it goes out only after a look at the filing, and at where its holder is to be reached.

        So do those that an institution or the clock gives rise to. A receipt goes at once: its holder has just sent it.
        """
        return self.occasion in _LOOKED_AT

    def is_past(self, local_day: date) -> bool:
        """Tell whether it would come too late: nobody is told to correct, or warned of, what has ended."""
        return self.occasion in _UNTIL_A_DAY and self.day is not None and local_day > self.day

    @property
    def batch_id(self) -> str:
        """The key of its alerts, beside those of notices: of one occasion there is one batch."""
        return batch_id(self.filing_id, self.occasion)


def batch_id(filing_id: str, occasion: Occasion) -> str:
    """Name the alerts of one occasion; no notice has such a number."""
    return f"{filing_id}_{occasion.value}"


def filing_of(batch_key: str) -> str | None:
    """Return whose filing's alerts a key names; None where it is a notice's."""
    filing_id, separator, _ = batch_key.partition("_")
    return filing_id if separator else None


def parse_key(text: str) -> str:
    """Read whose alerts are meant: a notice's by its number, or those of a filing as lists name them.

    Raises:
        InvalidInput: `code_invalid`.

    """
    code, separator, occasion = text.strip().partition("_")
    if not separator:
        return parse_code(text)
    if occasion not in set(Occasion):
        raise InvalidInput("code_invalid", "Cópialo tal como la lista lo dice.")
    return batch_id(parse_code(code), Occasion(occasion))
