"""Tell an institution's coordinators by e-mail what became of its agreement; what was done stands without it."""

from __future__ import annotations

from chalicelib.renderers.agreement.agreement_letters import changed_letter
from chalicelib.services.agreement.change_agreement import Outcome
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.tell_coordinators import active_coordinators
from chalicelib.services.institution.tools import StaffTools


def tell_agreement_change(outcome: Outcome, *, tools: StaffTools) -> bool:
    """Tell every active coordinator the state as it is now; False where somebody could not be told, or nobody is there.

    Nothing is sent where nothing changed.
    """
    if not outcome.is_changed:
        return True
    letter = changed_letter(outcome.institution, outcome.agreement, at=tools.portal_url)
    coordinators = active_coordinators(outcome.institution.institution_id, tools.staff)
    sent = [send_staff_letter(letter, one.email, tools=tools, now=tools.clock()) for one in coordinators]
    return bool(sent) and all(sent)
