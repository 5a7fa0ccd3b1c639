"""A week of providers that take nothing: each is told once of what still is so, and defects are seen."""

from __future__ import annotations

import pytest

from tests.cloud import Engine
from tests.weekend.defects import Defect
from tests.weekend.filing_defects import DEFECTS
from tests.weekend.filing_plan import QUIET_WEEK, WEEK
from tests.weekend.filing_verdict import told

pytestmark = pytest.mark.deep


def test_each_is_told_once_of_what_still_is_so_and_nobody_of_what_was_overtaken(moto_engine: Engine) -> None:
    found = told(moto_engine, WEEK)

    assert found.complaints == ()
    assert {"filing_corrected", "too_late"} <= found.cancelled.keys(), (
        "nothing was overtaken: a week that proves nothing"
    )
    assert found.deaths, "nothing died"
    assert found.missed, "nobody counts what was missed"
    assert set(found.messages) == {"filed", "observed", "corrected", "lapsing", "lapsed", "lapsed_there"}


def test_the_quiet_week_holds_without_a_defect(moto_engine: Engine) -> None:
    assert told(moto_engine, QUIET_WEEK, each=1).complaints == ()


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_week_reveals(moto_engine: Engine, defect: Defect) -> None:
    found = told(moto_engine, QUIET_WEEK, defect.alter, each=1)

    assert any(complaint.startswith(defect.complaint) for complaint in found.complaints)
