"""Eight processes at the same instant, on an engine whose transactions are isolated."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import notice_store
from chalicelib.config import Config
from tests.cloud import Engine
from tests.deposit_world import AUTHORITY, Clock, World, a_body
from tests.faults.crowd import Act, Crowd, crowd
from tests.faults.journey import RECIPIENTS, inline_body, job_event, stream_event

pytestmark = [pytest.mark.ministack, pytest.mark.deep]

_MANY = 8
_LATER_S = 900


def _messages(engine: Engine) -> Counter[str]:
    process = engine._ministack  # noqa: SLF001 - its inbox
    assert process is not None
    mails = [to for mail in process.emails for to in mail["To"]]
    return Counter(mails + [number for number, texts in process.text_messages.items() for _ in texts])


class Scene:
    """A seeded world, a crowd in it, and what the engine holds afterwards."""

    def __init__(self, engine: Engine, world: World, people: Crowd) -> None:
        """Count only what is new from here on."""
        self.world = world
        self.together = people.together
        self._engine = engine
        self._before = _messages(engine)

    def post(self, key: str, body: bytes, **signing: Any) -> Act:
        return Act(self.world.signed("POST", "/v1/deposits", body, idempotency_key=key, **signing))

    def items(self, table: str) -> list[dict[str, Any]]:
        name = getattr(self.world.container.config, f"{table}_table")
        found: list[dict[str, Any]] = self._engine.client("dynamodb").scan(TableName=name, ConsistentRead=True)["Items"]
        return found

    def document(self, key: str) -> bytes:
        return files(self.world.container).get_document(key)

    def messages(self) -> Counter[str]:
        return _messages(self._engine) - self._before

    def deliveries(self) -> list[Act]:
        """One delivery for each notice deposited."""
        deposited = [item for item in self.items("events") if item["type"]["S"] == "notice.deposited"]
        return [Act(function="send_alerts", event=stream_event(n, item)) for n, item in enumerate(deposited)]


@pytest.fixture(scope="module")
def people(environment: dict[str, str]) -> Iterator[Crowd]:
    with crowd(environment, _MANY) as people:
        yield people


@pytest.fixture
def scene(ministack_engine: Engine, ministack: dict[str, str], people: Crowd) -> Iterator[Scene]:
    config = replace(Config.from_env(ministack), api_authority=AUTHORITY)
    clock = Clock()
    with using(Container(config, clock=clock)) as box:
        world = World(box, Client(app.app), clock)
        world.seed()
        yield Scene(ministack_engine, world, people)


def test_one_key_sent_by_eight_at_once_makes_one_deposit_and_eight_equal_answers(scene: Scene) -> None:
    answers = scene.together([scene.post("clave-1", inline_body()) for _ in range(_MANY)])

    assert {status for status, _ in answers} == {201}
    [body] = {body for _, body in answers}
    [notice] = scene.items("notices")
    assert len(scene.items("deposits")) == len(scene.items("alerts")) == len(scene.items("events")) == 1
    answer = json.loads(body)
    assert notice["notice_id"]["S"] == answer["notice_id"]
    receipt = scene.document(notice_store(scene.world.container).get(answer["notice_id"]).receipt_key)
    assert hashlib.sha256(receipt).hexdigest() == answer["receipt"]["sha256"]


def test_the_same_signed_bytes_sent_by_eight_at_once_make_one_deposit(scene: Scene) -> None:
    answers = scene.together([scene.post("clave-1", inline_body())] * _MANY)

    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == len(scene.items("notices")) == 1


def test_eight_keys_at_once_into_one_mailbox_make_eight_deposits_with_all_their_alerts(scene: Scene) -> None:
    answers = scene.together([scene.post(f"clave-{n}", inline_body()) for n in range(_MANY)])
    scene.together(scene.deliveries())

    assert [status for status, _ in answers] == [201] * _MANY
    ids = {json.loads(body)["notice_id"] for _, body in answers}
    assert ids == {item["notice_id"]["S"] for item in scene.items("notices")}
    assert len(ids) == _MANY
    assert scene.messages() == Counter(dict.fromkeys(RECIPIENTS, _MANY))


def test_one_nonce_in_two_different_requests_at_once_lets_exactly_one_pass(scene: Scene) -> None:
    bodies = [json.dumps(a_body(term=None)).encode(), json.dumps(a_body()).encode()]
    acts = [scene.post(f"clave-{n}", body, nonce="nonce-of-both-000001") for n, body in enumerate(bodies)]

    answers = scene.together(acts)

    assert sorted(status for status, _ in answers) == [201, 401]
    assert len(scene.items("notices")) == 1


def test_deliveries_and_sweepers_at_once_send_each_message_once(scene: Scene) -> None:
    scene.together([scene.post("clave-1", inline_body())])
    sweep = Act(function="sweep_alerts", event=job_event())
    [delivery] = scene.deliveries()
    acts = [replace(act, after_s=_LATER_S) for act in (sweep, sweep, delivery, delivery) * 2]

    scene.together(acts)

    assert scene.messages() == Counter(RECIPIENTS)
    alerts = [alert for item in scene.items("alerts") for alert in json.loads(item["alerts"]["S"])]
    assert [alert["state"] for alert in alerts] == ["accepted"] * len(RECIPIENTS)


def test_a_decree_entered_while_deposits_run_moves_no_issued_date_and_splits_no_deposit(scene: Scene) -> None:
    """Seven deposit and one enters a day at the same instant: each deposit is counted by one version, whole."""
    before = scene.together([scene.post("clave-antes", inline_body())])[0]
    acts = [scene.post(f"clave-{n}", inline_body()) for n in range(_MANY - 1)]

    *answers, entered = scene.together([*acts, Act(function="operator", event={"command": _DECREE})])
    after = scene.together([scene.post("clave-despues", inline_body())])[0]
    repeated = scene.together([scene.post("clave-antes", inline_body())])[0]

    assert entered["exit"] == 0, entered["output"]
    assert {status for status, _ in answers} == {201}
    told = [json.loads(body) for _, body in answers]
    dates = {"PE-2025.2": "2026-03-23", "PE-2025.2.1": "2026-03-24"}
    assert all(answer["term_ends_on"] == dates[answer["calendar_version"]] for answer in told)
    assert json.loads(before[1])["term_ends_on"] == "2026-03-23"
    assert json.loads(after[1])["term_ends_on"] == "2026-03-24"
    assert repeated == before
    stored = {item["notice_id"]["S"]: json.loads(item["data"]["S"])["deadline"] for item in scene.items("notices")}
    assert {answer["notice_id"]: answer["term_ends_on"] for answer in told}.items() <= {
        notice_id: deadline["term_ends_on"] for notice_id, deadline in stored.items()
    }.items()


def test_of_eight_operators_who_change_the_calendar_at_once_each_is_done_or_told_to_look_again(scene: Scene) -> None:
    commands = [_DECREE.replace("2026-03-17", f"2026-04-{day}") for day in (13, 14, 15, 16, 20, 21, 22, 23)]

    answers = scene.together([Act(function="operator", event={"command": command}) for command in commands])

    done = [answer for answer in answers if answer["exit"] == 0]
    assert done
    assert all("Otra persona cambió el calendario" in answer["output"] for answer in answers if answer not in done)
    kept = {
        item["item"]["S"]: item for item in scene.items("institutions") if item["institution_id"]["S"] == "calendar#PE"
    }
    current = json.loads(kept["current"]["data"]["S"])
    assert current["version"] == len(done) == len(kept) - 1
    assert len(current["declared"]) == len(done)


_DECREE = (
    "calendar declare --day 2026-03-17 --name 'Día no laborable' --norm 'D.S. 000-2026-DEMO' --norm-date 2026-03-01"
    " --reason 'Decreto de ejemplo' --operator prueba"
)
