"""Photos of a draft become one PDF: once, inspected as any file, and photos again until it is filed."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from PIL import Image

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import draft_tools, filing_draft_store, join_tools, join_work
from chalicelib.config import Config
from chalicelib.domain.errors import (
    CasillaError,
    Conflict,
    InvalidInput,
    NotFound,
    NotReady,
    TooManyRequests,
    Unavailable,
)
from chalicelib.domain.filing.filing_draft import FilePart, FilingDraft, discarded, with_file
from chalicelib.domain.filing.joined_photos import JOINS_PER_USER
from chalicelib.domain.session import Session
from chalicelib.domain.upload.attached_file import FileState
from chalicelib.domain.upload.upload import MAX_ANNEXES, DeclaredFile, Upload, UploadState, staging_key
from chalicelib.services.filing import join_photos as joining
from chalicelib.services.filing.filing_drafts import look_at_draft_files, remove_from_draft
from chalicelib.services.filing.join_photos import Joining, ask_again, ask_to_join, join_photos, put_photos_back
from chalicelib.services.upload.check_upload import check_upload
from chalicelib.store.upload_store import UploadStore
from tests.cloud import Engine
from tests.deposit_world import NOW, Clock
from tests.filing_world import (
    ANNEX_ID,
    DOCUMENT_ID,
    DRAFT_ID,
    OWNER,
    a_draft,
    a_session,
    an_attached,
    an_upload,
    file_it,
    seed_filing,
)
from tests.photos import CAMERA, a_picture, packed
from tests.upload_world import satisfy_moto

PHOTO_IDS = tuple(f"{number:032x}" for number in range(0xA0, 0xA4))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        events = files(box)._client.meta.events  # noqa: SLF001 - the engine
        events.register("before-call.s3.CopyObject", satisfy_moto, unique_id="copies")
        yield box


@dataclass
class Drafting:
    """A person with a draft of four photos, the queue, and both workers."""

    box: Container
    engine: Engine
    contents: dict[str, bytes]

    def draft(self) -> FilingDraft:
        found = filing_draft_store(self.box).find(DRAFT_ID)
        assert found is not None
        return found

    def ask(self, *photo_ids: str, name: str = "DNI y recibo", session: Session | None = None) -> str:
        draft = ask_to_join(
            DRAFT_ID,
            session or a_session(),
            photo_ids or PHOTO_IDS,
            name,
            seen_version=self.draft().version,
            tools=join_tools(self.box),
        )
        return draft.joins[-1].upload_id

    def requests(self) -> list[dict[str, str]]:
        sqs, url = self.engine.client("sqs"), self.box.config.exports_queue
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    def work(self, upload_id: str, *, tries: int = 1) -> Joining:
        return join_photos(DRAFT_ID, upload_id, tools=join_work(self.box), tries=tries)

    def inspect(self, upload_id: str) -> Upload | None:
        key = f"{staging_key(OWNER, upload_id)}/DNI y recibo.pdf"
        return check_upload(
            key, files=files(self.box), uploads=upload_store(self.box), now=self.box.clock(), malware_scan="off"
        )

    def state(self, upload_id: str) -> FileState:
        standing = look_at_draft_files(self.draft(), tools=draft_tools(self.box))
        return next(one.state for one in standing if one.file.upload_id == upload_id)

    def problem(self, upload_id: str) -> str:
        upload = upload_store(self.box).find(upload_id)
        assert upload is not None
        assert upload.refusal is not None
        return upload.refusal.code

    def staged(self) -> list[str]:
        s3, bucket = self.engine.client("s3"), self.box.config.uploads_bucket
        return [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]


def put_photo(box: Container, photo_id: str, content: bytes, **overrides: Any) -> None:
    media_type = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    declared = DeclaredFile(
        f"IMG_{photo_id[-2:]}.{media_type[6:]}", media_type, hashlib.sha256(content).hexdigest(), len(content)
    )
    upload = replace(an_upload(ANNEX_ID), upload_id=photo_id, declared=declared, object_key=f"files/x/{photo_id}")
    upload_store(box).add(replace(upload, **overrides))
    files(box).put_document(f"files/x/{photo_id}", content, media_type)


@pytest.fixture
def drafting(box: Container, moto_engine: Engine) -> Drafting:
    draft = a_draft()
    contents = {}
    for number, photo_id in enumerate(PHOTO_IDS):
        draft = with_file(draft, FilePart.ANNEX, an_attached(photo_id, filename=f"IMG_{photo_id[-2:]}.jpg"), NOW)
        kind = "PNG" if number == 3 else "JPEG"
        contents[photo_id] = packed(a_picture((300 + number, 200)), kind, orientation=number + 1)
        put_photo(box, photo_id, contents[photo_id])
    seed_filing(box, draft=replace(draft, version=1))
    return Drafting(box, moto_engine, contents)


def test_photos_become_one_annex_in_the_persons_order(drafting: Drafting) -> None:
    order = (PHOTO_IDS[2], PHOTO_IDS[0], PHOTO_IDS[3])
    pdf_id = drafting.ask(*order)

    assert [annex.upload_id for annex in drafting.draft().annexes] == [ANNEX_ID, pdf_id, PHOTO_IDS[1]]
    assert drafting.requests() == [{"draft_id": DRAFT_ID, "upload_id": pdf_id}]
    assert drafting.state(pdf_id) is FileState.WAITING
    with pytest.raises(NotReady):
        file_it(drafting.box, seen_version=2)

    assert drafting.work(pdf_id) is Joining.JOINED
    outcome = drafting.inspect(pdf_id)

    assert outcome is not None
    assert (outcome.state, outcome.facts and outcome.facts.pages) == (UploadState.CHECKED, 3)
    pdf = files(drafting.box).get_document(outcome.object_key)
    assert hashlib.sha256(pdf).hexdigest() == outcome.declared.sha256
    assert CAMERA.encode() not in pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert [int(page.Resources.XObject.Foto.Width) for page in opened.pages] == [302, 300, 303]
    assert drafting.state(pdf_id) is FileState.ACCEPTED
    filing = file_it(drafting.box, seen_version=2)
    assert [(one.filename, one.folios) for one in filing.documents][1:] == [
        ("anexo.txt", None),
        ("DNI y recibo.pdf", 3),
        ("IMG_a1.jpeg", 1),
    ]


def test_a_request_that_comes_twice_makes_one_pdf(drafting: Drafting) -> None:
    pdf_id = drafting.ask()
    assert drafting.work(pdf_id) is Joining.JOINED
    first = drafting.inspect(pdf_id)

    assert drafting.work(pdf_id) is Joining.GONE
    assert drafting.staged() == []
    assert upload_store(drafting.box).find(pdf_id) == first


def test_a_second_try_replaces_nothing_that_the_first_one_put(drafting: Drafting) -> None:
    pdf_id = drafting.ask()
    drafting.work(pdf_id)
    s3, bucket = drafting.engine.client("s3"), drafting.box.config.uploads_bucket
    [key] = drafting.staged()
    before = s3.head_object(Bucket=bucket, Key=key)
    s3.put_object(Bucket=bucket, Key=key, Body=b"as the first try made it")

    assert drafting.work(pdf_id) is Joining.JOINED

    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"as the first try made it"
    assert before["ETag"]


def test_a_try_that_ends_after_the_pdf_was_inspected_changes_nothing(drafting: Drafting) -> None:
    """Both began before there was an outcome; the slower one puts its file once the other's is gone."""
    pdf_id = drafting.ask()
    drafting.work(pdf_id)
    first = drafting.inspect(pdf_id)
    assert first is not None

    class Late(UploadStore):
        def find(self, upload_id: str) -> Upload | None:  # noqa: ARG002 - as it was before
            return None

    late = replace(join_work(drafting.box), uploads=Late(upload_store(drafting.box)._connection))  # noqa: SLF001
    assert join_photos(DRAFT_ID, pdf_id, tools=late) is Joining.JOINED
    assert drafting.inspect(pdf_id) == first
    assert drafting.staged() == []


def test_two_workers_at_once_make_one_pdf(drafting: Drafting) -> None:
    pdf_id = drafting.ask()
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: drafting.work(pdf_id), range(4)))

    assert set(done) <= {Joining.JOINED, Joining.GONE}
    assert len(drafting.staged()) == 1
    outcome = drafting.inspect(pdf_id)
    assert outcome is not None
    pdf = files(drafting.box).get_document(outcome.object_key)
    assert hashlib.sha256(pdf).hexdigest() == outcome.declared.sha256


class _DiedError(BaseException):
    """The process ended here."""


def test_a_worker_that_dies_twice_leaves_the_third_try_to_do_it(
    drafting: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf_id = drafting.ask()
    work = join_work(drafting.box)
    for at in ("put_upload_once", "stream_document"):
        with monkeypatch.context() as patch:
            # a process that is ended runs nothing any more: no outcome either
            patch.setattr(joining, "_refuse", lambda *_, **__: None)

            def die(*_: object, **__: object) -> None:
                raise _DiedError

            patch.setattr(type(work.files), at, die)
            with pytest.raises(_DiedError):
                drafting.work(pdf_id)

    assert drafting.state(pdf_id) is FileState.WAITING
    assert drafting.work(pdf_id, tries=3) is Joining.JOINED
    outcome = drafting.inspect(pdf_id)
    assert outcome is not None
    assert outcome.state is UploadState.CHECKED


def test_what_nobody_makes_can_be_asked_for_again(drafting: Drafting, clock: Clock) -> None:
    lost = drafting.ask()
    clock.advance(hours=2)
    assert drafting.state(lost) is FileState.LOST

    version = drafting.draft().version
    draft = ask_again(DRAFT_ID, a_session(), lost, seen_version=version, tools=join_tools(drafting.box))
    [join] = draft.joins

    assert join.upload_id != lost
    assert [annex.upload_id for annex in draft.annexes] == [ANNEX_ID, join.upload_id]
    assert drafting.state(join.upload_id) is FileState.WAITING
    assert drafting.work(lost) is Joining.GONE, "its request comes late, and nobody waits for it"
    assert drafting.work(join.upload_id) is Joining.JOINED
    outcome = drafting.inspect(join.upload_id)
    assert outcome is not None
    assert drafting.state(join.upload_id) is FileState.ACCEPTED


def test_a_queue_that_does_not_answer_leaves_what_can_be_asked_for_again(
    drafting: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = join_tools(drafting.box)

    def fail(*_: object) -> None:
        raise Unavailable("queue_unavailable", "No.")

    with monkeypatch.context() as patch:
        patch.setattr(type(tools.queue), "send_body", fail)
        with pytest.raises(Unavailable):
            drafting.ask()

    [join] = drafting.draft().joins
    again = ask_again(DRAFT_ID, a_session(), join.upload_id, seen_version=drafting.draft().version, tools=tools)
    assert drafting.requests() == [{"draft_id": DRAFT_ID, "upload_id": again.joins[0].upload_id}]


def test_photos_can_be_put_back_before_and_after_the_pdf_is_there(drafting: Drafting) -> None:
    order = (PHOTO_IDS[3], PHOTO_IDS[1])
    pdf_id = drafting.ask(*order)
    tools = draft_tools(drafting.box)

    draft = put_photos_back(DRAFT_ID, a_session(), pdf_id, seen_version=2, tools=tools)

    ids = [annex.upload_id for annex in draft.annexes]
    assert ids == [ANNEX_ID, PHOTO_IDS[0], PHOTO_IDS[3], PHOTO_IDS[1], PHOTO_IDS[2]]
    assert draft.joins == ()
    assert drafting.work(pdf_id) is Joining.GONE
    assert drafting.staged() == []

    pdf_id = drafting.ask(*order)
    drafting.work(pdf_id)
    drafting.inspect(pdf_id)
    draft = put_photos_back(DRAFT_ID, a_session(), pdf_id, seen_version=4, tools=tools)
    assert [annex.upload_id for annex in draft.annexes] == ids
    assert file_it(drafting.box, seen_version=5).folios == 1 + 4, "the photos are filed"


def test_photos_of_a_pdf_that_was_taken_out_can_be_put_back(drafting: Drafting) -> None:
    pdf_id = drafting.ask()
    tools = draft_tools(drafting.box)
    remove_from_draft(DRAFT_ID, a_session(), pdf_id, seen_version=2, tools=tools)
    assert drafting.work(pdf_id) is Joining.GONE

    draft = put_photos_back(DRAFT_ID, a_session(), pdf_id, seen_version=3, tools=tools)
    assert [annex.upload_id for annex in draft.annexes] == [ANNEX_ID, *PHOTO_IDS]


def test_photos_are_not_put_back_where_there_is_no_room(drafting: Drafting) -> None:
    pdf_id = drafting.ask()
    store = filing_draft_store(drafting.box)
    draft = drafting.draft()
    more = tuple(an_attached(f"{number:032x}") for number in range(MAX_ANNEXES - 4))
    store.update(replace(draft, annexes=(*draft.annexes, *more), version=3))

    with pytest.raises(Conflict) as refusal:
        put_photos_back(DRAFT_ID, a_session(), pdf_id, seen_version=3, tools=draft_tools(drafting.box))
    assert refusal.value.code == "too_many_annexes"
    assert len(drafting.draft().joins) == 1


@pytest.mark.parametrize("end", ["discarded", "filed without it"])
def test_what_nobody_waits_for_is_not_made(drafting: Drafting, end: str) -> None:
    pdf_id = drafting.ask()
    if end == "discarded":
        filing_draft_store(drafting.box).update(discarded(drafting.draft(), NOW))
    else:
        remove_from_draft(DRAFT_ID, a_session(), pdf_id, seen_version=2, tools=draft_tools(drafting.box))
        file_it(drafting.box, seen_version=3)

    assert drafting.work(pdf_id) is Joining.GONE
    assert (drafting.staged(), upload_store(drafting.box).find(pdf_id)) == ([], None)


def test_a_draft_that_is_discarded_while_it_is_made_keeps_what_it_was(drafting: Drafting) -> None:
    pdf_id = drafting.ask()
    drafting.work(pdf_id)
    filing_draft_store(drafting.box).update(discarded(drafting.draft(), NOW))

    outcome = drafting.inspect(pdf_id)

    assert outcome is not None
    assert outcome.expires_at == NOW + timedelta(days=7), "nobody uses it, and it is forgotten"
    assert not drafting.draft().is_open


def test_two_windows_do_not_join_the_same_photos_twice(drafting: Drafting) -> None:
    tools = join_tools(drafting.box)
    ask_to_join(DRAFT_ID, a_session(), PHOTO_IDS[:2], "", seen_version=1, tools=tools)

    with pytest.raises(Conflict) as refusal:
        ask_to_join(DRAFT_ID, a_session(), PHOTO_IDS[:2], "", seen_version=1, tools=tools)

    assert refusal.value.code == "draft_changed"
    assert len(drafting.requests()) == 1
    assert drafting.draft().annexes[1].filename == "Fotos.pdf"


@pytest.mark.parametrize("session", [a_session("u2"), a_session(mailbox_id="1-40000003")])
def test_nobody_joins_somebody_elses_photos(drafting: Drafting, session: Session) -> None:
    with pytest.raises(NotFound):
        drafting.ask(session=session)
    assert drafting.requests() == []


@pytest.mark.parametrize(
    ("photo_ids", "name", "code"),
    [
        ((ANNEX_ID,), "", "not_a_photo"),
        (("f" * 32,), "", "photo_not_found"),
        ((DOCUMENT_ID,), "", "not_a_photo"),
        ((PHOTO_IDS[0], PHOTO_IDS[0]), "", "photo_not_found"),
        (PHOTO_IDS, "../etc/passwd", "filename_invalid"),
        (PHOTO_IDS, "x" * 61, "filename_invalid"),
        (PHOTO_IDS, ".oculto", "filename_invalid"),
    ],
)
def test_what_cannot_be_joined_is_refused_at_once(
    drafting: Drafting, photo_ids: tuple[str, ...], name: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        drafting.ask(*photo_ids, name=name)

    assert refusal.value.code == code
    assert (drafting.draft().version, drafting.requests()) == (1, [])


def test_no_photo_is_no_pdf(drafting: Drafting) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask_to_join(DRAFT_ID, a_session(), (), "", seen_version=1, tools=join_tools(drafting.box))
    assert refusal.value.code == "no_photos"


def test_a_photo_that_is_looked_at_still_is_waited_for(drafting: Drafting) -> None:
    new_id = "b" * 32
    draft = with_file(drafting.draft(), FilePart.ANNEX, an_attached(new_id), NOW)
    filing_draft_store(drafting.box).update(draft)

    with pytest.raises(NotReady) as refusal:
        drafting.ask(new_id)
    assert refusal.value.code == "files_in_review"


def test_a_refused_or_expired_photo_is_no_page(drafting: Drafting, clock: Clock) -> None:
    clock.advance(days=8)
    with pytest.raises(InvalidInput) as refusal:
        drafting.ask()
    assert refusal.value.code == "not_a_photo"


def test_a_photo_that_expires_meanwhile_is_told(drafting: Drafting) -> None:
    pdf_id = drafting.ask()
    files(drafting.box).delete_document(f"files/x/{PHOTO_IDS[1]}")

    assert drafting.work(pdf_id) is Joining.REFUSED
    assert (drafting.state(pdf_id), drafting.problem(pdf_id)) == (FileState.REFUSED, "photo_gone")
    assert drafting.work(pdf_id) is Joining.GONE


def test_somebody_elses_upload_is_no_page(drafting: Drafting) -> None:
    """A draft that names it cannot come to be by the pages; a worker does not trust that."""
    stranger = "e" * 32
    put_photo(drafting.box, stranger, drafting.contents[PHOTO_IDS[0]], institution_id="person.u2")
    draft = with_file(drafting.draft(), FilePart.ANNEX, an_attached(stranger), NOW)
    filing_draft_store(drafting.box).update(draft)
    with pytest.raises(NotReady):
        drafting.ask(stranger)
    pdf_id = drafting.ask()
    draft = drafting.draft()
    forged = replace(draft.joins[0], photos=(an_attached(stranger),))
    filing_draft_store(drafting.box).update(replace(draft, joins=(forged,), version=draft.version + 1))

    assert drafting.work(pdf_id) is Joining.REFUSED
    assert drafting.staged() == []


@pytest.mark.parametrize("how", ["truncated", "another photo", "a bomb"])
def test_a_stored_photo_that_is_not_what_was_inspected_is_not_decoded(
    drafting: Drafting, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf_id = drafting.ask()
    content = drafting.contents[PHOTO_IDS[0]]
    other = {
        "truncated": content[:-400],
        "another photo": drafting.contents[PHOTO_IDS[1]],
        "a bomb": content[:2] + b"\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00" + content[2:],
    }[how]
    files(drafting.box).put_document(f"files/x/{PHOTO_IDS[0]}", other, "image/jpeg")
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("decoded"))

    with pytest.raises(CasillaError) as error:
        drafting.work(pdf_id)

    assert error.value.code == "file_altered"
    assert (drafting.problem(pdf_id), drafting.staged()) == ("photos_not_joined", [])


def test_what_fails_for_a_moment_is_told_only_when_it_goes_on_failing(
    drafting: Drafting, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf_id = drafting.ask()
    work = join_work(drafting.box)

    def fail(*_: object, **__: object) -> None:
        raise Unavailable("files_unavailable", "No.")

    with monkeypatch.context() as patch:
        patch.setattr(type(work.files), "put_upload_once", fail)
        for tries in (1, 9):
            with pytest.raises(Unavailable):
                drafting.work(pdf_id, tries=tries)
            assert drafting.state(pdf_id) is FileState.WAITING
        with pytest.raises(Unavailable):
            drafting.work(pdf_id, tries=10)
    assert (drafting.state(pdf_id), drafting.problem(pdf_id)) == (FileState.REFUSED, "photos_not_joined")


def test_a_pdf_above_what_a_file_may_have_is_refused(drafting: Drafting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "MAX_FILE_SIZE", 1000)
    pdf_id = drafting.ask()

    assert drafting.work(pdf_id) is Joining.REFUSED
    assert drafting.problem(pdf_id) == "photos_too_large"


def test_asking_again_and_again_is_held_to_a_number(drafting: Drafting) -> None:
    tools = join_tools(drafting.box)
    key = JOINS_PER_USER.key("u1")
    for _ in range(JOINS_PER_USER.limit):
        tools.limits().spend(key, limit=JOINS_PER_USER.limit, window_s=JOINS_PER_USER.window_s, now=NOW)

    with pytest.raises(TooManyRequests):
        drafting.ask()
    assert drafting.draft().version == 1


def test_a_draft_does_not_grow_with_every_pdf(drafting: Drafting) -> None:
    tools = draft_tools(drafting.box)
    store = filing_draft_store(drafting.box)
    for _ in range(15):
        pdf_id = drafting.ask()
        draft = remove_from_draft(DRAFT_ID, a_session(), pdf_id, seen_version=drafting.draft().version, tools=tools)
        photos = tuple(an_attached(photo_id) for photo_id in PHOTO_IDS)
        store.update(replace(draft, annexes=(*draft.annexes, *photos), version=draft.version + 1))
    assert len(drafting.draft().joins) == 11
