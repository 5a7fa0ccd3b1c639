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
    entries = (_entry(step, AT + timedelta(minutes=number)) for number, step in enumerate(steps))
    return history_of(NOTICE, Timeline(tuple(entries), extent))


def _entry(step: Step, at: datetime) -> TimelineEntry:
    if step is Step.ALERT:
        return TimelineEntry(step, None, "u***@ejemplo.pe", Channel.EMAIL, AlertState.DELIVERED)
    return TimelineEntry(step, at, "Rosa", file="main" if step is DOWNLOADED else None)


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


def test_a_short_history_is_shown_whole() -> None:
    assert parts(history(DEPOSITED, *[Step.ALERT] * 4, OPENED, *[REOPENED] * 3)) == [(9, "")]


def test_a_long_one_shows_deposit_first_opening_and_the_newest_and_folds_what_lies_between() -> None:
    shown = history(DEPOSITED, *[Step.ALERT] * 6, DOWNLOADED, OPENED, REOPENED, *[DOWNLOADED] * 4, REOPENED)

    assert parts(shown) == [
        (1, ""),
        (7, "6 alertas y 1 descarga"),
        (1, ""),
        (3, "1 reapertura y 2 descargas"),
        (3, ""),
    ]
    assert [step.kind for part in shown.parts for step in part.steps][-1] is REOPENED
    assert {part.note for part in shown.parts} == {""}


def test_few_steps_between_others_are_not_worth_folding() -> None:
    assert parts(history(DEPOSITED, Step.ALERT, Step.ALERT, OPENED, *[REOPENED] * 8)) == [
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
    assert [part.note for part in shown.parts] == [
        "",
        "Aquí se muestran los 50 pasos más recientes. Los anteriores están en las pruebas.",
        "",
    ]


def test_what_is_missing_of_it_is_said() -> None:
    assert history(DEPOSITED).note == ""
    assert "más antiguas" in history(DEPOSITED, extent=Extent.NEWEST).note
    assert "no podemos mostrar las reaperturas ni las descargas" in history(DEPOSITED, extent=Extent.UNREAD).note
