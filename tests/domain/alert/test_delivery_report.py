from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.delivery_report import DeliveryReport, apply_report, merge, message_tags, parse_report
from chalicelib.domain.errors import InvalidInput
from tests.alert_world import DEPOSITED_AT, NOTICE_ID, a_batch, an_alert, states

S = AlertState
MAIL = {"messageId": "m-1", "timestamp": "2026-03-09T20:15:31.000Z", "tags": {"notice_id": ["N"], "user_id": ["u1"]}}
FORWARD = [S.PENDING, S.ACCEPTED, S.FAILED, S.DELIVERED, S.BOUNCED, S.COMPLAINED]


def test_tags_hold_only_what_ses_allows_and_bring_the_report_back() -> None:
    tags = message_tags(NOTICE_ID, an_alert().alert_id)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", value) for value in tags.values())
    event = {"eventType": "Delivery", "mail": MAIL | {"tags": {name: [value] for name, value in tags.items()}}}
    report = parse_report(event)
    assert report is not None
    assert (report.notice_id, report.alert_id) == (NOTICE_ID, "u1.email")


@pytest.mark.parametrize(
    ("kind", "details", "state", "error"),
    [
        ("Delivery", {"timestamp": "2026-03-09T20:15:33.000Z"}, S.DELIVERED, None),
        ("Bounce", {"bounceType": "Permanent", "bounceSubType": "NoEmail"}, S.BOUNCED, "bounce_permanent_noemail"),
        ("Complaint", {"complaintFeedbackType": "abuse"}, S.COMPLAINED, None),
        ("Reject", {"reason": "Bad content"}, S.FAILED, "rejected_by_provider"),
    ],
)
def test_ses_events_are_read(kind: str, details: dict[str, str], state: AlertState, error: str | None) -> None:
    report = parse_report({"eventType": kind, "mail": MAIL, kind.lower(): details})
    assert report is not None
    assert (report.state, report.error, report.message_id) == (state, error, "m-1")


@pytest.mark.parametrize("kind", ["Send", "Open", "Click", "DeliveryDelay", "Rendering Failure", None])
def test_other_kinds_of_event_say_nothing(kind: str | None) -> None:
    assert parse_report({"eventType": kind, "mail": MAIL}) is None


@pytest.mark.parametrize(
    "event",
    [
        {"eventType": "Delivery"},
        {"eventType": "Delivery", "mail": "text"},
        {"eventType": "Delivery", "mail": MAIL | {"tags": {"notice_id": [], "user_id": ["u1"]}}},
        {"eventType": "Delivery", "mail": MAIL, "delivery": {"timestamp": "yesterday"}},
        {"eventType": "Bounce", "mail": MAIL, "bounce": {}},
    ],
)
def test_malformed_events_are_refused(event: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="delivery_report_malformed"):
        parse_report(event)


def a_report(state: AlertState, **overrides: Any) -> DeliveryReport:
    return replace(DeliveryReport(NOTICE_ID, "u1.email", state, DEPOSITED_AT, "m-1"), **overrides)


@pytest.mark.parametrize("before", FORWARD)
@pytest.mark.parametrize("reported", [S.FAILED, S.DELIVERED, S.BOUNCED, S.COMPLAINED])
def test_reports_move_an_alert_forward_only(before: AlertState, reported: AlertState) -> None:
    batch = a_batch(alerts=(an_alert(state=before), an_alert("u2")))
    after = apply_report(batch, a_report(reported))
    assert states(after) == [max(before, reported, key=FORWARD.index), S.PENDING]


def test_an_automatic_reply_reported_as_transient_bounce_does_not_undo_a_delivery() -> None:
    batch = a_batch(alerts=(an_alert(state=S.DELIVERED),))
    assert apply_report(batch, a_report(S.BOUNCED, is_final=False)) == batch
    assert states(apply_report(a_batch(alerts=(an_alert(state=S.ACCEPTED),)), a_report(S.BOUNCED, is_final=False))) == [
        S.BOUNCED
    ]


def test_merging_keeps_what_got_further() -> None:
    ours = a_batch(alerts=(an_alert("u1", state=S.ACCEPTED), an_alert("u2", state=S.ACCEPTED)))
    stored = a_batch(alerts=(an_alert("u1", state=S.DELIVERED), an_alert("u2")))
    assert states(merge(ours, stored)) == [S.DELIVERED, S.ACCEPTED]
