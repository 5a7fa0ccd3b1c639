"""One refusal tells all that is wrong with a deposit, each with its field; the first is told as it always was."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.files import upload_store
from chalicelib.domain.upload.upload import DeclaredFile, FileProblem, Refusal, Upload, UploadState
from tests.deposit_world import INSTITUTION_ID, PDF, World, a_body, an_inline_file
from tests.services.upload.inspecting import FIXTURES

SIGNED = (FIXTURES / "pdf" / "signed-twice.pdf").read_bytes()
CUT = SIGNED[:9_000]


def errors(answer: Any) -> list[tuple[str, str]]:
    """Return code and field of all that is wrong, having looked at what the first error says at the top."""
    body = answer.json_body
    first = body["errors"][0]
    assert (body["code"], body["detail"], body.get("field")) == (first["code"], first["detail"], first["field"])
    assert all(one.keys() == {"code", "detail", "field"} for one in body["errors"])
    return [(one["code"], one["field"]) for one in body["errors"]]


def an_upload(world: World, number: int, **overrides: Any) -> dict[str, Any]:
    """Put the outcome of a check, and return the file that names it."""
    file = an_inline_file(filename=f"anexo-{number}.pdf")
    del file["content"]
    facts: dict[str, Any] = {
        "upload_id": f"{number:032x}",
        "institution_id": INSTITUTION_ID,
        "declared": DeclaredFile(**file),
        "state": UploadState.CHECKED,
        "object_key": f"files/2026/03/09/{INSTITUTION_ID}/{number:032x}",
        "checked_at": world.clock.now,
        "expires_at": world.clock.now + timedelta(days=7),
    }
    upload_store(world.container).add(Upload(**(facts | overrides)))
    return {**file, "upload_id": f"{number:032x}"}


def a_refused_upload(world: World, number: int, *problems: FileProblem) -> dict[str, Any]:
    refusal = Refusal(problems[0].code, problems[0].detail, problems[1:] and problems)
    return an_upload(world, number, state=UploadState.REFUSED, refusal=refusal, object_key="", expires_at=None)


def test_three_wrong_fields_are_told_at_once(world: World) -> None:
    body = a_body()
    body["recipient"]["document_number"] = "123"
    body["document"] |= {"subject": " ", "issued_at": "ayer"}

    answer = world.deposit(body)

    assert answer.status_code == 422
    assert errors(answer) == [
        ("document_number_invalid", "recipient.document_number"),
        ("field_empty", "document.subject"),
        ("field_format", "document.issued_at"),
    ]


def test_every_part_of_a_deposit_is_read_before_it_is_refused(world: World) -> None:
    body: dict[str, Any] = {
        "recipient": {"document_type": "NIT", "nombre": "x"},
        "case_file": [],
        "document": {**a_body()["document"], "office": 7, "signed_by": "Carita 😀"},
        "regime": "mañana",
        "term": {"amount": 0, "unit": "business_days"},
        "main": {**an_inline_file(size=0, sha256="x"), "content": "¡no!"},
        "annexes": [an_inline_file(filename="a.exe", media_type="text/html"), {"filename": "b.txt"}],
        "anexos": [],
        "expediente": {},
    }

    assert errors(world.deposit(body)) == [
        ("field_choice", "recipient.document_type"),
        ("field_missing", "recipient.document_number"),
        ("field_unknown", "recipient.nombre"),
        ("field_type", "case_file"),
        ("field_type", "document.office"),
        ("text_unprintable", "document.signed_by"),
        ("field_choice", "regime"),
        ("term_invalid", "term.amount"),
        ("file_empty", "main.size"),
        ("sha256_invalid", "main.sha256"),
        ("field_base64", "main.content"),
        ("media_type_not_allowed", "annexes[0].media_type"),
        ("field_missing", "annexes[1].media_type"),
        ("field_missing", "annexes[1].sha256"),
        ("field_missing", "annexes[1].size"),
        ("file_source", "annexes[1].content"),
        ("field_unknown", "anexos"),
        ("field_unknown", "expediente"),
    ]


def test_one_wrong_field_is_told_in_the_list_as_well(world: World) -> None:
    assert errors(world.deposit(a_body(regime="mañana"))) == [("field_choice", "regime")]


def test_all_files_are_inspected_before_one_is_refused(world: World) -> None:
    annexes = [an_inline_file(), an_inline_file(CUT), an_inline_file(sha256="0" * 64)]

    answer = world.deposit(a_body(main=an_inline_file(b"MZ\x00"), annexes=annexes))

    assert errors(answer) == [
        ("file_type_mismatch", "main"),
        ("pdf_damaged", "annexes[1]"),
        ("file_hash_mismatch", "annexes[2]"),
    ]


def test_bytes_of_files_are_judged_also_where_a_field_is_wrong(world: World) -> None:
    answer = world.deposit(a_body(regime="mañana", annexes=[an_inline_file(CUT)]))

    assert errors(answer) == [("field_choice", "regime"), ("pdf_damaged", "annexes[0]")]


def test_files_and_dates_are_told_together(world: World) -> None:
    body = a_body(main=an_inline_file(CUT), case_file={"number": "E", "opened_on": "2026-03-10"})
    body["document"]["issued_at"] = "2026-03-10T00:00:00Z"

    assert errors(world.deposit(body)) == [
        ("pdf_damaged", "main"),
        ("issued_in_future", "document.issued_at"),
        ("opened_in_future", "case_file.opened_on"),
    ]


def test_uploads_are_all_looked_at_and_a_refused_one_tells_all_that_is_wrong_with_it(world: World) -> None:
    damaged = FileProblem("pdf_damaged", "La página 3 falta.")
    active = FileProblem("pdf_active_content", "El campo «Total» tiene un programa.")
    annexes = [
        a_refused_upload(world, 1, damaged, active),
        an_upload(world, 2, expires_at=world.clock.now),
        {**an_upload(world, 3), "size": len(PDF) + 1},
        an_inline_file(CUT),
    ]

    answer = world.deposit(a_body(annexes=annexes))

    assert errors(answer) == [
        ("upload_refused", "annexes[0].upload_id"),
        ("upload_refused", "annexes[0].upload_id"),
        ("upload_expired", "annexes[1].upload_id"),
        ("upload_differs", "annexes[2].upload_id"),
        ("pdf_damaged", "annexes[3]"),
    ]
    assert [one["detail"] for one in answer.json_body["errors"][:2]] == [
        "El archivo fue rechazado: La página 3 falta.",
        "El archivo fue rechazado: El campo «Total» tiene un programa.",
    ]


def test_what_waits_is_told_once_nothing_is_wrong(world: World) -> None:
    absent = an_inline_file()
    del absent["content"]
    waiting = [{**absent, "upload_id": f"{number:032x}"} for number in (1, 2)]

    wrong = world.deposit(a_body(annexes=[*waiting, an_inline_file(CUT)]))
    right = world.deposit(a_body(annexes=waiting))

    assert (wrong.status_code, wrong.json_body["retryable"]) == (422, False)
    assert errors(wrong) == [("pdf_damaged", "annexes[2]")]
    assert (right.status_code, right.json_body["retryable"], right.headers["Retry-After"]) == (409, True, "5")
    assert errors(right) == [
        ("upload_not_checked", "annexes[0].upload_id"),
        ("upload_not_checked", "annexes[1].upload_id"),
    ]


@pytest.mark.parametrize(
    ("first", "status"), [({"regime": "mañana"}, 422), ({}, 413)], ids=["a wrong field before", "too large"]
)
def test_the_status_is_that_of_the_first_problem(world: World, first: dict[str, Any], status: int) -> None:
    answer = world.deposit(a_body(main=an_inline_file(size=101 * 1024 * 1024), **first))

    assert answer.status_code == status
    assert ("file_too_large", "main.size") in errors(answer)


def test_an_answer_stays_small_however_much_is_wrong(world: World) -> None:
    unknown = {"campo-desconocido-" + "ñ" * 150 + str(number): 1 for number in range(3_000)}

    answer = world.deposit(a_body(**unknown))

    assert (answer.status_code, answer.json_body["code"]) == (422, "field_unknown")
    assert len(answer.body) < 40_000
    told = answer.json_body["errors"]
    assert len(told) <= 50
    assert told[-1]["detail"].endswith(f"Hay {3_000 - len(told)} problemas más.")


def test_a_file_asked_leave_for_is_told_all_that_is_wrong_with_it(world: World) -> None:
    asked = {"filename": "../a.pdf", "media_type": "application/pdf", "sha256": "x", "size": 0, "otro": 1}

    answer = world.send(world.signed("POST", "/v1/uploads", json.dumps(asked).encode()))

    assert errors(answer) == [
        ("filename_invalid", "filename"),
        ("file_empty", "size"),
        ("sha256_invalid", "sha256"),
        ("field_unknown", "otro"),
    ]
