"""Record what the mail provider reports of a message it had accepted (ALR-3), and what that says of the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.alert.alert import Alert, AlertReport, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.delivery_report import DeliveryReport, ProbeReport, parse_report, sign_of
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import AddressHealth
from chalicelib.services.alert.learn import learn, sent_to
from chalicelib.services.work_through import log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.alert.situation_store import SituationStore
from chalicelib.store.mailbox_store import MailboxStore

_COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class ReportTools:
    """Where reports are kept."""

    batches: AlertBatchStore
    mailboxes: MailboxStore
    situations: SituationStore
    new_event_id: Callable[[], str]


def record_delivery(event: Mapping[str, Any], tools: ReportTools) -> bool:
    """Apply one SES event; False when it tells nothing new or is of no alert. The same report twice counts once.

    One of a message that asked an address whether it lives says something of the address only.

    What it says of the address is written first, so that a report that comes again, since this ended in between, brings
    both.

    Raises:
        InvalidInput: `delivery_report_malformed`.
        Unavailable: the store does not answer; the report must come again.

    """
    report = parse_report(event)
    if isinstance(report, ProbeReport):
        return _learn_of_probe(report, tools)
    stored = None if report is None else tools.batches.find(report.notice_id)
    if report is None or stored is None:
        return False
    try:
        _learn(stored, report, tools)
    except CasillaError:
        raise
    except Exception as error:  # noqa: BLE001 - a mailbox that cannot be read; the report itself is kept
        log_failed("record_delivery", report.notice_id, error)
    told = report.report
    data = {"alert_id": report.alert_id, "report": told.kind.value, "error": told.error or ""}
    subject, actor = stored.subject, "worker:record_delivery"
    log_entry = Event(subject, EventType.ALERT_REPORTED, report.occurred_at, tools.new_event_id(), actor, data=data)
    return tools.batches.record_report(report, log_entry, stored)


def _learn(stored: AlertBatch, report: DeliveryReport, tools: ReportTools) -> None:
    sign = sign_of(report.report)
    alert = next((one for one in stored.alerts if one.alert_id == report.alert_id), None)
    if alert is None or sign is None or _is_reply(alert, report) or stored.is_to_institution:
        return
    if stored.mailbox_id is None:
        mailbox = tools.situations.find(stored.notice_id, None).mailbox
    else:
        mailbox = tools.mailboxes.find(stored.mailbox_id)
    if mailbox is not None:
        learn(mailbox, sent_to(alert), sign, report.occurred_at, tools.mailboxes, reason=_reason(report.report))


def _learn_of_probe(report: ProbeReport, tools: ReportTools) -> bool:
    told = report.report
    sign, mailbox = sign_of(told), tools.mailboxes.find(report.mailbox_id)
    if sign is None or told.at is None or mailbox is None:
        return False
    asked = AddressHealth(report.user_id, Channel.EMAIL, report.address)
    learned = learn(mailbox, asked, sign, told.at, tools.mailboxes, reason=_reason(told))
    return learned.health != mailbox.health


def _reason(told: AlertReport) -> str | None:
    return told.error or (_COMPLAINED if told.kind is ReportKind.COMPLAINED else None)


def _is_reply(alert: Alert, report: DeliveryReport) -> bool:
    """Tell whether it is an automatic reply to a message that was delivered."""
    delivered = (one.message_id for one in alert.reports if one.kind is ReportKind.DELIVERED)
    return report.report.kind is ReportKind.RETURNED and report.report.message_id in delivered
