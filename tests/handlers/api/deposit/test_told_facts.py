"""What the inspection saw in a file is told to who sent it and to who received it; the receipt stays as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.notice import Notice
from chalicelib.domain.upload.file_facts import bounded
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import DepositItem, NoticeItem
from tests.builders import a_file, a_notice, an_annex
from tests.deposit_world import World, a_body, an_inline_file
from tests.facts_world import INVOICE, SIGNED_TWICE, TWO_SIGNATURES, a_pdf_with_an_invoice, the_most_facts
from tests.person_world import People

CARRYING = a_pdf_with_an_invoice()
TOLD = [
    {"signatures": TWO_SIGNATURES, "attachments": []},
    {
        "signatures": [],
        "attachments": [
            {"filename": "factura.xml", "media_type": "text/xml", "relationship": "Data", "size": len(INVOICE)}
        ],
    },
    {"signatures": [], "attachments": []},
]


def body() -> dict[str, Any]:
    text = an_inline_file(b"Sin nada dentro.\n", filename="nota.txt", media_type="text/plain")
    return a_body(main=an_inline_file(SIGNED_TWICE), annexes=[an_inline_file(CARRYING), text])


def facts_of(told: Any) -> list[dict[str, Any]]:
    return [{name: file[name] for name in ("signatures", "attachments")} for file in told["files"]]


def forget_facts(notice: Notice) -> None:
    """Store a notice as it was stored before anything was told of files."""
    item = NoticeItem.get(notice.notice_id)
    for file in item.data["files"]:
        del file["facts"]
    item.save()


def test_a_deposit_tells_what_its_files_hold_and_so_does_whoever_asks_again(world: World) -> None:
    answer = world.deposit(body())

    assert answer.status_code == 201, answer.json_body
    assert facts_of(answer.json_body) == TOLD
    assert facts_of(world.get(f"/v1/deposits/{answer.json_body['notice_id']}").json_body) == TOLD


def test_the_same_deposit_again_gets_the_same_bytes(world: World) -> None:
    first, again = world.deposit(body()), world.deposit(body())

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.body == first.body


def test_the_receipt_says_of_files_what_it_said(world: World) -> None:
    answer = world.deposit(body())

    stored = notice_store(world.container).get(answer.json_body["notice_id"])
    with pikepdf.open(io.BytesIO(files(world.container).get_document(stored.receipt_key))) as receipt:
        carried = json.loads(receipt.attachments["deposito.json"].get_file().read_bytes())
    assert [list(file) for file in carried["files"]] == [["role", "filename", "media_type", "sha256", "size"]] * 3


def test_the_month_lists_deposits_as_the_receipt_has_them(world: World) -> None:
    world.deposit(body())

    [listed] = world.get("/v1/deposits?limit=50&month=2026-03").json_body["deposits"]

    assert list(listed["files"][0]) == ["role", "filename", "media_type", "sha256", "size"]


def _opened(people: People, notice_id: str) -> Any:
    token = people.token()
    assert people.send("POST", f"/v1/notices/{notice_id}/opening", token=token).status_code in {200, 201}
    return people.send("GET", f"/v1/notices/{notice_id}", token=token).json_body


def test_the_holder_is_told_the_same_once_the_notice_is_open(world: World) -> None:
    people = People(world)
    people.seed()
    notice_id = world.deposit(body()).json_body["notice_id"]

    before = people.send("GET", f"/v1/notices/{notice_id}", token=people.token()).json_body
    opened = _opened(people, notice_id)

    assert "Firma1" not in json.dumps(before)
    assert "factura.xml" not in json.dumps(before)
    assert facts_of(opened) == TOLD
    assert [file["name"] for file in opened["files"]] == ["main", "annex-1", "annex-2"]


def test_a_notice_from_before_says_that_nothing_was_looked_for(world: World) -> None:
    people = People(world)
    people.seed()
    notice_id = world.deposit(body()).json_body["notice_id"]
    forget_facts(notice_store(world.container).get(notice_id))

    nothing = [{"signatures": None, "attachments": None}] * 3
    assert facts_of(world.get(f"/v1/deposits/{notice_id}").json_body) == nothing
    assert facts_of(_opened(people, notice_id)) == nothing


@pytest.mark.parametrize("pick", [lambda _: True, lambda number: number % 2 == 0], ids=["all files", "some files"])
def test_a_notice_stored_without_facts_is_read_as_it_was(pick: Callable[[int], bool]) -> None:
    notice = a_notice(files=(a_file(), *(an_annex(f"anexo-{number}.pdf") for number in range(1, 5))))
    stored = json.loads(json.dumps(to_data(notice)))
    for number, file in enumerate(stored["files"]):
        if pick(number):
            del file["facts"]

    assert from_data(Notice, stored) == notice


def test_the_most_that_files_can_hold_leaves_notice_and_answer_far_from_the_size_of_an_item(world: World) -> None:
    most = bounded(the_most_facts())
    notice = a_notice(files=(a_file(facts=most), *(an_annex(f"{number}.pdf", facts=most) for number in range(20))))

    assert len(json.dumps(to_data(notice))) < 200_000
    world.deposit(body())
    [item] = DepositItem.scan()
    assert len(item.answer) < 10_000
