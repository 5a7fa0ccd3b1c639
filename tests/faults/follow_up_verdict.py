"""What must hold of fallbacks, reminders and what is known of addresses, by the providers' ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.alert.alert import FAILURES, Alert, AlertPurpose, AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.channels import reachable
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import NoticeItem
from tests.deposit_world import NOW
from tests.faults.follow_ups import Taken, World

_TWICE = 2
_ADDED = {"reminder", "fallback"}
_ACCEPTED_FATES = {"well", "silent", "spam"}


def violations(world: World) -> list[str]:
    """Return what does not hold once all is at rest."""
    found = list(_of_addresses(world))
    for notice_id in world.notices:
        batch = world.batch(notice_id)
        of_notice = (*_of_rest(batch), *_of_messages(world, batch), *_of_added(world, batch),
                     *_of_channels(world, batch), *_of_fallback(world, batch), *_of_reminder(world, batch),
                     *_of_list(world, batch), *_of_log(world, batch))  # fmt: skip
        found += [f"{complaint} [{notice_id}]" for complaint in of_notice]
    return found


def _of_rest(batch: AlertBatch) -> Iterator[str]:
    if batch.open or batch.is_to_follow or batch.leased_until or batch.owed:
        yield f"not at rest: {batch.open} {batch.unfollowed}"


def _of_messages(world: World, batch: AlertBatch) -> Iterator[str]:
    """Hold doubles to what nobody could know."""
    ours = [one for one in world.taken if one.notice_id == batch.notice_id]
    for alert in batch.alerts:
        taken = [one for one in ours if (one.to, one.purpose) == (alert.destination, alert.purpose.value)]
        for before, _ in pairwise(taken):
            if before.is_known and not _died_later(world, before):
                yield f"doubled: {alert.alert_id}"
    strays = {(one.to, one.purpose) for one in ours} - {(a.destination, a.purpose.value) for a in batch.alerts}
    if strays:
        yield f"of no alert: {strays}"


def _of_added(world: World, batch: AlertBatch) -> Iterator[str]:
    """Compare what was added with what was known when its sender looked."""
    opened = world.opened.get(batch.notice_id)
    for one in world.taken:
        if one.notice_id != batch.notice_id or one.purpose not in _ADDED:
            continue
        looked_at = one.looked_at or 0
        if opened is not None and looked_at > opened:
            yield f"after the opening: {one.purpose} to {one.to}"
        if any(looked_at > learned for learned, address in world.known_dead if address == one.to):
            yield f"to a dead address: {one.purpose} to {one.to}"


def _died_later(world: World, sent: Taken) -> bool:
    return (sent.process, sent.run) in world.died


def _of_channels(world: World, batch: AlertBatch) -> Iterator[str]:
    """Compare which channels failed, and whether the other was tried, with what became of each message."""
    for channel in Channel:
        alerts = [alert for alert in batch.by(channel) if alert.purpose is not AlertPurpose.REMINDER]
        if not alerts:
            continue
        failed = all(_has_failed(world, alert) for alert in alerts)
        reminded = any(not _has_failed(world, alert) for alert in batch.by(channel))
        if (channel in batch.failed_channels) is not (failed and not reminded):
            yield f"channel {channel}: {batch.failed_channels}, {[alert.state for alert in alerts]}"
        if failed and batch.following.known_at is None and channel not in batch.following.followed:
            yield f"not followed: {channel}"


def _of_fallback(world: World, batch: AlertBatch) -> Iterator[str]:
    fallbacks = [alert for alert in batch.alerts if alert.purpose is AlertPurpose.FALLBACK]
    if len({alert.destination for alert in fallbacks}) != len(fallbacks):
        yield "fallback added twice"
    for alert in fallbacks:
        added_s = ((alert.added_at or NOW) - NOW).total_seconds()
        if any(learned < added_s - 10 for learned, address in world.known_dead if address == alert.destination):
            yield f"fallback for a dead address: {alert.alert_id}"
    emails = [alert for alert in batch.alerts if alert.alert_id.endswith(".email")]
    texts = [alert for alert in batch.alerts if alert.alert_id.endswith(".sms")]
    were_all_lost = emails and all(world.fates[alert.destination] in {"dead", "full", "refused"} for alert in emails)
    tried = Counter(one.to for one in world.taken if one.notice_id == batch.notice_id and one.purpose != "reminder")
    is_hopeful = any(
        world.fates[alert.destination] == "silent" and tried[alert.destination] < _TWICE for alert in texts
    )
    if were_all_lost and is_hopeful and batch.notice_id not in world.opened and not fallbacks:
        yield "no fallback"


def _has_failed(world: World, alert: Alert) -> bool:
    if alert.state is AlertState.GAVE_UP:
        return True
    return world.fates[alert.destination] not in _ACCEPTED_FATES


def _of_reminder(world: World, batch: AlertBatch) -> Iterator[str]:
    reminders = [alert for alert in batch.alerts if alert.purpose is AlertPurpose.REMINDER]
    if len({alert.destination for alert in reminders}) != len(reminders):
        yield "reminded twice"
    due = world.reminders[batch.notice_id]
    for alert in reminders:
        if alert.added_at is None or alert.added_at < due.at:
            yield f"reminded too soon: {alert.added_at}"
    item = NoticeItem.get(batch.notice_id, consistent_read=True)
    opened = world.opened.get(batch.notice_id)
    if item.remind_shard is not None or item.remind_at is not None:
        yield "still to be reminded of"
    was_unread = opened is None
    mailbox = mailbox_store(world.desk).find(world.mailbox.mailbox_id)
    assert mailbox
    has_live = any(one.is_live for one in reachable(mailbox))
    if was_unread and has_live and not reminders:
        yield "not reminded of"
    for alert in reminders:
        if was_unread and alert.state is AlertState.CANCELLED and alert.refusal != "address_dead":
            yield f"reminder cancelled: {alert.refusal}"


def _of_list(world: World, batch: AlertBatch) -> Iterator[str]:
    store = alert_batch_store(world.desk)
    listed = batch.notice_id in {notice for shard in SHARDS for _, notice in store.failed(shard)}
    is_failed = any(
        batch.by(channel) and all(alert.state in FAILURES for alert in batch.by(channel)) for channel in Channel
    )
    if listed is not (is_failed and batch.following.known_at is None):
        yield f"list of failures: {'listed' if listed else 'missing'}"


def _of_log(world: World, batch: AlertBatch) -> Iterator[str]:
    log = event_store(world.desk).list_for_subject(f"notice#{batch.notice_id}")
    planned = [one for event in log if event.type is EventType.ALERT_PLANNED for one in event.data["alert_ids"].split()]
    added = [alert.alert_id for alert in batch.alerts if alert.purpose is not AlertPurpose.DEPOSIT]
    if sorted(planned) != sorted(added):
        yield f"in the log: planned {planned}, added {added}"
    cancelled = {event.data["alert_id"] for event in log if event.type is EventType.ALERT_CANCELLED}
    if cancelled != {alert.alert_id for alert in batch.alerts if alert.state is AlertState.CANCELLED}:
        yield f"in the log: cancelled {cancelled}"


def _of_addresses(world: World) -> Iterator[str]:
    """Compare what is known of each address with what became of the messages to it."""
    mailbox = mailbox_store(world.desk).find(world.mailbox.mailbox_id)
    assert mailbox is not None
    sent = {one.to for one in world.taken}
    for one in reachable(mailbox):
        fate = world.fates[one.address]
        is_dead = fate in {"dead", "spam"} and one.address in sent
        if one.channel is Channel.SMS or fate == "refused":
            is_dead = fate == "refused"
        if one.health.is_dead is not is_dead:
            yield f"known of {one.address}: dead since {one.health.dead_since}, though {fate}"
        if fate == "well" and one.address in sent and one.health.delivered_at is None:
            yield f"known of {one.address}: no delivery"
