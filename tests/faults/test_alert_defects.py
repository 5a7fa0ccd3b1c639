"""The journeys of alerts find what they are there for: each defect causes its own complaint."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.alert_defects import (
    BUDGETED,
    CARELESS,
    FORGETTING,
    HASTY,
    LAST_WORD,
    LOSS_FAILS,
    OVERWRITING,
    REFUSAL_FAILS,
    SILENT,
    UNLISTED,
    YIELDING,
)
from tests.faults.alert_journey import MOBILE, RECORD, Course
from tests.faults.alert_matrix import (
    DELIVERED,
    REPAIRED,
    REPORTED_EARLY,
    SELDOM,
    TAKEN_OVER,
    go,
    is_of_the_first,
    outage,
    writes_events,
    writes_outcome,
)
from tests.faults.catalogue import DEATHS, LOST_ANSWERS, REFUSALS
from tests.faults.defects import Defect
from tests.faults.journey import Lab
from tests.faults.strike import Outage, Strike

pytestmark = pytest.mark.deep

_SMS = f"sns.Publish {MOBILE}#1"
_REFUSED = REFUSALS[1]
_BOUNCED_FIRST = Course("bounce, then delivery", reports=("Bounce", "Delivery"))
Faults = Callable[[Lab], tuple[Strike | Outage, ...]]


def _nothing(_: Lab) -> tuple[Strike | Outage, ...]:
    return ()


@pytest.mark.parametrize(
    ("defect", "course", "faults"),
    [
        (HASTY, DELIVERED, lambda _: (Strike(DEATHS[2], _SMS, runs=2),)),
        (BUDGETED, DELIVERED, lambda _: (Strike(DEATHS[2], _SMS, runs=7),)),
        (LOSS_FAILS, REPAIRED, lambda _: (Strike(LOST_ANSWERS[0], _SMS),)),
        (REFUSAL_FAILS, REPAIRED, lambda _: (Strike(REFUSALS[2], _SMS),)),
        (CARELESS, REPAIRED, lambda lab: (outage(lab, _REFUSED, writes_outcome, minutes=2),)),
        (SILENT, REPAIRED, lambda lab: (outage(lab, _REFUSED, writes_events, minutes=1),)),
        (OVERWRITING, REPORTED_EARLY, _nothing),
        (YIELDING, TAKEN_OVER, lambda lab: (outage(lab, _REFUSED, is_of_the_first, minutes=4),)),
        (UNLISTED, SELDOM, lambda lab: (outage(lab, _REFUSED, lambda one: one.recipient == MOBILE, hours=90),)),
        (FORGETTING, REPAIRED, lambda _: (Strike(DEATHS[0], RECORD),)),
        (LAST_WORD, _BOUNCED_FIRST, _nothing),
    ],
    ids=lambda one: one.__name__ if callable(one) else str(one),
)
def test_a_journey_reveals(lab: Lab, defect: Defect, course: Course, faults: Faults) -> None:
    """Where the same journey without the defect complains of nothing."""
    lapses = defect is YIELDING
    _, found = go(lab, course, *faults(lab), alter=defect.seed, lapses=lapses)
    _, sound = go(lab, course, *faults(lab), lapses=lapses)

    assert [complaint for complaint in found if complaint.startswith(defect.kind)]
    assert sound == []
