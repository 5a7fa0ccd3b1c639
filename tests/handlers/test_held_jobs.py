"""After a restore, what deletes, sends or closes waits until the tables were checked; what serves people goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.storage import event_store, hold_store
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.hold import CheckResult, Hold, LostDays
from chalicelib.handlers.jobs import JOBS
from chalicelib.handlers.workers.reports import JobFailed
from chalicelib.store.codec import to_data
from chalicelib.store.tables import InstitutionItem
from tests.alert_world import refusing
from tests.deposit_world import NOW, World
from tests.gateway_requests import Lines
from tests.handlers.test_jobs_go_on import left, orphans, run
from tests.upload_world import an_upload

RESTORED = "casilla-r1"
WHY = "--reason 'Tablas restauradas' --operator rquispe"
GOES_ON = {
    "send_alerts": "sends what is deposited now: a restored table's stream holds nothing from before",
    "count_activity": "counts what happens now; a mark is written once",
    "check_uploads": "looks at what arrives now",
    "prepare_exports": "makes what somebody asks for now",
    "record_deliveries": "records what is reported; of a notice that is lost it raises, and the report is kept",
    "watch_recoveries": "only counts",
    "prepare_audits": "makes what somebody asked for; made again it is the same",
    "index_receipts": "only completes indexes",
    "clean_tokens": "deletes what expired by its own date",
    "watch_calendar": "only counts",
}
"""Why each of the others need not wait."""


@pytest.fixture
def restored(world: World) -> Iterator[World]:
    """Yield a world whose tables are said to be restored ones; nobody wrote of a hold."""
    config = replace(world.container.config, restored_tables=RESTORED)
    box = Container(config, clock=world.clock, chance=world.container.chance, pause=world.container.pause)
    with using(box):
        yield World(box, Client(app), world.clock)


def operate(world: World, line: str) -> tuple[int, str]:
    answer = world.client.lambda_.invoke("operator", {"command": line}).payload
    return answer["exit"], answer["output"]


def checked(world: World, tables: str = RESTORED, **findings: int) -> None:
    result = CheckResult(tables, world.clock(), 0, "0" * 64, findings)
    hold_store(world.container)
    InstitutionItem("#restore", "check", data=to_data(result)).save()


def test_each_job_either_waits_or_it_is_said_here_why_it_need_not() -> None:
    assert {job.name for job in JOBS if not job.held} == set(GOES_ON)
    assert all(job.trigger == "schedule" for job in JOBS if job.held), (
        "what a queue or stream hands over is not asked twice"
    )


@pytest.mark.parametrize("job", [job.name for job in JOBS if job.held])
def test_over_restored_tables_it_waits_and_its_log_says_so(restored: World, lines: Lines, job: str) -> None:
    assert run(restored, job) == {}

    [line] = [one for one in lines if one["message"].startswith("job ")]
    assert (line["message"], line["job"]) == ("job held", job)
    assert line["held_s"] > timedelta(days=365).total_seconds(), "nobody wrote since when, which is to wake somebody"


def test_over_the_stacks_own_tables_nothing_waits(world: World) -> None:
    assert run(world, "sweep_orphans")["is_complete"]


def test_orphans_are_swept_only_once_it_is_let_go_and_never_of_the_days_that_were_lost(restored: World) -> None:
    orphans(restored, "LOST", day="2026/03/09")
    orphans(restored, "BEFORE", day="2026/02/20")
    hold_store(restored.container)
    hold = Hold(RESTORED, is_held=True, since=NOW, restored_to=NOW - timedelta(hours=2))
    InstitutionItem("#restore", "hold", data=to_data(hold)).save()
    restored.clock.advance(days=9)
    run(restored, "sweep_orphans")
    assert sorted(left(restored)) == ["BEFORE", "LOST"]
    checked(restored)
    assert operate(restored, f"restore release {WHY}")[0] == 0
    restored.clock.advance(days=9)

    assert run(restored, "sweep_orphans")["is_complete"]

    assert left(restored) == ["LOST"]


def test_uploads_that_a_lost_deposit_may_have_used_are_never_expired(world: World) -> None:
    store = upload_store(world.container)
    for name, arrived in (("0" * 32, NOW - timedelta(days=20)), ("f" * 32, NOW)):
        upload = an_upload(upload_id=name, object_key=f"files/{name}", expires_at=arrived + timedelta(days=7))
        files(world.container).put_document(upload.object_key, b"%PDF-", "application/pdf")
        assert store.add(upload)
    lost = Hold("", is_held=False, since=NOW, lost=(LostDays(NOW.date(), NOW.date()),))
    hold_store(world.container)
    InstitutionItem("#restore", "hold", data=to_data(lost)).save()
    world.clock.advance(days=10)

    assert run(world, "expire_uploads")["expired"] == 1
    assert files(world.container).list_documents("files/") == ("files/" + "f" * 32,)


def test_alerts_of_before_the_restore_are_not_sent_again_while_it_waits(restored: World) -> None:
    notice_id = restored.deposit().json_body["notice_id"]
    restored.clock.advance(minutes=10)

    run(restored, "sweep_alerts")

    batch = alert_batch_store(restored.container).find(notice_id)
    assert batch is not None
    assert {alert.state for alert in batch.alerts} == {AlertState.WAITING}


def test_a_job_of_which_nobody_knows_whether_it_waits_does_not_run(restored: World) -> None:
    orphans(restored, "LOST", day="2026/02/20")
    no_answer = refusing(connection(restored.container).client, "GetItem", "InternalServerError", status=500)
    with no_answer, pytest.raises(JobFailed, match="Unavailable"):
        run(restored, "sweep_orphans")

    assert left(restored) == ["LOST"]


class TestRelease:
    def test_it_is_refused_while_nobody_checked(self, restored: World) -> None:
        code, output = operate(restored, f"restore release {WHY}")

        assert (code, "Nadie ha revisado" in output) == (1, True)
        assert run(restored, "sweep_orphans") == {}

    def test_it_is_refused_while_the_last_check_found_something(self, restored: World) -> None:
        checked(restored, object_missing=2)

        code, output = operate(restored, f"restore release {WHY}")

        assert (code, "object_missing: 2" in output) == (1, True)
        assert run(restored, "sweep_orphans") == {}

    def test_it_is_refused_after_a_check_of_other_tables(self, restored: World) -> None:
        checked(restored, tables="casilla-r0")

        assert "de otras tablas (casilla-r0)" in operate(restored, f"restore release {WHY}")[1]

    def test_it_is_refused_after_a_check_of_before_the_hold_or_of_days_ago(self, restored: World) -> None:
        checked(restored)
        restored.clock.advance(minutes=1)
        assert operate(restored, f"restore hold {WHY}")[0] == 0
        assert "anterior a la retención" in operate(restored, f"restore release {WHY}")[1]
        checked(restored)
        restored.clock.advance(hours=73)

        assert operate(restored, f"restore release {WHY}")[0] == 1

    def test_it_lets_go_after_a_clean_check_and_the_log_keeps_who_and_why(self, restored: World) -> None:
        checked(restored)

        code, output = operate(restored, f"restore release {WHY}")

        assert (code, "Trabajos liberados" in output) == (0, True)
        assert run(restored, "sweep_orphans")["is_complete"]
        [event] = event_store(restored.container).list_for_subject(f"restore#{RESTORED}")
        assert (event.type, event.actor, event.data["reason"]) == (
            EventType.RESTORE_RELEASED,
            "operator:rquispe",
            "Tablas restauradas",
        )

    def test_it_refuses_where_nothing_waits(self, world: World) -> None:
        assert "no hay nada que liberar" in operate(world, f"restore release {WHY}")[1]

    def test_what_was_let_go_of_other_tables_is_held_again_over_these(self, restored: World) -> None:
        released = Hold("casilla-r0", is_held=False, since=NOW)
        hold_store(restored.container)
        InstitutionItem("#restore", "hold", data=to_data(released)).save()

        assert run(restored, "sweep_orphans") == {}

    def test_who_writes_meanwhile_is_not_overwritten(self, restored: World) -> None:
        checked(restored)
        store = hold_store(restored.container)
        operate(restored, f"restore hold {WHY}")
        before = store.find()
        operate(restored, f"restore release {WHY}")
        after = store.find()
        event = Event("restore#x", EventType.RESTORE_HELD, NOW, "e1", "operator:x")
        assert before is not None
        assert after is not None

        assert not store.write(before, before, event)
        assert store.find() == after


class TestHold:
    def test_it_has_jobs_wait_over_the_stacks_own_tables_too(self, world: World) -> None:
        assert operate(world, f"restore hold {WHY}")[0] == 0

        assert run(world, "sweep_orphans") == {}

    def test_held_again_it_keeps_since_when(self, world: World, lines: Lines) -> None:
        operate(world, f"restore hold {WHY}")
        world.clock.advance(hours=1)
        operate(world, f"restore hold {WHY}")
        run(world, "sweep_alerts")

        assert [line["held_s"] for line in lines if line["message"] == "job held"] == [3600]

    def test_it_is_shown_with_what_the_check_said(self, restored: World) -> None:
        checked(restored, object_missing=2)
        code, output = operate(restored, "restore show --json")
        data: dict[str, Any] = json.loads(output)

        assert (code, data["is_held"], data["check"]["findings"]) == (0, True, {"object_missing": 2})
        assert "porque estas tablas son restauradas" in operate(restored, "restore show")[1]

    def test_days_of_earlier_restores_stay_spared(self, restored: World) -> None:
        first = Hold("casilla-r0", is_held=False, since=NOW, lost=(LostDays(date(2026, 1, 1), date(2026, 1, 2)),))
        hold_store(restored.container)
        InstitutionItem("#restore", "hold", data=to_data(first)).save()
        checked(restored)
        operate(restored, f"restore release {WHY}")

        kept = hold_store(restored.container).find()
        assert kept is not None
        assert kept.spares(date(2026, 1, 2))
