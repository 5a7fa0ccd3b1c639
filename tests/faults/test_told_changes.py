"""Whoever had the former address hears of a change that was committed, whatever dies or refuses on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Attempt, Fault, Order, Outage, Strike
from tests.faults.told_changes import (
    CHANGES,
    PASSWORD_CHANGE,
    ToldChange,
    ask,
    begin,
    is_done,
    links_sent,
    sweep,
    wrong_links,
)

_ONE_BY_ONE = tuple(one for one in DEATHS if one.order is not Order.LAST)
"""What is sent by two channels at once is over before it could wait for the other."""
_FAULTS = (*_ONE_BY_ONE, LOST_ANSWERS[2], REFUSALS[1])
_QUICK = {str(DEATHS[2]), str(REFUSALS[1])}
_AFTERNOON = timedelta(minutes=48)
_TWICE = 2
WEEKEND = timedelta(hours=60)
_TEN = 10
_HOUR = timedelta(hours=1)
_WHILE_THEY_DIE = 11 * _HOUR


def wrong_after(lab: Lab, change: ToldChange, *strikes: Strike) -> list[str]:
    """Ask with a fault, let the worker come by, and return what does not hold."""
    box = begin(lab, change, *strikes)
    ask(lab, change, box)
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    before = len(links_sent(change.email))
    sweep(lab, box, _AFTERNOON)
    after, texts = len(links_sent(change.email)), lab.messages()[change.mobile]
    is_committed = is_done(box, change)
    most = (_TWICE if before and strikes else 1) if is_committed else 0
    wrong = {
        "not struck: the call never came": not has_struck,
        f"told {after} times": not min(most, 1) <= after <= most,
        f"told {texts} times by SMS": texts > (_TWICE if strikes else 1) or (texts > 0 and not is_committed),
        "not told by SMS": change.links and is_committed and not texts,
        **dict.fromkeys(wrong_links(box, change), True),
    }
    met = "; ".join(map(str, strikes))
    return [f"{what} [{change}: {met}]" for what, is_so in wrong.items() if is_so]


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[ToldChange], tuple[Call, ...]]:
    @cache
    def of(change: ToldChange) -> tuple[Call, ...]:
        ask(lab, change, begin(lab, change))
        return each_call(tuple(lab.wire.attempts))

    return of


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_without_a_fault_it_is_told_once(lab: Lab, change: ToldChange) -> None:
    assert wrong_after(lab, change) == []


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, marks=() if str(one) in _QUICK else pytest.mark.deep, id=str(one)) for one in _FAULTS],
)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_whatever_happens_at_whichever_call_it_is_told(
    lab: Lab, calls: Callable[[ToldChange], tuple[Call, ...]], change: ToldChange, fault: Fault
) -> None:
    struck = [call for call in calls(change) if can_strike(fault, call)]
    assert struck
    assert [one for call in struck for one in wrong_after(lab, change, Strike(fault, call.label, call.siblings))] == []


@pytest.mark.parametrize("change", CHANGES[::2], ids=str)
def test_providers_that_refuse_for_a_weekend_are_asked_again_until_it_is_told(lab: Lab, change: ToldChange) -> None:
    box = begin(lab, change)
    lab.wire.strikes = [Outage(REFUSALS[1], _is_sending, lab.clock.now + WEEKEND, lab.clock)]
    ask(lab, change, box)
    during = sweep(lab, box, WEEKEND - timedelta(hours=1), timedelta(hours=1))
    assert links_sent(change.email) == []

    sweep(lab, box, timedelta(hours=3), timedelta(hours=1))

    told = links_sent(change.email)
    assert len([link for link in told if bool(link) == change.links]) == 1
    assert bool(told[0]) == change.links  # what says that a new e-mail counts comes after what contests it
    assert wrong_links(box, change) == []
    assert all(one.is_complete for one in during)


def _is_sending(attempt: Attempt) -> bool:
    return attempt.is_sending


@pytest.mark.parametrize("change", CHANGES[1::2], ids=str)
def test_workers_that_die_ten_times_before_they_send_leave_it_to_one_that_tells_it_once(
    lab: Lab, change: ToldChange
) -> None:
    box = begin(lab, change)
    lab.wire.strikes = [Outage(DEATHS[0], _is_sending, lab.clock.now + _WHILE_THEY_DIE, lab.clock)]
    ask(lab, change, box)
    sweep(lab, box, _WHILE_THEY_DIE - _HOUR, _HOUR)
    deaths = len([attempt for attempt in lab.wire.attempts if attempt.was_struck])
    assert links_sent(change.email) == []

    sweep(lab, box, 3 * _HOUR, _HOUR)

    told = [link for link in links_sent(change.email) if bool(link) == change.links]
    assert (len(told), wrong_links(box, change)) == (1, [])
    assert deaths >= _TEN


def test_workers_that_die_right_after_they_sent_double_it_once_for_each_death(lab: Lab) -> None:
    box = begin(lab, PASSWORD_CHANGE)
    lab.wire.strikes = [Outage(DEATHS[2], _is_sending, lab.clock.now + _WHILE_THEY_DIE, lab.clock)]
    ask(lab, PASSWORD_CHANGE, box)
    sweep(lab, box, _WHILE_THEY_DIE - _HOUR, _HOUR)
    deaths = len([attempt for attempt in lab.wire.attempts if attempt.was_struck])

    sweep(lab, box, 3 * _HOUR, _HOUR)

    assert len(links_sent(PASSWORD_CHANGE.email)) <= deaths + 1
    assert wrong_links(box, PASSWORD_CHANGE) == []


def test_one_that_nobody_claims_is_revealed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.services.access.tell_owed.with_links", lambda *_, **__: None)

    assert any("told 0 times" in wrong for wrong in _wrong_of_a_death(lab))


def _wrong_of_a_death(lab: Lab) -> list[str]:
    ask(lab, PASSWORD_CHANGE, begin(lab, PASSWORD_CHANGE))
    sending = next(attempt for attempt in lab.wire.attempts if attempt.operation.startswith("sesv2"))
    return wrong_after(lab, PASSWORD_CHANGE, Strike(DEATHS[0], sending.label))
