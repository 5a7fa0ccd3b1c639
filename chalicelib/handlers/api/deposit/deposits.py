"""`POST /v1/deposits`: institutions' systems deposit notices."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.api.deposit.deposit_body import read_deposit
from chalicelib.handlers.api.deposit.deposit_hint import look_for_hint
from chalicelib.handlers.http import json_response
from chalicelib.services.deposit.deposit_notice import deposit_notice
from chalicelib.services.deposit.depositor import Answering, BySignature
from chalicelib.services.sender.signed_request import WRITE_COVERAGE, SignedRequest, read_claim

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def create_deposit(request: SignedRequest, *, answering: Answering) -> Response:
    """Deposit a notice; repeated, it gets the first answer again. `answering` decides where it answers a filing."""
    box = current()
    claim = read_claim(request, (*WRITE_COVERAGE, "idempotency-key"), now=box.clock())
    key = request.headers.get("idempotency-key", "")

    def read() -> DepositCommand:
        if not _IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidInput(
                "idempotency_key_invalid",
                "La cabecera Idempotency-Key debe tener de 1 a 255 caracteres ASCII visibles, sin espacios.",
            )
        return read_deposit(request.body, box.mailbox_prefixes)

    answer = deposit_notice(
        read,
        by=BySignature(request, claim, key, sender_tools(box), answering),
        hint=look_for_hint(request.body, box.mailbox_prefixes),
        tools=deposit_tools(box),
    )
    headers = {"Idempotency-Replayed": "true"} if answer.is_replay else {}
    return json_response(answer.body, status=201, headers=headers)
