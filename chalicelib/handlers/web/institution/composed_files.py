"""`/entidad/redactar/{composition_id}/archivos`: files of a draft, how each was judged, and two ways to send one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.composition import attach_tools, composition_store
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.institution.composition import Composition
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.attached_file import FileState
from chalicelib.domain.upload.upload import MAX_ANNEXES, MAX_FILE_SIZE, MAX_INLINE_SIZE
from chalicelib.handlers.fault import sending_policy
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution.composition_fields import Reader, seen_version
from chalicelib.handlers.web.institution.composition_view import page_of_draft, shown_version
from chalicelib.handlers.web.institution.labels import COMPOSE_LABELS
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.renderers.institution.composition_words import file_in_words
from chalicelib.services.institution.attach_files import (
    SentFile,
    attach_file,
    await_file,
    form_of,
    look_at_files,
    remove_file,
)
from chalicelib.services.institution.compositions import find_composition

_FILES, _LARGE, _SEND = (
    "institution/compose_files.html",
    "institution/compose_large.html",
    "institution/compose_send.html",
)
_ROLES = ((FileRole.MAIN.value, "El documento que se notifica"), (FileRole.ANNEX.value, "Un anexo"))
_NONE = FormFile("", b"")
_TOLD = {
    "adjuntado": "El archivo llegó y se está revisando.",
    "quitado": "El archivo se quitó del borrador.",
    "enviado": "El archivo se envió y se está revisando.",
}


def show_files(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Show the files, and ask for one more.

    The store adds the object's key to the address it leads to, and with it the file's name: that is dropped.
    """
    composition = _find(staff, composition_id)
    if not composition.is_open:
        return go_to(page_of_draft(composition))
    if request.asked("key"):
        return go_to(f"{page_of_draft(composition)}/archivos?hecho=enviado")
    return _files_page(request, composition)


def attach_by_form(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Take a small file, without any script."""
    composition = _find(staff, composition_id)
    file = read_form(request.headers.get("content-type", ""), request.body).files.get("file", _NONE)
    try:
        attach_file(
            composition_id,
            staff.member,
            SentFile(_role(request), file.filename, file.content),
            seen_version=seen_version(request),
            tools=attach_tools(current()),
        )
    except NotFound:
        raise
    except CasillaError as error:
        return _files_page(request, composition, error)
    return go_to(f"{page_of_draft(composition)}/archivos?hecho=adjuntado{_back(request)}")


def show_large(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Ask what a larger file will be."""
    return _large_page(request, _find(staff, composition_id))


def await_by_form(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Leave a place for it, and lead to the form that sends it."""
    composition = _find(staff, composition_id)
    try:
        _, file = await_file(
            composition_id,
            staff.member,
            _role(request),
            seen_version=seen_version(request),
            tools=attach_tools(current()),
        )
    except NotFound:
        raise
    except CasillaError as error:
        return _large_page(request, composition, error)
    return go_to(f"{page_of_draft(composition)}/archivos/{file.upload_id}")


def show_sending(request: PageRequest, staff: SignedIn, composition_id: str, upload_id: str) -> Response:
    """Show the form that sends a file to the store, without a script, and comes back to the draft's files."""
    composition = _find(staff, composition_id)
    files = f"{page_of_draft(composition)}/archivos"
    file = next((one for one in composition.files if one.upload_id == upload_id), None)
    sending = None
    if file is not None and composition.is_open:
        leads_to = f"{current().portal_url}{files}?hecho=enviado"
        sending = form_of(composition, file, leads_to=leads_to, tools=attach_tools(current()))
    if sending is None:
        return go_to(files)
    response = show(request, _SEND, sending=sending, back=files, largest=MAX_FILE_SIZE)
    parts = urlsplit(sending.address)
    response.headers.update(sending_policy(f"{parts.scheme}://{parts.netloc}"))
    return response


def remove_by_form(request: PageRequest, staff: SignedIn, composition_id: str) -> Response:
    """Take a file out."""
    composition = _find(staff, composition_id)
    try:
        remove_file(
            composition_id,
            staff.member,
            request.value("upload_id"),
            seen_version=seen_version(request),
            tools=attach_tools(current()),
        )
    except NotFound:
        raise
    except CasillaError as error:
        return _files_page(request, composition, error)
    return go_to(f"{page_of_draft(composition)}/archivos?hecho=quitado{_back(request)}")


def _find(staff: SignedIn, composition_id: str) -> Composition:
    return find_composition(composition_id, staff.member, store=composition_store(current()))


def _role(request: PageRequest) -> FileRole:
    reader = Reader(request)
    role = reader.choice("role", {one.value: one for one in FileRole}, FileRole.ANNEX)
    reader.done()
    return role


def _back(request: PageRequest) -> str:
    return "&volver=depositar" if request.value("volver") == "depositar" else ""


def _files_page(request: PageRequest, composition: Composition, error: CasillaError | None = None) -> Response:
    standings = look_at_files(composition, tools=attach_tools(current()))
    is_back = "depositar" in {request.asked("volver"), request.value("volver")}
    own = page_of_draft(composition)
    shown: dict[str, Any] = {
        "draft": composition,
        "own": own,
        "files": [(one, file_in_words(one)) for one in standings],
        "is_waiting": any(one.state is FileState.WAITING for one in standings),
        "has_main": composition.main is not None,
        "left": MAX_ANNEXES - len(composition.annexes),
        "roles": _ROLES,
        "role": request.value("role") or (FileRole.ANNEX if composition.main else FileRole.MAIN).value,
        "largest": MAX_INLINE_SIZE,
        "version": shown_version(request, composition),
        "volver": "depositar" if is_back else "",
        "onward": f"{own}/depositar" if is_back else own,
        "told": _TOLD.get(request.asked("hecho"), ""),
        "is_bad": False,
    }
    at = f"{own}/archivos"
    return show_form(request, _FILES, error, COMPOSE_LABELS, at=at, **shown)


def _large_page(request: PageRequest, composition: Composition, error: CasillaError | None = None) -> Response:
    if not composition.is_open:
        return go_to(page_of_draft(composition))
    shown: dict[str, Any] = {
        "own": page_of_draft(composition),
        "roles": _ROLES,
        "role": request.value("role") or (FileRole.ANNEX if composition.main else FileRole.MAIN).value,
        "version": shown_version(request, composition),
    }
    return show_form(request, _LARGE, error, {"role": COMPOSE_LABELS["role"]}, **shown)
