"""Delivery reports: what the mail provider learns after it accepted a message (SES event publishing).

SES keeps no order among them, and sends the same one twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.alert.alert import AlertReport, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import Sign

REPORTED = {
    "Reject": ReportKind.REJECTED,
    "DeliveryDelay": ReportKind.DELAYED,
    "Delivery": ReportKind.DELIVERED,
    "Bounce": ReportKind.BOUNCED,
    "Complaint": ReportKind.COMPLAINED,
}
"""The kinds of event that say something of an alert; the configuration set has to publish each of them."""
_PROBE = "probe"
_SIGNS = {
    ReportKind.DELIVERED: Sign.DELIVERED,
    ReportKind.BOUNCED: Sign.BOUNCED,
    ReportKind.COMPLAINED: Sign.BOUNCED,
    ReportKind.RETURNED: Sign.RETURNED,
}
_OF_ADDRESS = ("permanent", "complaint", "_5.1.")
"""What is in the code of a bounce that says that the address itself takes nothing (RFC 3463, 3.2)."""
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_WORD = re.compile(r"[A-Za-z]{1,40}")


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A report and the alert that it is of."""

    notice_id: str
    alert_id: str
    occurred_at: datetime
    report: AlertReport


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """A report of a message that asked an address whether it lives."""

    mailbox_id: str
    user_id: str
    address: str
    report: AlertReport


def message_tags(notice_id: str, alert_id: str) -> dict[str, str]:
    """Return the tags that bring a report back to its alert; SES allows letters, digits, `_` and `-` in values."""
    user_id, _, purpose = alert_id.split(".", 2) if alert_id.count(".") > 1 else (*alert_id.split("."), "")
    return {"notice_id": notice_id, "user_id": user_id, **({"purpose": purpose} if purpose else {})}


def probe_tags(mailbox_id: str, user_id: str) -> dict[str, str]:
    """Return the tags that bring a report back to the address that was asked whether it lives."""
    return {"mailbox_id": mailbox_id, "user_id": user_id, "purpose": _PROBE}


def parse_report(event: Mapping[str, Any]) -> DeliveryReport | ProbeReport | None:
    """Read an SES event; None for kinds that say nothing of an address, and for mail that is neither alert nor probe.

    Raises:
        InvalidInput: `delivery_report_malformed`.

    """
    try:
        name = str(event.get("eventType", event.get("notificationType")))
        kind = REPORTED.get(name)
        if kind is None:
            return None
        mail = event["mail"]
        details = event.get(name[0].lower() + name[1:], {})
        tags = mail.get("tags", {})
        purpose = tags.get("purpose", ())[:1]
        is_probe = list(purpose) == [_PROBE]
        if not {"mailbox_id" if is_probe else "notice_id", "user_id"} <= tags.keys():
            return None
        at = _instant(details.get("timestamp", mail["timestamp"]))
        kind, error = _judge(kind, details)
        told, user_id = AlertReport(kind, at, str(mail["messageId"]), error), tags["user_id"][0]
        if is_probe:
            return ProbeReport(tags["mailbox_id"][0], user_id, str(mail["destination"][0]), told)
        alert_id = ".".join([user_id, Channel.EMAIL.value, *purpose])
        return DeliveryReport(tags["notice_id"][0], alert_id, at, told)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput("delivery_report_malformed", "El reporte de entrega no se entiende.") from error


def sign_of(told: AlertReport) -> Sign | None:
    """Tell what a report says of the address that the message went to; None where it says nothing.

    A server's final word on a full mailbox, or on the message, is none on the address.
    """
    is_of_address = told.kind is not ReportKind.BOUNCED or any(said in (told.error or "") for said in _OF_ADDRESS)
    return _SIGNS.get(told.kind) if is_of_address else Sign.RETURNED


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _judge(kind: ReportKind, details: Mapping[str, Any]) -> tuple[ReportKind, str | None]:
    """Tell what is reported, and why. SES calls a bounce transient also where the server's status says for good.

    A complaint with a subtype is of a message that was not sent: the address complained before, and is suppressed.
    """
    if kind is ReportKind.REJECTED:
        return kind, "rejected_by_provider"
    if kind is ReportKind.DELAYED:
        return kind, _code("delayed", details["delayType"])
    if kind is ReportKind.COMPLAINED and details.get("complaintSubType"):
        return ReportKind.BOUNCED, _code("complaint", details["complaintSubType"])
    if kind is not ReportKind.BOUNCED:
        return kind, None
    status = _status(details)
    error = _code("bounce", details["bounceType"], details["bounceSubType"]) + (f"_{status}" if status else "")
    is_final = details["bounceType"] == "Permanent" or status.startswith("5.")
    return (kind if is_final else ReportKind.RETURNED), error


def _code(*words: str) -> str:
    found = [_WORD.match(word) for word in words]
    if None in found:
        raise ValueError(words)
    return "_".join(match.group().lower() for match in found if match)


def _status(details: Mapping[str, Any]) -> str:
    """Return the enhanced status code (RFC 3463) of the one recipient, or nothing."""
    for recipient in details.get("bouncedRecipients", ()):
        for text in (recipient.get("status", ""), recipient.get("diagnosticCode", "")):
            found = _STATUS.search(text)
            if found:
                return found.group(1)
    return ""


def apply_report(batch: AlertBatch, told: DeliveryReport) -> AlertBatch:
    """Add a report to its alert; the same batch when it is known already or of no alert in it."""
    return replace(
        batch,
        alerts=tuple(
            alert.with_report(told.report) if alert.alert_id == told.alert_id else alert for alert in batch.alerts
        ),
    )
