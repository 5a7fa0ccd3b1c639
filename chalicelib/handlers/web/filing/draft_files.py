"""Files of a draft of a filing: each that arrived stays, whatever becomes of another one or in another window."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import draft_tools, filing_draft_store
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.filing.filing_draft import FilePart, FilingDraft
from chalicelib.domain.session import Session
from chalicelib.domain.upload.upload import MAX_FILE_SIZE
from chalicelib.handlers.fault import sending_policy
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.draft_view import CHECK, closed_page, own_draft, page_of_draft, steps_of
from chalicelib.handlers.web.filing.step_pages import step_page
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.renderers.filing.draft_words import PAGES
from chalicelib.services.filing.as_it_stands import as_it_stands
from chalicelib.services.filing.filing_drafts import (
    attach_to_draft,
    await_in_draft,
    form_of_draft,
    remove_from_draft,
)

_SEND = "filing/draft_send.html"
_NONE = FormFile("", b"")


def attach_by_form(request: PageRequest, session: Session, draft_id: str) -> Response:
    """Take a small file, without any script."""
    draft = own_draft(draft_id, session)
    part = _part(request, draft)
    file = read_form(request.headers.get("content-type", ""), request.body).files.get("file", _NONE)
    tools = draft_tools(current())

    def attach(version: int) -> FilingDraft:
        return attach_to_draft(draft_id, session, part, file.filename, file.content, seen_version=version, tools=tools)

    try:
        as_it_stands(draft_id, session, attach, store=tools.store)
    except CasillaError as error:
        return _refused(request, session, draft, part, error)
    return go_to(with_told(f"{page_of_draft(draft, PAGES[part])}{_back(request, '?')}", "adjuntado"))


def await_by_form(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    """Leave a place for a larger file, and lead to the form that sends it."""
    part, tools = _part(request, draft), draft_tools(current())
    placed: list[str] = []

    def place(version: int) -> FilingDraft:
        changed, file = await_in_draft(draft.draft_id, session, part, seen_version=version, tools=tools)
        placed.append(file.upload_id)
        return changed

    try:
        as_it_stands(draft.draft_id, session, place, store=tools.store)
    except CasillaError as error:
        return _refused(request, session, draft, part, error)
    return go_to(f"{page_of_draft(draft, 'enviar')}?archivo={placed[-1]}{_back(request, '&')}")


def show_sending(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    """Show the form that sends a file to the store, without a script, and comes back to its part of the draft."""
    upload_id = request.asked("archivo")
    part, file = next((one for one in draft.parts if one[1].upload_id == upload_id), (FilePart.ANNEX, None))
    back = f"{page_of_draft(draft, PAGES[part])}{_back(request, '?')}"
    sending = None
    if file is not None and draft.is_open:
        leads_to = f"{current().portal_url}{with_told(back, 'enviado')}"
        sending = form_of_draft(session, file, leads_to=leads_to, tools=draft_tools(current()))
    if sending is None:
        return go_to(back)
    response = show(
        request, _SEND, sending=sending, back=back, sent=with_told(back, "enviado"), part=part, largest=MAX_FILE_SIZE
    )
    parts = urlsplit(sending.address)
    response.headers.update(sending_policy(f"{parts.scheme}://{parts.netloc}"))
    return response


def remove_by_form(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    """Take a file out, and no other."""
    tools, upload_id = draft_tools(current()), request.value("upload_id")
    part = next((of for of, one in draft.parts if one.upload_id == upload_id), None) or _part(request, draft)

    def remove(version: int) -> FilingDraft:
        return remove_from_draft(draft.draft_id, session, upload_id, seen_version=version, tools=tools)

    try:
        as_it_stands(draft.draft_id, session, remove, store=filing_draft_store(current()))
    except CasillaError as error:
        return _refused(request, session, draft, part, error)
    return go_to(with_told(f"{page_of_draft(draft, PAGES[part])}{_back(request, '?')}", "quitado"))


def with_told(address: str, told: str) -> str:
    """Return a step's address with what was done there."""
    return f"{address}{'&' if '?' in address else '?'}hecho={quote(told)}"


def _refused(
    request: PageRequest, session: Session, draft: FilingDraft, part: FilePart, error: CasillaError
) -> Response:
    """Tell what was refused on the page of the part, to which nothing else happened."""
    if isinstance(error, NotFound):
        raise error
    now = own_draft(draft.draft_id, session)
    return step_page(request, now, PAGES[part], error) if now.is_open else go_to(closed_page(now))


def _part(request: PageRequest, draft: FilingDraft) -> FilePart:
    typed = request.value("part")
    if typed not in {part.value for part in FilePart if PAGES[part] in steps_of(draft)}:
        raise InvalidInput("field_choice", "El formulario llegó dañado. Vuelve a la página y envíalo otra vez.")
    return FilePart(typed)


def _back(request: PageRequest, mark: str) -> str:
    return f"{mark}volver={CHECK}" if CHECK in {request.value("volver"), request.asked("volver")} else ""
