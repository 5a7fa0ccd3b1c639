"""Who is reminded, on which morning, how often, and what becomes of reminders that could not go."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from pynamodb.transactions import TransactWrite

from bench.ledger import ledger
from chalicelib.bootstrap import Container
from chalicelib.bootstrap.alert import alert_batch_store, reminder_tools, sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.config import Config
from chalicelib.domain.alert.alert import AlertPurpose, AlertState
from chalicelib.domain.alert.plan_alerts import plan_alerts
from chalicelib.domain.alert.reminder_day import plan_reminder
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.deadline import Deadline, Regime
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxState
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.domain.notice import Notice
from chalicelib.services.alert.send_alerts import send_alerts
from chalicelib.services.alert.send_reminders import Reminded, send_reminders
from chalicelib.services.alert.sweep_alerts import sweep_alerts
from chalicelib.services.reading.open_notice import open_notice
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.tables import NoticeItem
from infra.local.cloud import REGION
from tests.alert_world import hooked, refusing
from tests.builders import a_notice
from tests.deposit_world import NOW, Clock, a_mailbox, a_user, an_institution
from tests.reading_world import a_session

MORNING = datetime(2026, 3, 19, 13, 0, tzinfo=UTC)
"""08:00 in Lima, Thursday: two business days before Monday 23 March, when the term ends."""
OVER = datetime(2026, 3, 24, 5, 0, tzinfo=UTC)
"""Midnight in Lima after that Monday."""
ACKNOWLEDGED = Deadline(None, None, None, date(2026, 3, 17), None, "PE-2026.1")
_ZEROS = {name: 0 for name in Reminded.__dataclass_fields__ if name not in {"is_complete", "oldest_due_s"}}


def what(**counts: int) -> dict[str, int]:
    return {**_ZEROS, **counts}


@dataclass
class World:
    box: Container
    clock: Clock
    mailbox: Mailbox

    def deposit(self, number: int = 1, **overrides: Any) -> Notice:
        notice = a_notice(notice_id=code_from_number(number), **overrides)
        batch = plan_alerts(
            self.mailbox,
            notice_id=notice.notice_id,
            institution=an_institution(),
            deposited_at=notice.deposited_at,
            receipt_key=notice.receipt_key,
        )
        reminder = plan_reminder(
            notice.regime, notice.deadline, deposited_at=notice.deposited_at, calendar=self.box.calendar
        )
        with TransactWrite(connection=connection(self.box)) as transaction:
            notice_store(self.box).add_in(transaction, notice, None, reminder)
            MailboxStore.count_deposit_in(transaction, self.mailbox)
            alert_batch_store(self.box).add_in(transaction, replace(batch, receipt_key=None))
        send_alerts(notice.notice_id, sending_tools(self.box))
        return notice

    def remind(self, at: datetime | None = None, seconds: float = 240) -> dict[str, int]:
        """Run the job; return its counts but for how long something has been due."""
        self.clock.now = at or self.clock.now
        report = send_reminders(reminder_tools(self.box), until=self.clock.now + timedelta(seconds=seconds))
        assert report.is_complete is not bool(report.failed or report.left or report.unwritten)
        return {name: getattr(report, name) for name in _ZEROS}

    def sweep(self, at: datetime) -> None:
        self.clock.now = at
        tools = sending_tools(self.box)
        sweep_alerts(
            batches=tools.batches,
            send=lambda notice_id: send_alerts(notice_id, tools),
            now=self.clock,
            until=at + timedelta(minutes=4),
        )

    def open(self, notice: Notice) -> None:
        tools = reading_tools(self.box)
        session = replace(a_session(1), mailbox_id=notice.mailbox_id)
        open_notice(session, tools.readings.find(notice.notice_id), origin="", tools=tools)

    def replace(self, notice: Notice) -> None:
        newer = replace(notice, notice_id=code_from_number(99), replaces=notice.reference)
        with TransactWrite(connection=connection(self.box)) as transaction:
            notice_store(self.box).replace_in(transaction, newer)

    def reminders(self, notice: Notice) -> list[AlertState]:
        batch = alert_batch_store(self.box).find(notice.notice_id)
        assert batch
        return [alert.state for alert in batch.alerts if alert.purpose is AlertPurpose.REMINDER]

    def log(self, notice: Notice) -> list[tuple[EventType, dict[str, str]]]:
        log = event_store(self.box).list_for_subject(f"notice#{notice.notice_id}")
        return [(event.type, event.data) for event in log]

    def freeze(self, state: MailboxState) -> None:
        self.mailbox = mailbox_store(self.box).update(replace(self.mailbox, state=state))

    def kill_addresses(self) -> None:
        users = [(user.user_id, "email", user.email) for user in self.mailbox.users]
        users += [(user.user_id, "sms", user.mobile) for user in self.mailbox.users if user.mobile]
        for place in users:
            self.mailbox = mailbox_store(self.box).learn(
                self.mailbox, lambda known: known.with_sign(Sign.BOUNCED, NOW), AddressHealth(*place)
            )


@pytest.fixture
def world(aws: dict[str, str]) -> Iterator[World]:
    clock = Clock()
    config = Config.from_env({**aws, "MAIL_CONFIGURATION_SET": "casilla", "PORTAL_ADDRESS": "casilla.gob.pe"})
    box = Container(config, clock=clock, pause=lambda seconds: clock.advance(seconds=seconds))
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].verify_email_address(config.mail_from)
    mailbox = a_mailbox(users=(a_user(1), a_user(2, mobile=None)))
    mailbox_store(box).put(mailbox)
    logging.disable(logging.CRITICAL)
    yield World(box, clock, mailbox)
    logging.disable(logging.NOTSET)


def test_an_unread_notice_is_reminded_of_on_the_morning_two_business_days_before_its_term_ends(world: World) -> None:
    notice = world.deposit()
    assert world.remind(MORNING - timedelta(seconds=1)) == what()
    assert world.remind(MORNING) == what(planned=1, sent=3)
    assert world.reminders(notice) == [AlertState.ACCEPTED] * 3
    planned = [data for kind, data in world.log(notice) if kind is EventType.ALERT_PLANNED]
    assert planned == [{"purpose": "reminder", "alert_ids": "u1.email.reminder u1.sms.reminder u2.email.reminder"}]
    assert world.remind(MORNING + timedelta(minutes=5)) == what()


def test_what_is_acknowledged_by_opening_is_reminded_of_before_the_fifth_business_day(world: World) -> None:
    notice = world.deposit(regime=Regime.ACKNOWLEDGEMENT, deadline=ACKNOWLEDGED, term=None)
    thursday = datetime(2026, 3, 12, 13, 0, tzinfo=UTC)
    assert world.remind(thursday - timedelta(seconds=1)) == what()
    assert world.remind(thursday) == what(planned=1, sent=3)
    batch = alert_batch_store(world.box).find(notice.notice_id)
    assert batch
    assert batch.following.expiry
    assert (batch.following.expiry.day, batch.following.expiry.is_of_term) == (date(2026, 3, 16), False)


def test_what_was_opened_is_never_reminded_of(world: World) -> None:
    notice = world.deposit()
    world.clock.now = MORNING - timedelta(seconds=1)
    world.open(notice)
    with ledger() as book:
        assert world.remind(MORNING) == what()
    assert set(book.operations) == {"Query"}
    assert world.reminders(notice) == []


def test_a_notice_opened_while_it_is_looked_at_is_not_reminded_of(world: World) -> None:
    notice = world.deposit()
    client = connection(world.box).client
    opened: list[bool] = []

    def first(**_: Any) -> None:
        if not opened:
            opened.append(True)
            world.open(notice)

    world.clock.now = MORNING
    with hooked(client, "TransactWriteItems", first):
        assert world.remind() == what(raced=1)
    assert opened
    assert world.remind() == what()
    assert world.reminders(notice) == []


def test_a_reminder_that_waits_is_not_sent_once_the_notice_is_opened(world: World) -> None:
    notice = world.deposit()
    with refusing(sending_tools(world.box).channels.mail._client, "SendEmail", "TooManyRequestsException"):  # noqa: SLF001
        assert world.remind(MORNING) == what(planned=1, sent=1, waiting=2)
    world.open(notice)
    world.sweep(MORNING + timedelta(hours=1))
    assert sorted(world.reminders(notice)) == [AlertState.ACCEPTED, AlertState.CANCELLED, AlertState.CANCELLED]
    cancelled = [data for kind, data in world.log(notice) if kind is EventType.ALERT_CANCELLED]
    assert {data["error"] for data in cancelled} == {"notice_opened"}


def test_what_was_replaced_is_never_reminded_of(world: World) -> None:
    notice = world.deposit()
    world.replace(notice)

    with ledger() as book:
        assert world.remind(MORNING) == what()

    assert set(book.operations) == {"Query"}
    assert world.reminders(notice) == []


def test_a_notice_replaced_while_it_is_looked_at_is_not_reminded_of(world: World) -> None:
    notice = world.deposit()
    client = connection(world.box).client
    done: list[bool] = []

    def first(**_: Any) -> None:
        if not done:
            done.append(True)
            world.replace(notice)

    world.clock.now = MORNING
    with hooked(client, "TransactWriteItems", first):
        assert world.remind() == what(raced=1)
    assert done
    assert world.remind() == what()
    assert world.reminders(notice) == []


def test_a_reminder_that_waits_is_not_sent_once_the_notice_is_replaced(world: World) -> None:
    notice = world.deposit()
    with refusing(sending_tools(world.box).channels.mail._client, "SendEmail", "TooManyRequestsException"):  # noqa: SLF001
        assert world.remind(MORNING) == what(planned=1, sent=1, waiting=2)
    world.replace(notice)

    world.sweep(MORNING + timedelta(hours=1))

    assert sorted(world.reminders(notice)) == [AlertState.ACCEPTED, AlertState.CANCELLED, AlertState.CANCELLED]
    cancelled = [data for kind, data in world.log(notice) if kind is EventType.ALERT_CANCELLED]
    assert {data["error"] for data in cancelled} == {"notice_replaced"}


@pytest.mark.parametrize("days", [2, 4])
def test_a_job_that_did_not_run_for_days_reminds_at_once_if_the_term_still_runs(world: World, days: int) -> None:
    world.deposit()
    assert world.remind(MORNING + timedelta(days=days)) == what(planned=1, sent=3)


def test_what_could_not_be_reminded_of_in_time_is_told_and_not_reminded_of(world: World) -> None:
    notice = world.deposit()
    assert world.remind(OVER) == what(missed=1)
    assert world.remind(OVER) == what()
    assert (EventType.REMINDER_MISSED, {"reason": "too_late"}) in world.log(notice)
    assert world.reminders(notice) == []


def test_a_provider_that_is_down_until_the_end_has_the_reminder_missed_and_nothing_sent_after(world: World) -> None:
    notice = world.deposit()
    channels = sending_tools(world.box).channels
    with (
        refusing(channels.mail._client, "SendEmail", "SendingPausedException"),  # noqa: SLF001 - the wire
        refusing(channels.sms._client, "Publish", "ThrottledException"),  # noqa: SLF001
    ):
        assert world.remind(MORNING) == what(planned=1, waiting=3)
        for hours in range(1, 120, 6):
            world.sweep(MORNING + timedelta(hours=hours))
    world.sweep(OVER + timedelta(hours=1))
    assert world.reminders(notice) == [AlertState.CANCELLED] * 3
    assert {data["error"] for kind, data in world.log(notice) if kind is EventType.ALERT_CANCELLED} == {"too_late"}


def test_a_frozen_mailbox_is_reminded_of_once_it_is_thawed(world: World) -> None:
    world.deposit()
    world.freeze(MailboxState.FROZEN)
    assert world.remind(MORNING) == what(held=1)
    assert world.remind(MORNING + timedelta(minutes=5)) == what()
    world.freeze(MailboxState.OPEN)
    assert world.remind(MORNING + timedelta(hours=1)) == what(planned=1, sent=3)


def test_where_no_address_lives_that_nobody_was_reminded_is_in_the_log(world: World) -> None:
    notice = world.deposit()
    world.kill_addresses()
    assert world.remind(MORNING) == what(unreachable=1)
    assert (EventType.REMINDER_MISSED, {"reason": "no_live_channel"}) in world.log(notice)


def test_only_live_addresses_of_today_are_reminded(world: World) -> None:
    notice = world.deposit()
    store = mailbox_store(world.box)
    dead = AddressHealth("u1", "email", world.mailbox.users[0].email)
    mailbox = store.learn(world.mailbox, lambda known: known.with_sign(Sign.BOUNCED, NOW), dead)
    store.update(replace(mailbox, users=(mailbox.users[0], replace(mailbox.users[1], email="nueva@ejemplo.pe"))))
    assert world.remind(MORNING) == what(planned=1, sent=2)
    batch = alert_batch_store(world.box).find(notice.notice_id)
    assert batch
    reminded = [alert.destination for alert in batch.alerts if alert.purpose is AlertPurpose.REMINDER]
    assert reminded == [world.mailbox.users[0].mobile, "nueva@ejemplo.pe"]


def test_one_that_fails_stops_no_other_and_comes_again(world: World) -> None:
    notices = [world.deposit(number) for number in range(1, 4)]
    spoiled = notices[1].notice_id
    client = connection(world.box).client
    key = f'"notice_id": {{"S": "{spoiled}"}}'
    with refusing(client, "TransactWriteItems", "InternalServerError", only=key):
        assert world.remind(MORNING) == what(planned=2, sent=6, failed=1)
    assert world.remind(MORNING + timedelta(minutes=5)) == what(planned=1, sent=3)


def test_what_there_is_no_time_for_is_left_and_comes_first_the_next_time(world: World) -> None:
    for number in range(1, 4):
        world.deposit(number)
    assert world.remind(MORNING, seconds=0) == what(left=3)
    assert world.remind(MORNING + timedelta(minutes=5))["planned"] == 3


def test_what_is_due_costs_a_read_and_a_write_and_what_is_not_due_nothing(world: World) -> None:
    for number in range(1, 6):
        world.deposit(number)
    for number in range(6, 40):
        world.deposit(number, deadline=replace(a_notice().deadline, term_ends_on=date(2026, 4, 30)))
    world.clock.now = MORNING
    with ledger() as book:
        assert world.remind() == what(planned=5, sent=15)
    counted = {name: book.operations.count(name) for name in set(book.operations)}
    assert counted["Query"] == 8
    assert counted["BatchGetItem"] == 10, "one to decide, one before it is sent"
    assert counted["TransactWriteItems"] == 10, "one to plan, one of the outcome"


def test_a_notice_whose_term_ends_too_soon_after_its_deposit_is_not_reminded_of(world: World) -> None:
    deadline = replace(a_notice().deadline, term_ends_on=date(2026, 3, 11))
    world.deposit(deadline=deadline)
    assert world.remind(NOW + timedelta(days=1)) == what()


def test_an_opening_that_is_contested_is_none_for_whom_alerts_are_for(world: World) -> None:
    notice = world.deposit()
    world.open(notice)
    situations = sending_tools(world.box).situations
    opened = situations.find(notice.notice_id, None).opened_at
    assert opened is not None
    for since, until, opened_at in (
        (opened, opened, None),
        (opened + timedelta(seconds=1), opened + timedelta(hours=1), opened),
    ):
        span = {"since": since.isoformat(), "until": until.isoformat()}
        NoticeItem(notice.notice_id).update([NoticeItem.contested.set([span])])
        assert situations.find(notice.notice_id, None).opened_at == opened_at
