"""The command that starts and stops an institution, which its agreement has to allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import agreement_tools
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.handlers.operator.command import Told
from chalicelib.handlers.operator.sender import institutions
from chalicelib.services.agreement.start_institution import require_agreement_active


def set_state(given: Mapping[str, Any]) -> Told:
    """Activate, suspend or cancel it; it is activated only while its agreement, where it has one, is active."""
    if given["estado"] is InstitutionState.ACTIVE:
        require_agreement_active(given["entidad"], agreement_tools(current(), given["operator"], given["reason"]))
    return institutions.set_state(given)
