"""What a notice's page says of alerts beside the deposit's own: why there are any, what became of them, what failed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.alert.alert import AlertPurpose, AlertState
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.reading.timeline import Extent, Step, Timeline, TimelineEntry
from chalicelib.renderers.reading.notice_page import History, ShownStep, failed_in_words, history_of
from tests.builders import a_notice

P, S = AlertPurpose, AlertState
AT = datetime(2026, 3, 9, 20, 15, tzinfo=UTC)
MOBILE, EMAIL = "+51 *** *** 321", "r***@ejemplo.pe"
BY_SMS = "También por mensaje de texto, porque el correo no llegó"


def an_entry(purpose: AlertPurpose, channel: Channel, outcome: AlertState, reason: str | None = None) -> TimelineEntry:
    who = EMAIL if channel is Channel.EMAIL else MOBILE
    return TimelineEntry(Step.ALERT, AT, who, channel, outcome, purpose=purpose, reason=reason)


def history(*entries: TimelineEntry, failed: tuple[Channel, ...] = ()) -> History:
    alerts = tuple(entry for entry in entries if entry.step is Step.ALERT)
    return history_of(a_notice(), Timeline(entries, Extent.WHOLE, alerts, failed))


def the_step(entry: TimelineEntry) -> ShownStep:
    [[step]] = [part.steps for part in history(entry).parts]
    return step


@pytest.mark.parametrize(
    ("entry", "title", "note"),
    [
        (
            an_entry(P.FALLBACK, Channel.SMS, S.ACCEPTED),
            "Alerta por SMS: enviada",
            f"A {MOBILE}. {BY_SMS}",
        ),
        (
            an_entry(P.FALLBACK, Channel.EMAIL, S.DELIVERED),
            "Alerta por correo: entregada",
            f"A {EMAIL}. También por correo, porque el mensaje de texto no llegó",
        ),
        (
            an_entry(P.RENEWAL, Channel.EMAIL, S.WAITING),
            "Alerta por correo: por enviar",
            f"A {EMAIL}. Otra vez por correo, porque la primera alerta no llegó",
        ),
        (an_entry(P.REMINDER, Channel.EMAIL, S.DELIVERED), "Recordatorio por correo: entregado", f"A {EMAIL}"),
        (
            an_entry(P.REMINDER, Channel.SMS, S.REFUSED),
            "Recordatorio por SMS: todavía no enviado; el servicio de mensajes no lo recibió",
            f"A {MOBILE}",
        ),
        (
            an_entry(P.REMINDER, Channel.SMS, S.CANCELLED, "notice_opened"),
            "Recordatorio por SMS: no se envió",
            f"A {MOBILE}. La notificación ya estaba abierta",
        ),
        (
            an_entry(P.FALLBACK, Channel.SMS, S.CANCELLED, "address_dead"),
            "Alerta por SMS: no se envió",
            f"A {MOBILE}. {BY_SMS}. La dirección o el número no recibía mensajes",
        ),
        (
            TimelineEntry(Step.REMINDER_MISSED, AT, reason="too_late"),
            "Recordatorio: no se envió",
            "El día que iba a recordar ya había pasado",
        ),
        (
            TimelineEntry(Step.REMINDER_MISSED, AT, reason="no_live_channel"),
            "Recordatorio: no se envió",
            "Ningún correo ni celular de la casilla recibía mensajes",
        ),
    ],
)
def test_each_says_what_it_is_what_became_of_it_and_why(entry: TimelineEntry, title: str, note: str) -> None:
    step = the_step(entry)
    assert (step.title, step.at, step.note) == (title, AT, note)


@pytest.mark.parametrize("purpose", AlertPurpose)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("outcome", AlertState)
def test_whatever_became_of_one_its_words_agree_with_what_it_is(
    purpose: AlertPurpose, channel: Channel, outcome: AlertState
) -> None:
    title = the_step(an_entry(purpose, channel, outcome)).title

    called, rest = title.split(" por ", 1)
    assert called == ("Recordatorio" if purpose is P.REMINDER else "Alerta")
    endings = set(re.findall(r"(?:enviad|entregad|devuelt|marcad|desead)([ao])\b", rest))
    assert endings <= {"o" if purpose is P.REMINDER else "a"}
    assert "{" not in title
    assert (" no se envió" in title) is (outcome is S.CANCELLED)


def test_reminders_stand_together_where_the_first_of_them_does() -> None:
    deposited, opened = TimelineEntry(Step.DEPOSITED, AT), TimelineEntry(Step.OPENED, AT, "Rosa")
    own = [an_entry(P.DEPOSIT, channel, S.ACCEPTED) for channel in Channel]
    fallback = an_entry(P.FALLBACK, Channel.SMS, S.ACCEPTED)
    downloaded = TimelineEntry(Step.DOWNLOADED, AT, file="receipt")
    reminders = [an_entry(P.REMINDER, channel, S.CANCELLED, "notice_opened") for channel in Channel]
    shown = history(deposited, *own, downloaded, fallback, reminders[0], opened, reminders[1])

    assert [([step.kind for step in part.steps], part.summary) for part in shown.parts] == [
        ([Step.DEPOSITED], ""),
        ([Step.ALERT] * 3, "Alertas: 1 correo y 2 SMS enviados"),
        ([Step.DOWNLOADED], ""),
        ([Step.ALERT] * 2, "Recordatorios: 1 correo y 1 SMS cancelados"),
        ([Step.OPENED], ""),
    ]
    assert shown.parts[3].hours == (AT, AT)


def test_equal_steps_of_two_users_are_both_kept() -> None:
    one = an_entry(P.REMINDER, Channel.EMAIL, S.DELIVERED)
    [part] = history(one, one).parts

    assert (part.summary, part.steps) == ("Recordatorios: 2 correos entregados", (the_step(one),) * 2)


def test_of_a_long_history_reminders_and_alerts_count_as_one_each_and_a_missed_one_stands_out() -> None:
    downloads = [TimelineEntry(Step.DOWNLOADED, AT + timedelta(hours=n), file="receipt") for n in range(8)]
    missed = TimelineEntry(Step.REMINDER_MISSED, AT, reason="too_late")
    own = [an_entry(P.DEPOSIT, channel, S.DELIVERED) for channel in Channel]
    shown = history(TimelineEntry(Step.DEPOSITED, AT), *own, *downloads[:3], missed, *downloads[3:])

    assert [(len(part.steps), part.summary) for part in shown.parts] == [
        (1, ""),
        (2, "Alertas: 1 correo y 1 SMS entregados"),
        (3, "3 descargas"),
        (1, ""),
        (2, ""),
        (3, ""),
    ]
    lone = [an_entry(P.REMINDER, Channel.SMS, S.DELIVERED), an_entry(P.DEPOSIT, Channel.EMAIL, S.DELIVERED)]
    assert history(TimelineEntry(Step.DEPOSITED, AT), *lone, *downloads).parts[1].summary == (
        "1 alerta, 1 recordatorio y 5 descargas"
    )


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        ((), ""),
        ((Channel.EMAIL,), "De esta notificación no llegó ninguna alerta por correo."),
        ((Channel.SMS,), "De esta notificación no llegó ninguna alerta por SMS."),
        (tuple(Channel), "De esta notificación no llegó ninguna alerta ni por correo ni por SMS."),
    ],
)
def test_channels_that_failed_are_named(channels: tuple[Channel, ...], words: str) -> None:
    assert failed_in_words(channels) == words
    assert history(TimelineEntry(Step.DEPOSITED, AT), failed=channels).failed == words
