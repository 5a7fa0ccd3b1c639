"""What anybody may see of an institution: how to reach it (BOX-2), and its emblem."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import emblem_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.errors import NotFound
from chalicelib.domain.sender.setting_words import hours_words
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.institution.emblem_picture import emblem_picture

_EMBLEM = re.compile(r"([0-9a-f]{64})\.svg")


def show_contacts(request: PageRequest, institution_id: str) -> Response:
    """Say where an institution answers, by subject."""
    institution = institution_store(current()).find(institution_id)
    if institution is None:
        raise NotFound("institution_unknown", "Aquí no hay esa entidad. Revisa si la dirección está bien escrita.")
    hours = "" if institution.opens_at is None else hours_words(institution)
    return show(request, "institution/contacts.html", institution=institution, hours=hours)


def show_emblem(_: PageRequest, institution_id: str, name: str) -> Response:
    """Answer an emblem, kept by browsers for ever since its address changes with it; nothing in it may load or run."""
    asked = _EMBLEM.fullmatch(name)
    found = emblem_store(current()).find(institution_id, asked[1]) if asked else None
    if found is None:
        raise NotFound("file_not_found", "Esta dirección no existe.")
    headers: dict[str, str | list[str]] = {
        "Content-Type": "image/svg+xml; charset=utf-8",
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; img-src data:; frame-ancestors 'none'",
    }
    return Response(emblem_picture(found.png, found.width, found.height), headers=headers)
