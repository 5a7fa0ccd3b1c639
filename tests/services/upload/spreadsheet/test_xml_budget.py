"""XML that is made to keep its reader at work: tags, depth, names, tokens, texts, formulas."""

from __future__ import annotations

import io

import pytest

from chalicelib.services.upload.spreadsheet import read_part, xml_stream
from chalicelib.services.upload.spreadsheet.xml_stream import Budget, NotXml, TooMuchXml, Watch, walk
from tests.cpu import cpu_within
from tests.services.upload.spreadsheet.made import SHEET, problems, the_problem, workbook


def read(text: bytes, watch: Watch | None = None, work: int = 10_000_000) -> None:
    walk(io.BytesIO(text), watch or Watch(), Budget(work))


def refuse_soon(text: bytes, watch: Watch | None = None) -> None:
    with cpu_within(1), pytest.raises(TooMuchXml):
        read(text, watch)


def test_tags_are_counted_over_all_parts() -> None:
    budget = Budget(150)
    walk(io.BytesIO(b"<a>" + b"<b/>" * 99 + b"</a>"), Watch(), budget)
    assert budget.work == 50
    with pytest.raises(TooMuchXml):
        walk(io.BytesIO(b"<a>" + b"<b/>" * 99 + b"</a>"), Watch(), budget)


def test_tags_of_a_part_that_breaks_off_are_counted() -> None:
    budget = Budget(150)
    with pytest.raises(NotXml):
        walk(io.BytesIO(b"<a>" + b"<b/>" * 99), Watch(), budget)
    assert budget.work == 50


def test_depth_has_a_bound() -> None:
    read(b"<a>" * 250 + b"</a>" * 250)
    refuse_soon(b"<a>" * 5_000_000)


def test_a_tag_a_comment_and_an_instruction_have_a_bound() -> None:
    read(b"<a b='%b'/>" % (b"x" * 200_000))
    for start in (b"<a b='", b"<!--", b"<?p ", b"<a><a b='"):
        refuse_soon(start + b"x" * 50_000_000)


def test_names_have_a_bound() -> None:
    many = b"".join(b"<a%d/>" % number for number in range(200_000))
    refuse_soon(b"<a>" + many)


def test_text_that_is_judged_has_a_bound_and_other_text_has_none() -> None:
    watch = Watch(texts={"f": lambda *_: None})
    read(b"<a>%b</a>" % (b"x" * 3_000_000), watch)
    refuse_soon(b"<f>%b</f>" % (b"x" * 3_000_000), watch)


def test_text_inside_a_judged_text_is_judged_with_it() -> None:
    found: list[str] = []
    read(b"<f>CA<f>LL(</f>1)</f>", Watch(texts={"f": lambda text, _: found.append(text)}))
    assert found == ["CALL(1)"]


def test_prefix_of_a_declaration_hides_no_name() -> None:
    found: list[str] = []
    watch = Watch(attributes={"href": lambda _, __, value: found.append(value)})
    read(b"<a xmlns:href='urn:a' xmlns:x='urn:x' x:href='1' href='2'/>", watch)
    assert found == ["1", "2"]


@pytest.mark.parametrize(
    "text", [b"", b"<a>", b"<a/><a/>", b"text", b"<a>&b;</a>", b"<a>\x00</a>", b"\xff\xfe<\x00a\x00"]
)
def test_what_is_no_xml_is_told(text: bytes) -> None:
    with pytest.raises(NotXml):
        read(text)


def test_external_entity_is_not_fetched_but_refused() -> None:
    with pytest.raises(NotXml):
        read(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')


def test_small_file_of_many_tags_is_refused_early() -> None:
    bomb = workbook(add={SHEET: "<worksheet>" + "<c/>" * 20_000_000 + "</worksheet>"})
    assert len(bomb) < 250_000
    with cpu_within(3):
        assert the_problem(bomb)[0] == "spreadsheet_too_complex"


def test_formulas_have_a_budget_of_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_part, "FREE_LETTERS", 0)
    monkeypatch.setattr(read_part, "LETTERS_A_BYTE", 0)
    assert the_problem(workbook())[0] == "spreadsheet_too_complex"
    monkeypatch.setattr(read_part, "FREE_LETTERS", 100)
    assert problems(workbook()) == []


def test_part_is_read_in_pieces() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size == xml_stream.PIECE
            return super().read(7)

    walk(Slow(b"<a>" + "<b c='ñ'/>".encode() * 99 + b"</a>"), Watch(), Budget(200))


def test_shared_text_of_more_than_a_cell_holds_is_refused() -> None:
    """It stands in the file once and in each cell that names it, which takes its reader gigabytes."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    for length, wanted in ((40_000, []), (1_000_000, ["spreadsheet_too_complex"])):
        text = f"<sst><si><r><t>{'x' * length}</t></r></si></sst>"
        found = problems(workbook(add={"xl/sharedStrings.sst": text}, types={"sst": kind}))
        assert [code for code, _ in found] == wanted


def test_attributes_and_what_is_watched_take_from_the_budget() -> None:
    watch = Watch(tags={"c": lambda *_: None}, attributes={"href": lambda *_: None})
    for text, work in ((b"<a/>", 1), (b"<a b='' c='' d='' e=''/>", 2), (b"<c/>", 4), (b"<a href=''/>", 4)):
        budget = Budget(10)
        walk(io.BytesIO(text), watch, budget)
        assert budget.work == 10 - work


def test_after_thousands_of_problems_the_rest_is_not_looked_at() -> None:
    links = "".join(f'<hyperlink ref="A1" location="file:///{number}"/>' for number in range(200_000))
    with cpu_within(1.5):
        found = problems(workbook({SHEET: ("</sheetData>", f"</sheetData><hyperlinks>{links}</hyperlinks>")}))
        assert len(found) == 20
