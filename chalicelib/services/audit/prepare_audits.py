"""Make the lists of looks that were asked for: a CSV of all of them, and a PDF that says its hash.

The days of a list are over, so that what is made later has the same looks. Each try writes objects of its own, and the
first to end is the one that counts. A try is counted before it is begun, since what ends the process says nothing:
after three of them a list goes last, and only every half an hour, so that no list keeps others from being made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from chalicelib.domain.audit.audit import MOST_LOOKS, PRINTED_LOOKS, Audit, ListFile, MadeAudit, OpenAudit
from chalicelib.domain.event import Event, EventType
from chalicelib.renderers.audit.looks_csv import LooksCsv
from chalicelib.renderers.audit.looks_pdf import PrintedAudit, render_looks_pdf
from chalicelib.services.audit.tools import AuditTools
from chalicelib.services.work_through import counted, work_through

_JOB = "prepare_audits"
_ACTOR = f"worker:{_JOB}"
_MADE, _REFUSED, _GONE, _EARLY = "made", "refused", "gone", "early"
_SETTLES = timedelta(minutes=15)
"""After its last day: looks are found by an index that is behind what is written."""


@dataclass(frozen=True, slots=True)
class PreparedAudits:
    """What became of the lists that were open: `refused` have too many looks, `gone` were made just before.

    `early` are of days that ended just now. `failed` are tried again, at the next run unless they are `given_up`: those
    were tried three times or more, and rest in between. `oldest_waiting_s` is how long ago the oldest of `failed` was
    asked for.
    """

    made: int
    refused: int
    gone: int
    early: int
    failed: int
    given_up: int
    oldest_waiting_s: int
    is_complete: bool


def prepare_audits(tools: AuditTools, *, until: datetime, most: int = MOST_LOOKS) -> PreparedAudits:
    """Make what is open, beginning none after `until`; one that fails stops no other, nor one that ends the process.

    Raises:
        Unavailable: what is open cannot be read.

    """
    left: list[datetime] = []
    to_make = {one.key: one for one in sorted(tools.audits.list_open(), key=lambda one: one.is_given_up)}

    def handle(key: str) -> str:
        audit = tools.audits.find_open(key)
        if audit is None or not audit.is_open:
            return _GONE
        try:
            return _try(to_make[key], audit, tools, most)
        except Exception:
            left.append(audit.asked_at)
            raise

    worked = work_through(to_make, handle, job=_JOB, now=tools.clock, until=until)
    waits = int((tools.clock() - min(left)).total_seconds()) if left else 0
    given_up = sum(one.is_given_up for one in tools.audits.list_open())
    more = {"given_up": given_up, "oldest_waiting_s": waits, "is_complete": worked.is_complete}
    return counted(PreparedAudits, worked.outcomes, **more)


class AuditRests(Exception):
    """A list was begun so often that it is not tried at this run. Its name in the log tells that."""


def _try(one: OpenAudit, audit: Audit, tools: AuditTools, most: int) -> str:
    now = tools.clock()
    if now < audit.span.instants(tools.zone)[1] + _SETTLES:
        return _EARLY
    if one.rests(now):
        raise AuditRests
    return _prepare(audit, tools, most) if tools.audits.begin(one, now) else _GONE


def _prepare(audit: Audit, tools: AuditTools, most: int) -> str:
    since, before = audit.span.instants(tools.zone)
    looks = tools.looks.each_of_looker(audit.looker.actor, since, before)
    table = LooksCsv(tools.prefixes, tools.zone)
    printed: list[Event] = []
    for look in islice(looks, most + 1):
        table.add(look)
        if len(printed) < PRINTED_LOOKS:
            printed.append(look)
    if table.count > most:
        is_first = tools.audits.refuse(audit, tools.event(EventType.AUDIT_REFUSED, audit, _ACTOR))
        return _REFUSED if is_first else _GONE
    now, code = tools.clock(), tools.new_code()
    base = f"audits/{audit.institution_id}/{audit.reference}/{tools.new_event_id()}"
    csv = _kept(f"{base}.csv", table.to_bytes(), "text/csv", tools.files.put_document)
    told = PrintedAudit(audit, now, code, table.count, csv.sha256, f"{tools.portal_url}/verificar/{code}")
    pdf_bytes = render_looks_pdf(printed, told, prefixes=tools.prefixes, zone=tools.zone)
    pdf = _kept(f"{base}.pdf", pdf_bytes, "application/pdf", tools.files.put_document)
    made = MadeAudit(now, table.count, code, csv, pdf)
    hashes = {"csv_sha256": csv.sha256, "pdf_sha256": pdf.sha256, "count": f"{table.count}"}
    is_first = tools.audits.finish(audit, made, tools.event(EventType.AUDIT_MADE, audit, _ACTOR, **hashes))
    return _MADE if is_first else _GONE


def _kept(key: str, content: bytes, media_type: str, put: Callable[[str, bytes, str], None]) -> ListFile:
    put(key, content, media_type)
    return ListFile(key, hashlib.sha256(content).hexdigest(), len(content))
