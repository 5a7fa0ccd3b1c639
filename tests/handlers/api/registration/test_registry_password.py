"""What becomes of registrations while RENIEC's password is not there, is refused, and is changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

import boto3
import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import aws_session, connection
from chalicelib.bootstrap.registration import registration_tools
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.registration_policy import first_budget
from infra.local.registries.answers import WRONG_PASSWORD
from tests.handlers.api.registration.test_registration import Site, _run, a_form, simulator, site

__all__ = ["simulator", "site"]
PEOPLE = ("99000001", "99000003", "99000004")


@dataclass
class Office:
    site: Site
    arn: str

    def put(self, text: str) -> None:
        boto3.client("secretsmanager").put_secret_value(SecretId=self.arn, SecretString=text)

    def start(self, number: str) -> str:
        contact = {"email": f"p{number}@ejemplo.pe", "email_again": f"p{number}@ejemplo.pe"}
        return str(self.site.start(a_form(number, **contact))["state"])

    def finish(self, minutes: int = 5) -> dict[str, int]:
        self.site.clock.advance(minutes=minutes)
        report: dict[str, int] = _run(self.site, "finish_registrations")
        return report

    @property
    def drawn(self) -> int:
        tools = registration_tools(self.site.container)
        budget = first_budget(Registry.RENIEC, tools.quotas[Registry.RENIEC])
        return tools.limits.drawn(budget, now=self.site.clock())


@pytest.fixture
def office(site: Site) -> Iterator[Office]:
    manager = boto3.client("secretsmanager")
    arn = manager.create_secret(Name="reniec-password")["ARN"]
    site.container.config = replace(site.container.config, registry_secret_arn=arn)
    yield Office(site, arn)
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [message for message in caplog.messages if message.startswith("secret ")]
    caplog.clear()
    return found


def test_before_the_password_is_put_nothing_is_sent_and_registrations_wait_and_go_on_by_themselves(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert office.finish()["waiting"] == 0
    assert lines(caplog) == ["secret not set"]

    office.site.clock.advance(minutes=2)
    assert [office.start(number) for number in PEOPLE[:2]] == ["awaiting_registry"] * 2
    assert "no responde" in office.site.mails[-1][1]
    assert (office.site.simulator.asked, office.drawn) == ([], 0)
    lines(caplog)
    assert office.finish(10)["waiting"] == 2
    assert lines(caplog)[0] == "secret not set"

    office.put("clave-de-verdad")
    assert office.finish(30)["confirmed"] == 2
    assert sorted(office.site.simulator.asked) == ["99000001", "99000003"]
    assert lines(caplog) == []


def test_a_refused_password_is_sent_once_by_all_processes_together_and_the_next_one_by_itself(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    office.put(WRONG_PASSWORD)
    assert office.start(PEOPLE[0]) == "awaiting_registry"
    assert lines(caplog) == ["secret refused"]
    first = office.site.container
    other = Container(first.config, clock=first.clock, pause=first.pause)
    other.made = {make: first.made[make] for make in (connection, aws_session)}
    with using(other):
        assert [office.start(number) for number in PEOPLE[1:]] == ["awaiting_registry"] * 2
    assert office.finish(30)["waiting"] == 3
    assert office.site.simulator.asked == [PEOPLE[0]]
    assert set(lines(caplog)) == {"secret rests"}

    office.put("clave-de-verdad")
    assert office.finish(60)["confirmed"] == 3
    assert sorted(office.site.simulator.asked) == [PEOPLE[0], *PEOPLE]
