"""Jobs that are stopped, killed, doubled or met by a bad record, as Lambda calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.bootstrap.deposit import orphan_position_store
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.session import token_store
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.services.deposit.sweep_orphans import MOST_AGAIN
from chalicelib.store.tables import NoticeItem, TokenItem, UploadItem
from tests.deposit_world import NOW, World
from tests.faults.strike import ProcessDied
from tests.upload_world import an_upload

SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)


def run(world: World, job: str) -> dict[str, Any]:
    report: dict[str, Any] = world.client.lambda_.invoke(job, SCHEDULED).payload
    return report


def orphans(world: World, *names: str, day: str = "2026/03/09") -> None:
    for name in names:
        files(world.container).put_document(f"notices/{day}/{name}/constancia.pdf", b"%PDF-", "application/pdf")


def left(world: World) -> list[str]:
    return [key.split("/")[4] for key in files(world.container).list_documents("notices/")]


@contextmanager
def during(world: World, operation: str, hook: Callable[..., None]) -> Iterator[None]:
    """Call `hook` before each call of an operation of S3."""
    events = files(world.container)._client.meta.events  # noqa: SLF001 - the engine's own hooks
    events.register(f"before-call.s3.{operation}", hook)
    try:
        yield
    finally:
        events.unregister(f"before-call.s3.{operation}", hook)


def refusing(part: str) -> Callable[..., None]:
    def refuse(params: dict[str, Any], **_: Any) -> None:
        if part in params["url_path"]:
            raise EndpointConnectionError(endpoint_url="https://rosa.example")

    return refuse


def test_orphans_of_nights_that_were_missed_go(world: World) -> None:
    world.clock.advance(days=8)
    run(world, "sweep_orphans")
    orphans(world, "a", day="2026/03/11")
    orphans(world, "b", day="2026/03/18")
    world.clock.advance(days=9)

    assert run(world, "sweep_orphans")["deleted"] == 2
    assert left(world) == []


def test_a_sweep_that_time_stopped_goes_on_where_it_was(world: World) -> None:
    kept = world.deposit().json_body["notice_id"]
    orphans(world, *(f"{letter}{number}" for letter in "ab" for number in range(10)))
    world.clock.advance(days=8)
    world.clock.step = timedelta(minutes=2)
    reports: list[dict[str, Any]] = []
    while not (reports and reports[-1]["is_complete"]) and len(reports) < 60:
        reports.append(run(world, "sweep_orphans"))
    world.clock.step = timedelta(0)

    assert len(reports) > 2
    assert reports[-1]["is_complete"]
    assert sum(report["seen"] for report in reports) == 20 + 2  # nothing was looked at twice
    assert set(left(world)) == {kept}


def test_an_orphan_that_cannot_be_deleted_stops_no_other_and_is_tried_again(world: World) -> None:
    orphans(world, "a", "b", "c")
    world.clock.advance(days=8)
    with during(world, "DeleteObject", refusing("/b/")):
        first = run(world, "sweep_orphans")
        world.clock.advance(days=1)
        orphans(world, "d", day="2026/03/10")
        second = run(world, "sweep_orphans")
    assert (first["deleted"], first["failed"], first["is_complete"]) == (2, 1, False)
    assert (second["deleted"], second["failed"], second["is_complete"]) == (1, 1, False)
    assert left(world) == ["b"]

    world.clock.advance(days=1)
    third = run(world, "sweep_orphans")
    assert (third["deleted"], third["failed"], third["is_complete"]) == (1, 0, True)
    assert left(world) == []


def test_a_notice_that_cannot_be_read_keeps_its_files(world: World) -> None:
    notice_id = world.deposit().json_body["notice_id"]
    NoticeItem(notice_id).update([NoticeItem.data.set({})])
    world.clock.advance(days=8)

    assert run(world, "sweep_orphans")["deleted"] == 0
    assert set(left(world)) == {notice_id}


def test_an_outage_stops_the_sweep_where_it_is_and_loses_nothing(world: World) -> None:
    orphans(world, *(f"n{number:03}" for number in range(MOST_AGAIN + 20)))
    world.clock.advance(days=8)
    with during(world, "DeleteObject", refusing("/notices/")):
        for _ in range(2):
            assert run(world, "sweep_orphans")["failed"] == MOST_AGAIN

    report = run(world, "sweep_orphans")
    assert (report["deleted"], report["failed"], report["is_complete"]) == (MOST_AGAIN + 20, 0, True)


def test_ten_sweeps_that_died_are_taken_up_by_the_next(world: World) -> None:
    orphans(world, *(f"n{number}" for number in range(12)))
    world.clock.advance(days=8)

    def die(**_: Any) -> None:
        raise ProcessDied

    for _ in range(10):
        with during(world, "DeleteObject", die), pytest.raises(ProcessDied):
            run(world, "sweep_orphans")
        world.clock.advance(days=1)

    assert run(world, "sweep_orphans")["is_complete"]
    assert left(world) == []


def test_two_sweeps_at_once_leave_nothing_and_lose_no_position(world: World) -> None:
    orphans(world, "a", "b")
    world.clock.advance(days=8)
    other: list[dict[str, Any]] = []

    def sweep_too(**_: Any) -> None:
        if not other:
            other.append({})
            other[0] = run(world, "sweep_orphans")

    with during(world, "DeleteObject", sweep_too):
        own = run(world, "sweep_orphans")

    assert own["is_complete"]
    assert other[0]["is_complete"]
    assert left(world) == []
    position = orphan_position_store(world.container).find()
    assert position is not None
    assert f"{position.day}" == "2026-03-10"


def test_a_bad_upload_fails_alone(world: World) -> None:
    for upload_id in ("u1", "u2"):
        upload_store(world.container).add(an_upload(upload_id=upload_id, object_key=f"files/{upload_id}"))
    UploadItem("u1").update([UploadItem.data.set({})])
    world.clock.now = NOW + timedelta(days=8)

    report = run(world, "expire_uploads")

    assert report == {"expired": 1, "used": 0, "failed": 1, "is_complete": False}


def test_a_bad_token_goes_like_any_other(world: World) -> None:
    until = world.clock.now + timedelta(minutes=10)
    for name in ("c1", "c2"):
        token_store(world.container).issue(NewToken(TokenKind.CAPTCHA, name, world.clock.now, until))
    next(iter(TokenItem.scan(TokenItem.expiry_shard.exists()))).update([TokenItem.issued_at.remove()])
    world.clock.advance(days=1)

    assert run(world, "clean_tokens") == {"deleted": 2, "gone": 0, "failed": 0, "is_complete": True}


@pytest.mark.parametrize("job", ["expire_uploads", "clean_tokens"])
def test_a_job_that_time_stopped_says_so_and_goes_on(world: World, job: str) -> None:
    for number in range(5):
        upload_store(world.container).add(an_upload(upload_id=f"u{number}", object_key=f"files/u{number}"))
        until = world.clock.now + timedelta(minutes=10)
        token_store(world.container).issue(NewToken(TokenKind.CAPTCHA, f"c{number}", world.clock.now, until))
    world.clock.now = NOW + timedelta(days=8)
    world.clock.step = timedelta(minutes=4)
    done = {"expire_uploads": "expired", "clean_tokens": "deleted"}[job]
    reports = [run(world, job) for _ in range(3)]
    world.clock.step = timedelta(0)

    assert [(report[done], report["is_complete"]) for report in reports] == [(2, False), (2, False), (1, True)]
