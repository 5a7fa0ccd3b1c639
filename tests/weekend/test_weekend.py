"""A short day holds, and each defect that sending alerts could have is seen in it. All of it: `make weekend`."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.cloud import Engine
from tests.weekend.defects import DEFECTS, Defect
from tests.weekend.plan import SHORT
from tests.weekend.report import Result, passed

pytestmark = pytest.mark.deep


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.NOTSET)  # what alarms read
    yield
    logging.disable(before)


def test_every_alert_of_a_short_day_is_sent_or_known_not_to_be_and_each_time_the_same(moto_engine: Engine) -> None:
    found = passed(moto_engine, SHORT)

    assert found.complaints == []
    assert_everything_happened(found)
    assert passed(moto_engine, SHORT) == found


def assert_everything_happened(found: Result) -> None:
    """A day on which nothing fails proves nothing."""
    assert found.doubles["death"]
    assert found.doubles["lost answer"]
    assert found.refusals >= {"SendingPausedException", "MessageRejected", "AuthorizationError"}
    assert {"AlertsGivenUp", "AlertsWaiting", "AlertsRefused", "SweepAlertsNotRun"} <= found.went_off


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_short_day_reveals(moto_engine: Engine, defect: Defect) -> None:
    found = passed(moto_engine, SHORT, defect.alter)

    assert any(complaint.startswith(defect.complaint) for complaint in found.complaints)
