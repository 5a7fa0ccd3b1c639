"""Set until when what is filed counts as of its own day, at an office or at the institution (FIL-3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.calendar import FilingRule
from chalicelib.domain.errors import Conflict
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.institution_changes import InstitutionDecision, set_filing_rule
from chalicelib.domain.sender.office import Office
from chalicelib.services.institution.manage_offices import OfficeTools, change_office
from chalicelib.services.sender.change_institution import change_institution
from chalicelib.services.sender.institution_tools import InstitutionTools

Read = Callable[[FilingRule | None, int], FilingRule | None]
"""Reads the rule that was typed; given are the one before and the version that it begins with."""


def change_rule_of_office(office: Office, version: int, read: Read, tools: OfficeTools) -> None:
    """Give an office a rule of its own, or the institution's; `version` is the one that was shown.

    Raises:
        InvalidInput: as `read_rule`.
        Conflict: `office_changed`.

    """
    change_office(office, replace(office, filing_rule=read(office.filing_rule, office.version + 1)), version, tools)


def change_rule_of_institution(institution_id: str, version: int, read: Read, tools: InstitutionTools) -> None:
    """Give an institution a rule of its own, or the general one; `version` is the one that was shown.

    Raises:
        InvalidInput: as `read_rule`.
        Conflict: `institution_changed`.

    """

    def decide(institution: Institution) -> InstitutionDecision:
        rule = read(institution.filing_rule, institution.version + 1)
        if institution.version != version:
            raise _changed()
        return set_filing_rule(institution, rule)

    try:
        change_institution(institution_id, decide, tools)
    except Conflict as error:
        raise _changed() from error


def _changed() -> Conflict:
    detail = (
        "Otra persona cambió los datos de la entidad mientras tanto y no guardamos nada. Revísalos y vuelve a guardar."
    )
    return Conflict("institution_changed", detail)
