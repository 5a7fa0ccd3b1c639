"""What every page of a month shows, whoever looks at it."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.usage import statement_file_tools, usage_tools
from chalicelib.domain.errors import NotFound
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.usage.settlement import Account, SettlementState
from chalicelib.domain.usage.tariff import Measure
from chalicelib.handlers.page import go_to
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.usage import usage_words as words
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.usage.export_statement import LINK_LIVES_S, export_statement
from chalicelib.services.usage.read_usage import list_months, read_account

MEASURES = tuple(measure.label for measure in Measure)


def month_page(account: Account) -> dict[str, Any]:
    """Return what a month's page shows."""
    today = usage_tools(current()).today
    statement, settlement = account.statement, account.settlement
    return {
        "statement": statement,
        "sha256": account.sha256,
        "month_words": words.month_in_words(statement.month),
        "row": words.month_row(account, today),
        "note": words.state_note(account, today),
        "is_late": account.state(today) is SettlementState.LATE,
        "lines": words.line_rows(statement),
        "sums": words.sum_rows(statement),
        "days": words.day_rows(statement),
        "measures": MEASURES,
        "counted": words.COUNTED,
        "rounding": words.WITHOUT_AMOUNTS if statement.bill is None else words.ROUNDING,
        "settlement": settlement,
        "owed": words.money(statement.owed) if statement.owed else "",
        "paid": words.money(settlement.payment.amount) if settlement.payment else "",
        "is_open": account.is_open,
        "pay_until": account.pay_until,
    }


def list_page(institution: Institution, before: str) -> dict[str, Any]:
    """Return what a list of months shows; `before` is empty, or the month from which it goes on backwards."""
    tools = usage_tools(current())
    accounts = list_months(institution, tools=tools, before=before or None)
    closed = [one for one in accounts if one.statement.is_closed]
    is_full = len(closed) >= tools.statements.page_size
    return {
        "rows": [words.month_row(one, tools.today) for one in accounts],
        "measures": MEASURES,
        "has_amounts": any(one.statement.bill is not None for one in accounts),
        "older": closed[-1].statement.month if is_full else None,
        "is_first_page": not before,
        "begins": words.month_in_words(tools.settings.first_month),
    }


def find_account(institution: Institution, month: str) -> Account:
    """Return a month of an institution.

    Raises:
        NotFound: `month_unknown`.

    """
    return read_account(institution, month, tools=usage_tools(current()))


def statement_file(staff: SignedIn, account: Account, kind: str) -> Response:
    """Lead to a month as a file."""
    return go_to(export_statement(account, kind, asked_by=staff.member.staff_id, tools=statement_file_tools(current())))


def proof_file(account: Account) -> Response:
    """Lead to the proof that waits to be checked, or was paid by.

    Raises:
        NotFound: `proof_unknown`.

    """
    proof = account.settlement.proof
    if proof is None:
        raise NotFound("proof_unknown", "De ese mes no hay un comprobante enviado.")
    link = files(current()).document_link(proof.object_key, proof.filename, proof.media_type, expires_s=LINK_LIVES_S)
    return go_to(link)


def act_of(request: PageRequest, staff: SignedIn, reason: str) -> OperatorAct:
    """Return who does something, from where and why."""
    box = current()
    return OperatorAct(staff.member.actor, reason, box.clock, box.chance.new_event_id, request.origin)
