"""Find what somebody wants verified: a receipt, a filing receipt, or a list of looks (REC-5, INS-8, FIL-2).

A code finds either, or the hash of the PDF itself. The hash of a document finds nothing without the code: whoever holds
a form that was notified to somebody could learn to whom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chalicelib.domain.audit.audit import IssuedAudit
from chalicelib.domain.evidence.receipt import IssuedReceipt, Verification
from chalicelib.domain.filing.filing import Filing
from chalicelib.services.together import together
from chalicelib.store.audit.audit_store import AuditStore
from chalicelib.store.filing.filing_store import FilingStore
from chalicelib.store.receipt_store import ReceiptStore


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: receipts, or a list of looks, or a filing, or nothing."""

    receipts: tuple[IssuedReceipt, ...]
    audit: IssuedAudit | None = None
    filing: Filing | None = None


def verify_receipt(
    asked: Verification,
    *,
    receipts: ReceiptStore,
    audits: AuditStore,
    filings: FilingStore,
    settle: Callable[[bool], None],
) -> Verified:
    """Return what is asked for; nothing for a code or a hash that nothing has, after the same calls.

    `settle` is told whether there is anything. Two hops: the indexes, then the notice and what `settle` does, at once.
    """
    found: list[str] = []
    listed: list[IssuedAudit | None] = []
    led: list[str | None] = []

    def seek() -> None:
        found.extend(receipts.find_by_code(asked.code) if asked.code else receipts.find_by_sha256(asked.sha256 or ""))

    together(
        [
            seek,
            lambda: listed.append(audits.find_issued(asked.code, asked.sha256)),
            lambda: led.append(filings.find_lead(asked.code, asked.sha256)),
        ]
    )
    [audit], [filing_id] = listed, led
    read: list[IssuedReceipt] = []
    filed: list[Filing | None] = []

    def take() -> None:
        read.extend(receipts.read(tuple(found)))

    is_known = bool(found) or audit is not None or filing_id is not None
    together([take, lambda: filed.append(filings.find_led(filing_id)), partial(settle, is_known)])
    return Verified(tuple(read), audit, filed[0])
