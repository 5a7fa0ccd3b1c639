"""What a desk took and whose e-mail nobody proved: its lists in `/entidad/registros`, and what is done about one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import desk_review_tools
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.domain.registration.taken import (
    ABOUT_TO_END,
    CHOSEN,
    TOLD_FOR,
    is_awaited,
    is_ended_by_desk,
    is_mistyped_out,
)
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.desk.officer import at_desk
from chalicelib.renderers.desk.registration_words import ENDS, holder_masked
from chalicelib.renderers.desk.time_left import time_left
from chalicelib.services.desk.taken_registrations import (
    end_at_desk,
    list_awaited,
    list_lapsed,
    send_again_at_desk,
)

_MOST = 50


@dataclass(frozen=True, slots=True)
class TakenRow:
    """One of a list, masked, with how long its owner still has to confirm the e-mail."""

    registration: Registration
    holder: str
    email: str
    words: str
    is_pressing: bool
    is_own: bool
    is_late: bool = False

    @property
    def is_mistyped_out(self) -> bool:
        """Tell whether the number was mistyped so often that no link of it opens anything."""
        return is_mistyped_out(self.registration)

    @property
    def waits_for_registry(self) -> bool:
        """Tell whether a registry has to answer before its owner is asked."""
        return self.registration.state is RegistrationState.AWAITING_REGISTRY


def lists_of_taken(staff: SignedIn) -> dict[str, Any]:
    """Return what the page shows of those that wait for their owner, and of those that ended unproved."""
    tools, now = desk_review_tools(current()), current().clock()
    awaited = list_awaited(staff.member, tools=tools, limit=_MOST)
    lapsed = list_lapsed(staff.member, tools=tools, limit=_MOST)
    rows = [_row(one, staff, now) for one in awaited.registrations]
    return {
        "awaited": rows,
        "is_awaited_whole": awaited.is_whole,
        "pressing": sum(row.is_pressing for row in rows),
        "lapsed": [_row(one, staff, now) for one in lapsed.registrations],
        "is_lapsed_whole": lapsed.is_whole,
        "told_for": TOLD_FOR.days,
    }


def shown_of_taken(one: Registration, staff: SignedIn, request: PageRequest) -> dict[str, Any]:
    """Return what the page of one shows while nobody proved its e-mail, or after an officer ended it."""
    now = current().clock()
    return {
        "taken": _row(one, staff, now) if is_awaited(one, now) else None,
        "end": ENDS[one.refusal] if is_ended_by_desk(one) else "",
        "ends": [(why.value, ENDS[why]) for why in CHOSEN],
        "why": request.value("why"),
    }


def do_about_taken(request: PageRequest, staff: SignedIn, reference: str) -> str:
    """Send the e-mail again, or end one, as the form says; return which was done.

    Raises:
        CasillaError: as `send_again_at_desk` and `end_at_desk`.

    """
    tools, by = desk_review_tools(current()), at_desk(request, staff)
    if request.value("deed") == "reenviar":
        send_again_at_desk(reference, by, tools=tools)
        return "reenviada"
    end_at_desk(reference, request.value("why"), by, tools=tools)
    return "anulada"


def _row(one: Registration, staff: SignedIn, now: datetime) -> TakenRow:
    until = one.expires_at
    return TakenRow(
        registration=one,
        holder=holder_masked(one),
        email=mask_email(one.email),
        words="" if until is None else time_left(until, now),
        is_pressing=until is not None and now >= until - ABOUT_TO_END,
        is_own=one.desk is not None and one.desk.number == staff.member.document_number,
    )
