"""The matrix finds what it is there for: each defect that a deposit service could have causes its own complaint."""

from __future__ import annotations

import pytest

from tests.faults.catalogue import DEATHS, LOST_ANSWERS
from tests.faults.defects import FOUND_BY_FAULTS, NONCE_TRUSTED, UNCLAIMED, Defect
from tests.faults.interruptions import INTERRUPTIONS, interrupt, share_a_nonce
from tests.faults.journey import INLINE, Lab
from tests.faults.matrix import calls_of, strike_all

pytestmark = pytest.mark.deep


@pytest.mark.parametrize("defect", FOUND_BY_FAULTS, ids=str)
def test_faults_at_every_call_reveal(lab: Lab, defect: Defect) -> None:
    calls = calls_of(lab, INLINE, defect.seed)
    faults = (DEATHS[0], DEATHS[2], LOST_ANSWERS[2])
    found = (complaint for fault in faults for complaint in strike_all(lab, INLINE, calls, fault, defect.seed))

    assert any(complaint.startswith(defect.kind) for complaint in found)


def test_a_second_delivery_reveals_alerts_sent_without_a_claim(lab: Lab) -> None:
    deliveries = [one for one in INTERRUPTIONS if one.name == "another delivery of the record"]
    calls = [call for call in calls_of(lab, INLINE, UNCLAIMED.seed) if call.kind == "delivery"]
    found = (
        complaint
        for one in deliveries
        for call in calls
        for complaint in interrupt(lab, INLINE, call, one, UNCLAIMED.seed)
    )

    assert any(complaint.startswith(UNCLAIMED.kind) for complaint in found)


def test_two_deposits_under_one_nonce_reveal_a_nonce_read_but_not_claimed(lab: Lab) -> None:
    calls = [call for call in calls_of(lab, INLINE, NONCE_TRUSTED.seed) if call.label.endswith("#1")]
    requests = [call for call in calls if call.kind == "request"]

    assert [201, 201] in [share_a_nonce(lab, call, NONCE_TRUSTED.seed, is_after=False) for call in requests]
