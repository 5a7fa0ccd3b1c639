"""How long a queue keeps trying, by what its worker and the template say together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.handlers.workers import upload
from chalicelib.handlers.workers.filing import exports
from chalicelib.handlers.workers.messages import wait_after
from infra.template import load_template

RESOURCES = load_template()["Resources"]
QUEUES = {"UploadsArrived": upload.LONGEST_WAIT, "ExportsRequested": exports.LONGEST_WAIT}
OUTAGE = {"UploadsArrived": timedelta(hours=23), "ExportsRequested": timedelta(hours=10)}
"""How long what a queue's messages need may not answer, without one of them going to the dead letters."""


def tries(queue: str) -> int:
    count: int = RESOURCES[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    return count


def test_every_queue_with_a_worker_is_looked_at() -> None:
    queues = {name for name, resource in RESOURCES.items() if resource.get("Type") == "AWS::SQS::Queue"}
    assert {name for name in queues if not name.endswith("Failed")} == set(QUEUES)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_long_outage_sends_nothing_to_the_dead_letters(queue: str) -> None:
    waits = [wait_after(number, at_most=QUEUES[queue]) for number in range(1, tries(queue))]
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert OUTAGE[queue] <= sum(waits, timedelta()) < OUTAGE[queue] + timedelta(hours=1)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_message_that_kills_its_worker_gets_to_the_dead_letters_before_it_is_forgotten(queue: str) -> None:
    properties = RESOURCES[queue]["Properties"]
    assert tries(queue) * properties["VisibilityTimeout"] < properties["MessageRetentionPeriod"]
