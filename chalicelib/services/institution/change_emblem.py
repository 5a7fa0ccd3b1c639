"""Give an institution an emblem: a small PNG, inspected like every file, kept under its hash."""

from __future__ import annotations

import hashlib
import io
from functools import partial

from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.sender.institution_changes import InstitutionDecision, set_emblem
from chalicelib.services.sender.change_institution import change_institution
from chalicelib.services.sender.institution_tools import InstitutionTools, read_institution
from chalicelib.services.upload.inspect_image import inspect_png
from chalicelib.services.upload.png_data import read_header
from chalicelib.store.institution.emblem_store import Emblem, EmblemStore

LARGEST_EMBLEM = 64 * 1024
"""Bytes."""
EMBLEM_POINTS = range(48, 513)
"""How many points each side may have; pages show 48."""


def read_emblem(content: bytes) -> Emblem:
    """Return an emblem, inspected.

    Raises:
        InvalidInput: `field_empty`, `emblem_too_large`, `emblem_size_wrong`, or as `inspect_png`, whose words are kept.

    """
    if not content:
        raise InvalidInput("field_empty", "Elija la imagen del emblema.", field="emblem")
    if len(content) > LARGEST_EMBLEM:
        detail = f"La imagen pesa más de {LARGEST_EMBLEM // 1024} KB. Redúcela y envíala de nuevo."
        raise InvalidInput("emblem_too_large", detail, field="emblem")
    try:
        inspect_png(io.BytesIO(content))
    except CasillaError as error:
        raise InvalidInput(error.code, error.detail, field="emblem") from error
    header = read_header(io.BytesIO(content))
    if header.width not in EMBLEM_POINTS or header.height not in EMBLEM_POINTS:
        detail = (
            f"La imagen mide {header.width} por {header.height} puntos. Cada lado va de {EMBLEM_POINTS.start} a"
            f" {EMBLEM_POINTS.stop - 1}."
        )
        raise InvalidInput("emblem_size_wrong", detail, field="emblem")
    return Emblem(hashlib.sha256(content).hexdigest(), content, header.width, header.height)


def change_emblem(
    institution_id: str, content: bytes | None, tools: InstitutionTools, emblems: EmblemStore
) -> InstitutionDecision:
    """Show another emblem, or the portal's where there is none any more. It is kept before it is named.

    Raises:
        NotFound: `institution_unknown`.
        InvalidInput: as `read_emblem`.
        Conflict: `institution_changed`.

    """
    emblem = None if content is None else read_emblem(content)
    if emblem is not None:
        emblems.put(read_institution(institution_id, tools.institutions).institution_id, emblem)
    decide = partial(set_emblem, emblem=None if emblem is None else emblem.sha256)
    return change_institution(institution_id, decide, tools)
