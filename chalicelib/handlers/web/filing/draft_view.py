"""What pages of a draft of a filing share: where they are, which version a form was made of, what its steps are."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import filing_draft_store
from chalicelib.domain.filing.filing_draft import FilingDraft, FilingDraftState
from chalicelib.domain.session import Session
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.filing.filing_drafts import find_draft

BASE = "/presentar"
CHECK = "revisar"
"""What `volver` says where a step is to come back to the check page."""
STEPS = ("pedido", "documento", "anexos", "representado")
"""The steps of a filing in the order in which they are asked; the check page comes after them."""
CORRECTING_STEPS = ("documento", "anexos")
_LONGEST_VERSION = 9


@dataclass(frozen=True, slots=True)
class StepFrame:
    """What the frame of a step's page says: its number, where it leads back and on to."""

    own: str
    number: int
    of: int
    back: str
    onward: str
    comes_back: bool


def own_draft(draft_id: str, session: Session) -> FilingDraft:
    """Return a draft of who is inside.

    Raises:
        NotFound: `draft_not_found`.

    """
    return find_draft(draft_id, session, store=filing_draft_store(current()))


def page_of_draft(draft: FilingDraft, step: str = "") -> str:
    """Return the address of a draft's check page, or of a step."""
    own = f"{BASE}/{draft.draft_id}"
    return f"{own}/{step}" if step else own


def closed_page(draft: FilingDraft) -> str:
    """Return where a draft that is not open any more leads to: what it was filed as, or the list."""
    if draft.state is not FilingDraftState.FILED:
        return BASE
    if draft.corrects is not None:
        return f"/mis-tramites/{draft.corrects}"
    return f"/mis-tramites/{draft.filing_id}/presentado"


def steps_of(draft: FilingDraft) -> tuple[str, ...]:
    """Return the steps that a draft has."""
    return STEPS if draft.corrects is None else CORRECTING_STEPS


def frame_of(draft: FilingDraft, step: str, request: PageRequest) -> StepFrame:
    """Return what a step's frame says."""
    steps, own = steps_of(draft), page_of_draft(draft)
    place, comes_back = steps.index(step), CHECK in {request.asked("volver"), request.value("volver")}
    before = BASE if place == 0 else f"{own}/{steps[place - 1]}"
    after = own if place == len(steps) - 1 else f"{own}/{steps[place + 1]}"
    if draft.corrects is not None and place == 0:
        before = f"/mis-tramites/{draft.corrects}/subsanar"
    return StepFrame(
        own, place + 1, len(steps) + 1, own if comes_back else before, own if comes_back else after, comes_back
    )


def seen_version(request: PageRequest) -> int:
    """Return which version of the draft a form was made of; 0, which there is none of, where it does not say."""
    typed = request.value("version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_VERSION else 0


def shown_version(request: PageRequest, draft: FilingDraft) -> str:
    """Return the version that a form is to carry: of a form that is led back, the one it was made of.

    So nothing overwrites what another window wrote unseen; who was told of it has seen it.
    """
    kept, typed = request.answer, request.value("version")
    is_same = bool(typed) and kept is not None and kept.code not in {"draft_changed", ""}
    return typed if is_same else str(draft.version)
