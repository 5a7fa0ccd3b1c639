"""The pages of a filing's steps: what is asked, the checklist, the files as they stand, in whose name it is filed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import draft_tools, procedure_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.filing_draft import LONGEST_SUBJECT, FilePart, FilingDraft, draft_not_found
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.upload.attached_file import FileState
from chalicelib.domain.upload.upload import MAX_ANNEXES, MAX_INLINE_SIZE
from chalicelib.handlers.page import show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.draft_view import CHECK, frame_of, page_of_draft, shown_version
from chalicelib.handlers.web.filing.labels import FILE_LABELS
from chalicelib.handlers.web.labels import DOCUMENT_TYPES
from chalicelib.renderers.filing.draft_words import tell_files
from chalicelib.renderers.filing.photo_words import tell_photos
from chalicelib.services.filing.filing_drafts import look_at_draft_files

_TEMPLATES = {
    "pedido": "filing/draft_subject.html",
    "documento": "filing/draft_document.html",
    "anexos": "filing/draft_annexes.html",
    "representado": "filing/draft_represented.html",
}
_OF_STEP = {
    "pedido": None,
    "documento": FilePart.DOCUMENT,
    "anexos": FilePart.ANNEX,
    "representado": FilePart.REPRESENTATION,
}
_TOLD = {
    "adjuntado": "El archivo llegó y se está revisando.",
    "enviado": "El archivo se envió y se está revisando.",
    "quitado": "El archivo se quitó.",
    "guardado": "Guardado. Falta adjuntar el documento que acredita la representación.",
}


def step_page(request: PageRequest, draft: FilingDraft, step: str, error: CasillaError | None = None) -> Response:
    """Show a step, with what was wrong of what was sent, if anything."""
    frame = frame_of(draft, step, request)
    shown: dict[str, Any] = {
        "draft": draft,
        "frame": frame,
        "own": page_of_draft(draft),
        "step_name": step,
        "version": shown_version(request, draft),
        "volver": CHECK if frame.comes_back else "",
        "told": _TOLD.get(request.asked("hecho"), ""),
        "is_bad": False,
        **_shown(request, draft, step),
    }
    return show_form(request, _TEMPLATES[step], error, FILE_LABELS, at=page_of_draft(draft, step), **shown)


def _shown(request: PageRequest, draft: FilingDraft, step: str) -> dict[str, Any]:
    part = _OF_STEP[step]
    if part is None:
        return _asked(request, draft)
    files = _files(draft, part)
    shown = {**files, "part": part.value, "largest": MAX_INLINE_SIZE, "most": MAX_ANNEXES}
    if step == "documento":
        procedure = _procedure(draft)
        return {**shown, "procedure": procedure, "forms_at": _forms_at(draft)}
    if step == "anexos":
        return {**shown, "left": MAX_ANNEXES - len(draft.annexes), "has_joins": bool(draft.joins)}
    return {**shown, **_represented(request, draft)}


def _asked(request: PageRequest, draft: FilingDraft) -> dict[str, Any]:
    is_typed = "subject" in request.form
    ticked = request.form.get("tick", []) if is_typed else [str(one) for one in draft.ticks]
    procedure = _procedure(draft)
    return {
        "procedure": procedure,
        "subject": request.value("subject") if is_typed else draft.subject,
        "requirements": [(place, one, str(place) in ticked) for place, one in enumerate(procedure.requirements)],
        "longest": LONGEST_SUBJECT,
    }


def _represented(request: PageRequest, draft: FilingDraft) -> dict[str, Any]:
    one, is_typed = draft.represented, "on_behalf" in request.form or "document_type" in request.form
    kept = "otro" if one is not None else "mio"
    return {
        "on_behalf": request.value("on_behalf") if is_typed else kept,
        "document_types": tuple(DOCUMENT_TYPES.items()),
        "document_type": request.value("document_type") if is_typed else (one.document_type.value if one else "DNI"),
        "document_number": request.value("document_number") if is_typed else (one.document_number if one else ""),
        "name": request.value("name") if is_typed else (one.name if one else ""),
    }


def _files(draft: FilingDraft, part: FilePart) -> dict[str, Any]:
    standings = look_at_draft_files(draft, tools=draft_tools(current()))
    files = [(of, one) for (of, _), one in zip(draft.parts, standings, strict=True) if of is part]
    return {
        "files": tell_files(files, frozenset({part})),
        "photos": len(tell_photos(draft, standings)),
        "is_waiting": any(one.state is FileState.WAITING for _, one in files),
    }


def _procedure(draft: FilingDraft) -> Procedure:
    found = procedure_store(current()).find_shown(
        draft.institution_id, draft.procedure.procedure_id, draft.procedure.version
    )
    if found is None:
        raise draft_not_found()
    return found.asked


def _forms_at(draft: FilingDraft) -> str:
    one = draft.procedure
    return f"/tramites/{quote(draft.institution_id, safe='')}/{one.procedure_id}?version={one.version}&formulario="
