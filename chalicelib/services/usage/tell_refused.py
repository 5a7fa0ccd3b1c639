"""Tell an institution's coordinators by e-mail that their proof of payment was refused; that stands without it."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.usage.settlement import Account, SettlementState
from chalicelib.renderers.usage.statement_letters import proof_refused_letter
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.tools import StaffTools


def tell_proof_refused(account: Account, today: date, *, tools: StaffTools) -> bool:
    """Tell every active coordinator why, and until when to send another; False where somebody or nobody was told."""
    letter = proof_refused_letter(account, is_late=account.state(today) is SettlementState.LATE, at=tools.portal_url)
    everybody = tools.staff.list_for_institution(account.statement.institution_id)
    coordinators = [one for one in everybody if one.role is StaffRole.COORDINATOR and one.is_active]
    sent = [send_staff_letter(letter, one.email, tools=tools, now=tools.clock()) for one in coordinators]
    return bool(sent) and all(sent)
