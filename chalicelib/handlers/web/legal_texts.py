"""`/terminos`, `/privacidad`: what people agree to, in every version."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import NotFound
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.portal_texts import portal_texts


def show_terms(request: PageRequest) -> Response:
    """Show the terms in force, or in a version that somebody agreed to."""
    return _legal_text_page(request, "terms", "/terminos")


def show_privacy(request: PageRequest) -> Response:
    """Show the privacy policy in force, or in a version that somebody agreed to."""
    return _legal_text_page(request, "privacy", "/privacidad")


def _legal_text_page(request: PageRequest, name: str, address: str) -> Response:
    try:
        text = portal_texts().text(name, request.asked("version") or None)
    except LookupError:
        raise NotFound("text_not_found", "Esa versión del texto no existe.") from None
    others = [one for (of, version), one in portal_texts().texts.items() if of == name and version != text.version]
    return show(
        request,
        "legal_text.html",
        text=text,
        address=address,
        current_version=portal_texts().current[name],
        versions=sorted(others, key=lambda one: one.since, reverse=True),
    )
