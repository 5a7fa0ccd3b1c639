"""What is sent beside a deposit's own alerts: by the other channel, to an address that lives again, as a reminder.

Each is added to the notice's batch, once, under an id of its own, and goes through the same machinery (ALR-4, ALR-5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.alert.alert import (
    ADDRESS_CHANGED,
    ADDRESS_DEAD,
    FAILURES,
    TOO_LATE,
    Alert,
    AlertPurpose,
    AlertState,
)
from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry
from chalicelib.domain.mailbox import Channel, Mailbox
from chalicelib.domain.mailbox.channels import PERU_ALONE, Reachable, SmsReach, reachable

MOST_RENEWALS = 3
"""How often one user is alerted anew of one notice by one channel, however often the address dies and lives again."""
NEWS_FOR = timedelta(days=30)
"""How old a notice may be for its alerts to go by another channel, or anew: later they tell nothing that helps."""
_MOST_IDS = 10
_OTHER = {Channel.EMAIL: Channel.SMS, Channel.SMS: Channel.EMAIL}
_ARRIVED = frozenset({AlertState.DELIVERED, AlertState.COMPLAINED})


def follow_failures(batch: AlertBatch, mailbox: Mailbox, *, now: datetime, reach: SmsReach = PERU_ALONE) -> AlertBatch:
    """Try the other channel where every alert by one failed, at addresses that live; each failure is followed once.

    It is not tried where something by it is known to have arrived, nor at an address where it is still on its way, or
    was tried and failed as well.
    """
    added: list[Alert] = []
    for channel in batch.unfollowed:
        other = _OTHER[channel]
        if _is_news(batch, now) and not any(alert.state in _ARRIVED for alert in batch.by(other)):
            failed = {alert.destination for alert in batch.by(other) if alert.state in FAILURES}
            live = [one for one in _live(mailbox, other, reach) if one.address not in failed]
            added += [_alert(one, AlertPurpose.FALLBACK, now) for one in live]
    followed = (*batch.following.followed, *batch.unfollowed)
    following = replace(batch.following, followed=followed)
    return replace(_with(batch, added), following=following)


def renew_alerts(batch: AlertBatch, mailbox: Mailbox, *, now: datetime, reach: SmsReach = PERU_ALONE) -> AlertBatch:
    """Alert anew by the channels that failed, at live addresses: those that are new, or lived since they failed.

    The same batch where the notice is known to be open.
    """
    added: list[Alert] = []
    following = batch.following
    is_wanted = _is_news(batch, now) and following.known_at is None and following.suspended_at is None
    for channel in batch.failed_channels if is_wanted else ():
        for one in _live(mailbox, channel, reach):
            sent = [alert for alert in batch.by(channel) if alert.user_id == one.user.user_id]
            renewals = sum(alert.purpose is AlertPurpose.RENEWAL for alert in sent)
            number = 1 + _count(batch, one, AlertPurpose.RENEWAL)
            if renewals < MOST_RENEWALS and number <= _MOST_IDS and _lives_again(one, sent):
                added.append(_alert(one, AlertPurpose.RENEWAL, now, number=number))
    return _with(batch, added)


def readdress(
    before: AlertBatch, batch: AlertBatch, mailbox: Mailbox, *, now: datetime, reach: SmsReach = PERU_ALONE
) -> AlertBatch:
    """Send what was just cancelled, since its user has another address now, to that one, if it lives.

    Where what is told of a filing was for a user who left, it goes to those who came since.
    """
    was_open = {alert.alert_id for alert in before.open}
    added: list[Alert] = []
    for alert in batch.alerts:
        if alert.alert_id not in was_open or alert.refusal != ADDRESS_CHANGED:
            continue
        for one in _live(mailbox, alert.channel, reach):
            number = 1 + _count(batch, one, alert.purpose)
            is_theirs = one.user.user_id == alert.user_id or _came_since(one, alert, mailbox, batch, added)
            if is_theirs and number <= _MOST_IDS:
                added.append(_alert(one, alert.purpose, now, number=number, useful_until=alert.useful_until))
    return _with(batch, added)


def _came_since(one: Reachable, alert: Alert, mailbox: Mailbox, batch: AlertBatch, added: Iterable[Alert]) -> bool:
    """Tell whether an alert's user left, and this one was to be told nothing of the filing by this channel so far."""
    if batch.news is None or any(user.user_id == alert.user_id for user in mailbox.alerted_users):
        return False
    known = ((told.user_id, told.channel) for told in (*batch.alerts, *added))
    return (one.user.user_id, one.channel) not in known


def _count(batch: AlertBatch, one: Reachable, purpose: AlertPurpose) -> int:
    """Count a user's alerts of a channel and purpose, those too that were cancelled: an id is used once."""
    own = (one.user.user_id, one.channel, purpose)
    return sum((alert.user_id, alert.channel, alert.purpose) == own for alert in batch.alerts)


def remind(  # noqa: PLR0913 - the facts of one reminder
    batch: AlertBatch,
    mailbox: Mailbox,
    expiry: Expiry,
    *,
    useful_until: datetime,
    now: datetime,
    reach: SmsReach = PERU_ALONE,
) -> AlertBatch:
    """Remind by every live address, once; the same batch where it was done or there is none.

    Also where the deposit's own alert is still on its way: it does not say what ends.
    """
    if any(alert.purpose is AlertPurpose.REMINDER for alert in batch.alerts):
        return batch
    live = {(one.channel, one.address.casefold()): one for one in reversed(reachable(mailbox, reach)) if one.is_live}
    added = [_alert(one, AlertPurpose.REMINDER, now, useful_until=useful_until) for one in reversed(live.values())]
    if not added:
        return batch
    return replace(batch, alerts=(*batch.alerts, *added), following=replace(batch.following, expiry=expiry))


def reason_not_to_send(  # noqa: PLR0913 - an alert, and how its notice stands
    alert: Alert,
    mailbox: Mailbox,
    *,
    opened_at: datetime | None,
    now: datetime,
    is_replaced: bool = False,
    reach: SmsReach = PERU_ALONE,
) -> str | None:
    """Tell why an added alert is not needed any more, as a code; None where it is, and always for a deposit's own."""
    if not alert.is_added:
        return None
    if opened_at is not None and alert.purpose is not AlertPurpose.SUSPENSION:
        return "notice_opened"
    if is_replaced and alert.purpose is AlertPurpose.REMINDER:
        return "notice_replaced"
    if alert.useful_until is not None and now >= alert.useful_until:
        return TOO_LATE
    place = next((one for one in reachable(mailbox, reach) if _is_to(alert, one)), None)
    if place is None:
        return ADDRESS_CHANGED
    return None if place.is_live else ADDRESS_DEAD


def reason_against_news(alert: Alert, mailbox: Mailbox, *, reach: SmsReach = PERU_ALONE) -> str | None:
    """Tell why one of the first alerts of what happened to a filing is not to be sent, as a code; None where it is.

    A dead address is tried, as those of deposits are; one that is not its user's any more may be a stranger's.
    """
    return None if any(_is_to(alert, one) for one in reachable(mailbox, reach)) else ADDRESS_CHANGED


def _is_news(batch: AlertBatch, now: datetime) -> bool:
    return now < batch.deposited_at + NEWS_FOR


def _is_to(alert: Alert, one: Reachable) -> bool:
    return (alert.user_id, alert.channel, alert.destination) == (one.user.user_id, one.channel, one.address)


def _live(mailbox: Mailbox, channel: Channel, reach: SmsReach) -> list[Reachable]:
    return [one for one in reachable(mailbox, reach) if one.channel is channel and one.is_live]


def _lives_again(one: Reachable, sent: Iterable[Alert]) -> bool:
    ended = [alert.settled_at for alert in sent if alert.destination == one.address]
    lived_at = one.health.lived_at
    return not ended or (lived_at is not None and all(at is not None and lived_at > at for at in ended))


def _alert(
    one: Reachable, purpose: AlertPurpose, now: datetime, *, number: int = 0, useful_until: datetime | None = None
) -> Alert:
    behind = f"{purpose}-{number}" if number else purpose.value
    return Alert(
        alert_id=f"{one.user.user_id}.{one.channel}.{behind}",
        channel=one.channel,
        destination=one.address,
        purpose=purpose,
        added_at=now,
        useful_until=useful_until,
    )


def _with(batch: AlertBatch, added: Iterable[Alert]) -> AlertBatch:
    """Add what is not there, and is not on its way to the same address already."""
    ids = {alert.alert_id for alert in batch.alerts}
    on_their_way = {(alert.channel, alert.destination.casefold()) for alert in batch.open}
    new: list[Alert] = []
    for one in added:
        place = (one.channel, one.destination.casefold())
        if one.alert_id not in ids and place not in on_their_way:
            on_their_way.add(place)  # two users may have one mobile
            new.append(one)
    return replace(batch, alerts=(*batch.alerts, *new))
