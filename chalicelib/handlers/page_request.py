"""What a page is asked with: address, form, cookies, whose session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from chalice.app import Request

from chalicelib.domain.errors import Forbidden, InvalidInput
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.session import Session
from chalicelib.handlers.cookies import SESSION_COOKIE, STAFF_COOKIE, read_cookies
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.http import origin_of, raw_body, reached_at

_MOST_FIELDS = 200
DISPLACED = "sesion"
"""The parameter by which the page after a login says that an older session was closed."""
CORRECT, DONE = "corregir", "listo"
"""The parameters with the mark of what a form was answered: that it goes on, or was taken."""
BUTTONS = {
    "/salir": "/casilla",
    "/entidad/salir": "/entidad",
    "/entidad/borrador/descartar": "/entidad/borrador",
    "/entidad/redactar/{composition_id}/archivos/quitar": "/entidad/redactar/{composition_id}/archivos",
    "/ingresar/identidad": "/ingresar",
    "/registro/identidad": "/registro",
    "/borrador/descartar": "/borrador",
    "/casilla/exportar": "/casilla",
    "/casilla/{notice_id}/anexos": "/casilla/{notice_id}",
    "/casilla/{notice_id}/pruebas": "/casilla/{notice_id}",
    "/activar/{link}/otro": "/activar/{link}",
    "/recuperar/{link}/otro": "/recuperar/{link}",
    "/registro/correo/{registration_id}/reenviar": "/registro/correo/{registration_id}",
    "/verificar-correo/{token}/reenviar": "/verificar-correo/{token}",
    "/no-fui-yo/{token}/fui-yo": "/no-fui-yo/{token}",
    "/mis-datos/copia": "/mis-datos",
    "/mis-datos/solicitudes/{reference}/retirar": "/mis-datos/solicitudes/{reference}",
    "/perfil/accesos/cerrar": "/perfil",
    "/perfil/accesos/{session_id}/cerrar": "/perfil",
    "/perfil/correo/codigo/reenviar": "/perfil/correo/codigo",
    "/usuarios/{user_id}/habilitar": "/usuarios",
}
"""Where buttons send forms to, and the pages they stand on: whoever opens the former by hand is led to the latter."""
_REFUSED_FROM = 400
_OWN_ADDRESS = re.compile(r"/(?!/)[A-Za-z0-9/_.~%?=&+#-]{0,2000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What a form was answered, to be shown by the page that comes next (`kept_answer.py`).

    It belongs to the page of `template` alone: of another, which there is by then, it says nothing.
    """

    template: str
    status: int = 200
    errors: tuple[tuple[str, str], ...] = ()
    """Field and text of what is wrong."""
    code: str = ""
    """The refusal's own."""
    retry_after: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    """What the page shows beside its own."""
    is_whole: bool = False
    """Whether that is all that the page shows."""

    @property
    def is_refusal(self) -> bool:
        """Whether it refuses."""
        return self.status >= _REFUSED_FROM


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request of a browser. `route` is the address as the map has it; `origin` is the browser's network address.

    `session` is there where the door asks for one, and on a page that anybody may read, where there is one.
    """

    method: str
    route: str
    path: str
    query: Mapping[str, list[str]]
    form: Mapping[str, list[str]]
    """Of a form without files; one with files is in `body`, for its own page to read.

    A page that shows what a form was answered has what was typed into that one.
    """
    cookies: Mapping[str, str]
    headers: Mapping[str, str]
    origin: str
    session: Session | None = None
    staff: SignedIn | None = None
    """Who of the staff is inside, on the pages of the console."""
    csrf: str = ""
    """What forms of this session carry."""
    repeated: tuple[str, ...] = ()
    """Own cookies that came more than once, of which none counts."""
    body: bytes = b""
    answer: KeptAnswer | None = None
    """What a form was answered, where this page shows it."""
    reached_at: datetime | None = None
    """When it reached the service, where the gateway says so."""

    @property
    def is_inside(self) -> bool:
        """Whether somebody has a session here."""
        return self.session is not None or self.staff is not None

    @property
    def login_cookie(self) -> str:
        """Return the cookie of whoever is inside, or of the person's session that may have ended; empty without one."""
        return self.cookies.get(SESSION_COOKIE if self.staff is None else STAFF_COOKIE, "")

    @property
    def address(self) -> str:
        """Path and query, to come back to."""
        query = urlencode(self.query, doseq=True)
        return f"{self.path}?{query}" if query else self.path

    def value(self, name: str) -> str:
        """Return a form's field as typed; empty when it is not there."""
        return next(iter(self.form.get(name, ())), "")

    def fields(self, *names: str, captcha: bool = False, email_code: bool = False) -> Fields:
        """Return what was typed into the form's own fields, as the API would have got it; empty counts as not given.

        A captcha's text, or an e-mailed code, goes with the challenge that it answers.
        """
        given: dict[str, Any] = {name: self.value(name) or None for name in names}
        if email_code and self.value("code_id"):
            given["email_code"] = {"id": self.value("code_id"), "code": self.value("code") or None}
        elif captcha and self.value("captcha_id"):
            given["captcha"] = {"id": self.value("captcha_id"), "answer": self.value("captcha") or None}
        return Fields(given, is_form=True)

    def field_as_typed(self, name: str) -> Fields:
        """Return one field where empty says something, as the API would have got it."""
        return Fields({name: self.value(name)} if name in self.form else {}, is_form=True)

    def asked(self, name: str) -> str:
        """Return a parameter of the address; empty when it is not there."""
        return next(iter(self.query.get(name, ())), "")


def page_request(request: Request) -> PageRequest:
    """Read a request, but for what was sent by it."""
    event = request.to_original_event()
    cookies = read_cookies(request.headers.get("cookie", ""))
    return PageRequest(
        method=request.method,
        route=str(request.path),
        path=str(event.get("path") or request.context.get("path")),
        query=_query(request),
        form={},
        cookies=cookies.values,
        repeated=cookies.repeated,
        headers=request.headers,
        origin=origin_of(request),
        reached_at=reached_at(request),
    )


def with_form(page: PageRequest, request: Request) -> PageRequest:
    """Read what was sent where a form is taken.

    Raises:
        InvalidInput: `form_malformed`.

    """
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        return replace(page, body=raw_body(request))
    return replace(page, form=_form(request))


def check_same_origin(request: PageRequest, portal_url: str) -> None:
    """Take a form only from the portal's own pages: as the browser says it, by the newer or the older header.

    Raises:
        Forbidden: `form_from_elsewhere`.

    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        is_own = site == "same-origin"
    else:
        sent_from = request.headers.get("origin") or request.headers.get("referer", "")
        is_own = _host_of(sent_from) == _host_of(portal_url)
    if not is_own:
        detail = "El formulario no salió de esta página. Abre el portal escribiendo su dirección e inténtalo de nuevo."
        raise Forbidden("form_from_elsewhere", detail)


def with_typed(request: PageRequest, **typed: str) -> PageRequest:
    """Return a request whose form has more than was sent, to be kept with it."""
    return replace(request, form={**request.form, **{name: [text] for name, text in typed.items()}})


def page_of(request: PageRequest) -> str:
    """Return the address of the page that a form or button stands on, without parameters."""
    page = BUTTONS.get(request.route)
    if page is None:
        return request.path
    given = dict(zip(request.route.split("/"), request.path.split("/"), strict=False))
    return "/".join(quote(given[part], safe="") if part.startswith("{") else part for part in page.split("/"))


def own_address(address: str, *, otherwise: str) -> str:
    """Return an address of the portal to go on to; one that would lead elsewhere is replaced."""
    return address if _OWN_ADDRESS.fullmatch(address) else otherwise


def with_parameter(address: str, name: str, value: str) -> str:
    """Return an address of the portal with one more parameter, before its fragment."""
    before, mark, fragment = address.partition("#")
    return f"{before}{'&' if '?' in before else '?'}{urlencode({name: value})}{mark}{fragment}"


def _host_of(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme, parts.netloc


def _query(request: Request) -> dict[str, list[str]]:
    parameters = request.query_params
    return {} if parameters is None else {name: parameters.getlist(name) for name in parameters}


def _form(request: Request) -> dict[str, list[str]]:
    body = raw_body(request)
    if not body:
        return {}
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        detail = "El formulario llegó dañado. Vuelve a la página y envíalo otra vez."
        raise InvalidInput("form_malformed", detail) from None
