"""Addresses that die and live again, on an engine: mailboxes with what is known of them, and notices with alerts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_string
from typing import Any

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertState, AlertStep
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.digest import DigestDay
from chalicelib.domain.alert.silent_address import AskingPosition, ListPosition
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.mailbox import Channel, Mailbox
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign, health_of
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.sender.institution import Institution
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.way_out import BREAKER, Pace, WayOut
from chalicelib.services.alert.ask_address import AskingTools
from chalicelib.services.alert.send_digests import DigestTools, SentDigests, send_digests
from chalicelib.services.alert.watch_addresses import WatchedAddresses, WatchingTools, watch_addresses
from chalicelib.store.alert.alert_batch_item import written
from chalicelib.store.codec import to_data
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import reading_key
from chalicelib.store.position_store import PositionStore
from chalicelib.store.sender.institution_store import PROFILE, InstitutionStore
from chalicelib.store.tables import AlertBatchItem, InstitutionItem, NoticeItem
from tests.alert_world import DEPOSITED_AT, LETTERHEAD, NOTICE_ID, World, a_batch, alert_world, an_alert
from tests.calendars import PERU
from tests.deposit_world import INSTITUTION_ID, a_mailbox, a_user, an_institution

MAILBOX_ID = "1-40000002"


def a_house(number: str = "40000002", **overrides: Any) -> Mailbox:
    """Build a mailbox of one user, whose addresses are those of `an_alert`."""
    user = a_user(1, email="u1@ejemplo.pe", mobile="+51900000001")
    return a_mailbox(number, **{"users": (user,), **overrides})


def a_failed(at: datetime, channel: Channel = Channel.EMAIL, **overrides: Any) -> Alert:
    """Build an alert whose address was refused for good at an instant."""
    steps = (AlertStep(AlertState.FAILED, at, "email_address_refused"),)
    return an_alert(channel=channel, sending=AlertState.FAILED, attempts=1, steps=steps, **overrides)


class AddressWorld(World):
    """An alert world with mailboxes and notices. `most_a_day` is how many addresses are asked in a day."""

    mailboxes = MailboxStore()
    most_a_day = 10

    @property
    def watching(self) -> WatchingTools:
        """What a night goes through, with a way out that has no memory of others."""
        way = WayOut(Pace(1, self.clock, self.pauses.append), CircuitBreaker(self.clock, BREAKER))
        return WatchingTools(
            sending=self.tools,
            asking=AskingTools(self.mailboxes, self.channels.mail, way, LETTERHEAD),
            listed=PositionStore("watch_addresses", ListPosition),
            asked=PositionStore("ask_addresses", AskingPosition),
            most_a_day=self.most_a_day,
        )

    def night(self) -> WatchedAddresses:
        """Let a night's job run, with time enough."""
        later = self.now + timedelta(minutes=5)
        return watch_addresses(self.watching, list_until=later, until=later)

    def health(self, mailbox_id: str = MAILBOX_ID, user: int = 0) -> AddressHealth:
        """Return what is known of a user's e-mail."""
        mailbox = self.mailbox(mailbox_id)
        one = mailbox.users[user]
        return health_of(mailbox.health, one.user_id, Channel.EMAIL, one.email)

    @property
    def asked(self) -> list[str]:
        """Return to whom the messages went that are in the engine."""
        return [str(message_from_string(mail.raw_data)["To"]) for mail in self.emails]

    def house(self, mailbox: Mailbox) -> Mailbox:
        """Put a mailbox."""
        self.mailboxes.put(mailbox)
        return mailbox

    def mailbox(self, mailbox_id: str = MAILBOX_ID) -> Mailbox:
        found = self.mailboxes.find(mailbox_id)
        assert found is not None
        return found

    def learn(self, sign: Sign, at: datetime, channel: Channel = Channel.EMAIL, mailbox_id: str = MAILBOX_ID) -> None:
        mailbox = self.mailbox(mailbox_id)
        address = str(mailbox.users[0].email if channel is Channel.EMAIL else mailbox.users[0].mobile)
        slot = AddressHealth(mailbox.users[0].user_id, channel, address)
        self.mailboxes.learn(mailbox, lambda known: known.with_sign(sign, at), slot)

    def notice(
        self, notice_id: str = NOTICE_ID, *, mailbox_id: str = MAILBOX_ID, alerts: tuple[Alert, ...] = ()
    ) -> AlertBatch:
        """Put an unread notice, whose e-mail failed a minute after the deposit and whose SMS arrived, unless told."""
        failed = a_failed(DEPOSITED_AT + timedelta(minutes=1))
        texted = an_alert(channel=Channel.SMS, sending=AlertState.ACCEPTED, attempts=1)
        batch = a_batch(notice_id=notice_id, alerts=alerts or (failed, texted))
        batch = replace(batch, institution_id=INSTITUTION_ID, mailbox_id=mailbox_id)
        following = replace(
            batch.following, followed=batch.failed_channels, marked=tuple(a.alert_id for a in batch.alerts)
        )
        batch = self.deposit_alone(replace(batch, following=following))
        AlertBatchItem(notice_id).update(written(batch))
        NoticeItem(
            notice_id,
            mailbox_id=mailbox_id,
            sender_shard=f"{INSTITUTION_ID}#2026-03#0",
            deposited_key=f"{batch.deposited_at:%Y-%m-%dT%H:%M:%SZ}#{notice_id}",
            data={},
            reading=reading_key(mailbox_id, Reading.PENDING),
        ).save()
        return self.batch(notice_id)

    def open(self, notice_id: str = NOTICE_ID) -> None:
        """Open a notice, as its first reader does."""
        NoticeItem(notice_id).update(
            [
                NoticeItem.opened_at.set(self.now.isoformat()),
                NoticeItem.opening_id.set("o1"),
                NoticeItem.reading.set(reading_key(MAILBOX_ID, Reading.READ)),
            ]
        )

    def renewals(self, notice_id: str = NOTICE_ID) -> list[str]:
        """Return the ids of the alerts that were sent anew."""
        return [alert.alert_id for alert in self.batch(notice_id).alerts if alert.purpose is AlertPurpose.RENEWAL]


@dataclass
class DigestWorld(AddressWorld):
    """The same with an institution that wants a digest."""

    calendar: BusinessCalendar = PERU

    def institution(self, number: int = 0, **overrides: Any) -> Institution:
        """Put an institution; the first is the one that the notices are of."""
        own = INSTITUTION_ID if number == 0 else f"entidad-{number}"
        wanted = {"institution_id": own, "digest_email": f"mesa{number}@entidad.example", **overrides}
        institution = an_institution(**wanted)
        InstitutionItem(own, PROFILE, data=to_data(institution), version=1).save()
        return institution

    def digests(self) -> SentDigests:
        """Let the job run."""
        way = WayOut(Pace(1, self.clock, self.pauses.append), CircuitBreaker(self.clock, BREAKER))
        tools = DigestTools(
            institutions=InstitutionStore(self.connection),
            batches=self.batches,
            situations=self.tools.situations,
            sent=lambda institution_id: PositionStore(f"digest#{institution_id}", DigestDay),
            mail=self.channels.mail,
            by_mail=way,
            letterhead=LETTERHEAD,
            calendar=lambda: self.calendar,
            now=self.clock,
        )
        return send_digests(tools, until=self.now + timedelta(minutes=4))


@contextmanager
def digest_world() -> Iterator[DigestWorld]:
    """Open a fresh one on moto."""
    with alert_world() as opened:
        yield DigestWorld(opened.connection, opened.ses, opened.sns)


@contextmanager
def address_world() -> Iterator[AddressWorld]:
    """Open a fresh world on moto."""
    with alert_world() as opened:
        yield AddressWorld(opened.connection, opened.ses, opened.sns)
