"""Add an institution, and change one: read it, decide, write it if nobody else did meanwhile, with its event."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.event import EventType
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.institution_changes import InstitutionDecision
from chalicelib.services.sender.institution_tools import InstitutionTools, read_institution, subject_of


def add_institution(institution: Institution, tools: InstitutionTools) -> bool:
    """Add one as `new_institution` returns it; return False where the very same is there.

    Raises:
        Conflict: `institution_exists`.

    """
    if tools.institutions.find(institution.institution_id) == institution:
        return False
    told = {"change": f"name: {institution.name}", "told": f"nombre: {institution.name}"}
    event = tools.act.event(
        subject_of(institution.institution_id), EventType.INSTITUTION_ADDED, tools.act.clock(), **told
    )
    tools.institutions.add(institution, event)
    return True


def change_institution(
    institution_id: str, decide: Callable[[Institution], InstitutionDecision], tools: InstitutionTools
) -> InstitutionDecision:
    """Have a rule decide, and write what it decided; where it changes nothing, nothing is written.

    Raises:
        NotFound: `institution_unknown`, or as the rule.
        Conflict: `institution_changed`.
        InvalidInput: as the rule.

    """
    decision = decide(read_institution(institution_id, tools.institutions))
    if decision.change:
        changed = decision.institution
        told = {"change": decision.change, "told": decision.told, "version": str(changed.version)}
        event = tools.act.event(subject_of(institution_id), EventType.INSTITUTION_CHANGED, tools.act.clock(), **told)
        tools.institutions.update(changed, event)
    return decision
