"""`/entidad` and `/plataforma`: where the staff begins."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.staff_page import CONSOLE_HOME, PLATFORM_HOME


def show_console(request: PageRequest, staff: SignedIn) -> Response:
    """Show an institution's people what they can do."""
    if staff.institution is None:
        return go_to(PLATFORM_HOME)
    return show(request, "institution/home.html")


def show_platform(request: PageRequest, staff: SignedIn) -> Response:
    """Show the same to who administers the platform."""
    if staff.institution is not None:
        return go_to(CONSOLE_HOME)
    return show(request, "institution/platform.html")
