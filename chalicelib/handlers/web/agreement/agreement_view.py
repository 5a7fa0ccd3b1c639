"""What the pages of an agreement show, to whoever sees it."""

from __future__ import annotations

from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import agreement_store, agreement_tools
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.agreement.agreement import Agreement, KeptDocument
from chalicelib.domain.errors import NotFound
from chalicelib.domain.sender.institution import Institution
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.renderers.agreement.agreement_words import USE_EXPLAINED, tell_agreement, tell_history
from chalicelib.services.agreement.change_agreement import BY_ITS_DATES, kept_today
from chalicelib.services.agreement.keep_document import document_link

_HISTORY = 200
"""Events of an institution that are looked through, the newest."""
_NO_FILE = FormFile("", b"")


def agreement_page(institution_id: str) -> tuple[Institution, Agreement | None, dict[str, Any]]:
    """Return an institution, its agreement as it stands today, and what its page shows; one whose day came is kept so.

    Raises:
        NotFound: `institution_unknown`.

    """
    box = current()
    today = box.calendar.local(box.clock()).date()
    read, used_on = kept_today(institution_id, tools=agreement_tools(box, BY_ITS_DATES, ""))
    agreement = read.agreement
    events = event_store(box).newest_for_subject(f"institution#{institution_id}", limit=_HISTORY)
    shown = {
        "agreement": agreement,
        "told_agreement": tell_agreement(agreement, read.institution, today, used_on),
        "history": tell_history(events, box.calendar.zone),
        "use_explained": USE_EXPLAINED,
    }
    return read.institution, agreement, shown


def link_to_document(institution_id: str, document_id: str) -> str:
    """Return a link to a document of an institution's agreement.

    Raises:
        NotFound: `document_unknown`; another institution's is as one that is not there.

    """
    agreement = agreement_store(current()).find(institution_id)
    own = () if agreement is None else documents_of(agreement)
    found = next((one for one in own if one.document_id == document_id), None)
    if found is None:
        raise NotFound("document_unknown", "Aquí no hay ese documento. Vuelve al convenio.")
    return document_link(institution_id, found, files(current()))


def documents_of(agreement: Agreement) -> tuple[KeptDocument, ...]:
    """Return every document that an agreement names."""
    every = (agreement.document, *(one.document for one in agreement.addenda))
    return tuple(one for one in every if one is not None)


def sent_file(request: PageRequest, name: str = "file") -> FormFile:
    """Return the file that a form sent, an empty one where none was chosen."""
    if not request.body:
        return _NO_FILE
    return read_form(request.headers.get("content-type", ""), request.body).files.get(name, _NO_FILE)
