"""Ask for a numbered list of somebody's looks, and see it once it is made (INS-8, S2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from chalicelib.domain.audit.audit import Audit, Looker, LookerKind, Span, audit_unknown
from chalicelib.domain.errors import Conflict, NotFound, Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import SigningKey
from chalicelib.services.audit.tools import AuditTools
from chalicelib.services.together import together
from chalicelib.store.audit.look_log import LookPage, Shard

PAGE_SIZE = 50
LINK_LIVES_S = 300
MOST_OPEN = 20
"""Of an institution's newest lists, those that wait to be made: with more, others' would wait for them."""
_MAX_TRIES = 12
_PAUSE_S = 0.03
_FILES = {"csv": "text/csv", "pdf": "application/pdf"}


FORM_USED = "form_used"


@dataclass(frozen=True, slots=True)
class AuditWish:
    """Whose looks of which days are asked for, and why; `request_id` is the form's."""

    request_id: str
    looker: str
    span: Span
    reason: str


def lookers_of(institution_id: str, *, tools: AuditTools) -> tuple[Looker, ...]:
    """Return whose looks an institution may ask for: its people, also those that left, and its keys, also revoked."""
    members: list[StaffMember] = []
    former: list[StaffMember] = []
    keys: list[SigningKey] = []
    together(
        [
            lambda: members.extend(tools.staff.list_for_institution(institution_id)),
            lambda: former.extend(tools.staff.list_former(institution_id)),
            lambda: keys.extend(tools.institutions.list_keys(institution_id)),
        ]
    )
    here = {one.staff_id for one in members}
    gone = [one for one in former if one.staff_id not in here]
    return (
        *(Looker(LookerKind.MEMBER, one.actor, one.name) for one in members),
        *(Looker(LookerKind.MEMBER, one.actor, f"{one.name} (ya no está)") for one in gone),
        *(Looker(LookerKind.KEY, f"institution:{institution_id}:{one.key_id}", one.key_id) for one in keys),
    )


def ask_audit(wish: AuditWish, staff: SignedIn, *, origin: str, tools: AuditTools) -> Audit:
    """Keep that a list is asked for, under the next number, with its event; a form that comes twice makes one.

    A job makes it. Where others ask at the same time, each has a number of its own and none is left out.

    Raises:
        NotFound: `looker_unknown`, also for another institution's.
        Conflict: `form_used`; `audits_open`: so many wait already.
        Unavailable: `audits_busy`, or the store; nothing was kept.

    """
    own = staff.own
    for attempt in range(_MAX_TRIES):
        tools.pause(attempt * _PAUSE_S)
        before = _asked_before(own.institution_id, wish.request_id, tools)
        if before is not None:
            return _same(before, wish)
        now = tools.clock()
        year = now.astimezone(tools.zone).year
        audit = Audit(
            institution_id=own.institution_id,
            institution_name=own.name,
            year=year,
            number=tools.audits.last_number(own.institution_id, year) + 1,
            request_id=wish.request_id,
            looker=_looker(wish, own.institution_id, tools),
            span=wish.span,
            reason=wish.reason,
            asked_at=now,
            asked_by=staff.member.actor,
            asked_by_name=staff.member.name,
        )
        days = {"first_day": wish.span.first.isoformat(), "last_day": wish.span.last.isoformat()}
        event = tools.event(EventType.AUDIT_ASKED, audit, audit.asked_by, origin, reason=wish.reason, **days)
        if tools.audits.add(audit, event):
            return audit
    raise Unavailable(
        "audits_busy", "Se piden muchas relaciones a la vez. Envía el formulario otra vez.", retry_after=2
    )


def find_audit(staff: SignedIn, reference: str, *, tools: AuditTools) -> Audit:
    """Return a list of the own institution.

    Raises:
        NotFound: `audit_unknown`, also for another institution's.

    """
    found = tools.audits.find(staff.own.institution_id, reference)
    if found is None:
        raise audit_unknown()
    return found


def shown_looks(audit: Audit, staff: SignedIn, *, after: str | None, origin: str, tools: AuditTools) -> LookPage:
    """Note that somebody looks at a list that is made, and return a page of it, oldest first; one hop of nine calls.

    Raises:
        Unavailable: it could not be noted, so nothing is shown.

    """
    told = tools.event(EventType.AUDIT_SHOWN, audit, staff.member.actor, origin, reason=audit.reason)
    shards: list[Shard] = []
    looker, span = audit.looker.actor, audit.span.instants(tools.zone)
    reads = tools.looks.reads_of_looker(looker, *span, after=after, limit=PAGE_SIZE, into=shards)
    together([lambda: tools.events.add(told), *reads])
    return tools.looks.page_of(shards, limit=PAGE_SIZE)


def audit_file_link(audit: Audit, staff: SignedIn, name: str, *, origin: str, tools: AuditTools) -> str:
    """Note that somebody takes one of a list's files, `csv` or `pdf`, then return a short-lived link to it.

    Raises:
        NotFound: `audit_file_unknown`: there is no such file, or not yet.

    """
    if audit.made is None or name not in _FILES:
        raise NotFound("audit_file_unknown", "Ese archivo no existe. Vuelve a la relación.")
    file = audit.made.csv if name == "csv" else audit.made.pdf
    told = tools.event(EventType.AUDIT_SHOWN, audit, staff.member.actor, origin, reason=audit.reason, file=name)
    tools.events.add(told)
    called = f"consultas-{audit.institution_id}-{audit.reference}.{name}"
    return tools.files.document_link(file.object_key, called, _FILES[name], expires_s=LINK_LIVES_S)


def _same(before: Audit, wish: AuditWish) -> Audit:
    """Let no form that was filled in anew be taken for the one that was sent before under its number."""
    if (before.looker.actor, before.span, before.reason) != (wish.looker, wish.span, wish.reason):
        detail = (
            f"Con este formulario ya se pidió la relación {before.reference}, con otros datos. Esta aún no se pidió:"
            " revísala y envíala de nuevo."
        )
        raise Conflict(FORM_USED, detail)
    return before


def _asked_before(institution_id: str, request_id: str, tools: AuditTools) -> Audit | None:
    """Return what the form made already; else let the institution ask for one more."""
    found: list[Audit | None] = []
    newest: list[Audit] = []
    listed = partial(tools.audits.list_for_institution, institution_id, after=None, limit=MOST_OPEN)
    together(
        [
            lambda: found.append(tools.audits.find_by_request(institution_id, request_id)),
            lambda: newest.extend(listed().audits),
        ]
    )
    if found[0] is None and sum(one.is_open for one in newest) == MOST_OPEN:
        detail = f"Tu entidad ya espera {MOST_OPEN} relaciones. Pide esta cuando estén hechas."
        raise Conflict("audits_open", detail)
    return found[0]


def _looker(wish: AuditWish, institution_id: str, tools: AuditTools) -> Looker:
    found = next((one for one in lookers_of(institution_id, tools=tools) if one.actor == wish.looker), None)
    if found is None:
        raise NotFound("looker_unknown", "Tu entidad no tiene a esa persona ni esa clave. Elígela de la lista.")
    return found
