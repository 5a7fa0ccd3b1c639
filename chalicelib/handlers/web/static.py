"""`/static/…`: styles and scripts, kept by browsers for ever since their address changes with them."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.domain.errors import NotFound
from chalicelib.handlers.http import PUBLIC
from chalicelib.handlers.page import page
from chalicelib.handlers.page_request import PageRequest

static = Blueprint(__name__)


@static.route("/static/{name}", methods=["GET"])
@page(static, access=PUBLIC)
def show_static_file(_: PageRequest, name: str) -> Response:
    """Answer one file."""
    from chalicelib.renderers.static_files import find_static_file

    found = find_static_file(name)
    if found is None:
        raise NotFound("file_not_found", "Esta dirección no existe.")
    headers: dict[str, str | list[str]] = {
        "Content-Type": found.media_type,
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Response(found.text, headers=headers)
