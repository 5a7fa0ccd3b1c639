"""What alerts need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.mail import alert_mail, letterhead
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import calendar_store, event_store, mailbox_store
from chalicelib.domain.alert.digest import DigestDay
from chalicelib.domain.alert.silent_address import AskingPosition, ListPosition
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.sms import Sms
from chalicelib.gateways.way_out import BREAKER, Pace, WayOut, share, side_share
from chalicelib.services.alert.ask_address import AskingTools
from chalicelib.services.alert.record_delivery import ReportTools
from chalicelib.services.alert.send_alerts import Channels, SendingTools, send_alerts
from chalicelib.services.alert.send_digests import DigestTools
from chalicelib.services.alert.send_reminders import ReminderTools
from chalicelib.services.alert.unwritten import Unwritten
from chalicelib.services.alert.watch_addresses import WatchingTools
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.alert.situation_store import SituationStore
from chalicelib.store.position_store import PositionStore

PROCESSES = 5
"""How many processes send alerts at once: what `.chalice/config.json` reserves for the three functions that do."""


@made_once
def alert_batch_store(box: Container) -> AlertBatchStore:
    """The alerts of each notice."""
    return AlertBatchStore(connection(box), event_store(box))


@made_once
def situation_store(box: Container) -> SituationStore:
    """How notices stand, and which are to be reminded of."""
    return SituationStore(connection(box), alert_batch_store(box), event_store(box))


@made_once
def channels(box: Container) -> Channels:
    """The ways alerts go out."""
    return Channels(
        mail=alert_mail(box),
        sms=Sms(new_client(box, "sns", retries=0), box.config.sms_sender_id, box.sms_reach),
        by_mail=_way_out(box, box.config.mail_rate),
        by_sms=_way_out(box, box.config.sms_rate),
        letterhead=letterhead(box),
        read_receipt=lambda key: files(box).get_document(key),
    )


@made_once
def sending_tools(box: Container) -> SendingTools:
    """What sending goes through."""
    return SendingTools(
        batches=alert_batch_store(box),
        situations=situation_store(box),
        mailboxes=mailbox_store(box),
        channels=channels(box),
        unwritten=Unwritten(),
        now=box.clock,
        new_event_id=box.chance.new_event_id,
        reach=box.sms_reach,
    )


@made_once
def reminder_tools(box: Container) -> ReminderTools:
    """What reminding goes through."""
    sending = sending_tools(box)
    return ReminderTools(sending, box.calendar, lambda notice_id: send_alerts(notice_id, sending))


@made_once
def report_tools(box: Container) -> ReportTools:
    """Where reports of deliveries are kept."""
    return ReportTools(alert_batch_store(box), mailbox_store(box), situation_store(box), box.chance.new_event_id)


@made_once
def asking_tools(box: Container) -> AskingTools:
    """What asking addresses goes through."""
    return AskingTools(mailbox_store(box), alert_mail(box), side_way_out(box), letterhead(box))


@made_once
def side_way_out(box: Container) -> WayOut:
    """The way out of mail that is no alert, so slow that alerts lose nothing by it."""
    pace = Pace(side_share(float(box.config.mail_rate)), box.clock, box.pause)
    return WayOut(pace, CircuitBreaker(box.clock, BREAKER))


@made_once
def watching_tools(box: Container) -> WatchingTools:
    """What the nightly watch goes through."""
    return WatchingTools(
        sending=sending_tools(box),
        asking=asking_tools(box),
        listed=PositionStore("watch_addresses", ListPosition),
        asked=PositionStore("ask_addresses", AskingPosition),
        most_a_day=int(box.config.mail_probes_a_day),
    )


@made_once
def digest_tools(box: Container) -> DigestTools:
    """What digests go through."""
    return DigestTools(
        institutions=institution_store(box),
        batches=alert_batch_store(box),
        situations=situation_store(box),
        sent=lambda institution_id: PositionStore(f"digest#{institution_id}", DigestDay),
        mail=alert_mail(box),
        by_mail=side_way_out(box),
        letterhead=letterhead(box),
        calendar=lambda: box.calendar.with_entries(calendar_store(box).find()),
        now=box.clock,
    )


def _way_out(box: Container, rate: str) -> WayOut:
    pace = Pace(share(float(rate), PROCESSES), box.clock, box.pause)
    return WayOut(pace, CircuitBreaker(box.clock, BREAKER))
