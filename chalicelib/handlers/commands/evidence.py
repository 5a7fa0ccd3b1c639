"""What anybody can ask of a receipt: whether it was issued, and what it says."""

from __future__ import annotations

from functools import partial

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.evidence import receipt_store
from chalicelib.domain.evidence.receipt import IssuedReceipt, Verification
from chalicelib.handlers.commands.access import read_captcha
from chalicelib.handlers.fields import Fields
from chalicelib.services.access.admit_verification import admit_verification, settle_verification
from chalicelib.services.evidence.verify_receipt import verify_receipt


def verify(asked: Verification, fields: Fields, *, origin: str) -> tuple[IssuedReceipt, ...]:
    """Look for a receipt; `fields` have the captcha, where one was answered."""
    box = current()
    tools = access_tools(box)
    look = admit_verification(read_captcha(fields), origin=origin, tools=tools, now=box.clock())
    settle = partial(settle_verification, look, tools=tools)
    return verify_receipt(asked, receipts=receipt_store(box), settle=settle)
