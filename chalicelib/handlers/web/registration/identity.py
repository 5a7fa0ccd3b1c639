"""`/registro/identidad`: whom an identity provider authenticated registers with that, and types no data of the DNI."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import is_registration_open
from chalicelib.domain.access.authenticated_person import IdentityRefused
from chalicelib.handlers.commands import identification
from chalicelib.handlers.cookies import IDENTITY_COOKIE
from chalicelib.handlers.page import go_to, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.access.identification import ENTRIES_PAGE
from chalicelib.handlers.web.registration.draft import (
    find_registration_draft,
    keep_registration_draft,
    new_registration_draft,
)
from chalicelib.handlers.web.registration.fields import form_address


def begin_identified(request: PageRequest) -> Response:
    """Begin a registration, or go on with the one that was begun, as that person; the form leads to what lacks."""
    if not is_registration_open(current()):
        return tell(request, "registration/closed.html", status=403)
    try:
        who = identification.identified(request.cookies.get(IDENTITY_COOKIE, ""))
    except IdentityRefused:
        return go_to(ENTRIES_PAGE)  # which says what is wrong
    draft = find_registration_draft(request) or new_registration_draft()
    draft = replace(draft, identity=who.person, person_type="natural")
    return go_to(form_address(draft.person_type), cookies=keep_registration_draft(draft))
