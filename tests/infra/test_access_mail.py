"""What the template says of the two ways that mail goes out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.template import load_template
from tests.cloud import Engine

RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
POLICIES = Path(__file__).parents[2] / ".chalice"


def test_mail_that_lets_somebody_in_needs_tls_and_an_alert_does_not() -> None:
    assert RESOURCES["AccessMail"]["Properties"]["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert RESOURCES["MailReports"]["Properties"]["DeliveryOptions"] == {"TlsPolicy": "OPTIONAL"}


def test_an_address_that_once_returned_mail_is_written_to_by_both() -> None:
    for name in ("AccessMail", "MailReports"):
        assert RESOURCES[name]["Properties"]["SuppressionOptions"] == {"SuppressedReasons": []}


def test_reports_are_of_alerts_only() -> None:
    destinations = [r for r in RESOURCES.values() if r.get("Type") == "AWS::SES::ConfigurationSetEventDestination"]
    assert [each["Properties"]["ConfigurationSetName"] for each in destinations] == [{"Ref": "MailReports"}]


@pytest.mark.parametrize(
    ("function", "allowed"),
    [
        ("api_handler", {"AccessMail"}),
        ("finish_registrations", {"AccessMail"}),
        ("operator", {"AccessMail"}),
        ("watch_access", {"AccessMail"}),
        ("watch_data_requests", {"AccessMail"}),
        ("send_alerts", {"MailReports"}),
        ("sweep_alerts", {"MailReports"}),
        ("send_reminders", {"MailReports"}),
        ("watch_addresses", {"MailReports"}),
        ("send_digests", {"MailReports"}),
        ("watch_keys", {"MailReports"}),
        ("close_statements", {"MailReports"}),
        ("watch_agreements", {"MailReports"}),
    ],
)
def test_a_function_may_send_by_its_own_way_only(function: str, allowed: set[str]) -> None:
    policy = (POLICIES / f"policy-{function}.json").read_text(encoding="utf-8")
    assert {name for name in ("AccessMail", "MailReports") if f"configuration-set/${{{name}}}" in policy} == allowed


def test_nobody_else_may_send() -> None:
    sending = {path.stem for path in POLICIES.glob("policy-*.json") if "ses:" in path.read_text("utf-8")}
    alerting = ("send_alerts", "sweep_alerts", "send_reminders")
    beside = ("watch_addresses", "send_digests", "watch_keys", "close_statements", "watch_agreements")
    telling = ("finish_registrations", "operator", "watch_access", "watch_data_requests")
    assert sending == {f"policy-{name}" for name in ("api_handler", *alerting, *beside, *telling)}


def test_the_local_engines_know_both_with_their_policy(aws: dict[str, str], moto_engine: Engine) -> None:
    ses = moto_engine.client("sesv2")
    policies = {
        variable: ses.get_configuration_set(ConfigurationSetName=aws[variable])["DeliveryOptions"]["TlsPolicy"]
        for variable in ("ACCESS_MAIL_CONFIGURATION_SET", "MAIL_CONFIGURATION_SET")
    }
    assert json.dumps(policies, sort_keys=True) == json.dumps(
        {"ACCESS_MAIL_CONFIGURATION_SET": "REQUIRE", "MAIL_CONFIGURATION_SET": "OPTIONAL"}
    )
