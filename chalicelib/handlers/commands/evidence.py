"""What anybody can ask of a receipt: whether it was issued, and what it says."""

from __future__ import annotations

from functools import partial

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.audit import audit_store
from chalicelib.bootstrap.evidence import receipt_store
from chalicelib.bootstrap.filing import filing_store
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.evidence.receipt import Verification
from chalicelib.services.access.admit_verification import admit_verification, prove_look, settle_verification
from chalicelib.services.evidence.verify_receipt import Verified, verify_receipt


def prove(asked: Verification, captcha: CaptchaAnswer, *, origin: str) -> str:
    """Return what a right answer to a captcha leaves for looking at this receipt."""
    box = current()
    return prove_look(captcha, asked.sought, origin=origin, tools=access_tools(box), now=box.clock())


def verify(asked: Verification, *, proof: str, origin: str) -> Verified:
    """Look for a receipt, a filing receipt or a list of looks; `proof` is what a captcha left, or empty."""
    box = current()
    tools = access_tools(box)
    look = admit_verification(proof, asked.sought, origin=origin, tools=tools, now=box.clock())
    settle = partial(settle_verification, look, tools=tools)
    return verify_receipt(
        asked, receipts=receipt_store(box), audits=audit_store(box), filings=filing_store(box), settle=settle
    )
