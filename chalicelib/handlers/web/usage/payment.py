"""`/plataforma/entidades/{institution_id}/consumo/{month}/pago`: a payment recorded, or its proof refused (INS-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import staff_tools
from chalicelib.bootstrap.usage import telling_tools, usage_tools
from chalicelib.domain.errors import CasillaError, InvalidInput, collect, refusal_of
from chalicelib.domain.institution.staff_changes import read_reason
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.typed import DAY_PARTS, day_problem, join_day, plain, read_day, tidy
from chalicelib.domain.usage.settlement import Account, require_other
from chalicelib.domain.usage.tariff import read_money
from chalicelib.handlers.page import answer_form, go_to, show, show_form
from chalicelib.handlers.page_request import KeptAnswer, PageRequest
from chalicelib.handlers.web.usage.all_usage import find_institution
from chalicelib.handlers.web.usage.labels import USAGE_LABELS
from chalicelib.handlers.web.usage.usage_view import act_of, find_account, month_page
from chalicelib.renderers.printable import check_printable
from chalicelib.renderers.usage.usage_words import money
from chalicelib.services.usage.settle import LONGEST_REFERENCE, record_payment, refuse_proof
from chalicelib.services.usage.tell_refused import tell_proof_refused
from chalicelib.services.usage.tell_statement import tell_payment

_PAYMENT, _CHECK = "usage/payment.html", "usage/payment_check.html"
_FIELDS = ("amount", "paid_on", "reference", "reason")
_LONGEST = 100
_WHY = "Pago registrado en la consola"


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, read: céntimos, a local day, a reference."""

    amount: int
    paid_on: date
    reference: str


def show_payment(request: PageRequest, staff: SignedIn, institution_id: str, month: str) -> Response:  # noqa: ARG001
    """Ask what was paid, show the proof that waits, or what was typed for a last look."""
    institution, account = _find(institution_id, month)
    if not account.is_open:
        return go_to(_month_of(account))
    if request.answer is not None and request.answer.template == _CHECK:
        try:
            return show(request, _CHECK, **_checked(institution, account, request, _read(request)))
        except CasillaError:  # only where a kept answer was tampered with, which cannot be, or rules changed
            pass
    return show(request, _PAYMENT, **_shown(institution, account, request))


def decide_by_form(request: PageRequest, staff: SignedIn, institution_id: str, month: str) -> Response:
    """Show what was typed for a last look, record it from there, or refuse the proof."""
    institution, account = _find(institution_id, month)
    step, tools = request.value("step"), usage_tools(current())
    if step == "corregir":
        kept = KeptAnswer(template=_PAYMENT)
        return answer_form(request, kept, **_shown(institution, account, request))
    try:
        require_other(staff.member, staff_tools(current()).staff.list_for_institution(institution_id))
        if step == "rechazar":
            reason = read_reason(request.value("reason"))
            act = act_of(request, staff, reason)
            refused = refuse_proof(account, request.value("sha256"), act=act, tools=tools)
            is_told = tell_proof_refused(refused, staff=staff_tools(current()), tools=telling_tools(current()))
            return go_to(f"{_month_of(account)}?hecho={'rechazado' if is_told else 'rechazado-sin-correo'}")
        typed = _read(request)
        if step != "registrar":
            kept = KeptAnswer(template=_CHECK)
            return answer_form(request, kept, **_checked(institution, account, request, typed))
        act = act_of(request, staff, _WHY)
        recorded = record_payment(account, typed.amount, typed.paid_on, typed.reference, act=act, tools=tools)
    except CasillaError as error:
        return show_form(request, _PAYMENT, error, USAGE_LABELS, **_shown(institution, account, request))
    done = "reactivada" if recorded.is_let_go else "pagado"
    is_told = tell_payment(recorded.account, tools=telling_tools(current()))
    return go_to(f"{_month_of(account)}?hecho={done if is_told else f'{done}-sin-correo'}")


def _find(institution_id: str, month: str) -> tuple[Institution, Account]:
    institution = find_institution(institution_id)
    return institution, find_account(institution, month)


def _month_of(account: Account) -> str:
    return f"/plataforma/entidades/{account.statement.institution_id}/consumo/{account.statement.month}"


def _read(request: PageRequest) -> _Typed:
    problems: list[InvalidInput] = []
    amount = collect(problems, partial(read_money, plain(request.value("amount")[:_LONGEST]), field="amount"), 0)
    paid_on = collect(problems, partial(_read_day, _typed_day(request)), date.min)
    reference = collect(problems, partial(_read_reference, request.value("reference")), "")
    if problems:
        raise refusal_of(problems)
    return _Typed(amount, paid_on, reference)


def _read_day(typed: str) -> date:
    if not typed:
        raise InvalidInput("field_empty", "", field="paid_on")
    day = read_day(typed)
    if day is None:
        raise InvalidInput("paid_on_invalid", f"«Fecha del pago»: {day_problem(typed)}.", field="paid_on")
    return day


def _read_reference(typed: str) -> str:
    reference = tidy(typed)
    if not 1 <= len(reference) <= LONGEST_REFERENCE:
        detail = f"Escribe el número de operación, de 1 a {LONGEST_REFERENCE} letras o números."
        raise InvalidInput("reference_length_invalid", detail, field="reference")
    check_printable(reference, field="reference")
    return reference


def _typed_day(request: PageRequest) -> str:
    parts = [request.value(f"paid_on_{part}")[:_LONGEST] for part in DAY_PARTS]
    return join_day(*parts) if any(parts) else plain(request.value("paid_on")[:_LONGEST])


def _shown(institution: Institution, account: Account, request: PageRequest) -> dict[str, Any]:
    typed = {name: request.value(name) for name in _FIELDS}
    typed["paid_on"] = _typed_day(request)
    if not request.form:
        owed = account.statement.owed
        typed["amount"] = f"{owed // 100}.{owed % 100:02}"
    return {"institution": institution, "typed": typed, "month_at": _month_of(account), **month_page(account)}


def _checked(institution: Institution, account: Account, request: PageRequest, typed: _Typed) -> dict[str, Any]:
    over = typed.amount - account.statement.owed
    return {
        **_shown(institution, account, request),
        "amount_words": money(typed.amount),
        "over": money(over) if over > 0 else "",
        "paid_on": typed.paid_on,
        "reference": typed.reference,
    }
