"""Link a filing with the notice, already deposited, by which its institution answered."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.mailbox import DocumentType
from chalicelib.services.deposit.read_deposits import deposit_number
from chalicelib.services.filing.attend_filing import AttendTools, By, answer_filing, find_to_attend
from chalicelib.store.notice_store import NoticeStore


def link_answer(  # noqa: PLR0913 - a filing, a notice, and who says so
    filing_id: str,
    notice_id: str,
    by: By,
    *,
    tools: AttendTools,
    notices: NoticeStore,
    prefixes: Mapping[DocumentType, str],
) -> Filing:
    """Mark a filing as answered by a notice of the own institution to its holder, deposited after it was filed.

    What came before a correction cannot answer it: while one is awaited nothing can.

    Raises:
        NotFound: `filing_not_found`.
        InvalidInput: `notice_unknown`.
        Conflict, Unavailable: as `answer_filing`.

    """
    filing = find_to_attend(filing_id, by, tools=tools)
    refusal = InvalidInput(
        "notice_unknown",
        "Escribe el número de una notificación que tu entidad depositó en esta casilla después de la presentación, y de"
        " su subsanación si la hubo.",
        field="notice_id",
    )
    try:
        notice = notices.get(deposit_number(notice_id.strip()))
    except (InvalidInput, NotFound) as error:
        raise refusal from error
    is_own = notice.sender.institution_id == filing.institution_id
    is_holders = filing.mailbox_id in mailboxes_of_holder(notice.mailbox_id, prefixes)
    since = filing.filed_at if filing.correction is None else filing.correction.at
    if not is_own or not is_holders or notice.deposited_at < since:
        raise refusal
    return answer_filing(filing_id, notice.notice_id, by, tools=tools)
