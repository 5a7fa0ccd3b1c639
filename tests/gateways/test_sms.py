from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.errors import MessageRefused, Unavailable
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


def test_a_number_that_opted_out_is_refused_for_good(world: World) -> None:
    refused = refusing(world.sns, "Publish", "OptedOut")
    with refused, pytest.raises(MessageRefused, match="mobile_opted_out"):
        world.channels.sms.send(NUMBER, "texto")


@pytest.mark.parametrize(
    ("code", "status", "raised"),
    [
        ("Throttling", 400, "sms_throttled"),
        ("InternalError", 500, "sms_unavailable"),
        ("AuthorizationError", 403, "sms_unavailable"),
    ],
)
def test_other_faults_are_passing(world: World, code: str, status: int, raised: str) -> None:
    with refusing(world.sns, "Publish", code, status=status), pytest.raises(Unavailable, match=raised):
        world.channels.sms.send(NUMBER, "texto")


def test_a_lost_answer_is_passing(world: World) -> None:
    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://sns")

    with hooked(world.sns, "Publish", lose), pytest.raises(Unavailable, match="sms_unavailable"):
        world.channels.sms.send(NUMBER, "texto")
