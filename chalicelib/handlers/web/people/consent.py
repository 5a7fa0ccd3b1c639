"""`/perfil/consentimiento`: the principal revokes the consent to be notified here for the future, or gives it again."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import before_texts
from chalicelib.handlers.commands import people
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import LABELS

CONSENT_PAGE = "/perfil/consentimiento"
_TOLD = {
    "retirado": "Retiraste tu autorización. Te lo confirmamos por correo.",
    "autorizado": "Tu casilla vuelve a recibir notificaciones. Te lo confirmamos por correo.",
}
_UNTICKED = "Marca que entiendes lo que pasa para continuar."


@before_texts
def show_consent(request: PageRequest, session: Session) -> Response:
    """Say how it stands, and what revoking or giving it does."""
    return _consent_page(request, session)


@before_texts
def change_by_form(request: PageRequest, session: Session) -> Response:
    """Revoke or give it, once what follows was understood."""
    is_given = request.value("step") == "autorizar"
    try:
        if not request.value("understood"):
            raise InvalidInput("consent_not_understood", _UNTICKED, field="understood")
        people.set_consent(session, is_given=is_given, origin=request.origin)
    except CasillaError as error:
        return _consent_page(request, session, error)
    return go_to(f"{CONSENT_PAGE}?hecho={'autorizado' if is_given else 'retirado'}")


def _consent_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    shown = people.shown_consent(session)
    what = request.asked("hecho")
    is_so = shown.mailbox.has_consent == (what == "autorizado")
    told = _TOLD.get(what, "") if is_so else ""
    return show_form(request, "people/consent.html", error, LABELS, shown=shown, told=told, is_bad=False)
