"""What a notice's page says of its history: all of a short one; of a long one what matters, the rest on demand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.reading.timeline import Extent, Step, Timeline, TimelineEntry
from chalicelib.renderers.reading.notice_page import History, history_of
from tests.builders import a_file, a_notice, an_annex

AT = datetime(2026, 3, 9, 20, 15, tzinfo=UTC)
NOTICE = a_notice(files=(a_file(), an_annex("cuadro.pdf")))
DEPOSITED, OPENED, REOPENED, DOWNLOADED = Step.DEPOSITED, Step.OPENED, Step.REOPENED, Step.DOWNLOADED


def history(*steps: Step, extent: Extent = Extent.WHOLE) -> History:
    entries = tuple(_entry(step, AT + timedelta(minutes=number)) for number, step in enumerate(steps))
    alerts = tuple(entry for entry in entries if entry.step is Step.ALERT)
    return history_of(NOTICE, Timeline(entries, extent, alerts))


def _entry(step: Step, at: datetime) -> TimelineEntry:
    if step is Step.ALERT:
        return an_alert(Channel.EMAIL, AlertState.DELIVERED, at)
    return TimelineEntry(step, at, "Rosa", file="main" if step is DOWNLOADED else None)


def an_alert(channel: Channel, outcome: AlertState, at: datetime | None = AT) -> TimelineEntry:
    return TimelineEntry(Step.ALERT, at, "u***@ejemplo.pe", channel, outcome)


def alerts_in_short(*alerts: TimelineEntry) -> str:
    deposit = TimelineEntry(DEPOSITED, AT)
    shown = history_of(NOTICE, Timeline((deposit, *alerts), Extent.WHOLE, alerts))
    return shown.parts[1].summary


def parts(shown: History) -> list[tuple[int, str]]:
    return [(len(part.steps), part.summary) for part in shown.parts]


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (TimelineEntry(DEPOSITED, AT), "Depositada en tu casilla"),
        (TimelineEntry(OPENED, AT), "Abierta por primera vez"),
        (TimelineEntry(REOPENED, AT), "Abierta otra vez"),
        (TimelineEntry(DOWNLOADED, AT, file="main"), "Descarga del documento original"),
        (TimelineEntry(DOWNLOADED, AT, file="annex-1"), "Descarga del anexo «cuadro.pdf»"),
        (TimelineEntry(DOWNLOADED, AT, file="receipt"), "Descarga de la constancia"),
        (TimelineEntry(DOWNLOADED, AT, file="annexes"), "Descarga de todos los anexos (ZIP)"),
        (TimelineEntry(DOWNLOADED, AT, file="evidence"), "Descarga de todas las pruebas (ZIP)"),
    ],
)
def test_every_step_has_its_words_its_hour_and_who_did_it(entry: TimelineEntry, title: str) -> None:
    [[step]] = [part.steps for part in history_of(NOTICE, Timeline((entry,), Extent.WHOLE)).parts]

    assert (step.title, step.at, step.note) == (title, AT, "")
    named = TimelineEntry(entry.step, AT, "Rosa", file=entry.file)
    [[step]] = [part.steps for part in history_of(NOTICE, Timeline((named,), Extent.WHOLE)).parts]
    assert step.note == ("" if entry.step is DEPOSITED else "Por Rosa")


def test_a_short_history_is_shown_whole_with_its_alerts_as_one_step() -> None:
    assert parts(history(DEPOSITED, *[Step.ALERT] * 4, OPENED, *[REOPENED] * 3)) == [
        (1, ""),
        (4, "Alertas: 4 correos entregados"),
        (4, ""),
    ]


def test_alerts_stand_where_the_first_of_them_does_and_tell_the_first_and_last_hour() -> None:
    shown = history(DEPOSITED, OPENED, Step.ALERT, DOWNLOADED, Step.ALERT)

    assert parts(shown) == [(2, ""), (2, "Alertas: 2 correos entregados"), (1, "")]
    assert shown.parts[1].hours == (AT + timedelta(minutes=2), AT + timedelta(minutes=4))


def test_one_alert_is_a_step_like_others() -> None:
    assert parts(history(DEPOSITED, Step.ALERT, OPENED)) == [(3, "")]


def test_hours_that_nobody_kept_are_not_told() -> None:
    unknown = [an_alert(Channel.EMAIL, AlertState.ACCEPTED, None)] * 2
    deposit = TimelineEntry(DEPOSITED, AT)
    [_, alerts] = history_of(NOTICE, Timeline((deposit, *unknown), Extent.WHOLE, tuple(unknown))).parts
    assert alerts.hours == ()
    assert alerts.summary == "Alertas: 2 correos enviados"


def test_alerts_in_short_count_each_outcome_by_channel() -> None:
    sent = [an_alert(Channel.EMAIL, AlertState.ACCEPTED)] * 3 + [an_alert(Channel.SMS, AlertState.ACCEPTED)] * 2
    assert alerts_in_short(*sent, an_alert(Channel.SMS, AlertState.FAILED)) == (
        "Alertas: 3 correos y 2 SMS enviados, 1 SMS no enviado"
    )
    assert alerts_in_short(an_alert(Channel.SMS, AlertState.GAVE_UP), an_alert(Channel.EMAIL, AlertState.FAILED)) == (
        "Alertas: 1 correo y 1 SMS no enviados"
    )


@pytest.mark.parametrize("outcome", AlertState)
def test_alerts_in_short_never_say_more_than_is_known(outcome: AlertState) -> None:
    text = alerts_in_short(an_alert(Channel.EMAIL, outcome), an_alert(Channel.EMAIL, AlertState.DELIVERED))

    known_failed = {AlertState.FAILED, AlertState.GAVE_UP}
    reached = {AlertState.DELIVERED, AlertState.COMPLAINED}
    left = {AlertState.ACCEPTED, AlertState.DELAYED}
    assert (" no enviado" in text.replace("todavía no enviado", "")) is (outcome in known_failed)
    assert text.startswith("Alertas: 2 correos entregados") is (outcome is AlertState.DELIVERED)
    assert text.count("entregado") == (2 if outcome is AlertState.COMPLAINED else 1)
    assert ("1 correo enviado" in text) is (outcome in left)
    assert outcome in reached or text.startswith("Alertas: 1 correo entregado, 1 correo ")


def test_a_long_one_shows_deposit_first_opening_and_the_newest_and_folds_what_lies_between() -> None:
    steps = (DEPOSITED, *[Step.ALERT] * 6, *[DOWNLOADED] * 3, OPENED, REOPENED, *[DOWNLOADED] * 4, REOPENED)
    shown = history(*steps)

    assert parts(shown) == [
        (1, ""),
        (6, "Alertas: 6 correos entregados"),
        (3, "3 descargas"),
        (1, ""),
        (3, "1 reapertura y 2 descargas"),
        (3, ""),
    ]
    assert [step.kind for part in shown.parts for step in part.steps][-1] is REOPENED
    assert {part.note for part in shown.parts} == {""}


def test_few_steps_between_others_are_not_worth_folding() -> None:
    assert parts(history(DEPOSITED, DOWNLOADED, Step.ALERT, OPENED, *[REOPENED] * 8)) == [
        (1, ""),
        (2, ""),
        (1, ""),
        (5, "5 reaperturas"),
        (3, ""),
    ]


def test_what_is_folded_is_bounded_and_says_so() -> None:
    shown = history(DEPOSITED, OPENED, *[DOWNLOADED] * 80)

    assert parts(shown) == [(2, ""), (50, "77 descargas"), (3, "")]
    assert shown.parts[1].steps[-1].at == AT + timedelta(minutes=78)
    assert shown.parts[1].hours == (AT + timedelta(minutes=2), AT + timedelta(minutes=78))
    assert [part.note for part in shown.parts] == [
        "",
        "Aquí se muestran los 50 pasos más recientes. Los anteriores están en las pruebas.",
        "",
    ]


def test_what_is_missing_of_it_is_said() -> None:
    assert history(DEPOSITED).note == ""
    assert "más antiguas" in history(DEPOSITED, extent=Extent.NEWEST).note
    assert "no podemos mostrar las reaperturas ni las descargas" in history(DEPOSITED, extent=Extent.UNREAD).note
