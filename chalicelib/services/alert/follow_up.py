"""Look what can be done about alerts that failed: mark dead addresses, try the other channel (ALR-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.follow_up import follow_failures
from chalicelib.domain.mailbox.address_health import Sign
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.services.alert.learn import learn, sent_to
from chalicelib.store.alert.situation_store import Situation
from chalicelib.store.mailbox_store import MailboxStore


def follow_up(
    batch: AlertBatch, situation: Situation, *, mailboxes: MailboxStore, now: datetime, reach: SmsReach
) -> AlertBatch:
    """Return the batch with what is to be sent beside. Addresses that were refused are marked in the mailbox before.

    Where the notice was opened, or what is told of a filing was overtaken, nothing more is sent; where its mailbox is
    gone, nothing can be.

    Raises:
        Unavailable: `store_unavailable`; nothing is lost, it is to be followed up again.

    """
    mailbox = situation.mailbox
    if mailbox is not None:
        for alert in batch.unmarked:
            at = alert.settled_at or now
            mailbox = learn(mailbox, sent_to(alert), Sign.BOUNCED, at, mailboxes, reason=alert.refusal)
    marked = (*batch.following.marked, *(alert.alert_id for alert in batch.unmarked))
    known_at = batch.following.known_at or situation.known_at(now)
    batch = replace(
        batch,
        institution_id=batch.institution_id or situation.institution_id,
        mailbox_id=batch.mailbox_id or situation.mailbox_id,
        following=replace(batch.following, marked=marked, known_at=known_at),
    )
    if mailbox is None:
        followed = (*batch.following.followed, *batch.unfollowed)
        return replace(batch, following=replace(batch.following, followed=followed))
    return follow_failures(batch, mailbox, now=now, reach=reach)
