"""What is sent beside a deposit's own alerts, in seeded random batches and mailboxes, against a slow telling of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251 - a seed makes its chance the same each time

import pytest

from chalicelib.domain.alert.alert import FAILURES, OPEN, Alert, AlertPurpose, AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry, Following
from chalicelib.domain.alert.alert_sending import Accepted, AddressRefused, Outcome, ProviderRefused
from chalicelib.domain.alert.follow_up import (
    MOST_RENEWALS,
    NEWS_FOR,
    follow_failures,
    reason_not_to_send,
    remind,
    renew_alerts,
)
from chalicelib.domain.mailbox import Channel, Mailbox, UserState
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign, with_health
from tests.deposit_world import a_mailbox, a_user
from tests.told_world import attempt, bounce

P, S = AlertPurpose, AlertState
AT = datetime(2026, 3, 9, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EXPIRY = Expiry(date(2026, 3, 16), is_of_term=False)
OTHER = {Channel.EMAIL: Channel.SMS, Channel.SMS: Channel.EMAIL}
SETTLED = (S.ACCEPTED, S.ACCEPTED, S.DELIVERED, S.BOUNCED, S.BOUNCED, S.FAILED, S.GAVE_UP, S.COMPLAINED)
CASES = 1500


def a_random_mailbox(chance: Random) -> Mailbox:
    """Build one of up to five users, some inactive or without a mobile, with whatever is known of their addresses."""
    users = tuple(
        a_user(
            number,
            state=UserState.ACTIVE if number == 1 else chance.choice((UserState.ACTIVE, *UserState)),
            mobile=chance.choice((None, f"+5190000000{number}", f"+5190000000{number}")),
            email=f"u{number}@{chance.choice(('ejemplo', 'ejemplo', 'otro'))}.pe",
        )
        for number in range(1, chance.randrange(1, 6) + 1)
    )
    health: tuple[AddressHealth, ...] = ()
    for user in users:
        for channel, address in ((Channel.EMAIL, user.email), (Channel.SMS, user.mobile)):
            if address is not None and chance.random() < 0.6:
                known = AddressHealth(user.user_id, channel, address)
                for _ in range(chance.randrange(4)):
                    known = known.with_sign(chance.choice(list(Sign)), AT + chance.randrange(-12, 48) * HOUR)
                health = with_health(health, known)
    return a_mailbox(users=users, health=health)


def a_random_batch(chance: Random) -> AlertBatch:
    """Build the alerts of one notice, each wherever it can stand."""
    alerts = tuple(
        _stood(chance, Alert(f"u{number}.{channel}", channel, _address(chance, number, channel)))
        for number in range(1, chance.randrange(1, 6) + 1)
        for channel in Channel
        if channel is Channel.EMAIL or chance.random() < 0.7
    )
    following = Following(
        followed=tuple(channel for channel in Channel if chance.random() < 0.2),
        known_at=AT + HOUR if chance.random() < 0.1 else None,
    )
    return AlertBatch("n1", "Entidad", AT, alerts, following=following)


def _address(chance: Random, number: int, channel: Channel) -> str:
    if channel is Channel.SMS:
        return f"+5190000000{number}"
    return f"u{number}@{chance.choice(('ejemplo', 'ejemplo', 'otro'))}.pe"


def _stood(chance: Random, alert: Alert) -> Alert:
    """Have an alert come to something; of the channels of one batch, whole ones often fail."""
    state = chance.choice((*SETTLED, *OPEN, S.CANCELLED))
    at = AT + chance.randrange(72) * HOUR
    kind = {S.DELIVERED: ReportKind.DELIVERED, S.BOUNCED: ReportKind.BOUNCED, S.COMPLAINED: ReportKind.COMPLAINED}
    if state in kind:
        return replace(alert, sending=S.ACCEPTED).with_report(AlertReport(kind[state], at))
    return replace(alert, sending=state)


def _failed(chance: Random, alert: Alert) -> Alert:
    state = chance.choice((S.FAILED, S.GAVE_UP, S.ACCEPTED))
    failed = replace(alert, sending=state, reports=())
    bounced = AlertReport(ReportKind.BOUNCED, AT + chance.randrange(12) * HOUR)
    return failed.with_report(bounced) if state is S.ACCEPTED else failed


def cases(name: str) -> Iterator[tuple[AlertBatch, Mailbox, datetime]]:
    chance = Random(name)  # noqa: S311 - cases, not secrets
    for _ in range(CASES):
        batch = a_random_batch(chance)
        if chance.random() < 0.6:  # one channel fails whole, which chance alone seldom brings
            failing = chance.choice(list(Channel))
            batch = replace(
                batch,
                alerts=tuple(_failed(chance, alert) if alert.channel is failing else alert for alert in batch.alerts),
            )
        yield batch, a_random_mailbox(chance), AT + chance.choice((HOUR, DAY, 29 * DAY, NEWS_FOR, 40 * DAY))


def live(mailbox: Mailbox) -> set[tuple[str, Channel, str]]:
    """Return who can be reached by what and where, told slowly."""
    found = set()
    for user in mailbox.users:
        for channel, address in ((Channel.EMAIL, user.email), (Channel.SMS, user.mobile)):
            known = [
                one
                for one in mailbox.health
                if (one.user_id, one.channel, one.address) == (user.user_id, channel, address)
            ]
            if user.state is UserState.ACTIVE and address is not None and not any(one.is_dead for one in known):
                found.add((user.user_id, channel, address))
    return found


def added(before: AlertBatch, after: AlertBatch) -> list[Alert]:
    """Return what was added; all that was there has to be there still."""
    assert after.alerts[: len(before.alerts)] == before.alerts
    ids = [alert.alert_id for alert in after.alerts]
    assert len(set(ids)) == len(ids)
    return list(after.alerts[len(before.alerts) :])


def places(alerts: list[Alert]) -> Counter[tuple[str, Channel, str]]:
    return Counter((alert.user_id, alert.channel, alert.destination) for alert in alerts)


def has_failed(batch: AlertBatch, channel: Channel) -> bool:
    states = [alert.state for alert in batch.alerts if alert.channel is channel and alert.state is not S.CANCELLED]
    return bool(states) and all(state in FAILURES for state in states)


def on_their_way(batch: AlertBatch) -> set[tuple[Channel, str]]:
    return {(alert.channel, alert.destination) for alert in batch.alerts if alert.state in OPEN}


def tried_in_vain(batch: AlertBatch) -> set[tuple[Channel, str]]:
    return {(alert.channel, alert.destination) for alert in batch.alerts if alert.state in FAILURES}


def test_a_channel_that_failed_has_the_other_tried_once_at_every_live_address() -> None:
    tried = 0
    for batch, mailbox, now in cases("fallback"):
        after = follow_failures(batch, mailbox, now=now)
        expected = {
            place
            for place in live(mailbox)
            if batch.following.known_at is None
            and now < AT + NEWS_FOR
            and OTHER[place[1]] not in batch.following.followed
            and has_failed(batch, OTHER[place[1]])
            and not any(one.channel is place[1] and one.state in {S.DELIVERED, S.COMPLAINED} for one in batch.alerts)
            and place[1:] not in on_their_way(batch)
            and place[1:] not in tried_in_vain(batch)
        }
        new = added(batch, after)
        assert places(new) == Counter(expected), batch
        assert all(
            (one.purpose, one.added_at, one.due_at, one.state) == (P.FALLBACK, now, None, S.WAITING) for one in new
        )
        assert after.unfollowed == ()
        assert follow_failures(after, mailbox, now=now + HOUR) == after
        tried += len(new)
    assert tried > CASES / 6


def test_what_was_followed_stays_followed_and_nothing_else_is() -> None:
    for batch, mailbox, now in cases("followed"):
        after = follow_failures(batch, mailbox, now=now).following
        failed = {channel for channel in Channel if has_failed(batch, channel) and batch.following.known_at is None}
        assert set(after.followed) == failed | set(batch.following.followed)
        assert replace(after, followed=()) == replace(batch.following, followed=())


def test_a_channel_that_failed_is_renewed_at_addresses_that_are_new_or_lived_since() -> None:
    renewed = 0
    for batch, mailbox, now in cases("renewal"):
        after = renew_alerts(batch, mailbox, now=now)
        expected = set()
        for user_id, channel, address in live(mailbox):
            ended = [
                alert.settled_at
                for alert in batch.alerts
                if (alert.user_id, alert.channel, alert.destination) == (user_id, channel, address)
                and alert.state is not S.CANCELLED
            ]
            known = [one.lived_at for one in mailbox.health if (one.user_id, one.channel) == (user_id, channel)]
            lived_at = known[0] if known else None
            lives_again = all(at is not None and lived_at is not None and lived_at > at for at in ended)
            is_wanted = batch.following.known_at is None and now < AT + NEWS_FOR
            if is_wanted and has_failed(batch, channel) and lives_again:
                expected.add((user_id, channel, address))
        new = added(batch, after)
        assert places(new) == Counter(expected), batch
        assert all((one.purpose, one.added_at, one.due_at) == (P.RENEWAL, now, None) for one in new)
        assert after.following == batch.following
        assert renew_alerts(after, mailbox, now=now + HOUR) == after or not new
        renewed += len(new)
    assert renewed > CASES / 20


def test_a_reminder_goes_once_to_every_live_address_whatever_became_of_the_alerts() -> None:
    reminded = 0
    for batch, mailbox, now in cases("reminder"):
        after = remind(batch, mailbox, EXPIRY, useful_until=now + DAY, now=now)
        new = added(batch, after)
        assert places(new) == Counter(live(mailbox))
        assert (after is batch) is (not new)
        assert all(
            (one.purpose, one.added_at, one.due_at, one.useful_until) == (P.REMINDER, now, None, now + DAY)
            for one in new
        )
        if new:
            assert after.following == replace(batch.following, expiry=EXPIRY)
            assert remind(after, mailbox, EXPIRY, useful_until=now + DAY, now=now + HOUR) is after
        reminded += len(new)
    assert reminded > CASES


def test_a_reminder_is_not_left_out_because_the_deposit_s_own_alert_still_waits() -> None:
    """After a weekend without the provider, say."""
    waiting = AlertBatch("n1", "Entidad", AT, (Alert("u1.email", Channel.EMAIL, "usuaria1@ejemplo.pe"),))
    mailbox = a_mailbox(users=(a_user(1, mobile=None),))
    after = remind(waiting, mailbox, EXPIRY, useful_until=AT + 5 * DAY, now=AT + 3 * DAY)
    assert [alert.alert_id for alert in after.alerts] == ["u1.email", "u1.email.reminder"]


@pytest.mark.parametrize("purpose", AlertPurpose)
def test_an_alert_is_sent_only_while_there_is_a_reason_to(purpose: AlertPurpose) -> None:
    chance = Random(f"reason {purpose}")  # noqa: S311 - cases, not secrets
    found: Counter[str | None] = Counter()
    for _ in range(CASES):
        mailbox, number, channel = a_random_mailbox(chance), chance.randrange(1, 6), chance.choice(list(Channel))
        useful_until = AT + DAY if purpose is P.REMINDER else None
        address = _address(chance, number, channel)
        alert = Alert(f"u{number}.{channel}.{purpose}", channel, address, purpose=purpose, useful_until=useful_until)
        opened_at = AT if chance.random() < 0.2 else None
        now = AT + chance.choice((HOUR, DAY - timedelta(microseconds=1), DAY, 3 * DAY))
        is_replaced = chance.random() < 0.2
        reason = reason_not_to_send(alert, mailbox, opened_at=opened_at, now=now, is_replaced=is_replaced)
        is_registered = any(
            user.user_id == alert.user_id and user.state is UserState.ACTIVE and address in {user.email, user.mobile}
            for user in mailbox.users
        )
        if purpose is P.DEPOSIT:
            expected = None
        elif opened_at is not None and purpose is not P.SUSPENSION:
            expected = "notice_opened"
        elif is_replaced and purpose is P.REMINDER:
            expected = "notice_replaced"
        elif useful_until is not None and now >= useful_until:
            expected = "too_late"
        elif not is_registered:
            expected = "address_changed"
        else:
            expected = None if (alert.user_id, channel, address) in live(mailbox) else "address_dead"
        assert reason == expected
        found[reason] += 1
    late = {"too_late", "notice_replaced"} if purpose is P.REMINDER else set()
    opened = set() if purpose is P.SUSPENSION else {"notice_opened"}
    others = {"address_changed", "address_dead"} | late | opened
    assert set(found) == ({None} if purpose is P.DEPOSIT else {None, *others})


def test_whatever_fails_however_often_only_so_much_is_ever_sent() -> None:
    """Every address dies and lives again without end; one user gets no more than this by one channel."""
    chance = Random("without end")  # noqa: S311 - cases, not secrets
    mailbox = a_mailbox(users=tuple(a_user(number) for number in range(1, 6)))
    own = tuple(
        Alert(f"{user.user_id}.{channel}", channel, address)
        for user in mailbox.users
        for channel, address in ((Channel.EMAIL, user.email), (Channel.SMS, user.mobile or ""))
    )
    for _ in range(20):
        batch, now, known = AlertBatch("n1", "Entidad", AT, own), AT, mailbox
        for _ in range(60):
            now += 2 * HOUR
            batch = attempt(batch, now, lambda alert: _failing(chance, alert))
            batch = bounce(batch, now + HOUR / 2) if chance.random() < 0.5 else batch
            health = known.health
            for user in known.users:
                lived = AddressHealth(user.user_id, Channel.EMAIL, user.email).with_sign(Sign.PROVED, now + HOUR)
                health = with_health(health, lived)
            known = replace(known, health=health)
            change = chance.choice((follow_failures, renew_alerts))
            batch = change(batch, known, now=now + HOUR)
            if chance.random() < 0.2:
                batch = remind(batch, known, EXPIRY, useful_until=AT + 90 * DAY, now=now + HOUR)
        counts = Counter((alert.user_id, alert.channel, alert.purpose) for alert in batch.alerts)
        most = {P.DEPOSIT: 1, P.FALLBACK: 1, P.RENEWAL: MOST_RENEWALS, P.REMINDER: 1}
        assert all(number <= most[purpose] for (_, _, purpose), number in counts.items())
        assert counts["u1", Channel.EMAIL, P.RENEWAL] == MOST_RENEWALS


def _failing(chance: Random, alert: Alert) -> Outcome:
    refused: tuple[Outcome, ...] = (AddressRefused("sms_refused"), ProviderRefused("mail_down"))
    return chance.choice((Accepted(f"m-{alert.alert_id}"), *refused))
