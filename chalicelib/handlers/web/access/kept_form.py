"""`/borrador`: a form sent when the validation had expired; shown again, and sent only by the person (ACC-2)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.session import Session
from chalicelib.handlers.cookies import FORM_COOKIE, no_cookie
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.kept_form import find_form, forget_form
from chalicelib.handlers.web.labels import label_of, words_of


def show_kept_form(request: PageRequest, session: Session) -> Response:
    """Show what was typed, to be sent or thrown away."""
    kept = find_form(request, session.user_id)
    if kept is None:
        return show(request, "access/kept_form_none.html", cookies=[no_cookie(FORM_COOKIE)])
    pairs = [(name, value) for name, values in kept["form"].items() for value in values]
    rows = [
        {"label": label_of(name), "value": words_of(name, value), "change": ""}
        for name, value in pairs
        if label_of(name)
    ]
    return show(request, "access/kept_form.html", path=kept["path"], pairs=pairs, rows=rows)


def discard_kept_form(request: PageRequest, session: Session) -> Response:  # noqa: ARG001 - that there is one
    """Throw it away."""
    return go_to("/casilla", cookies=forget_form(request))
