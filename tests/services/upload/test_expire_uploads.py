from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.upload.upload import UploadState
from chalicelib.services.upload.expire_uploads import ExpiredUploads, expire_uploads
from chalicelib.store.shards import expiry_shards
from chalicelib.store.tables import UploadItem
from tests.deposit_world import Clock
from tests.faults.strike import ProcessDied
from tests.upload_world import NOW, TEXT, World, an_upload, upload_world

NIGHT_AFTER = NOW + timedelta(days=8)


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return upload_world(engine)


def keep(world: World, *upload_ids: str, **overrides: Any) -> None:
    for upload_id in upload_ids:
        key = f"files/2026/03/09/mef/{upload_id}"
        world.files.put_document(key, TEXT, "text/plain")
        world.uploads.add(an_upload(upload_id=upload_id, object_key=key, **overrides))


def run(world: World, *, now: Any = NIGHT_AFTER, items: int = 999, days_back: int = 2) -> ExpiredUploads:
    """Expire with time for so many items."""
    clock = Clock(now - timedelta(seconds=1), timedelta(seconds=1))
    until = now + timedelta(seconds=items + 1)
    return expire_uploads(uploads=world.uploads, files=world.files, now=clock, until=until, days_back=days_back)


def state(world: World, upload_id: str) -> UploadState:
    found = world.uploads.find(upload_id)
    assert found is not None
    return found.state


def test_unused_upload_is_forgotten_with_its_object(world: World) -> None:
    keep(world, "u1")
    assert run(world) == ExpiredUploads(expired=1, used=0, failed=0, is_complete=True)
    assert state(world, "u1") is UploadState.EXPIRED
    assert world.keys(world.documents_bucket) == []
    assert run(world) == ExpiredUploads(expired=0, used=0, failed=0, is_complete=True)


def test_upload_whose_time_is_not_over_stays(world: World) -> None:
    keep(world, "u1")
    assert run(world, now=NOW + timedelta(days=7)).expired == 0
    assert state(world, "u1") is UploadState.CHECKED


def test_used_upload_stays(world: World) -> None:
    keep(world, "u1", "u2")
    with TransactWrite(connection=world.connection) as transaction:
        world.uploads.use_in(transaction, an_upload())
    assert run(world).expired == 1
    assert (state(world, "u1"), state(world, "u2")) == (UploadState.CHECKED, UploadState.EXPIRED)
    assert len(world.keys(world.documents_bucket)) == 1


def test_upload_used_between_listing_and_marking_stays(world: World) -> None:
    keep(world, "u1")

    def use(**_: Any) -> None:
        world.connection.client.meta.events.unregister("before-call.dynamodb.UpdateItem", use)
        with TransactWrite(connection=world.connection) as transaction:
            world.uploads.use_in(transaction, an_upload())

    world.connection.client.meta.events.register("before-call.dynamodb.UpdateItem", use)
    assert run(world) == ExpiredUploads(expired=0, used=1, failed=0, is_complete=True)
    assert len(world.keys(world.documents_bucket)) == 1


def test_upload_is_marked_before_its_object_is_deleted(world: World) -> None:
    keep(world, "u1")
    world.calls.clear()
    run(world)
    assert [call for call in world.calls if call != "Query"] == ["UpdateItem", "DeleteObject", "UpdateItem"]


@pytest.mark.parametrize("operation", ["s3.DeleteObject", "dynamodb.UpdateItem"])
def test_run_that_stopped_halfway_is_taken_up_by_the_next(world: World, operation: str) -> None:
    keep(world, "u1", "u2")
    client = world.s3 if operation.startswith("s3") else world.connection.client
    requests = iter(range(9))

    def stop(**_: Any) -> None:
        if next(requests) == 1:
            raise ProcessDied

    client.meta.events.register(f"before-call.{operation}", stop)
    with pytest.raises(ProcessDied):
        run(world)
    client.meta.events.unregister(f"before-call.{operation}", stop)
    run(world, now=NIGHT_AFTER + timedelta(days=1))
    assert {state(world, "u1"), state(world, "u2")} == {UploadState.EXPIRED}
    assert world.keys(world.documents_bucket) == []
    shards = expiry_shards((NOW + timedelta(days=7)).date())
    assert not [shard for shard in shards if world.uploads.list_expiring(shard).keys]


def test_time_bounds_a_run_and_the_next_goes_on_oldest_day_first(world: World) -> None:
    keep(world, "u1", "u2", expires_at=NOW + timedelta(days=7))
    keep(world, "u3", expires_at=NOW + timedelta(days=6))
    assert run(world, items=2) == ExpiredUploads(expired=2, used=0, failed=0, is_complete=False)
    assert (state(world, "u3"), state(world, "u2")) == (UploadState.EXPIRED, UploadState.CHECKED)
    assert run(world, items=2) == ExpiredUploads(expired=1, used=0, failed=0, is_complete=True)


def test_a_shard_full_of_work_keeps_no_other_waiting(world: World) -> None:
    keep(world, *(f"u{number}1" for number in range(4)), "u2", "u3")
    assert run(world, items=3) == ExpiredUploads(expired=3, used=0, failed=0, is_complete=False)
    assert {state(world, name) for name in ("u01", "u2", "u3")} == {UploadState.EXPIRED}
    assert {state(world, name) for name in ("u11", "u21", "u31")} == {UploadState.CHECKED}


def test_a_run_after_a_month_without_one_leaves_nothing(world: World) -> None:
    keep(world, "u1")
    late = NOW + timedelta(days=7 + 30)
    assert run(world, now=late, days_back=30).expired == 1


def test_two_runs_at_once_do_no_harm(world: World) -> None:
    keep(world, "u1", "u2")

    def run_again(**_: Any) -> None:
        world.s3.meta.events.unregister("before-call.s3.DeleteObject", run_again)
        run(world)

    world.s3.meta.events.register("before-call.s3.DeleteObject", run_again)
    run(world)
    assert {state(world, "u1"), state(world, "u2")} == {UploadState.EXPIRED}
    assert world.keys(world.documents_bucket) == []


def test_an_upload_that_cannot_be_read_or_whose_file_stays_stops_no_other(world: World) -> None:
    keep(world, *(f"u{number}1" for number in range(5)))
    UploadItem("u01").update([UploadItem.data.set({})])

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if params["url_path"].endswith("u11"):
            raise EndpointConnectionError(endpoint_url="https://rosa.example")

    world.s3.meta.events.register("before-call.s3.DeleteObject", refuse)
    try:
        first = run(world)
    finally:
        world.s3.meta.events.unregister("before-call.s3.DeleteObject", refuse)
    assert first == ExpiredUploads(expired=3, used=0, failed=2, is_complete=False)
    assert run(world) == ExpiredUploads(expired=1, used=0, failed=1, is_complete=False)


def test_ten_deaths_in_a_row_each_get_further(world: World) -> None:
    keep(world, *(f"u{number}" for number in range(10, 21)))

    def die(**_: Any) -> None:
        raise ProcessDied

    for _ in range(10):
        world.s3.meta.events.register("after-call.s3.DeleteObject", die)
        with pytest.raises(ProcessDied):
            run(world)
        world.s3.meta.events.unregister("after-call.s3.DeleteObject", die)
        assert run(world, items=1).expired == 1
    assert run(world) == ExpiredUploads(expired=1, used=0, failed=0, is_complete=True)
