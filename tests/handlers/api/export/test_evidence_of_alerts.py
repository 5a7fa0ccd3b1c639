"""What followed a notice's alerts that bounced is in its history, its API and its evidence, each with its hour."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud import Engine
from tests.deposit_world import World
from tests.export_world import Exports
from tests.person_world import People
from tests.told_world import Story


@pytest.fixture
def story(world: World, moto_engine: Engine) -> Story:
    people = People(world)
    people.seed()
    return Story(Exports(people, moto_engine, people.token()))


def alerts_told(told: dict[str, Any]) -> list[tuple[str, str, str, str, str | None]]:
    return [
        (step["at"][5:16], step["channel"], step["purpose"], step["outcome"], step["reason"])
        for step in told["timeline"]
        if step["step"] == "alert" and step["outcome"] != "attempted"
    ]


def test_a_fallback_and_a_reminder_are_told_to_holder_sender_and_in_the_evidence(story: Story) -> None:
    assert story.sweep()["sent"] == 0  # it is found out what can be done
    assert story.sweep()["sent"] == 1
    story.world.clock.now = story.world.clock.now.replace(day=12, hour=13, minute=1)
    assert story.sweep("send_reminders")["sent"] == 1
    story.world.clock.advance(hours=2)
    opened = story.open()
    sender_s = story.world.get(f"/v1/deposits/{story.notice_id}/status").json_body
    standing, events = story.evidence()

    steps = [
        ("03-09T20:18", "email", "deposit", "accepted", None),
        ("03-09T20:18", "sms", "deposit", "accepted", None),
        ("03-09T20:18", "email", "deposit", "accepted", None),
        ("03-09T20:18", "email", "deposit", "bounced", None),
        ("03-09T20:18", "email", "deposit", "bounced", None),
        ("03-09T20:24", "sms", "fallback", "accepted", None),
        ("03-12T13:04", "sms", "reminder", "accepted", None),
    ]
    assert [sorted(alerts_told(told)) for told in (opened, sender_s, standing)] == [sorted(steps)] * 3
    kinds = [(event["type"], event["data"].get("alert_id") or event["data"].get("alert_ids")) for event in events]
    assert ("alert.reported", "u1.email") in kinds
    assert ("alert.planned", "u1.sms.fallback") in kinds
    assert ("alert.sent", "u1.sms.fallback") in kinds
    assert ("alert.planned", "u1.sms.reminder") in kinds
    assert ("alert.sent", "u1.sms.reminder") in kinds
    assert all(event["occurred_at"].startswith("2026-03-") for event in events)
    assert "ejemplo.pe" not in json.dumps(events)


def test_what_was_cancelled_is_told_everywhere_too(story: Story) -> None:
    assert story.sweep()["sent"] == 0
    story.open()
    assert story.sweep()["cancelled"] == 1
    told = story.exports.people.send("GET", f"/v1/notices/{story.notice_id}", token=story.exports.token).json_body
    standing, events = story.evidence()
    of_the_mailbox, _ = story.evidence(kind="mailbox")

    cancelled = ("03-09T20:24", "sms", "fallback", "cancelled", "notice_opened")
    for one in (told, standing, of_the_mailbox):
        assert [step for step in alerts_told(one) if step[2] != "deposit"] == [cancelled]
        assert ("sms", "fallback", "attempted") not in {
            (step["channel"], step["purpose"], step["outcome"]) for step in one["timeline"]
        }
    [event] = [event["data"] for event in events if event["type"] == "alert.cancelled"]
    assert (event["alert_id"], event["error"]) == ("u1.sms.fallback", "notice_opened")


def test_a_reminder_that_reaches_nobody_is_told_from_the_log(story: Story) -> None:
    story.sweep()
    story.world.clock.now = story.world.clock.now.replace(day=17, hour=13)
    assert story.sweep("send_reminders")["missed"] == 1
    opened = story.open()
    sender_s = story.world.get(f"/v1/deposits/{story.notice_id}/status").json_body
    standing, events = story.evidence()

    for told in (opened, sender_s, standing):
        [missed] = [step for step in told["timeline"] if step["step"] == "reminder_missed"]
        assert (missed["at"][:16], missed["reason"]) == ("2026-03-17T13:24", "too_late")
    assert [event["data"] for event in events if event["type"] == "alert.reminder_missed"] == [{"reason": "too_late"}]
