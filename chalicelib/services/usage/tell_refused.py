"""Tell an institution's coordinators by e-mail that their proof of payment was refused; that stands without it."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.domain.errors import CasillaError
from chalicelib.domain.usage.service_now import ServiceNow
from chalicelib.domain.usage.settlement import Account, SettlementState
from chalicelib.renderers.usage.statement_letters import proof_refused_letter
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.tell_coordinators import active_coordinators
from chalicelib.services.institution.tools import StaffTools
from chalicelib.services.usage.hold_up import read_service
from chalicelib.services.usage.tell_statement import TellingTools, note_told_late


def tell_proof_refused(account: Account, *, staff: StaffTools, tools: TellingTools) -> bool:
    """Tell every active coordinator why, and until when another is in time, or that the institution is inactive.

    Return False where not everybody was told, also where there is nobody to tell.
    """
    is_late = account.state(tools.usage.today) is SettlementState.LATE
    service = _service(account, tools) if is_late else None
    letter = proof_refused_letter(account, is_late=is_late, service=service, at=staff.portal_url)
    coordinators = active_coordinators(account.statement.institution_id, staff.staff)
    told = [one for one in coordinators if send_staff_letter(letter, one.email, tools=staff, now=staff.clock())]
    if service is not None and not service.is_active:
        with suppress(CasillaError):  # they are told twice at worst
            note_told_late(account, told, tools=tools)
    return bool(coordinators) and len(told) == len(coordinators)


def _service(account: Account, tools: TellingTools) -> ServiceNow | None:
    try:
        return read_service(account.statement.institution_id, tools=tools.usage)
    except CasillaError:  # what became of the service is told by the night
        return None
