"""What an institution's system can read of its own deposits, also while the institution is inactive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.notice import Notice
from chalicelib.gateways.files import Files
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.services.sender.authenticate_sender import SenderTools, find_sender
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.together import together
from chalicelib.store.deposit.sender_month_store import MonthShard, NoticePage, SenderMonthStore, page_of
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.shards import SHARDS

RECEIPT_LINK_LIVES_S = 300
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class DepositPage:
    """Some deposits, oldest first, and the cursor of the next page; None at the end."""

    notices: tuple[Notice, ...]
    cursor: str | None


def read_deposit_of(
    notice_id: str, *, request: SignedRequest, claim: Claim, tools: SenderTools, notices: NoticeStore
) -> Notice:
    """Return one deposit of the sender's own.

    Raises:
        NotFound: `notice_not_found`, also for another institution's.

    """
    sender = find_sender(request, claim, tools=tools)
    try:
        notice = notices.get(parse_code(notice_id))
    except InvalidInput as error:
        raise deposit_not_found() from error
    if notice.sender.institution_id != sender.institution.institution_id:
        raise deposit_not_found()
    return notice


def receipt_link(  # noqa: PLR0913 - a receipt and who asks for it
    notice_id: str, *, request: SignedRequest, claim: Claim, tools: SenderTools, notices: NoticeStore, files: Files
) -> str:
    """Return a short-lived link to a deposit's receipt."""
    notice = read_deposit_of(notice_id, request=request, claim=claim, tools=tools, notices=notices)
    return files.document_link(
        notice.receipt_key, f"constancia-{notice.notice_id}.pdf", "application/pdf", expires_s=RECEIPT_LINK_LIVES_S
    )


def list_deposits(  # noqa: PLR0913 - a page and who asks for it
    *,
    month: str,
    cursor: str | None,
    limit: int,
    request: SignedRequest,
    claim: Claim,
    tools: SenderTools,
    months: SenderMonthStore,
) -> DepositPage:
    """Return a page of the sender's own deposits of one month.

    Raises:
        InvalidInput: `month_invalid` or `cursor_invalid`.

    """
    sender = find_sender(request, claim, tools=tools)
    if not _MONTH.fullmatch(month):
        raise InvalidInput("month_invalid", "El parámetro month va como AAAA-MM, por ejemplo 2026-01.", field="month")
    position = position_of(cursor)
    page = read_month(sender.institution.institution_id, month, after=position, limit=limit, months=months)
    return DepositPage(page.notices, cursor_of(page.next_after))


def read_month(
    institution_id: str, month: str, *, after: str | None, limit: int, months: SenderMonthStore
) -> NoticePage:
    """Return up to `limit` notices that an institution deposited in a month, oldest first; one hop, a call a shard."""
    found: list[MonthShard] = []

    def read(shard: str) -> None:
        found.append(months.read_shard(institution_id, month, shard, after=after, limit=limit))

    together(partial(read, shard) for shard in SHARDS)
    return page_of(found, limit)


def deposit_not_found() -> NotFound:
    """Return the one refusal for a deposit that does not exist, or is another institution's."""
    return NotFound("notice_not_found", "No existe ese depósito, o no es de su entidad.")
