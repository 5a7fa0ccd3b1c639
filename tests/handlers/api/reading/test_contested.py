"""What was opened between a contested change and the freeze is marked for both sides, and no date moves (BOX-3)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.freezing import frozen, thawed
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Mailbox
from chalicelib.domain.reading.reading import ContestedSpan
from chalicelib.domain.reading.timeline import UNREAD, timeline
from chalicelib.renderers.export.bundle_texts import standing_text
from chalicelib.services.reading.mark_contested import mark_contested
from tests.browser_requests import Browser, text_of
from tests.deposit_world import World, a_body
from tests.person_world import EMAIL, USERNAME, People

SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed(name="Rosa Ejemplo")
    return people


def deposit(people: People, regime: str = "acknowledgement") -> str:
    people.world.clock.advance(seconds=1)
    answer = people.world.deposit(a_body(regime=regime), key=f"clave-{people.world.clock.now.isoformat()}")
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["notice_id"])


def open_it(people: People, notice_id: str) -> dict[str, Any]:
    answer = people.send("POST", f"/v1/notices/{notice_id}/opening", token=people.token())
    assert answer.status_code in {200, 201}, answer.json_body
    people.world.clock.advance(hours=1)
    body: dict[str, Any] = answer.json_body
    return body


def mailbox(people: People) -> Mailbox:
    found = mailbox_store(people.world.container).find(USERNAME)
    assert found
    return found


def a_change(people: People) -> AccessChange:
    change = AccessChange("c1", ChangeKind.PASSWORD, "u1", people.world.clock.now, EMAIL)
    people.world.clock.advance(seconds=1)
    return change


def freeze(people: People, change: AccessChange) -> None:
    changed = frozen(mailbox(people), change, people.world.clock.now)
    assert changed
    mailbox_store(people.world.container).update(changed)


def thaw(people: People) -> None:
    now = mailbox(people)
    assert now.freeze
    mailbox_store(people.world.container).update(thawed(now, now.freeze, is_undone=False))


def watch(people: People) -> dict[str, Any]:
    report: dict[str, Any] = people.world.client.lambda_.invoke("watch_access", SCHEDULED).payload
    return report


@pytest.fixture
def contested(people: People) -> tuple[str, str, str, str]:
    """Open one notice before a change and two after it, freeze, and leave the job its time; one stays unopened."""
    before = deposit(people)
    within, other = deposit(people), deposit(people, "deposit")
    unopened = deposit(people)
    open_it(people, before)
    change = a_change(people)
    open_it(people, within)
    open_it(people, other)
    freeze(people, change)
    people.world.clock.advance(minutes=2)
    assert watch(people)["marked"] == 1
    thaw(people)
    people.world.clock.advance(minutes=2)
    return before, within, other, unopened


def shown(people: People, notice_id: str) -> dict[str, Any]:
    body: dict[str, Any] = people.send("GET", f"/v1/notices/{notice_id}", token=people.token()).json_body
    return body


def test_the_holder_sees_which_openings_are_contested(people: People, contested: tuple[str, str, str, str]) -> None:
    before, within, other, _ = contested

    assert [shown(people, one)["opening_contested"] for one in (before, within, other)] == [False, True, True]
    told = shown(people, within)
    steps = {step["step"]: step["contested"] for step in told["timeline"] if step["step"] != "reopened"}
    assert steps == {"deposited": False, "alert": False, "opened": True}
    assert [seen["contested"] for seen in told["seen_by"]] == [True]
    assert [step["contested"] for step in told["timeline"] if step["step"] == "reopened"] == [False, False]


def test_the_sender_sees_it_too(people: People, contested: tuple[str, str, str, str]) -> None:
    before, within, *_ = contested

    told = [people.world.get(f"/v1/deposits/{one}/status").json_body for one in (before, within)]

    assert [one["opening_contested"] for one in told] == [False, True]
    assert [step["contested"] for step in told[1]["timeline"] if step["step"] == "opened"] == [True]


def test_no_date_and_no_event_changes(people: People) -> None:
    notice_id = deposit(people)
    change = a_change(people)
    opened = open_it(people, notice_id)
    events = event_store(people.world.container).list_for_subject(f"notice#{notice_id}")
    freeze(people, change)
    people.world.clock.advance(minutes=2)
    watch(people)
    thaw(people)

    status = people.world.get(f"/v1/deposits/{notice_id}/status").json_body

    assert status["deadline"] == opened["deadline"]
    assert status["opened_at"] == opened["opened_at"]
    assert event_store(people.world.container).list_for_subject(f"notice#{notice_id}")[: len(events)] == events


def test_the_page_says_so_in_words(people: People) -> None:
    browser = Browser(people)
    notice_id = deposit(people)
    change = a_change(people)
    open_it(people, notice_id)
    freeze(people, change)
    people.world.clock.advance(minutes=2)
    watch(people)
    thaw(people)
    browser.enter()

    page = text_of(browser.get(f"/casilla/{notice_id}"))

    assert "Impugnada: el titular no reconoce quién tenía acceso entonces. Los plazos no cambian." in page
    assert "<strong>Impugnada</strong>" in page


def test_the_job_does_it_again_until_the_index_is_settled(people: People) -> None:
    notice_id = deposit(people)
    change = a_change(people)
    open_it(people, notice_id)
    freeze(people, change)

    first = watch(people)
    assert (first["waiting"], first["marked"], first["on_list"], first["is_complete"]) == (1, 0, 1, True)
    people.world.clock.advance(minutes=2)
    second = watch(people)
    assert (second["waiting"], second["marked"], second["oldest_waiting_s"]) == (0, 1, 120)
    third = watch(people)
    assert (third["done"], third["marked"]) == (1, 0)
    thaw(people)
    assert watch(people)["on_list"] == 0


def test_marking_goes_on_over_pages_and_stops_by_the_clock(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    readings, clock = reading_store(people.world.container), people.world.clock
    notices = [deposit(people) for _ in range(3)]
    change = a_change(people)
    for one in notices:
        open_it(people, one)
    span = ContestedSpan(change.changed_at, clock.now)
    monkeypatch.setattr("chalicelib.services.reading.mark_contested._PAGE", 1)

    none = mark_contested(USERNAME, span, readings=readings, now=clock, until=clock.now)
    assert (none.notices, none.is_complete) == (0, False)
    every = mark_contested(USERNAME, span, readings=readings, now=clock, until=clock.now + timedelta(seconds=1))
    assert (every.notices, every.is_complete) == (3, True)
    again = mark_contested(USERNAME, span, readings=readings, now=clock, until=clock.now + timedelta(seconds=1))
    assert (again.notices, again.is_complete) == (0, True)


def test_what_fails_is_logged_without_the_mailboxs_name(
    people: People, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(people, a_change(people))

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("chalicelib.handlers.workers.mailboxes.mark_contested", fail)
    report = watch(people)

    assert (report["failed"], report["is_complete"]) == (1, False)
    assert USERNAME not in capsys.readouterr().out


def test_nothing_costs_a_call_more(people: People, contested: tuple[str, str, str, str]) -> None:
    token = people.token()
    with ledger() as book:
        people.send("GET", "/v1/notices", token=token)
    assert (book.hops, book.calls) == (2, 3)
    with ledger() as book:
        people.send("GET", f"/v1/notices/{contested[1]}", token=token)
    assert (book.hops, book.calls) == (2, 3)
    with ledger() as book:
        people.send("POST", f"/v1/notices/{contested[3]}/opening", token=token)
    assert (book.hops, book.calls) == (2, 3)


def test_the_evidence_tells_it(people: People, contested: tuple[str, str, str, str]) -> None:
    found = reading_store(people.world.container).find(contested[1])
    assert found.delivered
    text = standing_text(
        found.delivered, timeline(found.delivered, found.alerts, UNREAD), people.world.clock.now.date()
    )

    told = json.loads(text)
    assert told["opening_contested"] is True
    assert [step["contested"] for step in told["timeline"] if step["step"] == "opened"] == [True]
