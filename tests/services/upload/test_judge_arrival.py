"""Files that were sent apart to be checked only: judged once, never copied, always deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput, NotReady
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import CheckState, FileCheck, check_key, read_check_key
from chalicelib.services.upload.judge_arrival import judge_arrival
from chalicelib.services.upload.judge_file import judge_sent_file
from chalicelib.store.file_check_store import FileCheckStore
from tests.upload_world import NOW, TEXT, World, a_declared, upload_world

CHECK_ID = "0" * 32 + f"{int(NOW.timestamp()):08x}"
KEY = check_key("visitor." + "a" * 32, FileRole.ANNEX, CHECK_ID) + "/anexo.txt"


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return upload_world(aws)


def _put(world: World, content: bytes = TEXT, key: str = KEY, **what: Any) -> None:
    world.s3.put_object(Bucket=world.uploads_bucket, Key=key, Body=content, **what)


def _judge(world: World, key: str = KEY, *, tries: int = 1, malware_scan: str = "off") -> FileCheck | None:
    return judge_arrival(
        key, tries=tries, files=world.files, checks=FileCheckStore(), now=NOW, malware_scan=malware_scan
    )


def test_what_was_accepted_is_not_copied_anywhere(world: World) -> None:
    _put(world)

    outcome = _judge(world)

    assert outcome is not None
    assert outcome.state is CheckState.ACCEPTED
    assert FileCheckStore.find(outcome.owner, CHECK_ID, NOW) == outcome
    assert world.keys(world.uploads_bucket) == world.keys(world.documents_bucket) == []


def test_a_file_waits_for_its_scan_and_is_kept_until_then(world: World) -> None:
    _put(world)

    with pytest.raises(NotReady, match="scan_pending"):
        _judge(world, malware_scan="guardduty")

    assert world.keys(world.uploads_bucket) == [KEY]
    world.tag(KEY, "NO_THREATS_FOUND")
    outcome = _judge(world, malware_scan="guardduty")
    assert outcome is not None
    assert outcome.state is CheckState.ACCEPTED


@pytest.mark.parametrize("of_institution", [False, True])
def test_an_infected_file_is_refused_unopened_and_deleted(world: World, of_institution: bool) -> None:
    key = KEY
    if of_institution:
        key = check_key("mef", FileRole.ANNEX, CHECK_ID)
        arrived = world.arrive()
        head = world.s3.head_object(Bucket=world.uploads_bucket, Key=arrived)
        world.files.delete_upload(arrived)
        _put(world, key=key, Metadata=head["Metadata"], ContentType=head["ContentType"])
    else:
        _put(world)
    world.tag(key, "THREATS_FOUND")
    world.calls.clear()

    outcome = _judge(world, key, malware_scan="guardduty")

    assert outcome is not None
    assert outcome.verdict is not None
    assert [one.code for one in outcome.verdict.problems] == ["file_infected"]
    assert "GetObject" not in world.calls
    assert world.keys(world.uploads_bucket) == []


def test_a_file_whose_scan_never_ends_is_given_up_and_deleted(world: World) -> None:
    _put(world)

    outcome = _judge(world, tries=11, malware_scan="guardduty")

    assert outcome is not None
    assert outcome.state is CheckState.FAILED
    assert world.keys(world.uploads_bucket) == []


def test_an_object_that_was_replaced_meanwhile_is_judged_again(world: World) -> None:
    _put(world)
    events = world.s3.meta.events

    def replace(**_: Any) -> None:
        events.unregister("before-call.s3.GetObject", replace)
        _put(world, b"otro")

    events.register("before-call.s3.GetObject", replace)
    with pytest.raises(Conflict, match="upload_changed"):
        _judge(world)

    outcome = _judge(world)
    assert outcome is not None
    assert outcome.verdict is not None
    assert outcome.verdict.size == len(b"otro")


def test_an_object_under_another_institution_s_key_came_by_no_leave(world: World) -> None:
    arrived = world.arrive()
    head = world.s3.head_object(Bucket=world.uploads_bucket, Key=arrived)
    world.files.delete_upload(arrived)
    key = check_key("otra-entidad", FileRole.ANNEX, CHECK_ID)
    _put(world, key=key, Metadata=head["Metadata"], ContentType=head["ContentType"])

    with pytest.raises(InvalidInput, match="upload_not_granted"):
        _judge(world, key)

    assert world.keys(world.uploads_bucket) == []


@pytest.mark.parametrize(
    "key",
    [
        "checks/",
        f"checks/mef/annex/{CHECK_ID}/a.txt",
        f"checks/visitor.{'a' * 32}/annex/{CHECK_ID}",
        f"checks/mef/both/{CHECK_ID}",
        f"checks/mef/annex/{CHECK_ID[:-1]}",
        f"uploads/mef/{CHECK_ID}",
    ],
)
def test_a_key_that_no_leave_has_says_nothing(key: str) -> None:
    assert read_check_key(key) is None


def test_a_form_may_send_a_name_that_looks_like_folders() -> None:
    place = read_check_key(KEY.replace("anexo.txt", "a/../b\n.txt"))
    assert place is not None
    assert place.filename == "a/../b\n.txt"


@pytest.mark.parametrize("name", ["Resolucio\u0301n N\u0303.txt", " anexo.txt "])
def test_a_name_is_taken_as_a_deposit_takes_it(name: str) -> None:
    assert judge_sent_file(TEXT, name, FileRole.ANNEX).state is CheckState.ACCEPTED


def test_bytes_and_a_file_get_the_same_verdict(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(TEXT)
    by_bytes, by_path = (judge_sent_file(each, "anexo.txt", FileRole.ANNEX) for each in (TEXT, path))
    assert by_bytes == by_path
    assert (by_bytes.sha256, by_bytes.size) == (a_declared().sha256, len(TEXT))
