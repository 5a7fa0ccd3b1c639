"""`/…`: an address of one part that leads nowhere, as a mistyped one does; the gateway answers the deeper ones."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.domain.errors import NotFound
from chalicelib.handlers.http import PUBLIC
from chalicelib.handlers.web.page import page
from chalicelib.handlers.web.page_request import PageRequest

missing_pages = Blueprint(__name__)


@missing_pages.route("/{page}", methods=["GET"])
@page(missing_pages, access=PUBLIC)
def show_missing(_: PageRequest, **__: str) -> Response:
    """Say so on a page that leads back."""
    raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
