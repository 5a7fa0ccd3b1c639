"""Count looks at people's data by looker and hour, out of the event log, and tell where they are unusually many.

A record that comes again is counted again: at worst it rings a little early. Nothing is refused by it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.institution.unusual_looks import Looked, is_crossed, usual_of
from chalicelib.services.work_through import log_failed
from chalicelib.store.institution.look_counts import LookCounts

LOOKS, UNUSUAL = "looks", "unusual"
_JOB = "count_activity"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LookTools:
    """Where looks are counted, and from how many an hour on each kind of looker is told."""

    counts: LookCounts
    thresholds: Mapping[str, int]
    now: Callable[[], datetime]


def count_looks(looks: Sequence[Looked], *, tools: LookTools) -> tuple[Counter[str], frozenset[Looked]]:
    """Count them, by one write for each looker and hour; return what came of them, and which could not be counted."""
    outcomes: Counter[str] = Counter()
    failed: set[Looked] = set()
    together: dict[tuple[str, str], list[Looked]] = {}
    for one in looks:
        together.setdefault((one.looker, one.hour), []).append(one)
    for (looker, hour), those in together.items():
        usual = usual_of(looker, tools.thresholds)
        if usual is None:
            continue
        try:
            count = tools.counts.add(looker, hour, len(those), now=tools.now())
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are counted
            log_failed(_JOB, _named(looker), error)
            failed |= set(those)
            continue
        outcomes[LOOKS] += len(those)
        if is_crossed(count - len(those), count, usual):
            outcomes[UNUSUAL] += 1
            about = {"looker": _named(looker), "hour": hour, "count": count, "usual": usual}
            _logger.warning("unusual looks", extra=about)
    return outcomes, frozenset(failed)


def _named(looker: str) -> str:
    """Return what the function's log may call somebody: an operator goes by a name, the others by an id."""
    return "operator" if looker.startswith("operator:") else looker
