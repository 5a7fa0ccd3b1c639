"""The alerts of one notice through much that can become of them: bounced, replaced, reminded of, cancelled."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertReport, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry
from chalicelib.domain.alert.alert_sending import Accepted, NotNeeded, Outcome, begin_attempt, settle
from chalicelib.domain.alert.follow_up import follow_failures, remind, renew_alerts
from chalicelib.domain.mailbox import Channel, Mailbox
from tests.deposit_world import a_body
from tests.export_world import Exports

BOUNCED_AFTER = timedelta(minutes=10)
REMINDED_AFTER = timedelta(hours=90)
OPENED_AFTER = timedelta(hours=91)


def a_followed_batch(batch: AlertBatch, mailbox: Mailbox) -> AlertBatch:
    """Return it with its e-mails bounced, an SMS in their place, and a reminder of which only the SMS went out.

    When the e-mails of the reminder were to be sent, the notice was open.
    """
    at = batch.deposited_at
    sent = attempt(batch, at, lambda alert: Accepted(f"m-{alert.alert_id}"))
    bounced = bounce(sent, at + BOUNCED_AFTER)
    followed = follow_failures(bounced, mailbox, now=at + BOUNCED_AFTER)
    followed = attempt(followed, at + BOUNCED_AFTER, lambda alert: Accepted(f"m-{alert.alert_id}"))
    reminded = remind(
        followed,
        mailbox,
        Expiry(date(2026, 3, 16), is_of_term=False),
        useful_until=at + timedelta(days=7),
        now=at + REMINDED_AFTER,
    )
    return attempt(reminded, at + OPENED_AFTER, _sms_alone)


def a_renewed_batch(batch: AlertBatch, mailbox: Mailbox) -> AlertBatch:
    """Return it with its e-mails bounced and, at the addresses of today, sent anew."""
    at = batch.deposited_at
    bounced = bounce(attempt(batch, at, lambda alert: Accepted(f"m-{alert.alert_id}")), at + BOUNCED_AFTER)
    renewed = renew_alerts(bounced, mailbox, now=at + REMINDED_AFTER)
    return attempt(renewed, at + REMINDED_AFTER, lambda alert: Accepted(f"m-{alert.alert_id}"))


def attempt(batch: AlertBatch, at: datetime, outcome: Callable[[Alert], Outcome]) -> AlertBatch:
    """Take up what is due at an instant, and have it come to something at once."""
    taken = replace(begin_attempt(batch, at), claimed_at=at)
    return settle(taken, {alert.alert_id: outcome(alert) for alert in taken.attempted}, now=at)


def bounce(batch: AlertBatch, at: datetime) -> AlertBatch:
    """Have every e-mail returned for good."""
    alerts = [
        alert.with_report(AlertReport(ReportKind.BOUNCED, at, alert.message_id, "smtp; 550"))
        if alert.channel is Channel.EMAIL
        else alert
        for alert in batch.alerts
    ]
    return replace(batch, alerts=tuple(alerts))


def _sms_alone(alert: Alert) -> Outcome:
    is_unwanted = alert.purpose is AlertPurpose.REMINDER and alert.channel is Channel.EMAIL
    return NotNeeded("notice_opened") if is_unwanted else Accepted(f"m-{alert.alert_id}")


SCHEDULED: dict[str, Any] = {
    "version": "0",
    "account": "1",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "",
    "id": "",
    "resources": [],
}


class Story:
    """One notice, by the app's own functions, whose e-mails all bounce."""

    def __init__(self, exports: Exports) -> None:
        """Deposit it, send its alerts, and have its e-mails returned."""
        self.exports, self.world = exports, exports.people.world
        exports.engine.client("ses").verify_email_identity(EmailAddress=self.world.container.config.mail_from)
        self.notice_id = str(self.world.deposit(a_body(regime="acknowledgement")).json_body["notice_id"])
        assert self.sweep()["sent"] == 3
        for user in ("u1", "u2"):
            self.bounce(user)

    def sweep(self, name: str = "sweep_alerts") -> dict[str, Any]:
        self.world.clock.advance(minutes=3)
        report: dict[str, Any] = self.world.client.lambda_.invoke(name, SCHEDULED).payload
        return report

    def bounce(self, user: str) -> None:
        at = self.world.clock.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        mail = {"messageId": f"m-{user}", "timestamp": at, "tags": {"notice_id": [self.notice_id], "user_id": [user]}}
        details = {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": at}
        message = json.dumps({"eventType": "Bounce", "mail": mail, "bounce": details})
        records: list[dict[str, Any]] = [{"Sns": {"Message": message, "Subject": None, "MessageAttributes": {}}}]
        assert self.world.client.lambda_.invoke("record_deliveries", {"Records": records}).payload["recorded"] == 1

    def open(self) -> dict[str, Any]:
        self.exports.token = self.exports.people.token()
        answer = self.exports.people.send("POST", f"/v1/notices/{self.notice_id}/opening", token=self.exports.token)
        assert answer.status_code == 201, answer.json_body
        opened: dict[str, Any] = answer.json_body
        return opened

    def evidence(self, **asked: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return `estado.json` and `eventos.json` of the ZIP."""
        export = self.exports.ask(asked or {"kind": "evidence", "notice_id": self.notice_id})
        self.exports.work()
        content = self.exports.fetch(self.exports.show(export["export_id"])["file"]["url"])
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            standing, events = (
                next(bundle.read(name) for name in bundle.namelist() if name.endswith(end))
                for end in ("estado.json", "eventos.json")
            )
        return json.loads(standing), json.loads(events)
