from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.errors import MessageRefused, SendingUncertain, Unavailable
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.gateways.sms import Sms
from tests.alert_world import World, alert_world, hooked, refusing

NUMBER = "+51900000001"


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def test_the_text_goes_to_the_number_as_transactional_from_the_sender_id(world: World) -> None:
    requests: list[dict[str, str]] = []
    with hooked(world.sns, "Publish", lambda params, **_: requests.append(params["body"])):
        assert world.channels.sms.send(NUMBER, "Tiene una notificacion")
    assert world.texts == [(NUMBER, "Tiene una notificacion")]
    assert {"Transactional", "CASILLA"} <= set(requests[0].values())


def test_a_number_that_is_none_is_refused_for_good(world: World) -> None:
    with pytest.raises(MessageRefused, match="mobile_refused"):
        world.channels.sms.send("no-es-numero", "texto")


def test_nothing_is_sent_to_a_country_that_is_not_enabled(world: World) -> None:
    with pytest.raises(MessageRefused, match="mobile_country_off"):
        world.channels.sms.send("+34612345678", "texto")
    assert world.texts == []
    Sms(world.sns, reach=SmsReach(frozenset({"ES"}))).send("+34612345678", "texto")
    assert world.texts == [("+34612345678", "texto")]


def test_a_number_that_opted_out_is_refused_for_good(world: World) -> None:
    refused = refusing(world.sns, "Publish", "OptedOut")
    with refused, pytest.raises(MessageRefused, match="mobile_opted_out"):
        world.channels.sms.send(NUMBER, "texto")


def test_what_sns_says_of_a_number_is_told_from_what_it_says_of_another_parameter(world: World) -> None:
    of_number = refusing(world.sns, "Publish", "InvalidParameter", message="Invalid parameter: PhoneNumber Reason: no")
    with of_number, pytest.raises(MessageRefused, match="mobile_refused"):
        world.channels.sms.send(NUMBER, "texto")
    opted_out = refusing(
        world.sns, "Publish", "InvalidParameterException", message="The number has opted out of SMS, opted out"
    )
    with opted_out, pytest.raises(MessageRefused, match="mobile_opted_out"):
        world.channels.sms.send(NUMBER, "texto")


@pytest.mark.parametrize(
    ("code", "status", "message", "raised"),
    [
        ("Throttling", 400, "Rate exceeded", "sms_throttled"),
        ("Throttled", 429, "", "sms_throttled"),
        ("InvalidParameter", 400, "Invalid parameter: SenderId Reason: not registered", "sms_unavailable"),
        ("InvalidParameterValue", 400, "", "sms_unavailable"),
        ("AuthorizationError", 403, "No quota left for account", "sms_unavailable"),
        ("ServiceUnavailable", 503, "", "sms_unavailable"),
    ],
)
def test_whatever_is_not_known_to_be_a_matter_of_the_number_is_the_providers(
    world: World, code: str, status: int, message: str, raised: str
) -> None:
    refused = refusing(world.sns, "Publish", code, status=status, message=message)
    with refused, pytest.raises(Unavailable, match=raised) as refusal:
        world.channels.sms.send(NUMBER, "texto")
    assert type(refusal.value) is Unavailable


def test_a_fault_inside_the_provider_is_uncertain(world: World) -> None:
    refused = refusing(world.sns, "Publish", "InternalError", status=500)
    with refused, pytest.raises(SendingUncertain, match="sms_unavailable"):
        world.channels.sms.send(NUMBER, "texto")


def test_a_lost_answer_is_uncertain(world: World) -> None:
    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://sns")

    with hooked(world.sns, "Publish", lose), pytest.raises(SendingUncertain, match="sms_unavailable"):
        world.channels.sms.send(NUMBER, "texto")
