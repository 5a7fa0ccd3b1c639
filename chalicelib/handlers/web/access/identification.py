"""`/ingresar/identidad…`: have an identity provider say who one is, see what it said, and get in by a button (ACC-1).

The answer comes by GET, as the provider sends browsers. It opens nothing: it only leads to a page that says whom the
provider authenticated, which on a shared computer may be somebody else.
"""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Response

from chalicelib.domain.access import known_device
from chalicelib.domain.access.authenticated_person import IdentityRefused
from chalicelib.domain.errors import CasillaError, TooManyRequests, Unavailable
from chalicelib.handlers.commands import identification
from chalicelib.handlers.cookies import (
    DEVICE_COOKIE,
    IDENTITY_COOKIE,
    SESSION_COOKIE,
    cookie,
    lasting_cookie,
    no_cookie,
)
from chalicelib.handlers.http import log_refusal, status_of
from chalicelib.handlers.page import answer_form, go_to, show
from chalicelib.handlers.page_request import KeptAnswer, PageRequest, own_address
from chalicelib.handlers.web.access.entrance import go_in
from chalicelib.handlers.web.access.provider_way import provider_way
from chalicelib.services.access.identify_person import ProviderAnswer

ENTRIES_PAGE = "/ingresar/identidad/casillas"
_REFUSED = "access/identification_refused.html"
_HEADINGS = {
    "identity_cancelled": "No terminaste de identificarte",
    "identity_not_begun": "Este paso ya no sirve",
    "identity_level_low": "Falta una forma más segura",
    "identity_no_access": "No tienes acceso a esa casilla",
    "mailbox_frozen": "Esta casilla está congelada",
    "account_disabled": "Tu acceso está deshabilitado",
    "account_not_activated": "Todavía no activaste tu acceso",
    "temporary_password_expired": "Tu contraseña temporal venció",
}


def begin_by_button(request: PageRequest) -> Response:
    """Send the browser to the provider."""
    back = own_address(request.value("volver"), otherwise="")
    begun = identification.begin(back)
    return go_to(begun.address, cookies=[cookie(IDENTITY_COOKIE, begun.sealed)])


def take_answer(request: PageRequest) -> Response:
    """Take what the provider sent the browser back with."""
    answer = ProviderAnswer(
        code=_once(request, "code"),
        state=_once(request, "state"),
        issuer=_once(request, "iss"),
        error=_once(request, "error"),
    )
    try:
        sealed = identification.take(answer, request.cookies.get(IDENTITY_COOKIE, ""), origin=request.origin)
    except (IdentityRefused, TooManyRequests, Unavailable) as error:
        return _refused(request, error)
    return go_to(ENTRIES_PAGE, cookies=[cookie(IDENTITY_COOKIE, sealed)])


def show_entries(request: PageRequest) -> Response:
    """Say whom the provider authenticated, and which mailboxes are open to them; or why its button opened none."""
    if request.answer is not None:
        return _refused_page(request)
    try:
        who = identification.identified(request.cookies.get(IDENTITY_COOKIE, ""))
        entries = identification.entries_of(who)
    except IdentityRefused as error:
        return _refused(request, error)
    response = show(
        request,
        "access/identified.html",
        person=who.person,
        entries=entries,
        back=who.back,
        provider=provider_way(),
    )
    return _with_way(response)


def enter_by_button(request: PageRequest) -> Response:
    """Open a session."""
    try:
        who = identification.identified(request.cookies.get(IDENTITY_COOKIE, ""))
        entered = identification.enter_as(
            who,
            request.fields("username"),
            origin=request.origin,
            former=request.cookies.get(SESSION_COOKIE, ""),
            device=request.cookies.get(DEVICE_COOKIE, ""),
        )
    except CasillaError as error:
        return _refused(request, error)
    known = lasting_cookie(DEVICE_COOKIE, entered.device, int(known_device.LIFETIME.total_seconds()))
    over = no_cookie(IDENTITY_COOKIE)
    return go_in(entered.opened, who.back, known, over, has_displaced=entered.displaced.count > 0)


def _once(request: PageRequest, name: str) -> str:
    """Return a parameter; one that came more than once is none (RFC 6749, 3.1)."""
    values = request.query.get(name, [])
    return values[0] if len(values) == 1 else ""


def _refused(request: PageRequest, error: CasillaError) -> Response:
    """Say what did not work, with every other way in beside it."""
    if error.code == "page_not_found":
        raise error
    log_refusal(error)
    told = {"heading": _HEADINGS.get(error.code, "No pudimos confirmar quién eres"), "detail": error.detail}
    status = status_of(error)[0]
    kept = KeptAnswer(template=_REFUSED, status=status, retry_after=error.retry_after, context=told)
    if request.method == "POST":
        return answer_form(request, kept, provider=provider_way())
    return _refused_page(replace(request, answer=kept))


def _refused_page(request: PageRequest) -> Response:
    return _with_way(show(request, _REFUSED, provider=provider_way()))


def _with_way(response: Response) -> Response:
    way = provider_way()
    response.headers.update(way.headers if way else {})
    return response
