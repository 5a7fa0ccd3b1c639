"""A page that is listed often is copied as often by the parser: what that takes is bounded before."""

from __future__ import annotations

import resource

import pytest

from tests.cpu import cpu_within
from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.bombs import PAGE, Written

STAMPS = PAGE[:-2] + b"/Annots [" + b"<< /Subtype /Stamp /Rect [0 0 1 1] >>" * 1000 + b"] >>"
MANY = 40_000


def in_one_branch(times: int) -> bytes:
    written = Written([5] * times)
    written.add(5, STAMPS)
    return written.end_with_table()


def in_a_list_of_its_own(times: int) -> bytes:
    written = Written([5])
    written.add(5, STAMPS)
    written.add(2, b"<< /Type /Pages /Kids 6 0 R /Count %d >>" % times)
    written.add(6, b"[" + b"5 0 R " * times + b"]")
    return written.end_with_table()


def in_many_branches(times: int) -> bytes:
    count = times // 100
    written = Written(range(10, 10 + count))
    written.add(
        2, b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(b"%d 0 R" % n for n in range(10, 10 + count)), times)
    )
    for number in range(10, 10 + count):
        written.add(number, b"<< /Type /Pages /Parent 2 0 R /Count 100 /K#69ds [%b] >>" % (b"5 0 R " * 100))
    written.add(5, STAMPS)
    return written.end_with_table()


def in_object_streams(times: int) -> bytes:
    written = Written([11] * times)
    written.add_packed(11, STAMPS)
    return written.end()


@pytest.mark.parametrize("make", [in_one_branch, in_a_list_of_its_own, in_many_branches, in_object_streams])
def test_page_that_is_listed_very_often_is_refused_before_it_is_copied(make: object) -> None:
    bomb = make(MANY)  # type: ignore[operator]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with cpu_within(2):
        ((code, detail),) = problems(bomb)
    assert (code, "repite páginas" in detail) == ("pdf_too_complex", True)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 150_000


@pytest.mark.parametrize("make", [in_one_branch, in_a_list_of_its_own, in_object_streams])
def test_page_that_is_listed_a_few_times_passes(make: object) -> None:
    accept(make(3))  # type: ignore[operator]


def test_many_pages_that_are_listed_once_pass() -> None:
    written = Written(range(10, 3010))
    for number in range(10, 3010):
        written.add(number, PAGE)
    accept(written.end_with_table())
