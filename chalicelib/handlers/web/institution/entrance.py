"""`/entidad/ingresar`, `/plataforma/ingresar`, `/entidad/confirmar`, `/entidad/salir`: the staff's ways in and out."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import staff_tools
from chalicelib.domain.access import known_device
from chalicelib.domain.access.credentials import LONGEST_TYPED, CaptchaAnswer
from chalicelib.domain.access.known_device import with_device
from chalicelib.domain.errors import CasillaError, InvalidInput, collect, refusal_of
from chalicelib.domain.institution.staff import PLATFORM
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.typed import plain
from chalicelib.handlers.cookies import (
    ANSWER_COOKIE,
    DEVICE_COOKIE,
    FORGET_PAGES,
    STAFF_COOKIE,
    cookie,
    lasting_cookie,
    no_cookie,
)
from chalicelib.handlers.log import this_visit
from chalicelib.handlers.page import go_to, show_form, tell
from chalicelib.handlers.page_request import PageRequest, own_address
from chalicelib.handlers.web.access.captcha import captcha_asked
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.handlers.web.institution.staff_page import CONSOLE_HOME, PLATFORM_HOME, signed_in
from chalicelib.handlers.web.labels import CHANGE_LABELS
from chalicelib.services.institution.log_in import StaffAttempt, log_in_staff
from chalicelib.services.institution.staff_sessions import (
    change_own_password,
    log_out_staff,
    prove_again,
    renew_recovery_codes,
)

_LOGIN, _CONFIRMATION = "institution/login.html", "institution/confirmation.html"
_RECOVERY, _CODES = "institution/recovery.html", "institution/recovery_codes.html"
_PASSWORD = "institution/password.html"  # noqa: S105 - a page
_LONGEST = 200


def show_login(request: PageRequest) -> Response:
    """Ask for username, password and code; whoever is inside goes on."""
    if request.answer is None and signed_in(request) is not None:
        return go_to(_wanted(request))
    return _login_page(request)


def log_in_by_form(request: PageRequest) -> Response:
    """Log in."""
    box = current()
    try:
        attempt = _read_attempt(request)
        this_visit().user = attempt.username
        opened = log_in_staff(attempt, tools=staff_tools(box), now=box.clock())
    except CasillaError as error:
        return _login_page(request, error)
    device = with_device(staff_tools(box).pepper, attempt.device, attempt.username, box.chance.new_token(), box.clock())
    known = lasting_cookie(DEVICE_COOKIE, device, int(known_device.LIFETIME.total_seconds()))
    return go_to(_wanted(request), cookies=[cookie(STAFF_COOKIE, opened.cookie), known])


def show_confirmation(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that somebody is inside
    """Ask for a code again, before something final."""
    return _confirmation_page(request)


def confirm_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Go on with what was wanted."""
    box = current()
    try:
        opened = prove_again(
            staff, request.value("code")[:_LONGEST], origin=request.origin, tools=staff_tools(box), now=box.clock()
        )
    except CasillaError as error:
        return _confirmation_page(request, error)
    return go_to(_wanted(request), cookies=[cookie(STAFF_COOKIE, opened.cookie)])


def show_password(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that somebody is inside
    """Ask for another password."""
    return show_form(request, _PASSWORD, None, CHANGE_LABELS)


def change_password_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Take it, and end all other sessions."""
    box, new = current(), request.value("new_password")
    try:
        if new != request.value("new_password_repeated"):
            detail = "Las dos contraseñas nuevas no son iguales. Escríbelas otra vez."
            raise InvalidInput("passwords_differ", detail, field="new_password_repeated")
        opened = change_own_password(
            staff,
            request.value("old_password")[:LONGEST_TYPED],
            new[:LONGEST_TYPED],
            request.value("code")[:_LONGEST],
            origin=request.origin,
            tools=staff_tools(box),
            now=box.clock(),
        )
    except CasillaError as error:
        return show_form(request, _PASSWORD, error, CHANGE_LABELS)
    return go_to(_wanted(request), cookies=[cookie(STAFF_COOKIE, opened.cookie)])


def show_recovery(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that somebody is inside
    """Ask for a code, to make new recovery codes."""
    return show_form(request, _RECOVERY, None, STAFF_LABELS)


def renew_recovery_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Make ten new recovery codes and show them once."""
    box = current()
    try:
        opened, codes = renew_recovery_codes(
            staff, request.value("code")[:_LONGEST], origin=request.origin, tools=staff_tools(box), now=box.clock()
        )
    except CasillaError as error:
        return show_form(request, _RECOVERY, error, STAFF_LABELS)
    return tell(request, _CODES, cookies=[cookie(STAFF_COOKIE, opened.cookie)], codes=list(codes))


def log_out_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """End the session."""
    box = current()
    log_out_staff(staff, origin=request.origin, tools=staff_tools(box), now=box.clock())
    home = PLATFORM_HOME if staff.institution is None else CONSOLE_HOME
    response = go_to(f"{home}/ingresar?salida=si", cookies=[no_cookie(STAFF_COOKIE), no_cookie(ANSWER_COOKIE)])
    response.headers.update(FORGET_PAGES)
    return response


def _read_attempt(request: PageRequest) -> StaffAttempt:
    problems: list[InvalidInput] = []
    typed = "".join(plain(request.value("username")).split())
    number, _, institution_id = typed.partition("@")
    if not institution_id and request.path.startswith(PLATFORM_HOME):
        institution_id = PLATFORM
    password = request.value("password")
    for field, given in (("username", typed), ("password", password), ("code", request.value("code"))):
        collect(problems, lambda field=field, given=given: _require(field, given), None)  # type: ignore[misc]
    if typed and not institution_id:
        detail = "Escribe tu usuario completo: tu número, la arroba y tu entidad, como 40000077@muni-villa-ejemplo."
        problems.append(InvalidInput("username_incomplete", detail, field="username"))
    if problems:
        raise refusal_of(problems)
    captcha_id = request.value("captcha_id")
    return StaffAttempt(
        institution_id.lower(),
        number.upper(),
        password,
        request.value("code"),
        request.origin,
        request.cookies.get(DEVICE_COOKIE, ""),
        CaptchaAnswer(captcha_id, request.value("captcha")) if captcha_id else None,
    )


def _require(field: str, given: str) -> None:
    if not given:
        raise InvalidInput("field_empty", f"Completa «{STAFF_LABELS[field]}».", field=field)
    if len(given) > LONGEST_TYPED:
        raise InvalidInput("field_too_long", f"«{STAFF_LABELS[field]}» es demasiado largo.", field=field)


def _wanted(request: PageRequest) -> str:
    home = PLATFORM_HOME if request.path.startswith(PLATFORM_HOME) else CONSOLE_HOME
    return own_address(request.value("volver") or request.asked("volver"), otherwise=home)


def _login_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    values: dict[str, Any] = {
        "username": request.value("username"),
        "volver": own_address(request.value("volver") or request.asked("volver"), otherwise=""),
        "has_left": bool(request.asked("salida")),
        "has_ended": bool(request.asked("vencida")),
        "is_platform": request.path.startswith(PLATFORM_HOME),
        "captcha": captcha_asked(request, error),
        "address": request.path,
    }
    return show_form(request, _LOGIN, error, STAFF_LABELS, **values)


def _confirmation_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    back = own_address(request.value("volver") or request.asked("volver"), otherwise=CONSOLE_HOME)
    return show_form(request, _CONFIRMATION, error, STAFF_LABELS, volver=back)
