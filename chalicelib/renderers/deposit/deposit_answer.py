"""The answer to a deposit, stored with it and repeated byte for byte for ever."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from chalicelib.domain.deposit.deposit_warning import DepositWarning
from chalicelib.domain.notice import Notice
from chalicelib.renderers.notice_json import told_notice_as_json

_ANSWERED = (
    "notice_id",
    "verification_code",
    "deposited_at",
    "regime",
    "norm",
    "term",
    "distance",
    "effective_on",
    "term_starts_on",
    "term_ends_on",
    "starts_by",
    "ends_by",
    "calendar_version",
    "calendar_confirmed_until",
    "office_hours",
    "replaces",
    "recipient",
    "case_file",
    "files",
    "alerts",
)


def render_deposit_answer(
    notice: Notice,
    *,
    receipt_sha256: str,
    receipt_size: int,
    api_base_url: str,
    warnings: Sequence[DepositWarning] = (),
) -> bytes:
    """Return the 201 body: what was deposited, when it counts, the receipt's hash, where to find it all, warnings."""
    whole = told_notice_as_json(notice)
    answer = {name: whole[name] for name in _ANSWERED if name in whole}
    answer["recipient"] = {name: whole["recipient"][name] for name in ("document_type", "document_number", "mailbox")}
    answer["receipt"] = {"sha256": receipt_sha256, "size": receipt_size}
    answer["links"] = deposit_links(notice.notice_id, api_base_url)
    answer["warnings"] = [asdict(warning) for warning in warnings]
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def deposit_links(notice_id: str, api_base_url: str) -> dict[str, str]:
    """Return where the deposit and its receipt can be read again."""
    own = f"{api_base_url}/v1/deposits/{notice_id}"
    return {"self": own, "receipt": f"{own}/receipt"}
