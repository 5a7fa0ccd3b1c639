"""What counts as opening a notice again: a session's further looks within five minutes are the same look."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.session import Session
from chalicelib.services.reading.open_notice import OpenedNotice, open_notice
from chalicelib.store.tables import TokenItem
from tests.access_world import at_once
from tests.alert_world import hooked, refusing
from tests.deposit_world import NOW, Clock
from tests.reading_world import NOTICE, Shelf, a_session, a_shelf

OPENED, REOPENED = EventType.NOTICE_OPENED, EventType.NOTICE_REOPENED
FIVE = timedelta(minutes=5)
A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def shelf(engine: dict[str, str]) -> Shelf:
    shelf = a_shelf(engine)
    clock(shelf).step = timedelta(0)
    return replace(shelf, tools=replace(shelf.tools, pause=lambda _: None))


def clock(shelf: Shelf) -> Clock:
    found = shelf.box.clock
    assert isinstance(found, Clock)
    return found


def look(shelf: Shelf, session: Session, after: timedelta = timedelta(0)) -> OpenedNotice:
    """Open the notice at an instant after `NOW`."""
    clock(shelf).now = NOW + after
    return open_notice(session, shelf.tools.readings.find(NOTICE.notice_id), origin="", tools=shelf.tools)


def logged(shelf: Shelf) -> tuple[Event, ...]:
    return event_store(shelf.box).list_for_subject(f"notice#{NOTICE.notice_id}")


def test_the_first_opening_starts_five_minutes_in_which_its_session_opens_nothing_again(shelf: Shelf) -> None:
    looks = [look(shelf, a_session(1), after) for after in (timedelta(0), A_MOMENT, FIVE - A_MOMENT)]

    assert [opened.is_first for opened in looks] == [True, False, False]
    assert looks[0].delivered == looks[1].delivered == looks[2].delivered
    assert shelf.events() == [OPENED]

    look(shelf, a_session(1), FIVE)
    assert shelf.events() == [OPENED, REOPENED]


def test_each_reopening_starts_five_minutes_of_its_own_whatever_the_clock_shows(shelf: Shelf) -> None:
    look(shelf, a_session(1))
    again = timedelta(minutes=49, seconds=29)  # 21:04:59
    after = (again, again + timedelta(seconds=2), again + FIVE - A_MOMENT, again + FIVE, again + 2 * FIVE)
    looks = [look(shelf, a_session(1), moment) for moment in after]

    assert tuple(one.event for one in looks if one.event is not None) == logged(shelf)[1:]
    assert [one.event is None for one in looks] == [False, True, True, False, False]
    assert [event.occurred_at - NOW for event in logged(shelf)[1:]] == [again, again + FIVE, again + 2 * FIVE]
    assert len({event.event_id for event in logged(shelf)}) == 4


def test_a_session_that_was_validated_again_in_between_is_the_same(shelf: Shelf) -> None:
    look(shelf, a_session(1))
    look(shelf, replace(a_session(1), session_id="rotated"), timedelta(minutes=1))
    look(shelf, replace(a_session(1), session_id="rotated"), timedelta(minutes=6))
    look(shelf, replace(a_session(1), session_id="rotated again"), timedelta(minutes=7))

    assert shelf.events() == [OPENED, REOPENED]


def test_another_sessions_look_is_its_own_and_ends_nobodys_five_minutes(shelf: Shelf) -> None:
    elsewhere = replace(a_session(1), access_id="another login")
    for minute, session in enumerate((a_session(1), elsewhere, a_session(2), a_session(1), elsewhere, a_session(2))):
        look(shelf, session, timedelta(seconds=30 * minute))

    assert [(event.type, event.actor, event.occurred_at - NOW) for event in logged(shelf)] == [
        (OPENED, "user:u1", timedelta(0)),
        (REOPENED, "user:u1", timedelta(seconds=30)),
        (REOPENED, "user:u2", timedelta(seconds=60)),
    ]


def test_another_notice_is_looked_at_for_itself(shelf: Shelf) -> None:
    first = shelf.tools.looks.name_look("login", NOTICE.notice_id, NOW)
    other = shelf.tools.looks.name_look("login", "another notice", NOW)
    later = shelf.tools.looks.name_look("login", NOTICE.notice_id, NOW + A_MOMENT)

    assert first == shelf.tools.looks.name_look("login", NOTICE.notice_id, NOW)
    assert (first.tokens == later.tokens, first.event_id == later.event_id) == (True, False)
    assert len({first.tokens, other.tokens}) == len({first.event_id, other.event_id, later.event_id}) - 1 == 2
    assert "login" not in "".join(first.tokens) + first.event_id


def test_what_tells_a_look_from_the_next_goes_by_its_time_to_live(shelf: Shelf) -> None:
    look(shelf, a_session(1))
    look(shelf, a_session(1), FIVE)

    [guard] = [item for item in TokenItem.scan() if item.token.startswith("look#")]
    assert NOW + 2 * FIVE <= guard.expires_at < NOW + 2 * FIVE + timedelta(hours=2)


@pytest.mark.ministack
@pytest.mark.parametrize("number", [1, 2], ids=["who opened it", "another user"])
def test_eight_reloads_at_once_are_one_look(ministack: dict[str, str], number: int) -> None:
    shelf = a_shelf(ministack)
    shelf.open_as(1)
    shelf.box.clock.advance(minutes=6)  # type: ignore[attr-defined]

    outcomes = at_once(8, lambda _: shelf.open_as(number))

    assert [type(outcome) for outcome in outcomes] == [OpenedNotice] * 8, outcomes
    assert shelf.events() == [OPENED, REOPENED]


@pytest.mark.parametrize("number", [1, 2], ids=["who opened it", "another user"])
def test_a_guard_that_cannot_be_written_keeps_nobody_from_reading_and_the_look_is_logged(
    aws: dict[str, str], number: int
) -> None:
    shelf = _at_rest(aws)
    look(shelf, a_session(1))
    with hooked(connection(shelf.box).client, "TransactWriteItems", _throttle_tokens):
        looked = look(shelf, a_session(number), FIVE)
        repeated = look(shelf, a_session(number), FIVE)

    assert looked.delivered.was_seen_by(f"u{number}")
    assert repeated.delivered == looked.delivered
    assert [event.actor for event in logged(shelf)] == ["user:u1", f"user:u{number}"]


@pytest.mark.parametrize("number", [1, 2], ids=["who opened it", "another user"])
def test_a_log_that_takes_nothing_keeps_nobody_from_an_opened_notice_and_operators_learn_of_it(
    aws: dict[str, str], number: int, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = _at_rest(aws)
    first = look(shelf, a_session(1))
    client = connection(shelf.box).client
    with (
        caplog.at_level(logging.WARNING, "chalicelib"),
        refusing(client, "TransactWriteItems", "InternalServerError", status=500),
        refusing(client, "PutItem", "InternalServerError", status=500),
    ):
        looked = look(shelf, a_session(number), FIVE)

    assert looked.delivered == first.delivered
    assert not looked.is_first
    assert shelf.events() == [OPENED]
    [line] = [record for record in caplog.records if record.message == "reopening not recorded"]
    assert vars(line)["notice_id"] == NOTICE.notice_id


@pytest.mark.parametrize("number", [1, 2], ids=["who opened it", "another user"])
def test_nobody_waits_for_more_than_the_clients_own_tries_where_no_answer_comes(
    aws: dict[str, str], number: int
) -> None:
    shelf = _at_rest(aws)
    first = look(shelf, a_session(1))
    asked: list[str] = []

    def hang(params: dict[str, Any], **_: Any) -> None:
        asked.append(params["url"])
        raise ReadTimeoutError(endpoint_url=params["url"])

    with hooked(connection(shelf.box).client, "TransactWriteItems", hang):
        assert look(shelf, a_session(number), FIVE).delivered == first.delivered
    assert len(asked) == 1


def test_nobody_is_kept_out_because_the_notice_cannot_be_read_a_second_time(aws: dict[str, str]) -> None:
    shelf = _at_rest(aws)
    first = look(shelf, a_session(1))
    found = shelf.tools.readings.find(NOTICE.notice_id)
    clock(shelf).now = NOW + FIVE
    client = connection(shelf.box).client

    with (
        refusing(client, "TransactWriteItems", "InternalServerError", status=500),
        refusing(client, "BatchGetItem", "InternalServerError", status=500),
    ):
        looked = open_notice(a_session(2), found, origin="", tools=shelf.tools)

    assert looked.delivered == first.delivered


def test_a_first_opening_that_the_log_does_not_take_shows_nothing(aws: dict[str, str]) -> None:
    shelf = _at_rest(aws)
    refused = refusing(connection(shelf.box).client, "TransactWriteItems", "InternalServerError", status=500)

    with refused, pytest.raises(Unavailable, match="opening_unavailable"):
        look(shelf, a_session(1))
    assert shelf.events() == []


def _at_rest(environment: dict[str, str]) -> Shelf:
    shelf = a_shelf(environment)
    clock(shelf).step = timedelta(0)
    return replace(shelf, tools=replace(shelf.tools, pause=lambda _: None))


def _throttle_tokens(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
    """Cancel every transaction that writes a guard, as DynamoDB does where the table takes no more."""
    if "look#" not in str(params["body"]):
        return None
    reasons = [{"Code": "ThrottlingError"}, {"Code": "None"}]
    answer = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        "CancellationReasons": reasons,
    }
    return AWSResponse("https://engine", 400, HTTPHeaders(), None), answer
