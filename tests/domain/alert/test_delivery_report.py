from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.alert.alert import AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.delivery_report import DeliveryReport, apply_report, message_tags, parse_report
from chalicelib.domain.errors import InvalidInput
from tests.alert_world import DEPOSITED_AT, NOTICE_ID, a_batch, an_alert, states

R = ReportKind
MAIL = {"messageId": "m-1", "timestamp": "2026-03-09T20:15:31.000Z", "tags": {"notice_id": ["N"], "user_id": ["u1"]}}
SENT_AT = datetime.fromisoformat("2026-03-09T20:15:31+00:00")


def bounce(kind: str, sub_type: str, **recipient: str) -> dict[str, Any]:
    return {"bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": [recipient] if recipient else []}


def test_tags_hold_only_what_ses_allows_and_bring_the_report_back() -> None:
    tags = message_tags(NOTICE_ID, an_alert().alert_id)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", value) for value in tags.values())
    event = {"eventType": "Delivery", "mail": MAIL | {"tags": {name: [value] for name, value in tags.items()}}}
    report = parse_report(event)
    assert isinstance(report, DeliveryReport)
    assert (report.notice_id, report.alert_id) == (NOTICE_ID, "u1.email")


@pytest.mark.parametrize(
    ("kind", "details", "told", "error"),
    [
        ("Delivery", {}, R.DELIVERED, None),
        ("Complaint", {"complaintFeedbackType": "abuse"}, R.COMPLAINED, None),
        (
            "Complaint",
            {"complaintSubType": "OnAccountSuppressionList"},
            R.BOUNCED,
            "complaint_onaccountsuppressionlist",
        ),
        ("Complaint", {"complaintSubType": None}, R.COMPLAINED, None),
        ("Reject", {"reason": "Bad content"}, R.REJECTED, "rejected_by_provider"),
        ("DeliveryDelay", {"delayType": "MailboxFull"}, R.DELAYED, "delayed_mailboxfull"),
        ("Bounce", bounce("Permanent", "NoEmail"), R.BOUNCED, "bounce_permanent_noemail"),
        ("Bounce", bounce("Permanent", "General", status="5.1.1"), R.BOUNCED, "bounce_permanent_general_5.1.1"),
        ("Bounce", bounce("Permanent", "General", status="4.4.7"), R.BOUNCED, "bounce_permanent_general_4.4.7"),
        ("Bounce", bounce("Transient", "General"), R.RETURNED, "bounce_transient_general"),
        ("Bounce", bounce("Transient", "General", action="failed"), R.RETURNED, "bounce_transient_general"),
        ("Bounce", bounce("Transient", "Other", status="4.2.2"), R.RETURNED, "bounce_transient_other_4.2.2"),
        ("Bounce", bounce("Transient", "General", status="5.1.1"), R.BOUNCED, "bounce_transient_general_5.1.1"),
        (
            "Bounce",
            bounce("Transient", "General", action="failed", diagnosticCode="smtp; 550 5.1.10 no existe"),
            R.BOUNCED,
            "bounce_transient_general_5.1.10",
        ),
        ("Bounce", bounce("Transient", "Other", diagnosticCode="550 15.1.1x"), R.RETURNED, "bounce_transient_other"),
        ("Bounce", bounce("Undetermined", "Undetermined"), R.RETURNED, "bounce_undetermined_undetermined"),
    ],
)  # fmt: skip
def test_ses_events_are_read(kind: str, details: dict[str, str], told: ReportKind, error: str | None) -> None:
    report = parse_report({"eventType": kind, "mail": MAIL, kind[0].lower() + kind[1:]: details})
    assert report == DeliveryReport("N", "u1.email", SENT_AT, AlertReport(told, SENT_AT, "m-1", error))


def test_a_report_has_its_own_time_where_it_tells_one() -> None:
    event = {"notificationType": "Delivery", "mail": MAIL, "delivery": {"timestamp": "2026-03-09T15:15:33.512-05:00"}}
    report = parse_report(event)
    assert isinstance(report, DeliveryReport)
    assert report.report.at == report.occurred_at == datetime.fromisoformat("2026-03-09T20:15:33.512+00:00")


@pytest.mark.parametrize("kind", ["Send", "Open", "Click", "Rendering Failure", "Subscription", None])
def test_other_kinds_of_event_say_nothing(kind: str | None) -> None:
    assert parse_report({"eventType": kind, "mail": MAIL}) is None


@pytest.mark.parametrize("tags", [{}, {"notice_id": ["N"]}, {"user_id": ["u1"]}])
def test_mail_that_is_no_alert_is_passed_over(tags: dict[str, list[str]]) -> None:
    assert parse_report({"eventType": "Delivery", "mail": MAIL | {"tags": tags}}) is None
    untagged = {name: value for name, value in MAIL.items() if name != "tags"}
    assert parse_report({"eventType": "Delivery", "mail": untagged}) is None


@pytest.mark.parametrize(
    "event",
    [
        {"eventType": "Delivery"},
        {"eventType": "Delivery", "mail": "text"},
        {"eventType": "Delivery", "mail": MAIL | {"tags": {"notice_id": [], "user_id": ["u1"]}}},
        {"eventType": "Delivery", "mail": MAIL, "delivery": {"timestamp": "yesterday"}},
        {"eventType": "Delivery", "mail": MAIL, "delivery": {"timestamp": "2026-03-09T20:15:31"}},
        {"eventType": "Bounce", "mail": MAIL, "bounce": {}},
        {"eventType": "Bounce", "mail": MAIL, "bounce": bounce("<script>", "General")},
        {"eventType": "Bounce", "mail": MAIL, "bounce": bounce("Permanent", "")},
        {"eventType": "DeliveryDelay", "mail": MAIL, "deliveryDelay": {}},
        {"eventType": "Bounce", "mail": MAIL, "bounce": bounce("Transient", "General") | {"bouncedRecipients": [7]}},
        ["Delivery"],
    ],
)
def test_malformed_events_are_refused(event: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_report(event)
    assert refusal.value.code == "delivery_report_malformed"


def test_a_report_goes_to_its_alert_alone_and_one_of_another_changes_nothing() -> None:
    batch = a_batch(alerts=(an_alert("u1"), an_alert("u2")))
    told = AlertReport(R.DELIVERED, DEPOSITED_AT, "m-1")
    applied = apply_report(batch, DeliveryReport(NOTICE_ID, "u1.email", DEPOSITED_AT, told))
    assert states(applied) == [AlertState.DELIVERED, AlertState.WAITING]
    assert apply_report(applied, DeliveryReport(NOTICE_ID, "u1.email", DEPOSITED_AT, told)) == applied
    assert apply_report(batch, DeliveryReport(NOTICE_ID, "u3.email", DEPOSITED_AT, told)) == batch
