"""`/presentar/{draft_id}/fotos`: photos of a draft are chosen, put in order and joined into one PDF; and put back."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import draft_tools, join_tools
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.filing.joined_photos import LONGEST_NAME, NAME
from chalicelib.domain.session import Session
from chalicelib.domain.typed import tidy
from chalicelib.domain.upload.upload import MAX_ANNEXES
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.draft_view import (
    CHECK,
    closed_page,
    own_draft,
    page_of_draft,
    seen_version,
    shown_version,
)
from chalicelib.handlers.web.filing.labels import PHOTO_LABELS
from chalicelib.renderers.filing.photo_words import awaited_photos, tell_joins, tell_photos
from chalicelib.renderers.printable import check_printable
from chalicelib.services.filing.filing_drafts import look_at_draft_files
from chalicelib.services.filing.join_photos import ask_again, ask_to_join, put_photos_back

STEP, ONE = "fotos", "foto"
PUT_BACK, AGAIN = "deshacer", "otra-vez"
_PAGE = "filing/draft_photos.html"
_LINK_LIVES_S = 300
_TOLD = {
    "juntando": "Las fotos se están juntando en un PDF. Suele tardar menos de un minuto.",
    "sueltas": "Las fotos quedaron otra vez sueltas en los anexos.",
}


def photos_page(request: PageRequest, draft: FilingDraft, error: CasillaError | None = None) -> Response:
    """Show the photos that can be joined, as they were ordered in what was sent, and the PDFs that were asked for."""
    standings = look_at_draft_files(draft, tools=draft_tools(current()))
    photos = tell_photos(draft, standings)
    is_typed = any(_field(photo.upload_id) in request.form for photo in photos)
    places = {
        photo.upload_id: request.value(_field(photo.upload_id)) if is_typed else str(place)
        for place, photo in enumerate(photos, 1)
    }
    joins = tell_joins(draft, standings, current().clock())
    is_waiting = any(one.is_waiting for one in joins)
    done = request.asked("hecho")
    shown: dict[str, Any] = {
        "draft": draft,
        "own": page_of_draft(draft),
        "back": f"{page_of_draft(draft, 'anexos')}{_back(request)}",
        "version": shown_version(request, draft),
        "volver": CHECK if _back(request) else "",
        "photos": photos,
        "places": places,
        "options": (("", "No juntar"), *((str(page), f"Hoja {page}") for page in range(1, len(photos) + 1))),
        "waiting": awaited_photos(standings),
        "joins": joins,
        "is_waiting": is_waiting,
        "name": request.value("name") if is_typed else NAME,
        "told": _TOLD.get(done, "") if is_waiting or done != "juntando" else "",
        "is_bad": False,
    }
    labels = {**PHOTO_LABELS, **{_field(annex.upload_id): annex.filename for annex in draft.annexes}}
    return show_form(request, _PAGE, error, labels, at=page_of_draft(draft, STEP), **shown)


def lead_to_photo(request: PageRequest, session: Session, draft: FilingDraft) -> Response:  # noqa: ARG001 - as others
    """Lead to a photo by a link made now, so that who puts them in order can look at them."""
    asked = request.asked("archivo")
    standings = look_at_draft_files(draft, tools=draft_tools(current()))
    may_see = {photo.upload_id for photo in tell_photos(draft, standings)}
    found = next((one.upload for one in standings if one.file.upload_id == asked and asked in may_see), None)
    if found is None:
        return go_to(page_of_draft(draft, STEP))
    declared = found.declared
    return go_to(
        files(current()).document_link(
            found.object_key, declared.filename, declared.media_type, expires_s=_LINK_LIVES_S
        )
    )


def join_by_form(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    """Join the photos that were given a page, in the order of their pages."""
    try:
        name = tidy(request.value("name"))
        check_printable(name[:LONGEST_NAME], field="name")
        photo_ids = _in_order(request, draft)
        ask_to_join(
            draft.draft_id,
            session,
            photo_ids,
            name,
            seen_version=seen_version(request),
            tools=join_tools(current()),
        )
    except CasillaError as error:
        return _refused(request, session, draft, error)
    return go_to(_done(request, draft, "juntando"))


def put_back_by_form(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    """Put the photos of a PDF back into its place."""
    version, tools = seen_version(request), draft_tools(current())
    try:
        put_photos_back(draft.draft_id, session, request.value("upload_id"), seen_version=version, tools=tools)
    except CasillaError as error:
        return _refused(request, session, draft, error)
    return go_to(_done(request, draft, "sueltas"))


def ask_again_by_form(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    """Have a PDF made that was not."""
    version, tools = seen_version(request), join_tools(current())
    try:
        ask_again(draft.draft_id, session, request.value("upload_id"), seen_version=version, tools=tools)
    except CasillaError as error:
        return _refused(request, session, draft, error)
    return go_to(_done(request, draft, "juntando"))


def _in_order(request: PageRequest, draft: FilingDraft) -> tuple[str, ...]:
    """Read which photo is on which page; gaps between the pages do not matter.

    Raises:
        InvalidInput: `page_twice`, at the second of two photos on one page.

    """
    pages: dict[int, str] = {}
    for annex in draft.annexes:
        field = _field(annex.upload_id)
        typed = request.value(field)
        if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_ANNEXES)) and int(typed)):
            continue
        if int(typed) in pages:
            detail = f"Hay dos fotos en la hoja {int(typed)}. Elige otra hoja para una de ellas."
            raise InvalidInput("page_twice", detail, field=field)
        pages[int(typed)] = annex.upload_id
    return tuple(pages[page] for page in sorted(pages))


def _refused(request: PageRequest, session: Session, draft: FilingDraft, error: CasillaError) -> Response:
    if isinstance(error, NotFound) and error.code != "join_not_found":
        raise error
    now = own_draft(draft.draft_id, session)
    return photos_page(request, now, error) if now.is_open else go_to(closed_page(now))


def _done(request: PageRequest, draft: FilingDraft, told: str) -> str:
    onward = f"&volver={CHECK}" if _back(request) else ""
    return f"{page_of_draft(draft, STEP)}?hecho={told}{onward}"


def _field(upload_id: str) -> str:
    return f"page_{upload_id}"


def _back(request: PageRequest) -> str:
    return f"?volver={CHECK}" if CHECK in {request.value("volver"), request.asked("volver")} else ""
