"""`POST /v1/deposits`, as the filing window has it: a deposit may answer a filing."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.handlers.api.deposit.deposits import create_deposit as create
from chalicelib.services.deposit.depositor import Known
from chalicelib.services.sender.signed_request import SignedRequest
from chalicelib.store.deposit.deposit_store import Beside


def create_deposit(request: SignedRequest) -> Response:
    """Deposit a notice; a repeated request gets the first answer again."""
    return create(request, answering=answering)


def answering(filing_id: str, known: Known, mailbox_id: str) -> Beside:
    """Say what the deposit of an answer writes beside its notice; whoever may not answer is refused."""
    from chalicelib.bootstrap.filing import answer_by_system  # noqa: PLC0415 - few deposits answer a filing

    return answer_by_system(current())(filing_id, known, mailbox_id)
