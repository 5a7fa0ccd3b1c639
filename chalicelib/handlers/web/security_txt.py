"""`/.well-known/security.txt`: whom to tell of a weakness (RFC 9116); no call to AWS."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.errors import NotFound
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.portal import security_txt


def show_security_txt(_: PageRequest) -> Response:
    """Answer the file, as long as somebody said within a year that the contact is read."""
    box = current()
    text = security_txt(box.portal_url, box.clock())
    if text is None:
        raise NotFound("file_not_found", "Esta dirección no existe.")
    return Response(text, headers={"Content-Type": "text/plain; charset=utf-8"})
