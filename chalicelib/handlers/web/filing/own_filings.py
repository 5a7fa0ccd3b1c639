"""`/mis-tramites`: what a mailbox filed, the newest first, found by words and state; and one filing (FIL-4)."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.filing import draft_tools, filing_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.filing.filing import FilingState, as_told
from chalicelib.domain.filing.filing_search import LONGEST_SEARCH, search_for
from chalicelib.domain.session import Session
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.filing.cargo_rows import tell_correction
from chalicelib.renderers.filing.date_words import tell_after, until_in_words
from chalicelib.renderers.filing.filing_words import CHOICES, identity_in_words, procedure_in_words, untold_in_words
from chalicelib.renderers.filing.own_filing_words import (
    address_of,
    file_lines,
    history_of,
    next_in_words,
    row_of,
    state_in_words,
)
from chalicelib.services.filing.filing_drafts import list_drafts
from chalicelib.services.filing.read_filings import find_filing, find_untold
from chalicelib.services.filing.search_filings import search_filings

_LONGEST_POSITION = 60


def show_filings(request: PageRequest, session: Session) -> Response:
    """List them, or those that are asked for."""
    box = current()
    typed = " ".join(request.asked("q")[:LONGEST_SEARCH].split())
    state = next((as_told(one) for one in FilingState if one.value == request.asked("estado")), None)
    after = request.asked("desde")[:_LONGEST_POSITION]
    now, zone = box.clock(), box.calendar.zone
    search = search_for(typed, state)
    found = search_filings(session, search, after=after, now=now, store=filing_store(box))
    pairs = [(name, value) for name, value in (("q", typed), ("estado", state.value if state else "")) if value]
    return show(
        request,
        "filing/own_filings.html",
        rows=[row_of(one, now, zone) for one in found.filings],
        search=typed,
        state=state.value if state else "",
        states=[("", "Todos"), *CHOICES],
        is_narrowed=search.is_narrowed,
        is_first=not after,
        first_at=f"{request.path}?{urlencode(pairs)}" if pairs else request.path,
        next_at=found.after and f"{request.path}?{urlencode([*pairs, ('desde', found.after)])}",
        drafts=len(list_drafts(session, tools=draft_tools(box))),
    )


def show_filing(request: PageRequest, session: Session, filing_id: str) -> Response:
    """Show one: its state and what to do, its dates, its documents, what happened to it."""
    box = current()
    filing = find_filing(filing_id, session, store=filing_store(box))
    now, zone = box.clock(), box.calendar.zone
    state, correction, observation = filing.state_at(now), filing.correction, filing.observation
    to, represented = filing.addressee, filing.represented
    return show(
        request,
        "filing/own_filing.html",
        untold=untold_in_words(find_untold(filing, batches=alert_batch_store(box)), is_own=True),
        filing=filing,
        own=address_of(filing),
        procedure=procedure_in_words(filing.procedure),
        state=state_in_words(filing, now, zone),
        is_observed=state is FilingState.OBSERVED,
        is_lapsed=state is FilingState.NOT_FILED,
        advice=next_in_words(filing, now, zone),
        dates=tell_after(filing.dates, zone, has_term=filing.procedure.has_term),
        observed_until=until_in_words(observation.until, zone) if observation else "",
        files=file_lines(filing, filing.documents),
        corrected_files=file_lines(filing, correction.documents, first=len(filing.documents)) if correction else (),
        corrected_dates=tell_correction(filing, zone),
        facts=[
            ("Número", filing.number),
            ("Se presentó a", f"{to.name}, {to.office_name}" if to.office_name else to.name),
            *([("La tiene ahora", filing.office_name)] if filing.office_name not in {to.office_name, None} else []),
            ("La envió", filing.filer.name),
            *([("En nombre de", f"{represented.name}, {identity_in_words(represented)}")] if represented else []),
            ("Código de verificación", filing.verification_code),
        ],
        history=history_of(filing, event_store(box).list_for_subject(f"filing#{filing.filing_id}"), now),
    )
