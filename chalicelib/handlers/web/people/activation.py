"""`/activar/…`: what the link in the e-mail to a new user opens; its form chooses the first password (BOX-6)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.errors import CasillaError
from chalicelib.handlers.commands import people
from chalicelib.handlers.page import go_to, show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.labels import LABELS
from chalicelib.services.access.links import LinkExpired, LinkUnusable, open_link, show_link


def show_activation(request: PageRequest, link: str) -> Response:
    """Say whose mailbox it is and ask for a password; opening the link uses nothing up and sends nothing."""
    return _activation_page(request, link)


def activate_by_form(request: PageRequest, link: str) -> Response:
    """Set the password and open the way in."""
    try:
        username = people.activate(link, request.fields("new_password", "new_password_repeated"), origin=request.origin)
    except LinkExpired as error:
        return tell(request, "people/activation_renewed.html", status=410, detail=error.detail)
    except LinkUnusable:
        return tell(request, "people/activation_over.html", status=410)
    except CasillaError as error:
        return _activation_page(request, link, error)
    return tell(request, "people/activation_done.html", username=username)


def renew_activation(request: PageRequest, link: str) -> Response:
    """Send a new link for one that expired; one that is still good is all that is needed."""
    box = current()
    try:
        open_link(TokenKind.ACTIVATION_LINK, link, tools=access_tools(box), now=box.clock())
    except LinkExpired as error:
        return tell(request, "people/activation_renewed.html", detail=error.detail)
    except LinkUnusable:
        return tell(request, "people/activation_over.html", status=410)
    return go_to(f"/activar/{link}")


def _activation_page(request: PageRequest, link: str, error: CasillaError | None = None) -> Response:
    box = current()
    try:
        owner, is_in_time = show_link(TokenKind.ACTIVATION_LINK, link, tools=access_tools(box), now=box.clock())
    except LinkUnusable:
        return tell(request, "people/activation_over.html", status=410)
    if not is_in_time:
        return tell(request, "people/activation_expired.html", status=410, link=link)
    return show_form(
        request,
        "people/activation.html",
        error,
        LABELS,
        link=link,
        holder=owner.mailbox.holder.name,
        username=owner.account.username,
        is_principal=owner.user == owner.mailbox.principal,
    )
