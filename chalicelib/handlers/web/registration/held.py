"""What pages show of a registration that somebody has to look at, or looked at."""

from __future__ import annotations

from typing import Any

from chalicelib.bootstrap import current
from chalicelib.domain.registration.registration import Registration
from chalicelib.renderers.portal import portal
from chalicelib.renderers.registration.review_letters import proof_for, refusal_in_words, unchecked_in_words


def shown_of_review(found: Registration) -> dict[str, Any]:
    """Return what nobody confirmed, what to show, until when there is an answer, and what was decided."""
    desk, until = portal().proof_desk, found.review_until
    return {
        "reference": found.reference,
        "is_at_desk": found.desk is not None,
        "missing": unchecked_in_words(found),
        "proof": proof_for(found, desk),
        "proof_desk": desk,
        "review_until": until,
        "is_late": until is not None and until < current().clock(),
        "refusal": refusal_in_words(found),
    }
