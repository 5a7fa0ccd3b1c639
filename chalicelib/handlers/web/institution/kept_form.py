"""`/entidad/borrador`: a form sent after the session ended, or the last code was too old; sent only by the person."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.cookies import FORM_COOKIE, no_cookie
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.handlers.web.institution.staff_page import CONSOLE_HOME
from chalicelib.handlers.web.kept_form import find_form_of_staff, forget_form


def show_kept_form(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - whose is told by the cookie
    """Show what was typed, to be sent or thrown away."""
    kept = find_form_of_staff(request)
    if kept is None:
        return go_to(CONSOLE_HOME, cookies=[no_cookie(FORM_COOKIE)])
    pairs = [(name, value) for name, values in kept["form"].items() for value in values]
    rows = [{"label": STAFF_LABELS[name], "value": value} for name, value in pairs if name in STAFF_LABELS]
    return show(request, "institution/kept_form.html", path=kept["path"], pairs=pairs, rows=rows)


def discard_kept_form(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - as above
    """Throw it away."""
    return go_to(CONSOLE_HOME, cookies=forget_form(request))
