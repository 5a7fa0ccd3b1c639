from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.evidence.indexing import IndexedReceipts, IndexPosition
from chalicelib.domain.evidence.receipt import (
    LARGEST_FILE,
    LARGEST_SENT,
    IssuedReceipt,
    Verification,
    read_verification,
)
from chalicelib.domain.upload.upload import MAX_FILE_SIZE, MAX_INLINE_SIZE
from chalicelib.handlers.doors import DOORS
from tests.builders import a_notice

HASH = "0123456789abcdef" * 4
CODE = a_notice().verification_code


def test_no_file_of_a_deposit_is_larger_than_what_is_compared() -> None:
    [door] = [door for door in DOORS if (door.method, door.path) == ("POST", "/verificar")]

    assert (LARGEST_FILE, LARGEST_SENT) == (MAX_FILE_SIZE, MAX_INLINE_SIZE)
    assert door.largest > LARGEST_SENT


@pytest.mark.parametrize(
    ("code", "sha256", "read"),
    [
        (CODE.lower(), "", Verification(CODE, None)),
        ("", HASH.upper(), Verification(None, HASH)),
        (f" {CODE} ", f"{HASH}  a b.pdf", Verification(CODE, HASH)),
        ("", f"\\{HASH}  a\\nb.pdf", Verification(None, HASH)),
        ("", " ".join(HASH[i : i + 2] for i in range(0, 64, 2)), Verification(None, HASH)),
    ],
)
def test_what_was_typed_is_read(code: str, sha256: str, read: Verification) -> None:
    assert read_verification(code, sha256) == read


@pytest.mark.parametrize(
    ("code", "sha256", "told"),
    [
        ("", " ", ("verification_empty", "code")),
        (CODE[:-1], "", ("code_invalid", "code")),
        ("x" * 5000, "", ("code_invalid", "code")),
        (CODE, HASH[:-1], ("sha256_malformed", "sha256")),
        ("", f"{HASH}0", ("sha256_malformed", "sha256")),
        ("", "g" * 64, ("sha256_malformed", "sha256")),
    ],
)
def test_what_is_wrong_is_told_of_its_field(code: str, sha256: str, told: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_verification(code, sha256)
    assert (refused.value.code, refused.value.field) == told


def test_a_file_is_the_receipt_or_one_of_its_documents_or_none() -> None:
    notice = a_notice()
    issued = IssuedReceipt(notice, HASH)

    assert (issued.is_receipt(HASH), issued.find_file(HASH)) == (True, None)
    for place, file in enumerate(notice.files):
        assert issued.find_file(file.sha256) == (place, file)
    assert (issued.is_receipt("1" * 64), issued.find_file("1" * 64)) == (False, None)


def test_the_indexing_is_over_after_a_pass_that_had_nothing_to_do() -> None:
    def part(*, indexed: int = 0, failed: int = 0, is_over: bool = True) -> IndexedReceipts:
        return IndexedReceipts(5, indexed, failed, "k", is_over)

    begun = IndexPosition().past(part(indexed=1, is_over=False))
    assert begun == IndexPosition("k", indexed=1)
    assert begun.past(part()) == IndexPosition()
    assert IndexPosition().past(part(failed=1)) == IndexPosition()
    assert IndexPosition(version=4).past(part()) == IndexPosition(is_over=True, version=4)
