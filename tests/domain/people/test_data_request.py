"""Legal terms, doubles, tries: what is decided about requests of own data without any store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.people.data_request import (
    TELLING_TRIES,
    Awaited,
    DataRequest,
    DataRequestKind,
    DataRequestRefused,
    DataRequestState,
    DataTerms,
    about_to_tell,
    answered,
    done_at_once,
    due_at,
    find_reference,
    standing,
    terms_on,
    told,
)
from chalicelib.renderers.people.data_terms import data_terms, read_data_terms
from tests.calendars import PERU

NOW = datetime(2026, 3, 9, 20, 15, tzinfo=UTC)
TERMS = DataTerms(
    since=date(2025, 3, 30),
    norm="D.S. 0",
    business_days={kind: 20 if kind in ("access", "export") else 10 for kind in DataRequestKind},
    remedy="Reclama.",
)


def a_request(**overrides: object) -> DataRequest:
    made = DataRequest(
        mailbox_id="1-40000002",
        user_id="u1",
        kind=DataRequestKind.RECTIFICATION,
        number=1,
        reference="7KQ2-M9XA-4TRC",
        asked_at=NOW,
        due_at=NOW + timedelta(days=14),
        norm="D.S. 0",
    )
    return replace(made, **overrides)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "asked_at", "last_day"),
    [
        (DataRequestKind.RECTIFICATION, datetime(2026, 3, 9, 20, 15, tzinfo=UTC), date(2026, 3, 23)),
        (DataRequestKind.ACCESS, datetime(2026, 3, 9, 20, 15, tzinfo=UTC), date(2026, 4, 8)),  # past Holy Week
        (DataRequestKind.CLOSURE, datetime(2026, 3, 14, 15, 0, tzinfo=UTC), date(2026, 3, 27)),  # a Saturday
        (DataRequestKind.CLOSURE, datetime(2026, 3, 10, 4, 59, tzinfo=UTC), date(2026, 3, 23)),  # 23:59 of the 9th
        (DataRequestKind.CLOSURE, datetime(2026, 3, 10, 5, 0, tzinfo=UTC), date(2026, 3, 24)),
    ],
)
def test_a_term_ends_with_the_last_second_of_its_last_business_day(
    kind: DataRequestKind, asked_at: datetime, last_day: date
) -> None:
    local = due_at(kind, asked_at, TERMS, PERU).astimezone(PERU.zone)
    assert (local.date(), f"{local:%H:%M:%S}") == (last_day, "23:59:59")


def test_the_terms_in_force_are_the_newest_that_began() -> None:
    newer = replace(TERMS, since=date(2027, 1, 1), norm="D.S. 1")
    assert terms_on((newer, TERMS), date(2026, 12, 31)) is TERMS
    assert terms_on((TERMS, newer), date(2027, 1, 1)) is newer
    with pytest.raises(LookupError):
        terms_on((TERMS,), date(2025, 3, 29))


def test_the_package_has_terms_for_today_and_for_every_kind() -> None:
    found = terms_on(data_terms(), date(2026, 11, 27))
    assert dict(found.business_days) == {"access": 20, "export": 20, "rectification": 10, "closure": 10}
    assert "016-2024-JUS" in found.norm


def test_a_file_that_lacks_a_kind_is_refused(tmp_path: Path) -> None:
    text = '[[terms]]\nsince = 2025-01-01\nnorm = "n"\nremedy = "r"\n[terms.business_days]\naccess = 20\n'
    (tmp_path / "data_terms.toml").write_text(text, "utf-8")
    with pytest.raises(KeyError):
        read_data_terms(tmp_path)


def test_what_would_double_is_an_open_one_or_todays_copy() -> None:
    today = date(2026, 3, 9)
    assert standing(None, today, PERU) is None
    waiting = a_request()
    assert standing(waiting, today, PERU) is waiting
    assert standing(replace(waiting, state=DataRequestState.DONE), today, PERU) is None
    copy = done_at_once(a_request(kind=DataRequestKind.EXPORT))
    assert standing(copy, today, PERU) is copy
    assert standing(copy, date(2026, 3, 10), PERU) is None


def test_telling_is_tried_ever_later_and_in_the_end_is_an_operators() -> None:
    request = answered(a_request(), DataRequestState.DONE, "Listo.", by="e1", now=NOW, mailbox=None)
    assert request.awaits == (Awaited.TELLING, NOW)
    pauses, at = [], NOW
    for _ in range(TELLING_TRIES):
        assert request.awaits
        assert request.awaits[0] is Awaited.TELLING
        request = about_to_tell(request, at)
        assert request.tell_at
        pauses.append(request.tell_at - at)
        at = request.tell_at
    assert pauses[0] == timedelta(minutes=10)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=12)
    assert at - NOW > timedelta(days=3)  # longer than a weekend
    assert request.awaits == (Awaited.OPERATOR, request.asked_at)
    assert told(request, at).awaits is None
    with pytest.raises(DataRequestRefused, match="request_told"):
        told(told(request, at), at)
    with pytest.raises(DataRequestRefused, match="request_not_answered"):
        told(a_request(), at)


@pytest.mark.parametrize("typed", ["7KQ2-M9XA-4TRC", "7kq2m9xa4trc", " 7kq2 m9xa 4trc "])
def test_a_number_is_found_as_typed(typed: str) -> None:
    assert find_reference([a_request()], typed).number == 1
    with pytest.raises(NotFound, match="request_unknown"):
        find_reference([a_request()], "7KQ2-M9XA-2222")
