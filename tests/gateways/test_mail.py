from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.errors import MessageRefused, Unavailable
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


def test_an_address_the_provider_refuses_is_refused_for_good(world: World) -> None:
    refused = refusing(world.ses, "SendEmail", "BadRequestException")
    with refused, pytest.raises(MessageRefused, match="email_address_refused"):
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)


def test_a_sender_that_is_not_verified_is_a_fault_an_operator_can_repair(world: World) -> None:
    world.ses.delete_email_identity(EmailIdentity=SENDER)
    with pytest.raises(Unavailable, match="mail_unavailable"):
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)


def test_a_lost_answer_is_passing(world: World) -> None:
    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://email")

    with hooked(world.ses, "SendEmail", lose), pytest.raises(Unavailable, match="mail_unavailable"):
        world.channels.mail.send(MESSAGE, "u1@ejemplo.pe", TAGS)
