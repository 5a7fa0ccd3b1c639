"""What is told of a file is bounded, whatever the file holds, and says how much it leaves out."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.notice import FileAttachment, FileFacts, FileSignature
from chalicelib.domain.upload.file_facts import LONGEST_NAME, MOST_NAMES, MOST_TOLD, bounded
from chalicelib.store.codec import to_data


def signatures(count: int, *, covering: int | None = None, name: str = "Firma") -> tuple[FileSignature, ...]:
    return tuple(FileSignature(f"{name}{number}", number == covering) for number in range(count))


def attachments(count: int, name: str = "dato{}.xml") -> tuple[FileAttachment, ...]:
    return tuple(FileAttachment(name.format(number), "text/xml", "Data", number) for number in range(count))


def test_what_files_ordinarily_hold_is_told_as_it_is() -> None:
    facts = FileFacts(signatures(3, covering=2), attachments(2))

    assert bounded(facts) == facts


def test_of_many_the_first_are_told_and_how_many_more_there_are() -> None:
    told = bounded(FileFacts(signatures(50), attachments(30)))

    assert [one.field for one in told.signatures] == [f"Firma{number}" for number in range(MOST_TOLD)]
    assert [one.size for one in told.attachments] == list(range(MOST_TOLD))
    assert (told.more_signatures, told.more_attachments) == (30, 10)


@pytest.mark.parametrize("covering", [0, 7, 49])
def test_the_signature_that_covers_the_whole_file_is_always_told(covering: int) -> None:
    told = bounded(FileFacts(signatures(50, covering=covering)))

    assert [one.field for one in told.signatures if one.covers_whole_file] == [f"Firma{covering}"]
    assert len(told.signatures) + told.more_signatures == 50


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\r\nb\x00.xml", "a b .xml"),
        ("  factura\u202efdp.xml\u200b ", "factura fdp.xml"),
        ("x" * 5_000, "x" * LONGEST_NAME),
        ("\x07", ""),
        ("año ñandú 2026.xml", "año ñandú 2026.xml"),
    ],
)
def test_a_name_is_told_on_one_line_without_what_is_not_seen(name: str, shown: str) -> None:
    told = bounded(FileFacts((FileSignature(name, True),), (FileAttachment(name, "text/xml", "Data", 1),)))

    assert (told.signatures[0].field, told.attachments[0].filename) == (shown, shown)


def test_names_of_letters_that_take_much_room_leave_out_attachments_and_say_so() -> None:
    told = bounded(FileFacts(signatures(50, covering=49, name="𐍈" * 200), attachments(50, "𐍈" * 196 + "{}.xml")))

    assert len(told.signatures) == MOST_TOLD
    assert told.more_attachments == 50 - len(told.attachments)
    assert len(json.dumps(to_data(told))) <= MOST_NAMES + 80 * MOST_TOLD + 120 * MOST_TOLD


def test_what_is_within_bounds_stays_as_it_is() -> None:
    once = bounded(FileFacts(signatures(50, covering=30, name="ñ" * 300), attachments(50, "ñ" * 300 + "{}.xml")))

    assert bounded(once) == once
