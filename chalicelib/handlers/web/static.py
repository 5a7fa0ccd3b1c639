"""`/static/…`: styles and scripts, kept by browsers for ever since their address changes with them."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import NotFound
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.static_files import find_static_file


def show_static_file(_: PageRequest, name: str) -> Response:
    """Answer one file."""
    found = find_static_file(name)
    if found is None:
        raise NotFound("file_not_found", "Esta dirección no existe.")
    headers: dict[str, str | list[str]] = {
        "Content-Type": found.media_type,
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Response(found.text, headers=headers)
