"""What an institution's system can read of its own deposits, also while the institution is inactive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from chalicelib.domain.codes import parse_code
from chalicelib.domain.deposit.local_month import MonthPart, parts_of
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.notice import Notice
from chalicelib.gateways.files import Files
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.services.sender.authenticate_sender import SenderTools, find_sender, read_beside_nonce
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.together import together
from chalicelib.store.deposit.sender_month_store import MonthShard, SenderMonthStore, is_read_out, page_of, reaches
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.shards import SHARDS

RECEIPT_LINK_LIVES_S = 300


@dataclass(frozen=True, slots=True)
class MonthQuery:
    """A month of the country's, `YYYY-MM`, after which cursor its page begins, and up to how many deposits it has."""

    month: str
    cursor: str | None
    limit: int


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
    number = deposit_number(notice_id)
    found: list[Notice] = []
    read_beside_nonce(sender, [lambda: found.append(notices.get(number))], tools=tools)
    [notice] = found
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


def list_deposits(  # noqa: PLR0913 - a month, who asks, and where it is kept
    read: Callable[[], MonthQuery],
    *,
    request: SignedRequest,
    claim: Claim,
    tools: SenderTools,
    months: SenderMonthStore,
    zone: ZoneInfo,
) -> DepositPage:
    """Return a page of the sender's own deposits of one month; what was asked for is read after the proof.

    The index is kept by months of UTC, of which a local month reaches into two. The second is read, in a round trip of
    its own, once it has begun and where the first does not fill the page.

    Raises:
        InvalidInput: `month_invalid` or `cursor_invalid`, and what reading the query raises.

    """
    sender = find_sender(request, claim, tools=tools)
    wanted = read()
    parts = parts_of(wanted.month, zone)
    after, limit = position_of(wanted.cursor), wanted.limit
    found: list[MonthShard] = []
    reads = [
        shard_reads(sender.institution.institution_id, part, after=after, limit=limit, months=months, into=found)
        for part in parts
        if part.first <= tools.clock() and reaches(part, after)
    ]
    read_beside_nonce(sender, reads[0] if reads else (), tools=tools)
    for more in reads[1:]:
        if is_read_out(found, limit):
            together(more)
    page = page_of(found, limit)
    return DepositPage(page.notices, cursor_of(page.next_after))


def shard_reads(  # noqa: PLR0913 - a page, and where what is read of it goes
    institution_id: str,
    part: MonthPart,
    *,
    after: str | None,
    limit: int,
    months: SenderMonthStore,
    into: list[MonthShard],
) -> list[Callable[[], None]]:
    """Return the calls, a shard each, that read up to `limit` notices an institution deposited in part of a month."""

    def read(shard: str) -> None:
        into.append(months.read_shard(institution_id, part, shard, after=after, limit=limit))

    return [partial(read, shard) for shard in SHARDS]


def deposit_number(notice_id: str) -> str:
    """Return the number that a deposit is kept under.

    Raises:
        NotFound: `notice_not_found` for what can be none.

    """
    try:
        return parse_code(notice_id)
    except InvalidInput as error:
        raise deposit_not_found() from error


def deposit_not_found() -> NotFound:
    """Return the one refusal for a deposit that does not exist, or is another institution's."""
    return NotFound("notice_not_found", "No existe ese depósito, o no es de su entidad.")
