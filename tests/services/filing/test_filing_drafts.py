"""A person's draft with its files: taken by a page, looked at as every upload is, each kept whatever another one is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import draft_tools, file_tools, filing_draft_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.config import Config
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from chalicelib.domain.filing.filing_draft import (
    MOST_OPEN,
    DraftPart,
    FilePart,
    FilingDraft,
    Represented,
    for_another,
    for_oneself,
    unticked,
    with_file,
    with_subject,
)
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.upload.attached_file import FileState
from chalicelib.domain.upload.upload import MAX_ANNEXES, MAX_INLINE_SIZE, person_owner, read_form_key
from chalicelib.services.filing.file_draft import file_draft
from chalicelib.services.filing.filing_drafts import (
    attach_to_draft,
    await_in_draft,
    begin_draft,
    change_draft,
    discard_draft,
    find_draft,
    form_of_draft,
    list_drafts,
    look_at_draft_files,
    remove_from_draft,
)
from chalicelib.services.upload.check_upload import check_upload
from tests.deposit_world import NOW, PDF, Clock, a_mailbox, an_institution, put_institution
from tests.filing_world import OWNER, SUBJECT, a_draft, a_procedure, a_session, an_attached
from tests.officer_world import an_office, put_office
from tests.upload_world import satisfy_moto


@pytest.fixture
def box(aws: dict[str, str]) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=Clock(), pause=lambda _: None)) as box:
        put_institution(box, an_institution())
        put_office(box, an_office())
        mailbox_store(box).put(a_mailbox())
        files(box)._client.meta.events.register("before-call.s3.CopyObject", satisfy_moto)  # noqa: SLF001
        yield box


@pytest.fixture
def begun(box: Container) -> FilingDraft:
    return begin_draft(a_session(), a_procedure(), tools=draft_tools(box))


def look_at(box: Container, upload_id: str, name: str) -> None:
    """Look at what arrived, as the queue's worker does."""
    key = f"uploads/{OWNER}/{upload_id}/{name}"
    assert check_upload(key, files=files(box), uploads=upload_store(box), now=NOW, malware_scan="off")


def attach(box: Container, draft: FilingDraft, part: FilePart, name: str, content: bytes) -> FilingDraft:
    return attach_to_draft(
        draft.draft_id, a_session(), part, name, content, seen_version=draft.version, tools=draft_tools(box)
    )


def states(box: Container, draft: FilingDraft) -> list[FileState]:
    return [one.state for one in look_at_draft_files(draft, tools=draft_tools(box))]


def test_from_the_first_click_to_the_receipt(box: Container, begun: FilingDraft) -> None:
    draft = attach(box, begun, FilePart.DOCUMENT, "solicitud.pdf", PDF)
    draft = attach(box, draft, FilePart.ANNEX, "lista.txt", "Relación\n".encode())
    assert states(box, draft) == [FileState.WAITING, FileState.WAITING]
    look_at(box, draft.files[0].upload_id, "solicitud.pdf")
    look_at(box, draft.annexes[0].upload_id, "lista.txt")
    assert states(box, draft) == [FileState.ACCEPTED, FileState.ACCEPTED]
    typed = lambda it: with_subject(it, f"  {SUBJECT} ", (1, 0, 1), NOW)  # noqa: E731
    draft = change_draft(draft.draft_id, a_session(), typed, seen_version=draft.version, store=filing_draft_store(box))

    filing = file_draft(draft.draft_id, a_session(), seen_version=draft.version, origin="", tools=file_tools(box))

    assert (filing.subject, draft.ticks) == (SUBJECT, (0, 1))
    assert [one.folios for one in filing.documents] == [1, None], "the page of the PDF was counted"
    assert all(one.object_key.split("/")[4] == OWNER for one in filing.documents)
    assert [files(box).get_document(one.object_key) for one in filing.documents] == [PDF, "Relación\n".encode()]


def test_a_broken_file_is_sent_again_alone(box: Container, begun: FilingDraft) -> None:
    draft = attach(box, begun, FilePart.DOCUMENT, "solicitud.pdf", b"%PDF- roto")
    draft = attach(box, draft, FilePart.ANNEX, "lista.txt", b"x\n")
    assert draft.document is not None
    look_at(box, draft.document.upload_id, "solicitud.pdf")
    look_at(box, draft.annexes[0].upload_id, "lista.txt")
    assert states(box, draft) == [FileState.REFUSED, FileState.ACCEPTED]

    mended = attach(box, draft, FilePart.DOCUMENT, "solicitud.pdf", PDF)
    assert mended.document is not None
    look_at(box, mended.document.upload_id, "solicitud.pdf")

    assert states(box, mended) == [FileState.ACCEPTED, FileState.ACCEPTED]
    assert mended.annexes == draft.annexes


def test_the_document_is_a_pdf_and_a_power_may_be_a_picture(box: Container, begun: FilingDraft) -> None:
    draft = attach(box, begun, FilePart.DOCUMENT, "lista.txt", b"x\n")
    assert draft.document is not None
    look_at(box, draft.document.upload_id, "lista.txt")
    [told] = look_at_draft_files(draft, tools=draft_tools(box))
    assert told.state is FileState.REFUSED
    assert "PDF" in told.problems[0].detail
    assert with_file(replace(draft, represented=OTHER), FilePart.REPRESENTATION, an_attached("1" * 32), NOW)


def test_a_larger_file_has_a_place_and_a_form_while_the_leave_lasts(box: Container, begun: FilingDraft) -> None:
    tools = draft_tools(box)
    draft, file = await_in_draft(begun.draft_id, a_session(), FilePart.ANNEX, seen_version=1, tools=tools)

    form = form_of_draft(a_session(), file, leads_to="https://casilla.example/x", tools=tools)
    assert form is not None
    assert form.fields["key"] == f"uploads/{OWNER}/{file.upload_id}/${{filename}}"
    assert draft.annexes == (file,)
    late = replace(tools, clock=lambda: file.sent_until)
    assert form_of_draft(a_session(), file, leads_to="https://casilla.example/x", tools=late) is None


def test_a_file_is_taken_out_and_the_others_stay(box: Container, begun: FilingDraft) -> None:
    draft = attach(box, begun, FilePart.ANNEX, "uno.txt", b"x\n")
    draft = attach(box, draft, FilePart.ANNEX, "dos.txt", b"y\n")
    gone, stays = draft.annexes
    left = remove_from_draft(draft.draft_id, a_session(), gone.upload_id, seen_version=3, tools=draft_tools(box))
    assert left.annexes == (stays,)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("", b"x", InvalidInput), ("a/b.pdf", b"x", InvalidInput), ("a.pdf", b"x" * (MAX_INLINE_SIZE + 1), TooLarge)],
    ids=["no file", "a name that leads elsewhere", "too large for a page"],
)
def test_what_no_page_takes_changes_nothing(
    box: Container, begun: FilingDraft, name: str, content: bytes, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        attach(box, begun, FilePart.ANNEX, name, content)
    assert find_draft(begun.draft_id, a_session(), store=filing_draft_store(box)) == begun


def test_twenty_annexes_are_the_most() -> None:
    draft = a_draft(annexes=tuple(an_attached(f"{number:032x}") for number in range(MAX_ANNEXES)))
    with pytest.raises(Conflict) as refusal:
        with_file(draft, FilePart.ANNEX, an_attached("f" * 32), NOW)
    assert refusal.value.code == "too_many_annexes"


def test_one_person_has_so_many_open(box: Container, begun: FilingDraft) -> None:
    for _ in range(MOST_OPEN - 1):
        begin_draft(a_session(), a_procedure(), tools=draft_tools(box))
    with pytest.raises(Conflict) as refusal:
        begin_draft(a_session(), a_procedure(), tools=draft_tools(box))
    assert refusal.value.code == "too_many_drafts"
    assert begin_draft(a_session("u2"), a_procedure(), tools=draft_tools(box))
    discard_draft(begun.draft_id, a_session(), seen_version=1, tools=draft_tools(box))
    assert len(list_drafts(a_session(), tools=draft_tools(box))) == MOST_OPEN - 1


def test_a_retired_procedure_is_begun_no_more(box: Container) -> None:
    with pytest.raises(Conflict) as refusal:
        begin_draft(a_session(), a_procedure(retired_at=NOW), tools=draft_tools(box))
    assert refusal.value.code == "procedure_retired"


@pytest.mark.parametrize("session", [a_session("u2"), a_session(mailbox_id="1-40000003")])
def test_a_draft_is_seen_and_changed_by_who_began_it_alone(box: Container, begun: FilingDraft, session: object) -> None:
    with pytest.raises(NotFound):
        find_draft(begun.draft_id, session, store=filing_draft_store(box))  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        discard_draft(begun.draft_id, session, seen_version=1, tools=draft_tools(box))  # type: ignore[arg-type]


OTHER = Represented(DocumentType.RUC, "20100000001", "COMERCIAL DEMO S.A.C.")


def test_whom_one_represents_is_told_with_all_that_is_wrong() -> None:
    with pytest.raises(InvalidInput) as refusal:
        for_another(a_draft(), Represented(DocumentType.DNI, "12", " "), NOW)
    assert [one.field for one in refusal.value.problems] == ["document_number", "name"]
    with pytest.raises(Conflict):
        with_file(a_draft(), FilePart.REPRESENTATION, an_attached("1" * 32), NOW)


def test_what_proved_a_representation_goes_with_it() -> None:
    draft = with_file(a_draft(represented=OTHER), FilePart.REPRESENTATION, an_attached("1" * 32), NOW)
    assert for_oneself(draft, NOW).files == a_draft().files


def test_requirements_that_nobody_ticked_are_told_and_optional_ones_are_not() -> None:
    assert unticked(a_draft(ticks=()), a_procedure()) == ("Solicitud firmada", "Plano del local")
    assert unticked(a_draft(ticks=(0, 1)), a_procedure()) == ()


def test_what_a_person_sends_is_no_institutions() -> None:
    owner = person_owner("2345-6789-ABCD")
    assert read_form_key(f"uploads/{owner}/{'a' * 32}/x.pdf") == ("person.2345-6789-abcd", "a" * 32, "x.pdf")
    assert "." in owner, "no institution's id has a point"


def test_what_proves_that_one_is_represented_proves_nothing_of_another() -> None:
    ana = for_another(a_draft(), Represented(DocumentType.DNI, "40000010", "Ana Demo"), NOW)
    proven = with_file(ana, FilePart.REPRESENTATION, an_attached("7" * 32, filename="poder.pdf"), NOW)
    for mended in (("40000010", "Ana María Demo"), ("40000011", "Ana Demo")):
        assert for_another(proven, Represented(DocumentType.DNI, *mended), NOW).representation == proven.representation
    other = for_another(proven, Represented(DocumentType.DNI, "40000029", "Luis Prueba"), NOW)
    assert other.representation is None
    assert DraftPart.REPRESENTATION in other.missing
