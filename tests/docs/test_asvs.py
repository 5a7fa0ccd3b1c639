"""The table of OWASP ASVS is whole, names what exists, and counts right; so does the page of decisions it rests on."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
DECISIONS = (ROOT / "docs" / "security.md").read_text("utf-8")
PASSED, FAILED, NOT_APPLICABLE, NOT_CHECKED = VERDICTS = ("passed", "failed", "not applicable", "not checked")
LEVELS = {
    "1": """
    1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8
    6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 13.4.1
    14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
    """,
    "2": """
    1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1
    4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2
    7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3
    11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2
    14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
    """,
}
"""The numbers of version 5.0.0 by level, from the standard's own list; `1.2.1-5` are five."""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
NAMED = re.compile(r"`((?:chalicelib|tests|infra|docs|\.chalice)/[^`\s]+|requirements\.txt|pyproject\.toml|app\.py)`")
SHOWN_ONLY_BY_REASON = {NOT_APPLICABLE, NOT_CHECKED}


def _expected() -> dict[str, str]:
    levels = {}
    for level, ranges in LEVELS.items():
        for each in ranges.split():
            section, _, numbers = each.rpartition(".")
            first, _, last = numbers.partition("-")
            levels.update({f"{section}.{n}": level for n in range(int(first), int(last or first) + 1)})
    return levels


def _heading_links(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _is_there(named: str) -> bool:
    path, _, test = named.partition("::")
    path, _, heading = path.partition("#")
    if not (ROOT / path).exists():
        return False
    text = (ROOT / path).read_text("utf-8") if test or heading else ""
    if heading:
        return heading in _heading_links(text)
    return not test or re.search(rf"^\s*(?:async )?def {test}\(", text, re.MULTILINE) is not None


def test_every_requirement_of_both_levels_is_there_once_and_in_order() -> None:
    numbers = [number for number, *_ in ROWS]
    expected = _expected()

    assert Counter(expected.values()) == {"1": 70, "2": 183}
    assert {number: level for number, level, *_ in ROWS} == expected
    assert numbers == sorted(set(numbers), key=lambda number: [int(part) for part in number.split(".")])
    assert len(ROWS) == len(re.findall(r"^\| \d", PAGE, re.MULTILINE))


def test_a_requirement_stands_under_its_chapter() -> None:
    for chapter, rows in re.findall(r"^## V(\d+) .+?$(.+?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL):
        assert {number.partition(".")[0] for number, *_ in ROW.findall(rows)} == {chapter}


def test_every_verdict_is_one_of_four_and_shown_by_something_that_exists() -> None:
    for number, _, _, verdict, where in ROWS:
        assert verdict in VERDICTS, number
        assert NAMED.search(where) or verdict in SHOWN_ONLY_BY_REASON, number


def test_the_counts_at_the_head_are_the_tables() -> None:
    counts = Counter(verdict for _, _, _, verdict, _ in ROWS)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in (PASSED, FAILED, NOT_APPLICABLE, NOT_CHECKED))

    assert f"{len(ROWS)} requirements: {told}." in PAGE


def test_every_failure_says_what_is_done_about_it_and_nothing_else_does() -> None:
    part = PAGE.partition("## What fails, and what is done about it")[2].partition("\n## ")[0]
    told = dict(re.findall(r"^- \*\*([\d.]+)\*\* (.+)$", part, re.MULTILINE))

    assert list(told) == [number for number, _, _, verdict, _ in ROWS if verdict == FAILED]
    assert all(len(what.split()) > len(["not", "done", "yet"]) for what in told.values())


@pytest.mark.parametrize("page", ["asvs", "security"])
def test_whatever_is_named_exists(page: str) -> None:
    named = NAMED.findall((ROOT / "docs" / f"{page}.md").read_text("utf-8"))

    assert named
    assert [each for each in named if not _is_there(each)] == []


def test_a_name_that_leads_nowhere_is_found() -> None:
    assert _is_there("docs/security.md#keys-and-secrets")
    assert not _is_there("docs/security.md#nothing")
    assert not _is_there("chalicelib/nothing.py")
    assert not _is_there("tests/docs/test_asvs.py::test_nothing")


def test_the_page_of_decisions_is_led_to() -> None:
    assert "docs/security.md" in PAGE
    assert "docs/asvs.md" in DECISIONS
