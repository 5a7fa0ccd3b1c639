"""What a person is told before they file is what filing then does: dates, office, and all that hinders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import filing_draft_store, foresee_tools
from chalicelib.config import Config
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.domain.filing.filing_draft import DraftPart, FilePart, FilingDraft
from chalicelib.domain.filing.procedure import frozen_procedure
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.upload.attached_file import FileState
from chalicelib.services.filing.foresee_filing import ForeseenFiling, foresee_filing
from tests.cloud import bound
from tests.deposit_world import AUTHORITY, NOW, Clock, an_institution, put_institution
from tests.filer_world import PROCEDURE_ID, publish
from tests.filing_world import DRAFT_ID, a_draft, a_procedure, file_it, seed_filing
from tests.officer_world import an_office, put_office

SATURDAY = datetime(2026, 3, 8, 1, 30, tzinfo=UTC)
"""At 20:30 in Lima."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    bound(aws)
    config = Config.from_env({**aws, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    with using(Container(config, clock=clock)) as made:
        seed_filing(made, draft=own_draft())
        publish(made)
        yield made


def own_draft(**changes: object) -> FilingDraft:
    """Return a whole draft under the catalogue's procedure."""
    procedure = frozen_procedure(a_procedure(procedure_id=PROCEDURE_ID, version=1))
    return replace(a_draft(), procedure=procedure, **changes)  # type: ignore[arg-type]


def foreseen(box: Container, draft: FilingDraft | None = None) -> ForeseenFiling:
    return foresee_filing(draft or own_draft(), tools=foresee_tools(box))


@pytest.mark.parametrize("at", [NOW, SATURDAY, NOW + timedelta(microseconds=999_999)])
def test_the_dates_foreseen_are_those_of_filing_then(box: Container, clock: Clock, at: datetime) -> None:
    clock.now = at
    told = foreseen(box)
    assert told.is_ready
    filing = file_it(box)
    assert filing.dates == told.dates
    assert filing.office_id == (told.office.office_id if told.office else None)


def test_two_reads_tell_all_of_it(box: Container) -> None:
    with ledger() as calls:
        foreseen(box)
    assert len(calls.entries) == 2


def test_what_filing_refuses_was_told_before(box: Container) -> None:
    bare = replace(own_draft(), subject="", document=None)
    told = foreseen(box, bare)
    assert [one.part for one in told.lacks] == [DraftPart.SUBJECT, DraftPart.DOCUMENT]
    assert not told.is_ready


def test_a_file_that_expired_is_named_with_its_place(box: Container, clock: Clock) -> None:
    clock.now = NOW + timedelta(days=8)
    told = foreseen(box)
    assert {one.state for _, one in told.files} == {FileState.EXPIRED}
    assert [one.part for one in told.lacks] == [FilePart.DOCUMENT, FilePart.ANNEX]
    assert "«anexo.txt» venció sin usarse" in told.lacks[1].text
    with pytest.raises(CasillaError):
        file_it(box)


def test_an_office_that_closed_an_institution_that_left_and_a_procedure_that_changed_are_told(box: Container) -> None:
    put_office(box, an_office(is_closed=True))
    put_institution(box, an_institution(state=InstitutionState.CANCELLED))
    publish(box, version=2, title="Otro")
    told = foreseen(box)
    assert (told.is_office_closed, told.office, told.has_left, told.is_ready) == (True, None, True, False)
    assert (told.asked.version, told.present.version) == (1, 2)


def test_another_persons_upload_is_none_of_the_drafts(box: Container) -> None:
    other = replace(own_draft(), user_id="u9")
    assert {one.state for _, one in foreseen(box, other).files} == {FileState.WAITING}


def test_a_draft_without_its_procedure_is_none(box: Container) -> None:
    procedure = replace(own_draft().procedure, procedure_id="X234-5678-9ABC")
    with pytest.raises(NotFound, match="draft_not_found"):
        foreseen(box, replace(own_draft(), procedure=procedure))
    assert filing_draft_store(box).find(DRAFT_ID) is not None
