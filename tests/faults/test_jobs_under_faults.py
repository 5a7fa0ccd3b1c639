"""Whatever goes wrong at whichever call of a job, the next runs end its work, and lose nothing that is to stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.deposit import orphan_position_store
from chalicelib.bootstrap.files import upload_store
from chalicelib.domain.deposit.orphan_position import OrphanPosition
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.upload.upload import Upload
from chalicelib.store.position_store import PositionStore
from chalicelib.store.upload_store import UploadStore
from infra.local.registries.server import running
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LATE_EFFECTS, LOST_ANSWERS, REFUSALS
from tests.faults.job_journey import (
    CLEAN_REGISTRATIONS,
    CLEAN_TOKENS,
    COUNT_ACTIVITY,
    EXPIRE_UPLOADS,
    FINISH_REGISTRATIONS,
    INDEX_RECEIPTS,
    SWEEP_ORPHANS,
    Job,
    go_through,
    job_calls,
)
from tests.faults.journey import Lab
from tests.faults.matrix import Call
from tests.faults.strike import Fault, Strike
from tests.registry_world import ACCESS

JOBS = (
    EXPIRE_UPLOADS,
    CLEAN_TOKENS,
    CLEAN_REGISTRATIONS,
    SWEEP_ORPHANS,
    FINISH_REGISTRATIONS,
    INDEX_RECEIPTS,
    COUNT_ACTIVITY,
)
_FAULTS = (DEATHS[0], DEATHS[2], LOST_ANSWERS[0], LOST_ANSWERS[2], LATE_EFFECTS[1], LATE_EFFECTS[2], REFUSALS[1],
           REFUSALS[3])  # fmt: skip
_MANY = 5


@pytest.fixture(scope="module", autouse=True)
def _registries(lab: Lab) -> Iterator[None]:
    """Have processes ask registries that answer."""
    with running(slow_seconds=0.1) as simulator:
        lab.config = replace(
            lab.config,
            reniec_url=simulator.reniec_url,
            sunat_url=simulator.sunat_url,
            sunat_representatives_url=simulator.representatives_url,
            registry_user=ACCESS.user_dni,
            registry_ruc=ACCESS.institution_ruc,
        )
        yield


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[Job], tuple[Call, ...]]:
    return cache(partial(job_calls, lab))


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_a_job_without_faults_does_its_work(lab: Lab, job: Job) -> None:
    assert go_through(lab, job) == []


@pytest.mark.deep
@pytest.mark.parametrize("fault", _FAULTS, ids=str)
@pytest.mark.parametrize("job", JOBS, ids=str)
def test_a_job_survives(lab: Lab, calls: Callable[[Job], tuple[Call, ...]], job: Job, fault: Fault) -> None:
    struck = [Strike(fault, call.label, call.siblings) for call in calls(job) if can_strike(fault, call)]

    assert [wrong for strike in struck for wrong in go_through(lab, job, strike)] == []
    assert all(strike.struck for strike in struck)


@pytest.mark.deep
@pytest.mark.parametrize("job", JOBS, ids=str)
def test_a_job_survives_five_deaths_at_the_same_call(
    lab: Lab, calls: Callable[[Job], tuple[Call, ...]], job: Job
) -> None:
    for call in calls(job):
        assert go_through(lab, job, Strike(DEATHS[2], call.label, call.siblings, runs=_MANY)) == []


class _Stopped(UploadStore):
    """Takes no other item after one that failed."""

    has_failed = False

    def expire(self, upload_id: str, now: datetime) -> Upload | None:
        if self.has_failed or upload_id == "0":
            self.has_failed = True
            raise Unavailable("store_unavailable", "No.")
        return super().expire(upload_id, now)


class _Anew(PositionStore[OrphanPosition]):
    """Forgets how far it was."""

    def find(self) -> OrphanPosition | None:
        found = super().find()
        return found and replace(found, day=found.day.replace(day=1), after="")


def _stopped(box: Container) -> None:
    box.made[upload_store] = _Stopped(connection(box))


def _anew(box: Container) -> None:
    box.made[orphan_position_store] = _Anew("sweep_orphans", OrphanPosition)


@pytest.mark.deep
def test_a_bad_item_that_stops_the_others_is_revealed(lab: Lab) -> None:
    found = go_through(lab, EXPIRE_UPLOADS, alter=_stopped)

    assert any("'1'" in wrong and "'2'" in wrong for wrong in found)


@pytest.mark.deep
def test_a_job_that_begins_anew_each_time_is_revealed(lab: Lab) -> None:
    """Where each run ends early by its time, and the next goes on."""
    assert go_through(lab, SWEEP_ORPHANS, step_s=30) == []
    assert any(wrong.startswith("never done") for wrong in go_through(lab, SWEEP_ORPHANS, alter=_anew, step_s=30))
