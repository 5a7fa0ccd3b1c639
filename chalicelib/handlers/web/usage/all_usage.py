"""`/plataforma/consumo` and `/plataforma/entidades/{institution_id}/consumo`: every institution's months (INS-6)."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.usage import usage_tools
from chalicelib.domain.errors import NotFound
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.usage.month import month_before, month_of, read_month
from chalicelib.domain.usage.settlement import SettlementState
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.usage.usage_view import (
    MEASURES,
    find_account,
    list_page,
    month_page,
    proof_file,
    statement_file,
)
from chalicelib.renderers.usage import usage_words as words
from chalicelib.renderers.usage.usage_words import WaitingRow
from chalicelib.services.usage.tools import UsageTools
from chalicelib.store.usage.statement_store import MOST_WAITING

BASE = "/plataforma/consumo"
_PROOF = "comprobante"
_PAGE = 100
_MONTHS_OFFERED = 24
_MAILED = ". Avisamos por correo a sus coordinadores."
_UNMAILED = ", pero no pudimos avisar por correo a todos sus coordinadores. Llama a la entidad."
_TOLD = {
    "pagado": f"Registramos el pago{_MAILED}",
    "pagado-sin-correo": f"Registramos el pago{_UNMAILED}",
    "reactivada": f"Registramos el pago y el convenio ya no está detenido por falta de pago{_MAILED}",
    "reactivada-sin-correo": f"Registramos el pago y el convenio ya no está detenido por falta de pago{_UNMAILED}",
    "rechazado": "Rechazamos el comprobante y avisamos el motivo por correo a sus coordinadores. Pueden enviar otro.",
    "rechazado-sin-correo": "Rechazamos el comprobante, pero no pudimos avisar por correo a todos sus coordinadores."
    " Llama a la entidad.",
}


def list_institutions(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - who may is who may
    """List every institution's month, by state if one is asked for."""
    box = current()
    tools = usage_tools(box)
    month = read_month(request.asked("mes") or month_before(month_of(tools.today)))
    state = next((one for one in SettlementState if one == request.asked("estado")), None)
    listed = institution_store(box).list_directory()
    closed = tools.statements.find_of_month([one.institution_id for one in listed], month)
    rows = [
        (institution, words.month_row(account, tools.today))
        for institution in listed
        if (account := closed.get(institution.institution_id)) is not None
        and state in {None, account.state(tools.today)}
    ]
    after = request.asked("desde")
    rest = [row for row in rows if row[0].institution_id > after]
    shown = rest[:_PAGE]
    onward = {"mes": month, "estado": state or "", "desde": shown[-1][0].institution_id} if len(rest) > _PAGE else None
    return show(
        request,
        "usage/all_months.html",
        rows=shown,
        month=month,
        month_words=words.month_in_words(month),
        months=_offered(month_of(tools.today), month),
        states=[("", "Todos"), *((one.value, text) for one, text in words.STATE_WORDS.items() if one != "provisional")],
        state=state or "",
        measures=MEASURES,
        open_count=len(listed) - len(closed),
        next_address=onward and f"{BASE}?{urlencode(onward)}",
        is_first_page=not after,
        waiting=() if after else _waiting(tools),
        most_waiting=MOST_WAITING,
    )


def list_one(request: PageRequest, staff: SignedIn, institution_id: str) -> Response:  # noqa: ARG001 - as above
    """List the months of one institution."""
    institution = find_institution(institution_id)
    shown = list_page(institution, request.asked("antes"))
    return show(request, "usage/institution_months.html", institution=institution, **shown)


def show_one(request: PageRequest, staff: SignedIn, institution_id: str, month: str) -> Response:  # noqa: ARG001
    """Show a month of one institution."""
    institution = find_institution(institution_id)
    account = find_account(institution, month)
    what = request.asked("hecho")
    return show(
        request,
        "usage/institution_month.html",
        institution=institution,
        told=_TOLD.get(what, ""),
        is_bad=what.endswith("-sin-correo"),
        **month_page(account),
    )


def show_file(request: PageRequest, staff: SignedIn, institution_id: str, month: str, part: str) -> Response:  # noqa: ARG001
    """Lead to the proof that was sent, or to the month as a file."""
    account = find_account(find_institution(institution_id), month)
    return proof_file(account) if part == _PROOF else statement_file(staff, account, part)


def find_institution(institution_id: str) -> Institution:
    """Return an institution.

    Raises:
        NotFound: `institution_unknown`.

    """
    found = institution_store(current()).find(institution_id)
    if found is None:
        raise NotFound("institution_unknown", "Aquí no hay esa entidad. Vuelve a la lista.")
    return found


def _waiting(tools: UsageTools) -> list[WaitingRow]:
    return [words.waiting_row(one, tools.today) for one in tools.statements.list_waiting()]


def _offered(this: str, asked: str) -> list[tuple[str, str]]:
    months = [this]
    while len(months) < _MONTHS_OFFERED:
        months.append(month_before(months[-1]))
    if asked not in months:
        months.append(asked)
    return [(one, words.month_in_words(one).capitalize()) for one in months]
