"""How a procedure of the own catalogue is found, shown and changed: what these pages share (FIL-1)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.bootstrap.institution import office_store
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.office import Office
from chalicelib.handlers.page import go_to
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.filing.procedure_words import words_of_procedure
from chalicelib.services.filing.manage_procedures import ProcedureTools, read_own_procedure
from chalicelib.services.operator_act import OperatorAct

BASE = "/entidad/procedimientos"
NEW = "nuevo"
"""What stands in the place of the id of one that is not there yet."""
_FROM_CONSOLE = "Desde la consola"
_LONGEST_VERSION = 6


def shown_of(procedure: Procedure, offices: tuple[Office, ...] | None = None) -> dict[str, Any]:
    """Return what shows a procedure; the office that receives it is read where the institution's are not given."""
    office = None
    if offices is not None:
        office = next((one for one in offices if one.office_id == procedure.office_id), None)
    elif procedure.office_id is not None:
        office = office_store(current()).find(procedure.institution_id, procedure.office_id)
    return {
        "procedure": procedure,
        "words": words_of_procedure(procedure),
        "office": office,
        "own_at": f"{BASE}/{procedure.procedure_id}",
        "public_at": f"/tramites/{procedure.institution_id}/{procedure.procedure_id}",
    }


def find_procedure(staff: SignedIn, procedure_id: str) -> Procedure:
    """Return a procedure of the own institution.

    Raises:
        NotFound: `procedure_unknown`.

    """
    return read_own_procedure(staff.own.institution_id, procedure_id, procedure_store(current()))


def procedure_tools(request: PageRequest, staff: SignedIn, reason: str = _FROM_CONSOLE) -> ProcedureTools:
    """Return through what, by whom and why a catalogue is changed."""
    box = current()
    act = OperatorAct(staff.member.actor, reason, box.clock, box.chance.new_event_id, request.origin)
    return ProcedureTools(procedure_store(box), act)


def seen_version(request: PageRequest) -> int:
    """Return which version was shown; none where that was forged."""
    typed = request.value("version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_VERSION else 0


def done(what: str, procedure_id: str) -> Response:
    """Lead to a procedure, whose page tells what was done."""
    return go_to(f"{BASE}/{procedure_id}?hecho={what}")
