"""`…/convenio/{deed}`: what is done to an agreement by hand, with what its institution owes (INS-3, INS-6)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.usage import usage_tools
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.agreement import agreement_deeds
from chalicelib.services.usage.hold_up import read_owing


def show_deed(request: PageRequest, staff: SignedIn, institution_id: str, deed: str) -> Response:
    """Ask what it needs."""
    owing = read_owing(institution_id, tools=usage_tools(current()))
    return agreement_deeds.show_deed(request, staff, institution_id, deed, owing)


def do_by_form(request: PageRequest, staff: SignedIn, institution_id: str, deed: str) -> Response:
    """Do it."""
    owing = read_owing(institution_id, tools=usage_tools(current()))
    return agreement_deeds.do_by_form(request, staff, institution_id, deed, owing)
