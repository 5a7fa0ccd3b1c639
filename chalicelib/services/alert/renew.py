"""Alert anew of what nobody opened, and of what filings came to, by channels that failed and live again (ALR-4).

What is to be sent is added to the notices' alerts, once however often this is asked for. The next sweep sends it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.follow_up import NEWS_FOR, renew_alerts
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxState
from chalicelib.services.alert.send_alerts import SendingTools, planned_event
from chalicelib.services.work_through import log_failed

RENEWED, OPENED, HELD, KEPT = "renewed", "opened", "held", "kept"
"""What became of a notice whose alerts failed: alerted anew, seen to be opened, left since its mailbox is frozen or
since no channel that failed lives again."""
MAY_LIVE_AFTER = frozenset(
    {
        EventType.ADDRESS_PROVED,
        EventType.ADDRESS_CHANGED,
        EventType.USER_ACTIVATED,
        EventType.USER_ENABLED,
        EventType.MAILBOX_THAWED,
    }
)
"""After these an address of a mailbox may live that did not before: each is logged about the mailbox."""


def renew(mailbox_id: str, tools: SendingTools) -> Counter[str]:
    """Alert anew of a mailbox's notices and filings; of many, or old ones, the nightly job comes to the rest.

    Four calls, and two or three for each notice with a channel that failed. One that fails stops no other.

    Raises:
        Unavailable: the store does not answer, or one failed; asking again does what is left.

    """
    failures: list[Exception] = []
    outcomes: Counter[str] = Counter()
    since = tools.now() - NEWS_FOR
    of_notices = tools.situations.unread_with_failures(mailbox_id, since=since)
    for notice_id in (*of_notices, *tools.situations.filings_with_failures(mailbox_id, since=since)):
        try:
            outcomes[renew_notice(notice_id, tools, mailbox_id=mailbox_id)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            log_failed("renew", notice_id, error)
            failures.append(error)
    if failures:
        raise Unavailable("renewal_failed", "Se intentará de nuevo.") from failures[0]
    return outcomes


def renew_notice(notice_id: str, tools: SendingTools, *, mailbox_id: str | None = None) -> str:
    """Alert anew of one notice, or thing told of a filing; what was opened or overtaken leaves the lists of failures.

    Raises:
        Unavailable: `store_unavailable`.

    """
    found = tools.situations.find(notice_id, mailbox_id)
    batch, mailbox, opened_at = found.batch, found.mailbox, found.known_at(tools.now())
    if batch is None or batch.failed_since is None:
        return KEPT
    if opened_at is not None:
        tools.batches.renew(batch, lambda stored: _known_as_opened(stored, opened_at))
        return OPENED
    if mailbox is None:
        return KEPT
    if mailbox.state is MailboxState.FROZEN:
        return HELD
    return RENEWED if _written(batch, mailbox, tools) else KEPT


def _written(batch: AlertBatch, mailbox: Mailbox, tools: SendingTools) -> bool:
    now = tools.now()

    def renewed(stored: AlertBatch) -> AlertBatch:
        return renew_alerts(stored, mailbox, now=now, reach=tools.reach)

    after = renewed(batch)
    if after == batch:
        return False
    event = planned_event(batch, after, now, tools.new_event_id(), "worker:renew")
    return tools.batches.renew(batch, renewed, event)


def _known_as_opened(batch: AlertBatch, at: datetime) -> AlertBatch:
    following = batch.following
    return replace(batch, following=replace(following, known_at=following.known_at or at))
