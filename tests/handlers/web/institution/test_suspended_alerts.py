"""What becomes of alerts once a reading is suspended: what waits is not sent, what was sent is followed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from chalicelib.bootstrap.alert import alert_batch_store, reminder_tools, sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.domain.alert.alert import AlertPurpose, AlertState
from chalicelib.domain.event import EventType
from chalicelib.services.alert.send_alerts import send_alerts
from chalicelib.services.alert.send_reminders import send_reminders
from chalicelib.services.alert.sweep_alerts import sweep_alerts
from infra.local.cloud import REGION
from tests.alert_world import hooked, refusing
from tests.suspension_world import Scene

LEFT = AlertState.ACCEPTED


def send(scene: Scene) -> Counter[str]:
    return send_alerts(scene.notice_id, sending_tools(scene.world.container))


def sweep(scene: Scene, **later: float) -> None:
    clock, tools = scene.world.clock, sending_tools(scene.world.container)
    clock.advance(**later)
    until = clock.now + timedelta(minutes=4)
    sweep_alerts(batches=tools.batches, send=lambda one: send_alerts(one, tools), now=clock, until=until)


def standing(scene: Scene) -> list[tuple[AlertPurpose, AlertState, str | None]]:
    batch = alert_batch_store(scene.world.container).find(scene.notice_id)
    assert batch is not None
    return sorted((one.purpose, one.state, one.error) for one in batch.alerts)


def mails(scene: Scene) -> list[str]:
    """Return what went to the mailbox's users: the institution's people are written to as well."""
    return [text for to, text in scene.staff.people.mails() if not to.endswith("@entidad.example")]


def texts() -> list[str]:
    return [str(told[1]) for told in sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values()]


@pytest.fixture
def quiet(scene: Scene) -> Scene:
    """Yield a scene of which nobody was alerted yet."""
    assert mails(scene) == []
    return scene


def test_what_waits_is_never_sent(quiet: Scene) -> None:
    quiet.suspend()

    assert send(quiet)["cancelled"] == 3
    sweep(quiet, hours=80)

    assert mails(quiet) == []
    assert standing(quiet) == [(AlertPurpose.DEPOSIT, AlertState.CANCELLED, "reading_suspended")] * 3
    assert quiet.log().count(EventType.ALERT_CANCELLED) == 3


def test_whoever_was_alerted_is_told_after_by_the_same_ways(quiet: Scene) -> None:
    assert send(quiet)["sent"] == 3
    before, messages = len(mails(quiet)), len(texts())
    quiet.suspend()

    sweep(quiet, minutes=3)

    told = mails(quiet)[before:]
    assert len(told) == before == 2
    assert all("suspendió después su lectura" in text for text in told)
    assert all("000079-2026" not in text and "solicitud" not in text for text in told)
    assert len(texts()) == messages + 1
    assert texts()[-1].startswith("Lectura suspendida: lo que Entidad de ")
    assert Counter(standing(quiet)) == {
        (AlertPurpose.DEPOSIT, LEFT, None): 3,
        (AlertPurpose.SUSPENSION, LEFT, None): 3,
    }
    log = quiet.log()
    last_news = max(place for place, kind in enumerate(log) if kind is EventType.ALERT_SENT)
    assert log.index(EventType.READING_SUSPENDED) < last_news
    sweep(quiet, hours=80)
    assert len(mails(quiet)) == 2 * before


def test_the_letter_that_follows_carries_no_receipt(quiet: Scene) -> None:
    tools = sending_tools(quiet.world.container)
    reads: list[str] = []
    send(quiet)
    quiet.suspend()
    with hooked(tools.channels.mail._client, "SendEmail", lambda **_: reads.append("mail")):  # noqa: SLF001
        sweep(quiet, minutes=3)
    assert len(reads) == 2
    assert all("PDF" not in text for text in mails(quiet)[2:])


def test_what_the_provider_did_not_take_yet_is_not_sent_when_it_does(quiet: Scene) -> None:
    tools = sending_tools(quiet.world.container)
    with refusing(tools.channels.mail._client, "SendEmail", "TooManyRequestsException"):  # noqa: SLF001
        send(quiet)
    quiet.suspend()

    sweep(quiet, minutes=3)

    assert Counter((purpose, state) for purpose, state, _ in standing(quiet)) == {
        (AlertPurpose.DEPOSIT, AlertState.CANCELLED): 2,
        (AlertPurpose.DEPOSIT, LEFT): 1,
        (AlertPurpose.SUSPENSION, LEFT): 1,
    }
    assert mails(quiet) == []


def test_what_leaves_in_that_instant_is_followed_too(quiet: Scene) -> None:
    """A worker that is handing over cannot be called back: nothing is lost of what it did, nor of the suspension."""
    quiet.ask()
    tools = sending_tools(quiet.world.container)
    done: list[bool] = []

    def first(**_: Any) -> None:
        if not done:
            done.append(True)
            assert quiet.confirm().headers["Location"].endswith("?hecho=suspendida")

    with hooked(tools.channels.mail._client, "SendEmail", first):  # noqa: SLF001
        send(quiet)
    assert done
    sweep(quiet, minutes=10)

    assert Counter(standing(quiet)) == {
        (AlertPurpose.DEPOSIT, LEFT, None): 3,
        (AlertPurpose.SUSPENSION, LEFT, None): 3,
    }
    assert [("suspendió" in text) for text in mails(quiet)] == [False, False, True, True]


def test_a_worker_that_claims_while_it_is_suspended_sends_nothing_untold(quiet: Scene) -> None:
    """The claim between reading and writing makes the transaction fail, which reads again."""
    quiet.ask()
    client = connection(quiet.world.container).client
    done: list[bool] = []

    def first(**_: Any) -> None:
        if not done:
            done.append(True)
            send(quiet)

    with hooked(client, "TransactWriteItems", first):
        assert quiet.confirm().headers["Location"].endswith("?hecho=suspendida")
    assert done
    sweep(quiet, minutes=10)

    assert Counter(standing(quiet)) == {
        (AlertPurpose.DEPOSIT, LEFT, None): 3,
        (AlertPurpose.SUSPENSION, LEFT, None): 3,
    }


def test_nobody_is_reminded(quiet: Scene) -> None:
    send(quiet)
    quiet.suspend()
    sweep(quiet, minutes=3)
    count = len(mails(quiet))
    quiet.world.clock.advance(days=10)

    tools = reminder_tools(quiet.world.container)
    report = send_reminders(tools, until=quiet.world.clock.now + timedelta(minutes=4))

    assert report.planned == 0
    assert len(mails(quiet)) == count
