"""One filing from the person's first click to the night in which the sweep comes, with faults on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import filing_draft_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_draft import FilingDraftState
from chalicelib.store.codec import from_data
from tests.faults.journey import Alteration, Lab, job_event
from tests.faults.strike import ProcessDied, Strike
from tests.filing_world import DRAFT_ID, a_draft, file_it, seed_filing

OTHER_ID = "d" * 32
_MOST_SENT = 4


def begin(lab: Lab, *strikes: Strike, alter: Alteration | None = None) -> Container:
    """Seed a draft that lacks nothing, and another one like it."""
    lab.reset()
    box = lab.process("filing", alter)
    with using(box):
        seed_filing(box)
        filing_draft_store(box).add(a_draft(OTHER_ID))
    lab.wire.strikes = list(strikes)
    return box


def ask(lab: Lab, box: Container, kind: str, draft_id: str = DRAFT_ID) -> Filing | None:
    """File as the check page does; None where the person was told that it is not known, or nothing."""
    with suppress(ProcessDied, CasillaError), using(box), lab.wire.running(kind, kind):
        return file_it(box, draft_id=draft_id)
    return None


def wrong_after(lab: Lab, *strikes: Strike, alter: Alteration | None = None) -> list[str]:
    """Send with faults, send again until it is taken and once more, then let the nights come; tell what is wrong."""
    box = begin(lab, *strikes, alter=alter)
    told = []
    halfway: list[str] = []
    for _ in range(1 + max((strike.runs for strike in strikes), default=1)):
        told.append(ask(lab, box, "first"))
        halfway += half_done(lab)
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    for _ in range(_MOST_SENT):
        lab.clock.advance(seconds=10)
        told.append(ask(lab, box, "again"))
    after = ask(lab, box, "another", OTHER_ID)
    wrong = [*halfway, *_of_filings(lab, told, after), *_of_the_nights(lab, box)]
    wrong += [] if has_struck else ["not struck: the call never came"]
    met = "; ".join(map(str, strikes))
    return [f"{one} [{met}]" for one in wrong]


def filings_in(lab: Lab) -> list[Filing]:
    """Return those that are kept."""
    return [from_data(Filing, json.loads(item["data"]["S"])) for item in lab.items("filings") if "data" in item]


def half_done(lab: Lab) -> Iterator[str]:
    """Tell where a part is kept without the others, at whatever moment."""
    filings = filings_in(lab)
    drafts = [json.loads(item["data"]["S"]) for item in lab.items("compositions")]
    closed = {draft["filing_id"] for draft in drafts if draft["state"] == FilingDraftState.FILED.value}
    if closed != {one.filing_id for one in filings}:
        yield "half done: drafts and filings differ"
    counted = [int(item["last"]["N"]) for item in lab.items("filings") if "last" in item]
    if sum(counted) != len(filings):
        yield f"gap: {counted} counted of {len(filings)} filings"
    told = [item["subject"]["S"] for item in lab.items("events") if item["type"]["S"] == "filing.filed"]
    if sorted(told) != sorted(f"filing#{one.filing_id}" for one in filings):
        yield "half done: the log and the filings differ"
    leads = {item["leads_to"]["S"] for item in lab.items("filings") if "leads_to" in item}
    if leads != {one.filing_id for one in filings}:
        yield "half done: what leads to filings leads nowhere"
    numbers = [one.number for one in filings]
    if len(set(numbers)) != len(numbers):
        yield f"doubled: {numbers}"
    for one in filings:
        receipt = lab.document(one.receipt_key)
        if receipt is None or hashlib.sha256(receipt).hexdigest() != one.receipt_sha256:
            yield "receipt: missing, or not the one that is kept"


def _of_filings(lab: Lab, told: list[Filing | None], after: Filing | None) -> Iterator[str]:
    yield from half_done(lab)
    filings = [one for one in filings_in(lab) if one.draft_id == DRAFT_ID]
    if len(filings) != 1:
        yield f"doubled: {len(filings)} filings of one draft" if filings else "lost: nothing was filed"
    if None in told[-_MOST_SENT:]:
        yield "never taken"
    if {one.filing_id for one in told if one} != {one.filing_id for one in filings}:
        yield "told of another filing than is kept"
    numbers = sorted(one.number for one in filings_in(lab))
    if after is None or numbers != [f"2026-{number:06d}" for number in range(1, len(numbers) + 1)]:
        yield f"gap: {numbers}"


def _of_the_nights(lab: Lab, box: Container) -> Iterator[str]:
    """Let uploads expire and orphans go: nothing of a filing may."""
    lab.clock.now += timedelta(days=9)
    with using(box):
        for job in ("expire_uploads", "sweep_orphans"):
            lab.client.lambda_.invoke(job, job_event())
        left, kept = (set(files(box).list_documents(root)) for root in ("filings/", "files/"))
    filings = filings_in(lab)
    if not {file.object_key for one in filings for file in one.documents} <= kept:
        yield "files: those of a filing went"
    receipts = {one.receipt_key for one in filings}
    if left != receipts:
        yield f"receipts: {len(left - receipts)} leaked, {len(receipts - left)} went"
