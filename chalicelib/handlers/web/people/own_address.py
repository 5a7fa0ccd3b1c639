"""`/perfil/avisos/…`: the own e-mail or mobile that alerts do not reach is verified by a code, or changed (ALR-4)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import CasillaError, NotFound, TooManyRequests
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import LABELS
from chalicelib.renderers.people.address_words import why_dead

_CHANNELS = {"correo": Channel.EMAIL, "celular": Channel.SMS}
_DONE = {Channel.EMAIL: "/perfil?hecho=correo-llega", Channel.SMS: "/perfil?hecho=celular-llega"}
_TOLD = {
    True: {
        "devuelto": "El código es correcto, pero después de enviarlo otro aviso volvió. Pide otro o cambia {what}.",
        "vencido": "El código venció o ya se usó. Pide otro.",
    },
    False: {"otro": "Enviamos otro código. Los anteriores ya no sirven."},
}
"""What was just done, by the address's parameter, where no code is awaited and where one is."""


def show_address(request: PageRequest, session: Session, channel: str) -> Response:
    """Say what fails, and send a code or ask for the one that was sent."""
    return _page(request, session, channel)


def send_or_verify_by_form(request: PageRequest, session: Session, channel: str) -> Response:
    """Send a code, or take the one that was typed."""
    return _verify(request, session, channel) if "code" in request.form else _send(request, session, channel)


def _send(request: PageRequest, session: Session, channel: str) -> Response:
    kind, address = _channel(channel), request.path
    try:
        people.send_address_code(session, kind)
    except TooManyRequests as error:
        is_twice = not request.value("again") and people.own_address(session, kind).code_until is not None
        return go_to(address) if is_twice else _page(request, session, channel, error)
    except CasillaError as error:
        return _page(request, session, channel, error)
    return go_to(f"{address}?codigo=otro" if request.value("again") else address)


def _verify(request: PageRequest, session: Session, channel: str) -> Response:
    kind = _channel(channel)
    try:
        own = people.verify_own_address(request.fields("code"), session, kind, origin=request.origin)
    except CasillaError as error:
        own = people.own_address(session, kind)
        is_over = own.health.is_dead and own.code_until is None
        return go_to(f"{request.path}?codigo=vencido") if is_over else _page(request, session, channel, error)
    return go_to(f"{request.path}?codigo=devuelto" if own.health.is_dead else _DONE[kind])


def _channel(name: str) -> Channel:
    if name not in _CHANNELS:
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    return _CHANNELS[name]


def _page(request: PageRequest, session: Session, channel: str, error: CasillaError | None = None) -> Response:
    """Show how it stands. Where it lives by now, as when the same code was typed in another tab, all is as wanted."""
    own = people.own_address(session, _channel(channel))
    if not own.health.is_dead:
        return go_to(_DONE[own.channel])
    is_bad = own.code_until is None
    told = _TOLD[is_bad].get(request.asked("codigo"), "").format(what=f"tu {channel}")
    return show_form(
        request,
        "people/own_address.html",
        error,
        LABELS,
        own=own,
        channel=channel,
        why=why_dead(own.health),
        told=told,
        is_bad=is_bad,
    )
