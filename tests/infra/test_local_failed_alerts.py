"""A mailbox of the local run whose e-mails bounce, as somebody sees it who puts the clock forward."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from examples.demo import _details
from infra.local.demo_data import MAILBOXES
from infra.local.ministack import free_port
from tests.deposit_world import PDF
from tests.local_run import Run, a_run, wait_until

pytestmark = pytest.mark.ministack
[INES] = MAILBOXES[-1].users


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with a_run(tmp_path / "state", free_port(), free_port()) as running:
        yield running


def sms_to_ines(run: Run) -> list[tuple[str, str]]:
    """Return when each SMS was sent, and what it says; the first one first."""
    found = [(mail["sent_at"], mail["text"]) for mail in run.outbox() if mail["to"] == INES.mobile]
    return sorted(found)


def wait_for_sms(run: Run, count: int) -> None:
    """Wait for the sweep that sends it, minute by minute."""
    for _ in range(10):
        try:
            wait_until(lambda: len(sms_to_ines(run)) >= count, 3)
        except AssertionError:
            run.put_forward(2)
    assert len(sms_to_ines(run)) == count


def test_the_sms_follows_the_bounce_and_the_reminder_comes_once_on_its_morning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "carta.pdf").write_bytes(PDF)
    details = _details("DNI:40000036", datetime.now(UTC))  # noqa: TID251 - the run in the other process has no other
    details["term"]["amount"] = 7
    answer = run.sender().deposit(details, tmp_path / "carta.pdf")

    wait_for_sms(run, 2)
    told = run.sender().get_mailbox("1-40000036")
    assert (told["can_receive"], told["missing_channels"]) == (False, ["email"])
    assert "no se pudo entregar" in sms_to_ines(run)[-1][1]

    for _ in range(2):
        run.put_forward(7 * 24 * 60)
    [reminder] = sms_to_ines(run)[2:]
    ends = datetime.fromisoformat(answer["term_ends_on"])
    assert f"{ends:%d/%m/%Y}" in reminder[1]
    assert reminder[0][11:16] == "13:05"  # UTC
    assert 2 <= (ends - datetime.fromisoformat(reminder[0][:10])).days <= 8
    lines = [json.loads(line) for line in (run.state / "casilla.log").read_text("utf-8").splitlines()]
    assert sum(line.get("bounced", 0) for line in lines) == 1  # the dead address is not written to again
    assert sum(line.get("missed", 0) for line in lines) == 0
