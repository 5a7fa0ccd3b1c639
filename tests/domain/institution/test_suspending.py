"""Two different people suspend a reading, within a day, and only while nobody did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.institution.suspending import confirmed, open_request, read_request, require_askable
from chalicelib.domain.institution.suspending import require_withdrawable as withdrawable
from chalicelib.domain.reading.reading import DeliveredNotice, require_opened, require_readable
from chalicelib.domain.reading.suspension import LAPSES_AFTER, SUSPENDED, Officer, Suspension, concealed
from tests.builders import a_notice

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
ANA, LUIS = Officer("s1", "40000100", "Ana"), Officer("s2", "40000101", "Luis")
REASON = "Se copió de otro expediente"
ASKED = read_request(ANA, "wrong_recipient", REASON, NOW)
FREE = DeliveredNotice(a_notice())
WAITS = replace(FREE, suspension_asked=ASKED)
DONE = replace(WAITS, suspension=Suspension(ASKED, LUIS, NOW))


def code(refused: pytest.ExceptionInfo[CasillaError]) -> str:
    return refused.value.code


def test_another_person_makes_the_suspension_of_what_one_asked_for() -> None:
    assert confirmed(WAITS, LUIS, NOW) == Suspension(ASKED, LUIS, NOW)


@pytest.mark.parametrize("who", [ANA, replace(ANA, staff_id="s9"), replace(ANA, document_number="40000999")])
def test_the_same_person_is_known_by_enrolment_and_by_document(who: Officer) -> None:
    with pytest.raises(CasillaError) as refused:
        confirmed(WAITS, who, NOW)
    assert code(refused) == "suspension_same_person"


@pytest.mark.parametrize(
    ("after", "is_open"), [(LAPSES_AFTER - timedelta(microseconds=1), True), (LAPSES_AFTER, False)]
)
def test_a_request_is_open_for_a_day(after: timedelta, is_open: bool) -> None:
    assert (open_request(WAITS, NOW + after) is not None) is is_open
    if is_open:
        confirmed(WAITS, LUIS, NOW + after)
        return
    require_askable(WAITS, NOW + after)
    with pytest.raises(CasillaError) as refused:
        confirmed(WAITS, LUIS, NOW + after)
    assert code(refused) == "suspension_not_asked"


def test_what_is_done_or_asked_is_not_done_again() -> None:
    for delivered, told in ((DONE, "reading_suspended_already"), (WAITS, "suspension_asked_already")):
        with pytest.raises(CasillaError) as refused:
            require_askable(delivered, NOW)
        assert code(refused) == told
    for act in (confirmed, withdrawable):
        with pytest.raises(CasillaError) as refused:
            act(DONE, LUIS, NOW)
        assert code(refused) == "reading_suspended_already"
        with pytest.raises(CasillaError) as refused:
            act(FREE, LUIS, NOW)
        assert code(refused) == "suspension_not_asked"


def test_only_who_asked_takes_it_back() -> None:
    withdrawable(WAITS, ANA, NOW)
    with pytest.raises(CasillaError) as refused:
        withdrawable(WAITS, LUIS, NOW)
    assert code(refused) == "suspension_of_another"


@pytest.mark.parametrize(
    ("cause", "reason", "codes"),
    [
        ("", "", {"cause_missing", "reason_missing"}),
        ("otra", "x" * 501, {"cause_missing", "reason_too_long"}),
        ("wrong_document", "  corto  ", {"reason_missing"}),
    ],
)
def test_all_that_a_request_lacks_is_told(cause: str, reason: str, codes: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_request(ANA, cause, reason, NOW)
    assert {one.code for one in refused.value.problems or (refused.value,)} == codes


@pytest.mark.parametrize("length", [10, 500])
def test_a_reason_may_be_as_short_or_as_long_as_that(length: int) -> None:
    assert read_request(ANA, "wrong_document", "x" * length, NOW).reason == "x" * length


def test_nothing_of_a_suspended_notice_is_handed_out() -> None:
    for check in (require_readable, require_opened):
        with pytest.raises(CasillaError) as refused:
            check(DONE)
        assert code(refused) == "reading_suspended"


def test_a_concealed_notice_says_who_sent_it_when_and_its_dates_and_nothing_else() -> None:
    notice = a_notice()
    hidden = concealed(notice)

    kept = ("notice_id", "mailbox_id", "holder", "sender", "regime", "term", "deposited_at", "deadline", "openings")
    assert {name: getattr(hidden, name) for name in kept} == {name: getattr(notice, name) for name in kept}
    assert hidden.document.subject == SUSPENDED
    said: tuple[Any, ...] = (notice.document, notice.case_file, *notice.files)
    words = {str(getattr(one, name)) for one in said for name in one.__dataclass_fields__} - {
        "None",
        "()",
        "",
        "main",
        "annex",
    }
    assert [word for word in words if word in repr(hidden)] == []
