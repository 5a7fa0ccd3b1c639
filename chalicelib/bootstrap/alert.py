"""What alerts need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.mail import letterhead, mail
from chalicelib.bootstrap.storage import event_store
from chalicelib.gateways.sms import Sms
from chalicelib.services.alert.send_alerts import Channels
from chalicelib.store.alert.alert_batch_store import AlertBatchStore


@made_once
def alert_batch_store(box: Container) -> AlertBatchStore:
    """The alerts of each notice."""
    return AlertBatchStore(connection(box), event_store(box))


@made_once
def channels(box: Container) -> Channels:
    """The ways alerts go out."""
    return Channels(
        mail=mail(box),
        sms=Sms(new_client(box, "sns", retries=0), box.config.sms_sender_id),
        letterhead=letterhead(box),
        read_receipt=lambda key: files(box).get_document(key),  # few institutions have it attached
    )
