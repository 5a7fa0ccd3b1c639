from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)

from chalicelib.domain.errors import MessageRefused, SendingUncertain, Unavailable
from chalicelib.renderers.alert.alert_letters import render_alert_email
from tests.alert_world import LETTERHEAD, SENDER, World, a_batch, alert_world, an_alert, hooked, refusing

MESSAGE = render_alert_email(a_batch(), an_alert(), LETTERHEAD)
TAGS = {"notice_id": "N", "user_id": "u1"}


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def test_the_message_goes_out_as_it_was_written_with_its_tags(world: World) -> None:
    requests: list[str] = []
    with hooked(world.ses, "SendEmail", lambda params, **_: requests.append(str(params["body"]))):
        message_id = world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)
    assert message_id == world.emails[0].id
    assert world.emails[0].source == SENDER
    assert world.emails[0].raw_data == MESSAGE.as_bytes().decode("ascii")
    assert '"ConfigurationSetName": "casilla"' in requests[0]
    assert '"EmailTags": [{"Name": "notice_id", "Value": "N"}, {"Name": "user_id", "Value": "u1"}]' in requests[0]


@pytest.mark.parametrize("code", ["BadRequestException", "InvalidParameterValue"])
@pytest.mark.parametrize(
    "message",
    [
        "Illegal address",
        "Missing final '@domain'",
        "Missing domain",
        "Local address contains control or whitespace",
        "Local address contains illegal character",
        "Domain contains dot-dot",
        "Domain starts with dot",
        "Invalid email address u1@ejemplo",
    ],
)
def test_an_address_the_provider_refuses_is_refused_for_good(world: World, code: str, message: str) -> None:
    refused = refusing(world.ses, "SendEmail", code, message=message)
    with refused, pytest.raises(MessageRefused, match="email_address_refused"):
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)


@pytest.mark.parametrize(
    ("code", "status", "message", "raised"),
    [
        ("MessageRejected", 400, "Email address is not verified. The following identities failed", "mail_unavailable"),
        ("BadRequestException", 400, "Invalid configuration set name", "mail_unavailable"),
        ("BadRequestException", 400, "", "mail_unavailable"),
        ("BadRequestException", 400, "Email identity domain has pending verification", "mail_unavailable"),
        ("BadRequestException", 400, "The sending domain is not verified", "mail_unavailable"),
        ("SendingPausedException", 400, "Email sending is disabled", "mail_unavailable"),
        ("AccountSuspendedException", 400, "Account is suspended", "mail_unavailable"),
        ("NotFoundException", 404, "Configuration set does not exist", "mail_unavailable"),
        ("TooManyRequestsException", 429, "Maximum sending rate exceeded", "mail_throttled"),
        ("LimitExceededException", 400, "Daily message quota exceeded", "mail_throttled"),
        ("ServiceUnavailable", 503, "", "mail_unavailable"),
        ("ACodeOfTomorrow", 418, "Illegal address", "mail_unavailable"),
    ],
)
def test_whatever_is_not_known_to_be_a_matter_of_the_address_is_the_providers(
    world: World, code: str, status: int, message: str, raised: str
) -> None:
    refused = refusing(world.ses, "SendEmail", code, status=status, message=message)
    with refused, pytest.raises(Unavailable, match=raised) as refusal:
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)
    assert type(refusal.value) is Unavailable, "it surely was not taken"


def test_a_sender_that_is_not_verified_is_a_fault_an_operator_can_repair(world: World) -> None:
    world.ses.delete_email_identity(EmailIdentity=SENDER)
    with pytest.raises(Unavailable, match="mail_unavailable"):
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)


@pytest.mark.parametrize(
    ("error", "is_unsure"),
    [
        (ReadTimeoutError(endpoint_url="https://email"), True),
        (ConnectionClosedError(endpoint_url="https://email"), True),
        (HTTPClientError(error="cut off"), True),
        (ConnectTimeoutError(endpoint_url="https://email"), False),
        (EndpointConnectionError(endpoint_url="https://email"), False),
        (NoCredentialsError(), False),
    ],
)
def test_what_was_handed_over_without_an_answer_is_uncertain(world: World, error: Exception, is_unsure: bool) -> None:
    def fail(**_: Any) -> None:
        raise error

    with hooked(world.ses, "SendEmail", fail), pytest.raises(Unavailable, match="mail_unavailable") as raised:
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)
    assert isinstance(raised.value, SendingUncertain) is is_unsure


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_fault_inside_the_provider_is_uncertain(world: World, status: int) -> None:
    refused = refusing(world.ses, "SendEmail", "InternalFailure", status=status)
    with refused, pytest.raises(SendingUncertain, match="mail_unavailable"):
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)
