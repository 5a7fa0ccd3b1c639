"""A log of thousands of steps: the newest are shown, it is said that there are more, and no first time is made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.aws import connection
from chalicelib.domain.event import EventType
from chalicelib.domain.reading.timeline import MOST_READ
from chalicelib.store.tables import EventItem
from tests.alert_world import refusing
from tests.deposit_world import NOW, World
from tests.person_world import People

BEFORE = 500
"""Events of a log's beginning that the sender's status reads beside the newest."""


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed(name="Rosa Ejemplo")
    return people


def opened(people: People) -> tuple[str, str]:
    """Deposit and open; return the notice and a session's token."""
    notice_id = str(people.world.deposit().json_body["notice_id"])
    token = people.token()
    assert people.send("POST", f"/v1/notices/{notice_id}/opening", token=token).status_code == 201
    return notice_id, token


def download(notice_id: str, *seconds: float, file: str = "main") -> None:
    """Log that a script downloaded a file so many seconds after the opening."""
    kind, data = EventType.NOTICE_DOWNLOADED.value, {"file": file}
    with EventItem.batch_write() as batch:
        for second in seconds:
            position = f"{NOW + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S.%fZ}#{second}"
            batch.save(EventItem(f"notice#{notice_id}", position, type=kind, actor="user:u1", origin="", data=data))


def shown(people: People, notice_id: str, token: str) -> dict[str, Any]:
    answer = people.send("GET", f"/v1/notices/{notice_id}", token=token)
    assert answer.status_code == 200, answer.json_body
    body: dict[str, Any] = answer.json_body
    return body


def test_the_newest_steps_are_never_lost_and_the_answer_stays_bounded(people: People) -> None:
    notice_id, token = opened(people)
    download(notice_id, *range(1, BEFORE + MOST_READ // 2))

    with ledger() as book:
        told = shown(people, notice_id, token)

    assert (book.hops, sorted(book.operations)) == (2, ["BatchGetItem", "Query"])
    kinds = [step["step"] for step in told["timeline"] if step["step"] != "alert"]
    assert kinds == ["deposited", "opened", *["downloaded"] * MOST_READ]
    assert told["timeline"][-1]["at"] == f"{NOW + timedelta(seconds=BEFORE + MOST_READ // 2 - 1):%Y-%m-%dT%H:%M:%SZ}"
    assert told["timeline_extent"] == "newest"


def test_the_sender_is_told_first_downloads_that_are_the_first(people: People) -> None:
    notice_id, _ = opened(people)
    download(notice_id, 1, file="receipt")
    download(notice_id, *range(2, BEFORE + 100))
    path = f"/v1/deposits/{notice_id}/status"
    download(notice_id, BEFORE + 100, file="annex-1")

    with ledger() as book:
        met = people.world.get(path).json_body
    assert (book.hops, book.calls) == (3, 5)
    assert met["timeline_extent"] == "newest"
    assert [one["file"] for one in met["downloads"]] == ["receipt", "main", "annex-1"]
    first = f"{NOW + timedelta(seconds=BEFORE + 100):%Y-%m-%dT%H:%M:%SZ}"
    assert [one["first_at"] for one in met["downloads"]] == ["2026-03-09T20:15:31Z", "2026-03-09T20:15:32Z", first]

    download(notice_id, *range(BEFORE + 101, BEFORE + 500))
    download(notice_id, BEFORE + 500, file="annex-2")
    apart = people.world.get(path).json_body
    assert [(one["file"], one["first_at"]) for one in apart["downloads"]] == [
        ("receipt", "2026-03-09T20:15:31Z"),
        ("main", "2026-03-09T20:15:32Z"),
        ("annex-2", None),
    ]


def test_a_log_that_does_not_answer_keeps_nobody_from_reading_the_notice(people: People) -> None:
    notice_id, token = opened(people)
    people.world.clock.advance(minutes=6)
    client = connection(people.world.container).client

    with refusing(client, "Query", "InternalServerError", status=500):
        told = shown(people, notice_id, token)
        status = people.world.get(f"/v1/deposits/{notice_id}/status")

    assert [step["step"] for step in told["timeline"] if step["step"] != "alert"] == ["deposited", "opened"]
    assert (told["timeline_extent"], len(told["files"])) == ("unread", 1)
    assert (status.status_code, status.json_body["retryable"]) == (503, True)
    assert [step["step"] for step in shown(people, notice_id, token)["timeline"]][-1] == "reopened"


def test_a_log_that_answers_nothing_at_all_keeps_nobody_from_an_opened_notice(people: People) -> None:
    notice_id, token = opened(people)
    people.world.clock.advance(minutes=6)
    client = connection(people.world.container).client

    with (
        refusing(client, "Query", "InternalServerError", status=500),
        refusing(client, "PutItem", "InternalServerError", status=500),
        refusing(client, "TransactWriteItems", "InternalServerError", status=500),
    ):
        told = shown(people, notice_id, token)

    assert (told["timeline_extent"], len(told["files"])) == ("unread", 1)
