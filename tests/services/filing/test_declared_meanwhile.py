"""A day that is declared none while a holder corrects takes nothing from them: the term rolls on (145.1, 145.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import (
    attend_tools,
    file_tools,
    filing_store,
    tell_tools,
)
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config
from chalicelib.domain.calendar import CalendarEntries, NonWorkingDay
from chalicelib.domain.errors import Conflict
from chalicelib.domain.filing.attending import recounted
from chalicelib.domain.filing.filing import Filing, FilingState, Observation
from chalicelib.domain.institution.permission import Act
from chalicelib.services.filing.attend_filing import ByOfficerAct, observe_filing
from chalicelib.services.filing.correct_filing import correct_filing
from chalicelib.services.filing.tell_ends import tell_ends
from tests.calendars import PERU
from tests.composition_world import a_member
from tests.deposit_world import Clock
from tests.filing_world import a_correction_draft, a_session, declare, file_it, seed_filing

THURSDAY, FRIDAY = date(2026, 3, 12), date(2026, 3, 13)
NEXT_DAY = datetime(2026, 3, 13, 12, tzinfo=PERU.zone)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        seed_filing(box)
        yield box


@pytest.fixture
def observed(box: Container, clock: Clock) -> Filing:
    """Observe one after hours on a Monday: until Thursday it can be corrected."""
    filed = file_it(box)
    clock.advance(minutes=5)
    by = ByOfficerAct(a_member(), Act.DEPOSIT, "")
    made = observe_filing(filed.filing_id, "Falta el plano", by, tools=attend_tools(box))
    assert last_day(made) == THURSDAY
    return made


def last_day(filing: Filing) -> date:
    assert filing.observation is not None
    return PERU.local(filing.observation.until).date()


def observation_of(box: Container, filing: Filing) -> Observation:
    found = filing_store(box).find(filing.filing_id)
    assert found is not None
    assert found.observation is not None
    return found.observation


def run(box: Container, clock: Clock) -> Counter[str]:
    counts, _ = tell_ends(tell_tools(box), until=clock() + timedelta(minutes=4))
    return +counts


def test_the_end_moves_before_it_comes_and_nobody_is_told_of_a_lapse(
    box: Container, observed: Filing, clock: Clock
) -> None:
    assert observed.observation is not None
    declare(box, THURSDAY)
    clock.now = observed.observation.until - timedelta(minutes=20)

    assert run(box, clock)["filings_extended"] == 1
    assert run(box, clock)["filings_extended"] == 0

    found = filing_store(box).find(observed.filing_id)
    assert found is not None
    assert last_day(found) == FRIDAY
    clock.advance(hours=1)
    assert run(box, clock)["filings_lapsed"] == 0
    assert found.state_at(clock.now) is FilingState.OBSERVED
    log = [one.type.value for one in event_store(box).list_for_subject(f"filing#{observed.filing_id}", limit=90)]
    assert log.count("filing.extended") == 1
    assert observation_of(box, observed).counts_on == observed.observation.counts_on


def test_it_lapses_on_the_day_that_the_calendar_gives_however_late_a_job_comes(
    box: Container, observed: Filing, clock: Clock
) -> None:
    declare(box, THURSDAY)
    clock.advance(days=6)

    first, second = run(box, clock), run(box, clock)

    assert (first["filings_extended"], first["filings_lapsed"]) == (1, 0)
    assert (second["filings_extended"], second["filings_lapsed"]) == (0, 1)
    assert PERU.local(observation_of(box, observed).until).date() == FRIDAY


def test_it_is_corrected_on_the_day_after_though_no_job_ran(box: Container, observed: Filing, clock: Clock) -> None:
    draft = a_correction_draft(box, observed)
    declare(box, THURSDAY)
    clock.now = NEXT_DAY
    made = correct_filing(draft.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(box))

    assert made.correction is not None
    assert last_day(made) == FRIDAY
    assert filing_store(box).find(observed.filing_id) == made


def test_without_it_the_day_after_is_too_late(box: Container, observed: Filing, clock: Clock) -> None:
    draft = a_correction_draft(box, observed)
    clock.now = NEXT_DAY

    with pytest.raises(Conflict, match="correction_too_late"):
        correct_filing(draft.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(box))


def test_what_was_told_to_have_lapsed_stays_so(box: Container, observed: Filing, clock: Clock) -> None:
    draft = a_correction_draft(box, observed)
    clock.now = datetime(2026, 3, 13, 0, 3, tzinfo=PERU.zone)
    assert run(box, clock)["filings_lapsed"] == 1
    declare(box, THURSDAY)

    with pytest.raises(Conflict, match="correction_too_late"):
        correct_filing(draft.draft_id, a_session(), seen_version=2, origin="", tools=file_tools(box))
    assert PERU.local(observation_of(box, observed).until).date() == THURSDAY


def test_no_calendar_brings_an_end_forward(observed: Filing) -> None:
    declared = PERU.with_entries(CalendarEntries(1, declared=(NonWorkingDay(THURSDAY, "Día", "D.S."),)))
    later = recounted(observed, declared)

    assert last_day(later) == FRIDAY
    assert recounted(later, PERU) is later
    assert recounted(observed, PERU) is observed


def test_what_is_not_due_yet_is_not_told_as_left(box: Container, observed: Filing, clock: Clock) -> None:
    assert observed.observation is not None
    assert observed.observation.remind_at is not None
    clock.now = observed.observation.remind_at - timedelta(minutes=20)

    counts, waiting_since = tell_ends(tell_tools(box), until=clock.now)

    assert (counts["left"], waiting_since) == (0, None)
    clock.advance(minutes=20)
    counts, waiting_since = tell_ends(tell_tools(box), until=clock.now)
    assert (counts["left"], waiting_since) == (1, clock.now)
