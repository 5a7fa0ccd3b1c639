"""`/plataforma`: where who administers the platform begins, with how many proofs of payment wait (INS-6)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.usage import usage_tools
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.institution.permission import Act, may
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.handlers.http import log_refusal
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.institution import home
from chalicelib.store.usage.statement_store import MOST_WAITING


def show_platform(request: PageRequest, staff: SignedIn) -> Response:
    """Show what waits to who may see it, and the page without it where that cannot be read."""
    return home.show_platform(request, staff, _waiting() if may(staff.member, Act.SEE_ALL_USAGE) else None)


def _waiting() -> home.Waiting | None:
    try:
        count = usage_tools(current()).statements.count_waiting()
    except Unavailable as error:
        log_refusal(error)
        return None
    words = f"más de {MOST_WAITING}" if count > MOST_WAITING else str(count)
    return home.Waiting("Comprobantes de pago por revisar", words, "/plataforma/consumo") if count else None
