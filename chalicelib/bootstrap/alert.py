"""What alerts need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.mail import alert_mail, letterhead
from chalicelib.bootstrap.storage import event_store
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.sms import Sms
from chalicelib.gateways.way_out import BREAKER, Pace, WayOut, share
from chalicelib.services.alert.send_alerts import Channels, SendingTools
from chalicelib.services.alert.unwritten import Unwritten
from chalicelib.store.alert.alert_batch_store import AlertBatchStore

PROCESSES = 4
"""How many processes send alerts at once: what `.chalice/config.json` reserves for the two functions that do."""


@made_once
def alert_batch_store(box: Container) -> AlertBatchStore:
    """The alerts of each notice."""
    return AlertBatchStore(connection(box), event_store(box))


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
    return SendingTools(alert_batch_store(box), channels(box), Unwritten(), box.clock, box.chance.new_event_id)


def _way_out(box: Container, rate: str) -> WayOut:
    pace = Pace(share(float(rate), PROCESSES), box.clock, box.pause)
    return WayOut(pace, CircuitBreaker(box.clock, BREAKER))
