"""`/v1/filings`: what people filed with an institution, for its systems: by month, singly, and deeds about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import system_tools
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.errors import InvalidInput, NotFound, collect, refusal_of
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.received import Received
from chalicelib.handlers.api.deposit.own_deposits import month_query
from chalicelib.handlers.fields import Fields, read_json
from chalicelib.handlers.http import json_response
from chalicelib.renderers.filing.filing_json import clocks_as_json, filing_as_json
from chalicelib.services.filing.attend_filing import By, derive_filing, observe_filing, take_filing
from chalicelib.services.filing.link_answer import link_answer
from chalicelib.services.filing.read_received import CORRECTED, RECEIPT
from chalicelib.services.filing.systems import do_by_system, file_link_of, list_filings_of, read_filing_of
from chalicelib.services.sender.signed_request import READ_COVERAGE, WRITE_COVERAGE, SignedRequest, read_claim

Deed = Callable[[By], Filing]
_DOCUMENT = re.compile(r"document-([1-9][0-9]{0,2})")
_LONGEST_ID = 100


def list_filings(request: SignedRequest) -> Response:
    """List what the institution got in one month of the country's, oldest first, by cursor."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    page = list_filings_of(lambda: month_query(request.query), request=request, claim=claim, tools=system_tools(box))
    now, base = box.clock(), box.config.api_base_url
    filings = [filing_as_json(filing, filing.state_at(now), base) for filing in page.filings]
    return json_response({"filings": filings, "next_cursor": page.cursor})


def show_filing(request: SignedRequest, filing_id: str) -> Response:
    """Show one filing as it stands, with its clocks."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    return json_response(_told(read_filing_of(filing_id, request=request, claim=claim, tools=system_tools(box))))


def show_file(request: SignedRequest, filing_id: str, part: str) -> Response:
    """Redirect to one of its documents or receipts by a link that lives five minutes."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    link = file_link_of(filing_id, _name_of(part), request=request, claim=claim, tools=system_tools(box))
    return Response("", status_code=303, headers={"Location": link, "Content-Type": "text/plain"})


def do_deed(request: SignedRequest, filing_id: str, part: str) -> Response:
    """Evaluate, derive, observe or answer it; the same sent again is the same."""
    box = current()
    claim = read_claim(request, WRITE_COVERAGE, now=box.clock())
    done = do_by_system(
        lambda: _deed(part, filing_id, request.body), request=request, claim=claim, tools=system_tools(box)
    )
    return json_response(_told(done))


def _told(received: Received) -> dict[str, object]:
    base = current().config.api_base_url
    return {
        **filing_as_json(received.filing, received.state, base),
        "clocks": clocks_as_json(received.clocks),
    }


def _name_of(part: str) -> str:
    """Return a part of the address as `received_file_link` names it; what it is not is told of the filing's own."""
    if found := _DOCUMENT.fullmatch(part):
        return found[1]
    return {"receipt": RECEIPT, "correction-receipt": CORRECTED}.get(part, "")


def _deed(name: str, filing_id: str, body: bytes) -> Deed:
    """Read what is to be done.

    Raises:
        NotFound: `deed_unknown`.
        InvalidInput: naming the field.

    """
    if name not in DEEDS:
        detail = f"Sobre una presentación se hace: {', '.join(DEEDS)}. Revise la dirección."
        raise NotFound("deed_unknown", detail)
    return DEEDS[name](read_json(body), filing_id)


def _evaluation(fields: Fields, filing_id: str) -> Deed:
    _read(fields)
    return lambda by: take_filing(filing_id, by, tools=system_tools(current()).attend)


def _derivation(fields: Fields, filing_id: str) -> Deed:
    office, reason = _read(fields, office=_id, reason=Fields.blob)
    return lambda by: derive_filing(filing_id, office, by, reason=reason, tools=system_tools(current()).attend)


def _observation(fields: Fields, filing_id: str) -> Deed:
    (text,) = _read(fields, observation=Fields.blob)
    return lambda by: observe_filing(filing_id, text, by, tools=system_tools(current()).attend)


def _answer(fields: Fields, filing_id: str) -> Deed:
    (notice_id,) = _read(fields, notice_id=_id)
    box = current()
    attend, notices, prefixes = system_tools(box).attend, notice_store(box), box.mailbox_prefixes
    return lambda by: link_answer(filing_id, notice_id, by, tools=attend, notices=notices, prefixes=prefixes)


DEEDS: dict[str, Callable[[Fields, str], Deed]] = {
    "evaluation": _evaluation,
    "derivation": _derivation,
    "observation": _observation,
    "answer": _answer,
}


def _read(fields: Fields, **reads: Callable[[Fields, str], str]) -> tuple[str, ...]:
    """Read texts, all that is wrong with them at once; how long one may be says who decides on it."""
    problems: list[InvalidInput] = []
    read = tuple(collect(problems, partial(read_one, fields, name), "") for name, read_one in reads.items())
    collect(problems, fields.close, None)
    if problems:
        raise refusal_of(problems)
    return read


def _id(fields: Fields, name: str) -> str:
    return fields.text(name, longest=_LONGEST_ID)
