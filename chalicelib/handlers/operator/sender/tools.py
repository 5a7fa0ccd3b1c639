"""The tools of commands that change institutions and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import institution_store
from chalicelib.handlers.operator.act import act_of
from chalicelib.services.sender.institution_tools import InstitutionTools


def institution_tools(given: Mapping[str, Any]) -> InstitutionTools:
    """Return them, with who asks and why."""
    return InstitutionTools(institution_store(current()), act_of(given))
