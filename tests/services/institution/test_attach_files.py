"""Files of a draft: sent by a page or apart, checked as every upload is, and told before anything is deposited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.composition import Composition, changed
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.attached_file import AttachedFile, FileStanding, FileState
from chalicelib.domain.upload.upload import MAX_ANNEXES, MAX_INLINE_SIZE, Upload, UploadState, staging_key
from chalicelib.services.institution.attach_files import (
    SentFile,
    attach_file,
    await_file,
    form_of,
    look_at_files,
    remove_file,
)
from chalicelib.services.upload.check_upload import check_upload
from tests.composition_world import a_composition, a_member, an_annex, attach_tools_of, deposit_draft, store_of
from tests.deposit_world import INSTITUTION_ID, NOW, PDF, Clock
from tests.officer_world import DRAFT_ID, UPLOAD_ID
from tests.upload_world import satisfy_moto


def attach(desk: Container, *, role: FileRole = FileRole.ANNEX, filename: str = "anexo.pdf", content: bytes = PDF,
           seen_version: int = 1) -> Composition:  # fmt: skip
    sent = SentFile(role, filename, content)
    return attach_file(DRAFT_ID, a_member(), sent, seen_version=seen_version, tools=attach_tools_of(desk))


def arrived(desk: Container) -> list[str]:
    client = files(desk)._client  # noqa: SLF001 - the engine
    listed = client.list_objects_v2(Bucket=desk.config.uploads_bucket)
    return [item["Key"] for item in listed.get("Contents", ())]


def check(desk: Container, key: str, *, malware_scan: str = "off") -> Upload | None:
    events = files(desk)._client.meta.events  # noqa: SLF001 - the engine
    events.register("before-call.s3.CopyObject", satisfy_moto, unique_id="copies")
    return check_upload(key, files=files(desk), uploads=upload_store(desk), now=desk.clock(), malware_scan=malware_scan)


def standings(desk: Container) -> dict[str, FileStanding]:
    composition = store_of(desk).find(DRAFT_ID)
    assert composition
    return {one.file.upload_id: one for one in look_at_files(composition, tools=attach_tools_of(desk))}


def test_a_small_file_is_checked_by_the_worker_and_deposited(desk: Container) -> None:
    draft = attach(desk, filename="Anexo N° 1.pdf")
    file = draft.files[-1]
    assert standings(desk)[file.upload_id].state is FileState.WAITING
    [key] = arrived(desk)
    assert key == f"{staging_key(INSTITUTION_ID, file.upload_id)}/Anexo N° 1.pdf"

    upload = check(desk, key)

    assert upload
    assert (upload.upload_id, upload.institution_id, upload.state) == (
        file.upload_id,
        INSTITUTION_ID,
        UploadState.CHECKED,
    )
    assert (upload.declared.filename, upload.declared.size) == ("Anexo N° 1.pdf", len(PDF))
    assert files(desk).get_document(upload.object_key) == PDF
    assert upload.object_key.endswith(f"/{INSTITUTION_ID}/{file.upload_id}")
    assert arrived(desk) == []
    assert standings(desk)[file.upload_id].state is FileState.ACCEPTED
    sent = deposit_draft(desk, seen_version=2)
    assert sent.notice_id
    used = upload_store(desk).find(file.upload_id)
    assert used
    assert used.expires_at is None


def test_checked_again_it_stays_as_it_was(desk: Container) -> None:
    attach(desk)
    [key] = arrived(desk)
    first = check(desk, key)
    files(desk).put_upload(key, b"otro")

    assert check(desk, key) == first
    assert arrived(desk) == []


@pytest.mark.parametrize(
    ("filename", "content", "code"),
    [
        ("anexo.pdf", b"no es un PDF", "file_type_mismatch"),
        ("anexo.exe", PDF, "media_type_not_allowed"),
        ("anexo.pdf", b"", "file_empty"),
    ],
)
def test_a_file_that_is_none_of_ours_is_told_on_the_draft(
    desk: Container, filename: str, content: bytes, code: str
) -> None:
    draft = attach(desk, filename=filename, content=content)
    [key] = arrived(desk)
    check(desk, key)

    standing = standings(desk)[draft.files[-1].upload_id]

    assert standing.state is FileState.REFUSED
    assert code in {one.code for one in standing.problems}


def test_an_infected_file_is_told_on_the_draft(desk: Container) -> None:
    draft = attach(desk)
    [key] = arrived(desk)
    client = files(desk)._client  # noqa: SLF001 - the engine
    tags = {"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": "THREATS_FOUND"}]}
    client.put_object_tagging(Bucket=desk.config.uploads_bucket, Key=key, Tagging=tags)

    check(desk, key, malware_scan="guardduty")

    assert [one.code for one in standings(desk)[draft.files[-1].upload_id].problems] == ["file_infected"]


@pytest.mark.parametrize(
    ("filename", "content", "code"),
    [
        ("", b"", "file_missing"),
        ("grande.pdf", bytes(MAX_INLINE_SIZE + 1), "file_too_large_here"),
        ("../carta.pdf", PDF, "filename_invalid"),
        ("carta", PDF, "filename_invalid"),
    ],
)
def test_what_a_page_cannot_take_is_refused_before_anything_is_kept(
    desk: Container, filename: str, content: bytes, code: str
) -> None:
    with pytest.raises(CasillaError) as refusal:
        attach(desk, filename=filename, content=content)

    assert refusal.value.code == code
    assert arrived(desk) == []
    assert store_of(desk).find(DRAFT_ID) == a_composition()


def test_a_file_of_just_the_size_is_taken(desk: Container) -> None:
    assert attach(desk, content=bytes(MAX_INLINE_SIZE)).annexes


@pytest.mark.parametrize("is_large", [True, False])
def test_the_twenty_first_annex_is_refused_and_another_document_takes_the_place(
    desk: Container, *, is_large: bool
) -> None:
    full = changed(a_composition(), NOW, files=(*a_composition().files, *map(an_annex, range(MAX_ANNEXES))))
    store_of(desk).update(full)

    def add(role: FileRole) -> Any:
        if is_large:
            return await_file(DRAFT_ID, a_member(), role, seen_version=2, tools=attach_tools_of(desk))
        return attach(desk, role=role, seen_version=2)

    with pytest.raises(CasillaError) as refusal:
        add(FileRole.ANNEX)
    assert refusal.value.code == "too_many_annexes"
    assert arrived(desk) == []

    add(FileRole.MAIN)
    found = store_of(desk).find(DRAFT_ID)
    assert found
    assert len(found.files) == 1 + MAX_ANNEXES
    assert found.main != full.main


def test_a_larger_file_has_a_place_and_a_form_that_leads_back(desk: Container) -> None:
    draft, file = await_file(DRAFT_ID, a_member(), FileRole.ANNEX, seen_version=1, tools=attach_tools_of(desk))
    back = "https://portal.example/entidad/redactar/d"

    form = form_of(draft, file, leads_to=back, tools=attach_tools_of(desk))

    assert form
    assert form.fields["key"] == f"{staging_key(INSTITUTION_ID, file.upload_id)}/${{filename}}"
    assert form.fields["success_action_redirect"] == back
    key = form.fields["key"].replace("${filename}", "informe grande.pdf")
    files(desk).put_upload(key, PDF)
    check(desk, key)
    assert standings(desk)[file.upload_id].filename == "informe grande.pdf"
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.advance(minutes=15)
    assert form_of(draft, file, leads_to=back, tools=attach_tools_of(desk)) is None


def test_what_never_came_is_told_as_lost(desk: Container) -> None:
    _, file = await_file(DRAFT_ID, a_member(), FileRole.ANNEX, seen_version=1, tools=attach_tools_of(desk))
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.advance(minutes=75)
    assert standings(desk)[file.upload_id].state is FileState.WAITING
    clock.advance(seconds=1)
    assert standings(desk)[file.upload_id].state is FileState.LOST


def test_a_checked_file_that_waited_a_week_is_told_as_expired(desk: Container) -> None:
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.advance(days=7, seconds=-1)
    assert standings(desk)[UPLOAD_ID].state is FileState.ACCEPTED
    clock.advance(seconds=1)
    assert standings(desk)[UPLOAD_ID].state is FileState.EXPIRED


def test_a_file_is_taken_out_once(desk: Container) -> None:
    tools = attach_tools_of(desk)
    assert remove_file(DRAFT_ID, a_member(), UPLOAD_ID, seen_version=1, tools=tools).files == ()
    assert remove_file(DRAFT_ID, a_member(), UPLOAD_ID, seen_version=2, tools=tools).files == ()


def test_another_institution_s_upload_is_told_as_none(desk: Container) -> None:
    found = upload_store(desk).find(UPLOAD_ID)
    assert found
    upload_store(desk).add(replace(found, upload_id="8" * 32, institution_id="otra"))
    foreign = AttachedFile("8" * 32, FileRole.ANNEX, NOW - timedelta(days=1))
    store_of(desk).update(changed(a_composition(), NOW, files=(*a_composition().files, foreign)))

    assert standings(desk)["8" * 32].state is FileState.LOST
