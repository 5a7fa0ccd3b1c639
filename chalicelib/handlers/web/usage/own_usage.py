"""`/entidad/consumo`: what the institution used by month, what it owes, and the proof that it paid (INS-6)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.usage import usage_tools
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from chalicelib.domain.usage.settlement import Account
from chalicelib.handlers.page import go_to, show, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.handlers.web.usage.labels import USAGE_LABELS
from chalicelib.handlers.web.usage.usage_view import (
    act_of,
    find_account,
    list_page,
    month_page,
    proof_file,
    statement_file,
)
from chalicelib.renderers.usage.usage_words import OWN_HOME
from chalicelib.services.usage.settle import SentProof, send_proof

_PROOF, _SENT = "comprobante", "enviado"
_TOLD = {_SENT: "Recibimos el comprobante. La plataforma lo revisa y, si está conforme, registra el pago."}


def list_own(request: PageRequest, staff: SignedIn) -> Response:
    """List the months."""
    return show(request, "usage/months.html", **list_page(staff.own, request.asked("antes")))


def show_own(request: PageRequest, staff: SignedIn, month: str) -> Response:
    """Show a month, with what to do about it."""
    account = find_account(staff.own, month)
    told = _TOLD.get(request.asked("hecho"), "") if account.settlement.proof else ""
    return show(request, "usage/month.html", told=told, **month_page(account))


def show_part(request: PageRequest, staff: SignedIn, month: str, part: str) -> Response:
    """Ask for the proof of payment, show the one that was sent, or lead to the month as a file."""
    account = find_account(staff.own, month)
    if part == _SENT:
        return proof_file(account)
    return _proof_page(request, account) if part == _PROOF else statement_file(staff, account, part)


def send_by_form(request: PageRequest, staff: SignedIn, month: str, part: str) -> Response:
    """Take the proof of payment."""
    account = find_account(staff.own, month)
    if part != _PROOF:
        raise NotFound("page_unknown", "Aquí no hay nada que enviar. Vuelve al mes.")
    sent = read_form(request.headers.get("content-type", ""), request.body)
    file = sent.files.get("file", FormFile("", b""))
    box = current()
    try:
        send_proof(
            account,
            SentProof(file.filename, file.content),
            act=act_of(request, staff, "Comprobante de pago"),
            files=files(box),
            tools=usage_tools(box),
        )
    except CasillaError as error:
        return _proof_page(request, account, error)
    return go_to(f"{OWN_HOME}/{month}?hecho={_SENT}")


def _proof_page(request: PageRequest, account: Account, error: CasillaError | None = None) -> Response:
    if not account.is_open and error is None:
        return go_to(f"{OWN_HOME}/{account.statement.month}")
    return show_form(request, "usage/proof.html", error, USAGE_LABELS, largest=MAX_INLINE_SIZE, **month_page(account))
