"""What the users of a mailbox see of its notices, and what opening one does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pynamodb.transactions import TransactWrite

from bench.ledger import ledger
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import UserState
from tests.builders import a_notice
from tests.deposit_world import (
    NOW,
    PDF,
    World,
    a_body,
    a_mailbox,
    a_signing_key,
    a_user,
    an_inline_file,
    an_institution,
    put_institution,
    put_key,
)
from tests.person_world import PASSWORD, USERNAME, People, texts_in_force

SECOND = "1-40000002.40000021"


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed(name="Rosa Ejemplo")
    return people


@pytest.fixture
def token(people: People) -> str:
    return people.token()


def deposit(people: People, **overrides: Any) -> str:
    people.world.clock.advance(seconds=1)
    answer = people.world.deposit({**a_body(), **overrides}, key=f"clave-{people.world.clock.now.isoformat()}")
    assert answer.status_code == 201, answer.json_body
    people.world.clock.advance(seconds=1)
    return str(answer.json_body["notice_id"])


def get(people: People, path: str, token: str, status: int = 200) -> dict[str, Any]:
    answer = people.send("GET", path, token=token)
    assert answer.status_code == status, answer.json_body
    body: dict[str, Any] = answer.json_body
    return body


def open_it(people: People, notice_id: str, token: str, status: int) -> dict[str, Any]:
    answer = people.send("POST", f"/v1/notices/{notice_id}/opening", token=token)
    assert answer.status_code == status, answer.json_body
    body: dict[str, Any] = answer.json_body
    return body


def second_user(people: People) -> str:
    hashed = people.tools.hashing.hash(PASSWORD)
    people.tools.accounts.add(
        Account(
            SECOND,
            "u2",
            USERNAME,
            UserState.ACTIVE,
            password_hash=hashed,
            name="Luis Ejemplo",
            accepted=texts_in_force(),
        )
    )
    token: str = people.log_in(SECOND).json_body["token"]
    return token


def logged(people: People, notice_id: str) -> list[EventType]:
    return [event.type for event in event_store(people.world.container).list_for_subject(f"notice#{notice_id}")]


def test_the_list_shows_what_is_pending_newest_first_with_counters(people: People, token: str) -> None:
    first, second, third = (deposit(people) for _ in range(3))
    listed = get(people, "/v1/notices", token)
    assert [notice["notice_id"] for notice in listed["notices"]] == [third, second, first]
    assert (listed["counts"], listed["next_cursor"]) == ({"pending": 3, "read": 0}, None)
    open_it(people, second, token, 201)
    assert [n["notice_id"] for n in get(people, "/v1/notices", token)["notices"]] == [third, first]
    read = get(people, "/v1/notices?reading=read", token)
    assert [n["notice_id"] for n in read["notices"]] == [second]
    assert read["counts"] == {"pending": 2, "read": 1}
    every = get(people, "/v1/notices?reading=all", token)["notices"]
    assert [(n["notice_id"], n["reading"]) for n in every] == [(third, "pending"), (second, "read"), (first, "pending")]


def test_a_list_is_paged_by_cursor(people: People, token: str) -> None:
    sent = [a_notice(notice_id=code_from_number(n), deposited_at=NOW + timedelta(seconds=n)) for n in range(12)]
    for notice in sent:
        with TransactWrite(connection=connection(people.world.container)) as transaction:
            notice_store(people.world.container).add_in(transaction, notice)
    page = get(people, "/v1/notices?limit=10", token)
    rest = get(people, f"/v1/notices?limit=10&cursor={page['next_cursor']}", token)
    assert [n["notice_id"] for n in page["notices"] + rest["notices"]] == [n.notice_id for n in sent[::-1]]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=11", "query_choice"),
        ("reading=unread", "query_choice"),
        ("cursor=abc", "cursor_invalid"),
        ("page=2", "query_unknown"),
    ],
)
def test_a_wrong_query_is_told(people: People, token: str, query: str, code: str) -> None:
    assert get(people, f"/v1/notices?{query}", token, 422)["code"] == code


def test_looking_at_an_unopened_notice_shows_the_envelope_and_opens_nothing(people: People, token: str) -> None:
    notice_id = deposit(people)
    envelope = get(people, f"/v1/notices/{notice_id}", token)
    assert (envelope["reading"], envelope["opened_at"]) == ("pending", None)
    assert "files" not in envelope
    assert "verification_code" not in envelope
    assert logged(people, notice_id) == [EventType.NOTICE_DEPOSITED]
    refused = get(people, f"/v1/notices/{notice_id}/files/main", token, 409)
    assert refused["code"] == "notice_not_opened"
    assert logged(people, notice_id) == [EventType.NOTICE_DEPOSITED]


def test_the_first_opening_is_recorded_once_and_later_ones_are_logged(people: People, token: str) -> None:
    notice_id = deposit(people)
    opened = open_it(people, notice_id, token, 201)
    assert opened["is_first_opening"]
    at = opened["opened_at"]
    people.world.clock.advance(minutes=5)
    again = open_it(people, notice_id, token, 200)
    people.world.clock.advance(minutes=5)
    shown = get(people, f"/v1/notices/{notice_id}", token)
    assert again["opened_at"] == shown["opened_at"] == at
    assert shown["seen_by"] == [{"name": "Rosa Ejemplo", "first_at": at, "contested": False}]
    steps = [(step["step"], step["at"], step["who"]) for step in shown["timeline"] if step["step"] != "alert"]
    assert steps == [
        ("deposited", "2026-03-09T20:15:31Z", ""),
        ("opened", at, "Rosa Ejemplo"),
        ("reopened", "2026-03-09T20:20:32Z", "Rosa Ejemplo"),
        ("reopened", "2026-03-09T20:25:32Z", "Rosa Ejemplo"),
    ]
    assert [step["at"] for step in again["timeline"][-2:]] == [at, "2026-03-09T20:20:32Z"]
    assert shown["timeline_extent"] == "whole"
    assert shown["timeline"][1] == {
        "step": "alert",
        "at": "2026-03-09T20:15:31Z",
        "who": "u***@ejemplo.pe",
        "channel": "email",
        "purpose": "deposit",
        "outcome": "waiting",
        "reason": None,
        "file": None,
        "contested": False,
    }
    assert shown["alerts"][0] == {
        "who": "u***@ejemplo.pe",
        "channel": "email",
        "purpose": "deposit",
        "outcome": "waiting",
        "reason": None,
        "at": "2026-03-09T20:15:31Z",
    }
    assert logged(people, notice_id) == [
        EventType.NOTICE_DEPOSITED,
        EventType.NOTICE_OPENED,
        EventType.NOTICE_REOPENED,
        EventType.NOTICE_REOPENED,
    ]
    assert get(people, "/v1/notices", token)["counts"] == {"pending": 0, "read": 1}


def test_everyone_who_opened_it_is_shown_once(people: People, token: str) -> None:
    notice_id = deposit(people)
    open_it(people, notice_id, token, 201)
    people.world.clock.advance(minutes=1)
    other = second_user(people)
    for _ in range(2):
        opened = open_it(people, notice_id, other, 200)
    assert [seen["name"] for seen in opened["seen_by"]] == ["Rosa Ejemplo", "Luis Ejemplo"]
    assert [step["who"] for step in opened["timeline"][-2:]] == ["Rosa Ejemplo", "Luis Ejemplo"]
    assert get(people, "/v1/notices", token)["counts"] == {"pending": 0, "read": 1}


def test_details_are_complete(people: People, token: str) -> None:
    notice_id = deposit(people, annexes=[an_inline_file(filename="anexo.pdf")])
    opened = open_it(people, notice_id, token, 201)
    assert opened["institution"]["phone"] == "(01) 000-0000"
    assert opened["case_file"] == {"number": "EXP-2026-000098", "opened_on": "2026-02-16"}
    assert opened["document"]["signed_by"] == "Persona Firmante de Ejemplo"
    assert opened["deadline"]["term_ends_on"] == "2026-03-23"
    assert [(file["name"], file["filename"]) for file in opened["files"]] == [
        ("main", "carta-000079-2026.pdf"),
        ("annex-1", "anexo.pdf"),
    ]
    assert opened["files"][1]["link"].endswith(f"/v1/notices/{notice_id}/files/annex-1")


def test_opening_fixes_the_dates_where_the_regime_looks_at_it(people: People, token: str) -> None:
    notice_id = deposit(people, regime="acknowledgement", term={"amount": 5, "unit": "business_days"})
    envelope = get(people, f"/v1/notices/{notice_id}", token)
    assert envelope["opening_fixes_dates"]
    assert envelope["deadline_if_opened_today"]["term_ends_on"] == "2026-03-16"
    assert envelope["deadline"] | {"calendar_version": ""} == {
        "effective_on": None,
        "term_starts_on": None,
        "term_ends_on": None,
        "starts_by": "2026-03-17",
        "ends_by": "2026-03-23",
        "calendar_version": "",
        "unconfirmed_year": 2026,
    }
    people.world.clock.advance(days=2)
    token = people.token()
    opened = open_it(people, notice_id, token, 201)
    assert (opened["effective_on"], opened["starts_by"]) == (None, "2026-03-17")
    fixed = {name: opened["deadline"][name] for name in ("effective_on", "term_starts_on", "term_ends_on")}
    assert fixed == {"effective_on": "2026-03-11", "term_starts_on": "2026-03-12", "term_ends_on": "2026-03-18"}
    people.world.clock.advance(days=20)
    token = people.token()
    assert get(people, f"/v1/notices/{notice_id}", token)["deadline"] == opened["deadline"]


def test_unopened_it_takes_effect_on_the_sixth_business_day(people: People, token: str) -> None:
    notice_id = deposit(people, regime="acknowledgement")
    people.world.clock.advance(days=8)
    token = people.token()
    assert get(people, f"/v1/notices/{notice_id}", token)["deadline"]["effective_on"] == "2026-03-17"
    people.world.clock.advance(days=1)
    token = people.token()
    assert open_it(people, notice_id, token, 201)["deadline"]["effective_on"] == "2026-03-17"


def test_each_download_is_a_link_of_its_own_name_and_logged(people: People, token: str) -> None:
    notice_id = deposit(people, annexes=[an_inline_file(PDF, "Informe Nº 5.pdf")])
    receipt = get(people, f"/v1/notices/{notice_id}/files/receipt", token)
    assert receipt["filename"] == f"constancia-{notice_id}.pdf"
    assert get(people, "/v1/notices", token)["counts"]["pending"] == 1
    open_it(people, notice_id, token, 201)
    people.world.clock.advance(seconds=1)
    annex = get(people, f"/v1/notices/{notice_id}/files/annex-1", token)
    assert "Informe%2520N%25C2%25BA%25205.pdf" in annex["url"]
    assert annex["filename"] == "Informe Nº 5.pdf"
    events = event_store(people.world.container).list_for_subject(f"notice#{notice_id}")
    assert [e.data for e in events if e.type is EventType.NOTICE_DOWNLOADED] == [
        {"file": "receipt"},
        {"file": "annex-1"},
    ]
    assert get(people, f"/v1/notices/{notice_id}/files/annex-2", token, 404)["code"] == "file_not_found"


@pytest.mark.parametrize("path", ["", "/files/main", "/files/receipt"])
def test_another_mailboxs_notice_is_as_none(people: People, path: str) -> None:
    notice_id = deposit(people)
    mailbox_store(people.world.container).put(a_mailbox("40000010"))
    hashed = people.tools.hashing.hash(PASSWORD)
    people.tools.accounts.add(Account("1-40000010", "u9", "1-40000010", UserState.ACTIVE, password_hash=hashed))
    stranger = people.accept_texts(people.log_in("1-40000010").json_body["token"])
    answers = [get(people, f"/v1/notices/{one}{path}", stranger, 404) for one in (notice_id, "2222-2222-2222", "x")]
    assert {(answer["code"], answer["detail"]) for answer in answers} == {
        ("notice_not_found", "No existe esa notificación, o no es de tu casilla.")
    }
    assert open_it(people, notice_id, stranger, 404)["code"] == "notice_not_found"
    assert logged(people, notice_id) == [EventType.NOTICE_DEPOSITED]


def test_a_disabled_user_sees_no_list(people: People, token: str) -> None:
    disabled = a_mailbox(users=(a_user(1, state=UserState.DISABLED), a_user(2)), version=2)
    mailbox_store(people.world.container).put(disabled)
    assert get(people, "/v1/notices", token, 403)["code"] == "user_disabled"


def test_contents_need_a_fresh_validation(people: People, token: str) -> None:
    notice_id = deposit(people)
    people.world.clock.advance(minutes=21)
    for path in ("/v1/notices", f"/v1/notices/{notice_id}", f"/v1/notices/{notice_id}/files/main"):
        assert get(people, path, token, 401)["code"] == "validation_needed"
    assert open_it(people, notice_id, token, 401)["code"] == "validation_needed"


def test_the_sender_sees_what_became_of_its_deposit_and_not_who_did_it(people: People, token: str) -> None:
    notice_id = deposit(people)
    path = f"/v1/deposits/{notice_id}/status"
    before = people.world.get(path).json_body
    assert (before["reading"], before["opened_at"], before["downloads"]) == ("pending", None, [])
    opened = open_it(people, notice_id, token, 201)
    for _ in range(2):
        people.world.clock.advance(seconds=1)
        get(people, f"/v1/notices/{notice_id}/files/main", token)
    with ledger() as book:
        status = people.world.get(path)
    assert (book.hops, book.calls) == (2, 4)
    told = status.json_body
    assert (told["reading"], told["opened_at"]) == ("read", opened["opened_at"])
    assert told["downloads"] == [{"file": "main", "first_at": "2026-03-09T20:15:33Z"}]
    assert [step["outcome"] for step in told["timeline"] if step["step"] == "alert"] == ["waiting"] * 3
    assert [(step["step"], step["at"], step["file"]) for step in told["timeline"] if step["step"] != "alert"] == [
        ("deposited", told["deposited_at"], None),
        ("opened", opened["opened_at"], None),
        ("downloaded", "2026-03-09T20:15:33Z", "main"),
        ("downloaded", "2026-03-09T20:15:34Z", "main"),
    ]
    assert told["timeline_extent"] == "whole"
    assert "Rosa" not in status.body.decode()
    assert "u1" not in status.body.decode()


def test_another_institution_learns_nothing_of_a_deposit(people: People) -> None:
    notice_id = deposit(people)
    box = people.world.container
    put_institution(box, an_institution(institution_id="otra-entidad"))
    put_key(box, a_signing_key(institution_id="otra-entidad"))
    answer = people.world.get(f"/v1/deposits/{notice_id}/status", keyid="otra-entidad:2026-1")
    missing = people.world.get("/v1/deposits/x/status")
    assert (answer.status_code, answer.json_body["code"]) == (404, "notice_not_found")
    assert missing.json_body["detail"] == answer.json_body["detail"]
