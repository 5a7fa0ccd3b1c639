"""`/entidad/activar/{link}`: choose a password, enrol a device, get the recovery codes (ACC-8)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import staff_tools
from chalicelib.domain.access.credentials import LONGEST_TYPED
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.institution.one_time_code import seed_in_groups
from chalicelib.domain.institution.staff import PLATFORM
from chalicelib.handlers.page import show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.labels import STAFF_LABELS
from chalicelib.renderers.institution.device_picture import device_picture
from chalicelib.services.institution.send_staff_link import StaffLinkUnusable
from chalicelib.services.institution.set_up_access import set_up_access
from chalicelib.services.institution.set_up_access import show_set_up as what_link_asks

_PAGE, _OVER, _READY = "institution/set_up.html", "institution/set_up_over.html", "institution/set_up_ready.html"
_LONGEST = 200


def show_set_up(request: PageRequest, link: str) -> Response:
    """Ask for what the link asks for; one that does not count any more says so at once."""
    return _page(request, link)


def _page(request: PageRequest, link: str, error: CasillaError | None = None) -> Response:
    box = current()
    try:
        asked = what_link_asks(link, tools=staff_tools(box), now=box.clock())
    except StaffLinkUnusable as over:
        return tell(request, _OVER, status=404, detail=over.detail)
    shown: dict[str, Any] = {
        "member": asked.member,
        "has_password": asked.has_password,
        "picture": device_picture(asked.address) if asked.address else "",
        "address": asked.address or "",
        "seed": seed_in_groups(asked.seed) if asked.seed else "",
    }
    return show_form(request, _PAGE, error, STAFF_LABELS, **shown)


def set_up_by_form(request: PageRequest, link: str) -> Response:
    """Take password and code, and show the recovery codes once."""
    box = current()
    password, code = request.value("password"), request.value("code")
    try:
        if request.value("password_repeated") != password and "password_repeated" in request.form:
            detail = "Las dos contraseñas no son iguales. Escríbelas otra vez."
            raise InvalidInput("passwords_differ", detail, field="password_repeated")
        ready = set_up_access(
            link,
            password[:LONGEST_TYPED],
            code[:_LONGEST],
            origin=request.origin,
            tools=staff_tools(box),
            now=box.clock(),
        )
    except CasillaError as error:
        return _page(request, link, error)
    home = "/plataforma" if ready.member.institution_id == PLATFORM else "/entidad"
    return tell(request, _READY, username=ready.member.username, codes=list(ready.recovery_codes), home=home)
