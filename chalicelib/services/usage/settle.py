"""Take a proof of payment, refuse it, or record the payment; what was late is let go by the last of these."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.errors import CasillaError, InvalidInput, TooLarge, refusal_of
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import media_type_of
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from chalicelib.domain.usage.settlement import (
    Account,
    Payment,
    Proof,
    Settlement,
    SettlementState,
    with_payment,
    with_proof,
    with_proof_refused,
)
from chalicelib.gateways.files import Files
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.upload.judge_file import judge_sent_file
from chalicelib.services.usage.hold_up import hold_up_late, let_go
from chalicelib.services.usage.tools import UsageTools
from chalicelib.store.usage.statement_store import StatementChanged

PROOF_TYPES = ("application/pdf", "image/jpeg", "image/png")
LONGEST_REFERENCE = 60
_TRIES = 3


@dataclass(frozen=True, slots=True)
class SentProof:
    """A file that a form sent."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """The month as it is now; `is_let_go` says that the agreement is not held up for late payment any more."""

    account: Account
    is_let_go: bool


def send_proof(account: Account, sent: SentProof, *, act: OperatorAct, files: Files, tools: UsageTools) -> Account:
    """Keep a scanned proof of payment, inspected like every file, for whoever checks it.

    Raises:
        InvalidInput: `file_missing`, `proof_type_wrong`, `proof_refused_before`, or as the inspection.
        TooLarge: `file_too_large`.
        Conflict: `statement_not_owed`, `statement_paid`, `statement_changed`.
        Unavailable: `store_unavailable`, `files_unavailable`.

    """
    statement, media_type = account.statement, _check(sent)
    verdict = judge_sent_file(sent.content, sent.filename, FileRole.ANNEX)
    if verdict.problems:
        raise refusal_of([InvalidInput(one.code, one.detail, field="file") for one in verdict.problems])
    now = tools.now()
    key = f"payments/{statement.institution_id}/{statement.month}/{verdict.sha256}"
    proof = Proof(key, sent.filename, media_type, verdict.size, verdict.sha256, now, act.operator)
    with_proof(account, proof, tools.today)
    files.put_document(key, sent.content, media_type)
    return _settled(
        account, lambda one: with_proof(one, proof, tools.today), EventType.PAYMENT_PROOF_SENT, act=act, tools=tools
    )


def refuse_proof(account: Account, sha256: str, *, act: OperatorAct, tools: UsageTools) -> Account:
    """Refuse the proof that was looked at, for the act's reason; where the month is late then, hold up the agreement.

    What could not be held up now is held up by the nightly job.

    Raises:
        Conflict: `proof_changed`, `statement_paid`, `statement_changed`.
        Unavailable: `store_unavailable`.

    """
    now = tools.now()
    settled = _settled(
        account,
        lambda one: with_proof_refused(one, sha256, act.reason, now, act.operator, zone=tools.zone),
        EventType.PAYMENT_PROOF_REFUSED,
        act=act,
        tools=tools,
    )
    if settled.state(tools.today) is SettlementState.LATE:
        institution_id = settled.statement.institution_id
        with suppress(CasillaError):
            accounts = tools.statements.list_closed(institution_id)
            hold_up_late(institution_id, accounts, tools=tools, found_by=(act.operator, act.origin))
    return settled


def record_payment(  # noqa: PLR0913 - what was paid, by whom it is recorded and through what
    account: Account, amount: int, paid_on: date, reference: str, *, act: OperatorAct, tools: UsageTools
) -> Recorded:
    """Record that a month was paid; of two at once one does, and the other is told so.

    Raises:
        InvalidInput: `payment_too_small`, `payment_day_wrong`.
        Conflict: `statement_paid`, `statement_not_owed`, `statement_changed`.
        Unavailable: `store_unavailable`; the payment may stand, and the nightly job does what is left.

    """
    payment = Payment(amount, paid_on, reference, tools.now(), act.operator)
    settled = _settled(
        account,
        lambda one: with_payment(one, payment, tools.today),
        EventType.PAYMENT_RECORDED,
        act=act,
        tools=tools,
        amount=str(amount),
    )
    institution_id = settled.statement.institution_id
    accounts = tools.statements.list_closed(institution_id)
    return Recorded(settled, let_go(institution_id, accounts, tools=tools, paid_by=(act.operator, act.origin)))


def _settled(
    account: Account,
    decide: Callable[[Account], Settlement],
    kind: EventType,
    *,
    act: OperatorAct,
    tools: UsageTools,
    **told: str,
) -> Account:
    """Write what a rule decides, anew on what another one wrote meanwhile."""
    statement = account.statement
    for _ in range(_TRIES):
        settlement = decide(account)
        if settlement == account.settlement:
            return account
        data = {"month": statement.month, "number": statement.number, **told}
        event: Event = act.event(f"institution#{statement.institution_id}", kind, tools.now(), **data)
        try:
            return tools.statements.settle(account, settlement, event)
        except StatementChanged as error:
            lost: CasillaError = error
            found = tools.statements.find(statement.institution_id, statement.month)
            account = found if found is not None else account
    raise lost


def _check(sent: SentProof) -> str:
    if not sent.filename or not sent.content:
        raise InvalidInput("file_missing", "Elige el archivo del comprobante.", field="file")
    if len(sent.content) > MAX_INLINE_SIZE:
        raise TooLarge("file_too_large", "El archivo pasa de 4 MB. Escanéalo con menos detalle.", field="file")
    media_type = media_type_of(sent.filename)
    if media_type not in PROOF_TYPES:
        raise InvalidInput("proof_type_wrong", "El comprobante va en PDF, JPG o PNG.", field="file")
    return media_type
