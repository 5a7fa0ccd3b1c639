"""`/perfil/correo…`: another e-mail address, which proves itself by a code before it counts (BOX-7)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.domain.errors import CasillaError, InvalidInput, TooManyRequests, collect, refusal_of
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.commands.access import read_password
from chalicelib.handlers.commands.contact import read_email_typed_twice
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import LABELS
from chalicelib.services.people.change_email import NewEmail

EMAIL_PAGE = "/perfil/correo"
CODE_PAGE = f"{EMAIL_PAGE}/codigo"


def show_email(request: PageRequest, session: Session) -> Response:
    """Ask for the new address twice, and for the own password."""
    return _email_page(request, session)


def request_email_by_form(request: PageRequest, session: Session) -> Response:
    """Send a code to it."""
    fields, problems = request.fields("email", "email_again", "password"), list[InvalidInput]()
    email = collect(problems, lambda: read_email_typed_twice(fields), "")
    password = collect(problems, lambda: read_password(fields, "password"), "")
    if problems:
        return _email_page(request, session, refusal_of(problems))
    try:
        people.ask_for_email(NewEmail(email, password), session, origin=request.origin)
    except TooManyRequests as error:
        awaited = people.own_profile(session).new_email or ""
        is_sent = awaited.casefold() == email.casefold()  # by the same button, pressed twice
        return go_to(CODE_PAGE) if is_sent else _email_page(request, session, error)
    except CasillaError as error:
        return _email_page(request, session, error)
    return go_to(CODE_PAGE)


def show_email_code(request: PageRequest, session: Session) -> Response:
    """Ask for the code."""
    return _code_page(request, session)


def verify_email_by_code(request: PageRequest, session: Session) -> Response:
    """Have the new address wait for its time."""
    try:
        people.verify_email(request.fields("code"), session, origin=request.origin)
    except CasillaError as error:
        user = people.own_profile(session).user
        proven = {user.email, *([user.waiting.email] if user.waiting else [])}
        is_done = request.value("email") in proven  # by the same button, pressed twice
        return go_to("/perfil?hecho=correo") if is_done else _code_page(request, session, error)
    return go_to("/perfil?hecho=correo")


def resend_email_code(request: PageRequest, session: Session) -> Response:
    """Send another code to the same address."""
    try:
        shown = people.send_email_code_again(session)
    except CasillaError as error:
        return _code_page(request, session, error)
    return _code_page(request, session) if shown.new_email is None else go_to(f"{CODE_PAGE}?envio=hecho")


def _email_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    told = "El código venció o ya se usó. Escribe otra vez tu nuevo correo para recibir otro."
    return show_form(
        request,
        "people/profile_email.html",
        error,
        LABELS,
        email=people.own_profile(session).user.email,
        typed={name: request.value(name) for name in ("email", "email_again")},
        told=told if request.asked("codigo") == "vencido" else "",
        is_bad=True,
    )


def _code_page(request: PageRequest, session: Session, error: CasillaError | None = None) -> Response:
    """Without an address that awaits its code, the way begins anew."""
    shown = people.own_profile(session)
    if shown.new_email is None:
        return go_to(f"{EMAIL_PAGE}?codigo=vencido")
    told = "Enviamos otro código. Los anteriores ya no sirven." if request.asked("envio") else ""
    context: dict[str, Any] = {"email": shown.new_email, "until": shown.new_email_until, "told": told, "is_bad": False}
    context["is_spent"] = shown.is_code_spent
    return show_form(request, "people/profile_email_code.html", error, LABELS, **context)
