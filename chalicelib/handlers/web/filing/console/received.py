"""`/entidad/presentados/{filing_id}`: a filing with its documents, its clocks, its story and what to do (FIL-5)."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import attend_tools
from chalicelib.domain.filing.filing import FilingState
from chalicelib.domain.filing.observation import is_by
from chalicelib.domain.filing.received import Received
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.page import go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.filing.console.inbox import HOME
from chalicelib.renderers.filing.cargo_rows import tell_correction
from chalicelib.renderers.filing.date_words import tell_after
from chalicelib.renderers.filing.filing_words import (
    STATES,
    document_titles,
    folios_in_words,
    identity_in_words,
    procedure_in_words,
    untold_in_words,
)
from chalicelib.renderers.filing.received_words import clocks_in_words, story_of
from chalicelib.services.filing.attend_filing import ByOfficerAct
from chalicelib.services.filing.read_filings import find_untold
from chalicelib.services.filing.read_received import read_received, received_file_link

_TOLD = {
    "tomar": "Ahora atiendes esta presentación.",
    "pasar": "Pasamos la presentación a la persona que elegiste.",
    "observar": "Observamos la presentación. La persona puede ver tu texto y hasta cuándo subsanar.",
    "enlazar": "Enlazamos la presentación con la notificación que la responde.",
}


def officer_act(request: PageRequest, staff: SignedIn, act: Act = Act.ATTEND) -> ByOfficerAct:
    """Say who does it, and from where."""
    return ByOfficerAct(staff.member, act, request.origin)


def find_received(request: PageRequest, staff: SignedIn, filing_id: str) -> Received:
    """Return a filing that somebody attends to or may.

    Raises:
        NotFound: `filing_not_found`.

    """
    box = current()
    return read_received(filing_id, officer_act(request, staff), tools=attend_tools(box))


def shown_of(received: Received) -> dict[str, Any]:
    """Return what every page about a filing shows of it."""
    filing, zone, now = received.filing, current().calendar.zone, current().clock()
    clocks = received.clocks
    return {
        "filing": filing,
        "own_at": f"{HOME}/{filing.filing_id}",
        "procedure": procedure_in_words(filing.procedure),
        "state": STATES[received.state],
        "is_open": received.state not in {FilingState.ANSWERED, FilingState.NOT_FILED},
        "can_observe": clocks.observable_until is not None and is_by(now, clocks.observable_until),
        "can_answer": filing.answer is None and received.state is not FilingState.OBSERVED,
        "clocks": clocks_in_words(clocks, now, zone),
    }


def show_received(request: PageRequest, staff: SignedIn, filing_id: str) -> Response:
    """Show all of one filing."""
    received = find_received(request, staff, filing_id)
    filing = received.filing
    titles = document_titles(filing.documents)
    corrected = () if filing.correction is None else filing.correction.documents
    names = [*titles, *(f"Subsanación: {one}" for one in document_titles(corrected))]
    documents = [
        {"title": title, "document": one, "number": number, "folios": folios_in_words(one.folios)}
        for number, (title, one) in enumerate(zip(names, filing.all_documents, strict=True), start=1)
    ]
    dates = tell_after(filing.dates, current().calendar.zone, has_term=filing.procedure.has_term)
    represented = filing.represented
    facts = [
        ("Trámite", procedure_in_words(filing.procedure)),
        ("Asunto", filing.subject),
        ("Titular de la casilla", f"{filing.holder.name}, {identity_in_words(filing.holder)}"),
        ("Lo presentó", filing.filer.name),
        *([("En nombre de", f"{represented.name}, {identity_in_words(represented)}")] if represented else []),
        ("Oficina", filing.office_name or "La entidad, sin oficina"),
        ("La atiende", "Nadie todavía" if filing.taken is None else filing.taken.by.name),
    ]
    return show(
        request,
        "filing/received.html",
        untold=untold_in_words(find_untold(filing, batches=alert_batch_store(current())), is_own=False),
        facts=facts,
        dates=dates.rows,
        notes=dates.notes,
        corrected_dates=tell_correction(filing, current().calendar.zone),
        documents=documents,
        story=story_of(filing),
        is_mine=filing.taken is not None and filing.taken.by.actor == staff.member.actor,
        told=_TOLD.get(request.asked("hecho"), ""),
        **shown_of(received),
    )


def lead_to_file(request: PageRequest, staff: SignedIn, filing_id: str, name: str) -> Response:
    """Lead to a document, or the receipt."""
    box = current()
    act = officer_act(request, staff)
    return go_to(received_file_link(filing_id, name, act, tools=attend_tools(box), files=files(box)))
