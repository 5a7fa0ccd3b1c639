"""Addresses of the local run fare as they say themselves, by the reports that SES would make and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest

from chalicelib.domain.alert.alert import ReportKind
from chalicelib.domain.alert.delivery_report import DeliveryReport, message_tags, parse_report
from chalicelib.domain.errors import MessageRefused
from chalicelib.gateways.sms import Sms
from infra.local.deliveries import Deliveries
from tests.cloud import Engine

AT = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)


class Reported:
    """Stands for `record_deliveries`."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.deliveries = Deliveries(self._record, "alerts", lambda: AT)
        session = botocore.session.Session()
        self.hooks: Any = session.get_component("event_emitter")
        self.deliveries.watch(self.hooks)

    def _record(self, event: dict[str, Any], _: Any) -> None:
        self.events += [json.loads(record["Sns"]["Message"]) for record in event["Records"]]

    def send(self, address: str, *, by: str = "alerts", answer: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Let the hooks run as a client's call would, and hand over what there is to report."""
        tags = [{"Name": name, "Value": value} for name, value in message_tags("2222-2222-2222", "u1.email").items()]
        params = {"Destination": {"ToAddresses": [address]}, "EmailTags": tags, "ConfigurationSetName": by}
        context: dict[str, Any] = {}
        given, parsed = "provide-client-params.sesv2.SendEmail", answer or {"MessageId": "m1"}
        self.hooks.emit(given, params=params, model=None, context=context)
        self.hooks.emit("after-call.sesv2.SendEmail", http_response=None, parsed=parsed, model=None, context=context)
        while self.deliveries.poll():
            pass
        return self.events


@pytest.mark.parametrize(
    ("address", "kind", "error"),
    [
        ("maria@ejemplo.pe", ReportKind.DELIVERED, None),
        ("rebota@ejemplo.pe", ReportKind.BOUNCED, "bounce_permanent_general_5.1.1"),
        ("Rebota.36@ejemplo.pe", ReportKind.BOUNCED, "bounce_permanent_general_5.1.1"),
        ("llena@ejemplo.pe", ReportKind.RETURNED, "bounce_transient_mailboxfull_4.2.2"),
    ],
)
def test_an_address_fares_as_it_says(address: str, kind: ReportKind, error: str | None) -> None:
    [event] = Reported().send(address)

    report = parse_report(event)
    assert isinstance(report, DeliveryReport)
    assert (report.notice_id, report.alert_id, report.occurred_at) == ("2222-2222-2222", "u1.email", AT)
    assert (report.report.kind, report.report.error, report.report.message_id) == (kind, error, "m1")


def test_mail_about_access_and_what_was_refused_is_reported_of_nowhere() -> None:
    assert Reported().send("rebota@ejemplo.pe", by="access") == []
    assert Reported().send("rebota@ejemplo.pe", answer={"Error": {"Code": "BadRequestException"}}) == []


@pytest.mark.usefixtures("aws")
def test_a_number_that_ends_so_is_refused_for_good_and_every_other_is_handed_on(moto_engine: Engine) -> None:
    client = moto_engine.client("sns")
    Deliveries(lambda *_: None, "alerts", lambda: AT).watch(client.meta.events)

    assert Sms(client).send("+51987654321", "Hola")
    with pytest.raises(MessageRefused) as refused:
        Sms(client).send("+51987654404", "Hola")
    assert refused.value.code == "mobile_refused"
