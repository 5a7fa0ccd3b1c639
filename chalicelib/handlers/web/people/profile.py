"""`/perfil…`: own data, mobile, texts accepted, recent accesses (BOX-7, ACC-7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.mailbox import AcceptedText, Channel
from chalicelib.domain.mailbox.channels import registered_channels
from chalicelib.domain.mailbox.failing import failing_for
from chalicelib.domain.people.last_mobile import has_last_mobile
from chalicelib.domain.session import Access, Session
from chalicelib.handlers.commands import access, people
from chalicelib.handlers.cookies import SESSION_COOKIE, cookie
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import DOCUMENT_TYPES, LABELS
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.services.people.profile import Profile
from chalicelib.services.together import together

PROFILE_PAGE = "/perfil"
_TOLD = {
    "correo": "Verificaste tu nuevo correo. Abajo dice desde cuándo vale.",
    "celular": "Guardamos tu celular.",
    "correo-llega": "Listo: que sepamos, los avisos llegan a tu correo. Revisa en tu casilla si hay notificaciones"
    " que no viste.",
    "celular-llega": "Listo: que sepamos, los avisos llegan a tu celular. Revisa en tu casilla si hay notificaciones"
    " que no viste.",
    "sin-celular": "Quitamos tu celular. Desde ahora tus avisos llegan solo por correo. La casilla conserva el celular"
    " de otro usuario, al que siguen llegando sus mensajes de texto.",
    "cerrada": "Esa sesión está cerrada.",
    "cerradas": "Cerramos tus demás sesiones. Solo queda abierta la de este equipo.",
}
"""What was just done, by the address's parameter."""
_TEXT_PAGES = {"terms": "/terminos", "privacy": "/privacidad"}


def show_own_profile(request: PageRequest, session: Session) -> Response:
    """Show the own data and where one is logged in."""
    profiles: list[Profile] = []
    accesses: list[Access] = []
    together(
        [
            lambda: profiles.append(people.own_profile(session)),
            lambda: accesses.extend(access.own_accesses(session)),
        ]
    )
    reach = current().sms_reach
    has_mobile = Channel.SMS in registered_channels(profiles[0].mailbox, reach)
    failing = failing_for(profiles[0].mailbox, session.user_id, reach)
    dead = {one.channel for one in failing.own}
    what = request.asked("hecho")
    is_so = {
        "celular": bool(profiles[0].user.mobile),
        "sin-celular": has_mobile and not profiles[0].user.mobile,
        "correo-llega": Channel.EMAIL not in dead,
        "celular-llega": bool(profiles[0].user.mobile) and Channel.SMS not in dead,
    }
    context: dict[str, Any] = {
        "profile": profiles[0],
        "has_mobile": has_mobile,
        "failing": failing,
        "gets_sms": reach.reaches(profiles[0].user.mobile),
        "document_types": DOCUMENT_TYPES,
        "accepted": _accepted(profiles[0].accepted),
        "accesses": accesses,
        "told": _TOLD.get(what, "") if is_so.get(what, True) else "",
        "is_bad": False,
    }
    return show(request, "people/profile.html", **context)


def show_mobile(request: PageRequest, session: Session) -> Response:
    """Ask for the mobile."""
    return _mobile_page(request, session)


def change_mobile_by_form(request: PageRequest, session: Session) -> Response:
    """Change it, or take it away where that was ticked; an empty field by itself is a mistake."""
    removes = bool(request.value("remove"))
    try:
        people.set_mobile(request.fields("mobile", "remove"), session, origin=request.origin)
    except CasillaError as error:
        return _mobile_page(request, session, error)
    return _done("sin-celular" if removes else "celular")


def end_access_by_button(request: PageRequest, session: Session, session_id: str) -> Response:
    """End a session of one's own; one that had ended already is as wanted."""
    access.end_own_session(session, session_id, origin=request.origin)
    return _done("cerrada")


def end_other_accesses_by_button(request: PageRequest, session: Session) -> Response:
    """End every session but this, which goes on with a new cookie."""
    opened = access.end_others(session, origin=request.origin)
    return _done("cerradas", [cookie(SESSION_COOKIE, opened.cookie)])


def _mobile_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    shown = people.own_profile(session)
    is_last = has_last_mobile(shown.mailbox, shown.user, current().sms_reach)
    return show_form(
        request,
        "people/profile_mobile.html",
        error,
        LABELS,
        mobile=request.value("mobile") if request.form else (shown.user.mobile or "").removeprefix("+51"),
        removes=bool(request.value("remove")),
        is_last=is_last,
        can_remove=bool(shown.user.mobile) and not is_last,
    )


def _done(what: str, cookies: Iterable[str] = ()) -> Response:
    return go_to(f"{PROFILE_PAGE}?hecho={what}", cookies=cookies)


def _accepted(texts: tuple[AcceptedText, ...]) -> list[dict[str, Any]]:
    """Return what each text was called when it was accepted, where that version is read, and if it is in force."""
    published, current_versions = portal_texts().texts, portal_texts().current
    return [
        {
            "title": published[one.text, one.version].title,
            "address": f"{_TEXT_PAGES[one.text]}?version={one.version}",
            "version": one.version,
            "is_current": current_versions[one.text] == one.version,
            "at": one.accepted_at,
        }
        for one in texts
        if (one.text, one.version) in published and one.text in _TEXT_PAGES
    ]
