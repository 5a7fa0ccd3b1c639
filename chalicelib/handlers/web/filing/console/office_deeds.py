"""`/entidad/oficinas/{office_id}/{deed}`: what is set of an office apart: whether it is open, when filings count."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Response

from chalicelib.domain.errors import NotFound
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.console.filing_rule import set_rule_by_form, show_rule
from chalicelib.handlers.web.institution.offices import set_state_by_form, show_state

_View = Callable[[PageRequest, SignedIn, str], Response]
_SHOWN: dict[str, _View] = {"estado": show_state, "presentaciones": show_rule}
_DONE: dict[str, _View] = {"estado": set_state_by_form, "presentaciones": set_rule_by_form}


def show_deed(request: PageRequest, staff: SignedIn, office_id: str, deed: str) -> Response:
    """Show how that stands, and ask for a change."""
    return _find(_SHOWN, deed)(request, staff, office_id)


def do_by_form(request: PageRequest, staff: SignedIn, office_id: str, deed: str) -> Response:
    """Change it."""
    return _find(_DONE, deed)(request, staff, office_id)


def _find(views: dict[str, _View], deed: str) -> _View:
    if deed not in views:
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    return views[deed]
