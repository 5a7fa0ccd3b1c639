from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.notice import FileFacts, FileSignature
from chalicelib.domain.upload.upload import FileProblem, Refusal, Upload, UploadState
from chalicelib.store.batch_read import read_together
from chalicelib.store.shards import expiry_shards
from chalicelib.store.tables import UploadItem
from chalicelib.store.upload_store import UploadStore
from tests.upload_world import NOW, World, an_upload, upload_world

DUE = an_upload().expires_at or NOW
REFUSED = an_upload(
    state=UploadState.REFUSED, object_key="", refusal=Refusal("pdf_damaged", "Expórtelo de nuevo."), expires_at=None
)


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return upload_world(engine)


@pytest.mark.parametrize("upload", [an_upload(), REFUSED], ids=["checked", "refused"])
def test_upload_stored_before_anything_was_told_of_files_is_read(world: World, upload: Upload) -> None:
    world.uploads.add(upload)
    item = UploadItem.get("u1")
    del item.data["facts"]
    if item.data["refusal"]:
        del item.data["refusal"]["problems"]
    item.save()

    assert world.uploads.find("u1") == upload
    assert not upload.refusal or upload.refusal.all_problems == (FileProblem("pdf_damaged", "Expórtelo de nuevo."),)


def use(world: World, upload: Upload) -> None:
    with TransactWrite(connection=world.connection) as transaction:
        world.uploads.use_in(transaction, upload)


def listed(world: World) -> list[str]:
    """Return what any shard lists of the day on which `an_upload` expires."""
    return [upload for shard in expiry_shards(DUE.date()) for upload in world.uploads.list_expiring(shard).keys]


@pytest.mark.parametrize(
    "upload",
    [
        an_upload(),
        REFUSED,
        an_upload(facts=FileFacts((FileSignature("Firma1", covers_whole_file=True),), more_attachments=2)),
        replace(REFUSED, refusal=Refusal("a", "b", (FileProblem("a", "b"), FileProblem("c", "d")))),
    ],
    ids=["checked", "refused", "with facts", "refused for two things"],
)
def test_upload_is_found_as_it_was_added(world: World, upload: Upload) -> None:
    assert world.uploads.find("u1") is None
    assert world.uploads.add(upload)
    assert world.uploads.find("u1") == upload


def test_first_outcome_stands(world: World) -> None:
    assert world.uploads.add(REFUSED)
    assert not world.uploads.add(an_upload())
    assert world.uploads.find("u1") == REFUSED


def test_upload_is_read_together_with_items_of_other_tables(world: World) -> None:
    world.uploads.add(an_upload())
    found = read_together(world.connection, [UploadStore.key("u1"), UploadStore.key("u2")])
    assert [UploadStore.from_item(item) for item in found.values()] == [an_upload()]


def test_used_upload_never_expires_and_serves_again(world: World) -> None:
    world.uploads.add(an_upload())
    for _ in range(2):
        use(world, an_upload())
    assert world.uploads.find("u1") == an_upload(expires_at=None)
    assert listed(world) == []
    assert world.uploads.expire("u1", DUE + timedelta(days=9)) is None


@pytest.mark.parametrize("kind", ["missing", "refused", "expired"])
def test_transaction_fails_unless_the_upload_is_checked(world: World, kind: str) -> None:
    if kind != "missing":
        world.uploads.add(REFUSED if kind == "refused" else an_upload())
    if kind == "expired":
        world.uploads.expire("u1", DUE)
    before = world.uploads.find("u1")
    with pytest.raises(TransactWriteError):
        use(world, an_upload())
    assert world.uploads.find("u1") == before


def test_expiring_uploads_are_listed_by_day_and_shard_within_the_limit(world: World) -> None:
    for upload_id in ("a1", "b1", "c1", "a2", "a9"):
        world.uploads.add(an_upload(upload_id=upload_id))
    world.uploads.add(an_upload(upload_id="d1", expires_at=DUE + timedelta(days=1)))
    first, second = expiry_shards(DUE.date())[1:3]
    page = world.uploads.list_expiring(first, limit=2)
    assert page.keys == ("a1", "a9")
    rest = world.uploads.list_expiring(first, after=page.after)
    assert (rest.keys, rest.after) == (("b1", "c1"), None)
    assert world.uploads.list_expiring(second).keys == ("a2",)
    assert listed(world) == ["a1", "a9", "b1", "c1", "a2"]


def test_upload_expires_at_its_instant_and_not_before(world: World) -> None:
    world.uploads.add(an_upload())
    assert world.uploads.expire("u1", DUE - timedelta(seconds=1)) is None
    expired = an_upload(state=UploadState.EXPIRED)
    assert world.uploads.expire("u1", DUE) == expired
    assert world.uploads.expire("u1", DUE) == expired


def test_expired_upload_stays_listed_until_its_expiry_is_finished(world: World) -> None:
    world.uploads.add(an_upload())
    world.uploads.expire("u1", DUE)
    assert listed(world) == ["u1"]
    world.uploads.finish_expiry("u1")
    assert listed(world) == []
    found = world.uploads.find("u1")
    assert found is not None
    assert found.state is UploadState.EXPIRED


def test_expiry_of_an_upload_that_is_not_expired_or_not_there_is_not_finished(world: World) -> None:
    world.uploads.add(an_upload())
    world.uploads.finish_expiry("u1")
    world.uploads.finish_expiry("u2")
    assert world.uploads.find("u1") == an_upload()
    assert world.uploads.find("u2") is None
    assert world.uploads.expire("u2", DUE) is None
    assert world.uploads.find("u2") is None
