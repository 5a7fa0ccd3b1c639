"""`/presentar/{draft_id}/{step}`: one page for each step of a filing, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import draft_tools, filing_draft_store, procedure_store
from chalicelib.domain.errors import CasillaError, InvalidInput, NotFound
from chalicelib.domain.filing.filing_draft import (
    LONGEST_NAME,
    LONGEST_SUBJECT,
    FilingDraft,
    Represented,
    for_another,
    for_oneself,
    with_subject,
)
from chalicelib.domain.identity_document import read_document_number
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.session import Session
from chalicelib.domain.typed import tidy
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing import photos
from chalicelib.handlers.web.filing.draft_check import file_by_form
from chalicelib.handlers.web.filing.draft_files import await_by_form, remove_by_form, show_sending
from chalicelib.handlers.web.filing.draft_view import (
    BASE,
    STEPS,
    closed_page,
    frame_of,
    own_draft,
    page_of_draft,
    seen_version,
    shown_version,
    steps_of,
)
from chalicelib.handlers.web.filing.labels import FILE_LABELS
from chalicelib.handlers.web.filing.step_pages import step_page
from chalicelib.renderers.printable import check_printable
from chalicelib.services.filing.filing_drafts import change_draft, discard_draft

_DISCARD = "filing/draft_discard.html"
_LONGEST_TICK = 3
Deed = Callable[[PageRequest, Session, FilingDraft], Response]


def show_step(request: PageRequest, session: Session, draft_id: str, step: str) -> Response:
    """Ask for a step of a draft."""
    draft = own_draft(draft_id, session)
    if step not in {*_DEEDS, *_PAGES}:
        raise _no_page()
    if not draft.is_open and request.answer is None:
        return go_to(closed_page(draft))
    if step in _PAGES:
        return _PAGES[step](request, session, draft)
    if step not in steps_of(draft):
        return go_to(page_of_draft(draft))
    if request.asked("key"):  # the store adds the object's key to the address it leads to, with the file's name
        onward = "&volver=revisar" if request.asked("volver") else ""
        return go_to(f"{page_of_draft(draft, step)}?hecho=enviado{onward}")
    return step_page(request, draft, step)


def do_step_by_form(request: PageRequest, session: Session, draft_id: str, step: str) -> Response:
    """Do what a button of a step's page asks for."""
    draft = own_draft(draft_id, session)
    if step not in _DEEDS or (step in STEPS and step not in steps_of(draft)):
        raise _no_page()
    return _DEEDS[step](request, session, draft)


def _save(step: str, read: Callable[[PageRequest, FilingDraft], Callable[[FilingDraft], FilingDraft]]) -> Deed:
    def save(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
        try:
            change = read(request, draft)
            saved = change_draft(
                draft.draft_id,
                session,
                change,
                seen_version=seen_version(request),
                store=filing_draft_store(current()),
            )
        except NotFound:
            raise
        except CasillaError as error:
            now = own_draft(draft.draft_id, session)
            return step_page(request, now, step, error) if now.is_open else go_to(closed_page(now))
        return go_to(_next(request, saved, step))

    return save


def _next(request: PageRequest, saved: FilingDraft, step: str) -> str:
    """Return where a step that was kept leads: who represents somebody is asked for the proof on the same page."""
    if step == "representado" and saved.represented is not None and saved.representation is None:
        back = "&volver=revisar" if request.value("volver") else ""
        return f"{page_of_draft(saved, step)}?hecho=guardado{back}"
    return frame_of(saved, step, request).onward


def _read_subject(request: PageRequest, draft: FilingDraft) -> Callable[[FilingDraft], FilingDraft]:
    procedure = procedure_store(current()).find_shown(
        draft.institution_id, draft.procedure.procedure_id, draft.procedure.version
    )
    most = 0 if procedure is None else len(procedure.asked.requirements)
    typed = request.form.get("tick", [])
    ticks = tuple(
        int(one) for one in typed if one.isascii() and one.isdigit() and len(one) <= _LONGEST_TICK and int(one) < most
    )
    subject = tidy(request.value("subject"))
    check_printable(subject[:LONGEST_SUBJECT], field="subject")
    return lambda it: with_subject(it, subject, ticks, current().clock())


def _read_represented(request: PageRequest, draft: FilingDraft) -> Callable[[FilingDraft], FilingDraft]:  # noqa: ARG001
    on_behalf = request.value("on_behalf")
    if on_behalf == "mio":
        return lambda it: for_oneself(it, current().clock())
    if on_behalf != "otro":
        raise InvalidInput("field_choice", "Di si presentas por ti o en nombre de otra persona.", field="on_behalf")
    kinds = {one.value: one for one in DocumentType}
    kind = kinds.get(request.value("document_type"))
    if kind is None:
        raise InvalidInput("field_choice", "Elige el tipo de documento.", field="document_type")
    name = tidy(request.value("name"))
    check_printable(name[:LONGEST_NAME], field="name")
    number = read_document_number(kind, tidy(request.value("document_number"))[:LONGEST_NAME])
    return lambda it: for_another(it, Represented(kind, number, name), current().clock())


def _discard(request: PageRequest, session: Session, draft: FilingDraft) -> Response:
    tools = draft_tools(current())
    try:
        discard_draft(draft.draft_id, session, seen_version=seen_version(request), tools=tools)
    except NotFound:
        raise
    except CasillaError as error:
        now = own_draft(draft.draft_id, session)
        return _discard_page(request, now, error) if now.is_open else go_to(closed_page(now))
    return go_to(f"{BASE}?hecho=descartado")


def _discard_page(request: PageRequest, draft: FilingDraft, error: CasillaError | None = None) -> Response:
    own, version = page_of_draft(draft), shown_version(request, draft)
    return show_form(request, _DISCARD, error, FILE_LABELS, draft=draft, own=own, version=version)


def _nothing(request: PageRequest, session: Session, draft: FilingDraft) -> Response:  # noqa: ARG001 - as others
    """Lead on from a page whose forms are sent elsewhere."""
    return go_to(page_of_draft(draft))


_PAGES: Mapping[str, Deed] = {
    "enviar": show_sending,
    "descartar": lambda request, _, draft: _discard_page(request, draft),
    photos.STEP: lambda request, _, draft: photos.photos_page(request, draft),
    photos.ONE: photos.lead_to_photo,
}
"""What is no step, and has a page."""
_DEEDS: Mapping[str, Deed] = {
    "pedido": _save("pedido", _read_subject),
    "representado": _save("representado", _read_represented),
    "documento": _nothing,
    "anexos": _nothing,
    "grande": await_by_form,
    "quitar": remove_by_form,
    photos.STEP: photos.join_by_form,
    photos.PUT_BACK: photos.put_back_by_form,
    photos.AGAIN: photos.ask_again_by_form,
    "descartar": _discard,
    "presentar": file_by_form,
}


def _no_page() -> NotFound:
    return NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
