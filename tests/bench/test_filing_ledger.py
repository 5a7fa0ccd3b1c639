"""What a filing and the lists of filings ask of AWS, and that they ask no more of it among many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import filing, inbox
from bench.sent import an_officer
from bench.world import BenchWorld, bench_world, calls_of

FEW, MANY = 400, 4_000


@pytest.fixture
def world() -> Iterator[BenchWorld]:
    with bench_world() as opened:
        yield opened


@pytest.fixture
def filer(world: BenchWorld) -> filing.Filer:
    return filing.Filer(world)


def test_a_filing_takes_five_calls_one_after_the_other(filer: filing.Filer) -> None:
    filing.filed(filer).run()
    book = filing.filed(filer).measure()

    assert book.operations == ["BatchGetItem", "GetItem", "BatchGetItem", "PutObject", "TransactWriteItems"]
    assert book.hops == 5


def test_the_least_of_a_filing_is_done_by_a_bare_client(filer: filing.Filer, world: BenchWorld) -> None:
    floor = filing.floor_of(filer)
    [work] = floor.prepare(1)
    spent = calls_of(work, world)

    assert [call.operation for call in floor.calls] == [
        "BatchGetItem",
        "BatchGetItem",
        "PutObject",
        "TransactWriteItems",
    ]
    assert spent["calls"] == 4
    assert spent["write"] > 0


def test_what_people_and_officers_do_costs_what_is_told(filer: filing.Filer, world: BenchWorld) -> None:
    _, cookie, _ = an_officer(world)
    filing_id = filer.file(filer.post(filer.draft()))
    for action in (*filing.actions(filer), *inbox.actions(filer, cookie, filing_id)):
        book = action.measure()
        assert (action.name, book.hops, book.calls) == (action.name, action.hops, action.calls), book.operations


def test_an_office_takes_what_its_institution_can_and_no_key_is_full(filer: filing.Filer, world: BenchWorld) -> None:
    share = next(filing.of_one_institution(filer, 24).measure(world))

    assert share.is_met, share.note


def test_ten_times_as_many_filings_ask_for_no_more(world: BenchWorld) -> None:
    figures = list(inbox.growth_of(world, FEW, (MANY // FEW,)))

    assert [one.name for one in figures if not one.is_met] == []
    assert len([one for one in figures if one.goal is not None]) == 19
