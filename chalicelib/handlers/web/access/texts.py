"""`/textos`: who logs in under older terms or privacy policy reads and accepts those in force (REG-10)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import CasillaError
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import access
from chalicelib.handlers.cookies import SESSION_COOKIE, cookie
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest, own_address
from chalicelib.handlers.web.labels import LABELS
from chalicelib.renderers.portal_texts import TEXTS, portal_texts


def show_texts(request: PageRequest, session: Session) -> Response:
    """Show what has to be accepted; who has accepted all goes on."""
    return _texts_page(request, session)


def accept_by_form(request: PageRequest, session: Session) -> Response:
    """Keep what was ticked, and go on to where the person wanted to be."""
    given = {name: request.value(f"version_{name}") for name in TEXTS if request.value(f"accept_{name}")}
    try:
        opened = access.accept(given, session, origin=request.origin)
    except CasillaError as error:
        return _texts_page(request, session, error)
    return go_to(_wanted(request), cookies=[cookie(SESSION_COOKIE, opened.cookie)])


def _texts_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    due = access.own_texts_due(session)
    if not session.must_accept_texts:
        return go_to(_wanted(request))
    return show_form(
        request,
        "access/texts.html",
        error,
        LABELS,
        texts=[portal_texts().text(name) for name in due],
        ticked={name for name in TEXTS if request.value(f"accept_{name}")},
        volver=_wanted(request),
    )


def _wanted(request: PageRequest) -> str:
    return own_address(request.value("volver") or request.asked("volver"), otherwise="/casilla")
