"""Behind a desk's link the number of who signed is typed: what is mistyped counts, what is right never does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.bootstrap.registration import registration_tools
from chalicelib.domain.errors import CasillaError, Unavailable
from chalicelib.domain.registration.registration import MAX_MAILS, RegistrationState
from chalicelib.domain.registration.taken import MOST_MISTYPED
from chalicelib.services.registration.mail_link import verify_by_mail_link
from chalicelib.store.registration_store import RegistrationStore
from tests.access_world import at_once
from tests.browser_requests import Browser, check_html, text_of
from tests.handlers.web.desk.test_desk_registration import LIST
from tests.handlers.web.desk.test_desk_taken import AWAITED, Desk, desk, part  # noqa: F401 - the fixture
from tests.handlers.web.registration.test_registration_pages import applicant, simulator  # noqa: F401 - fixtures

TO_THE_DESK = "mesa de partes donde firmaste el formato"


def test_the_right_number_uses_no_try_up_while_the_tables_fail(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    one, link = desk.take(), desk.link()

    def fail(*_: Any, **__: Any) -> None:
        raise Unavailable("store_unavailable", "No se pudo guardar.")

    with monkeypatch.context() as failing:
        failing.setattr(RegistrationStore, "complete", fail)
        assert {desk.press(link).status_code for _ in range(MOST_MISTYPED + 2)} == {503}

    assert desk.press(link).status_code == 303
    assert desk.again(one).state is RegistrationState.AWAITING_REVIEW


def test_ten_wrong_ones_are_ten_in_all_whenever_and_behind_whichever_link(desk: Desk) -> None:  # noqa: F811
    desk.world.clock.now = datetime(2026, 3, 11, 23, 50, tzinfo=UTC)
    desk.browser = desk.staff.browser(desk.first)
    one = desk.take()
    early = [desk.press(desk.link(), "X1").status_code for _ in range(MOST_MISTYPED - 1)]
    desk.world.clock.advance(days=1)
    assert desk.do(one, "reenviar").status_code == 303
    last = desk.press(desk.link(), "X1")

    assert set(early) == {422}
    assert last.status_code == 429
    refused = desk.press(desk.link())
    assert refused.status_code == 429, "the right one is too late"
    opened = Browser(desk.staff.people).get(desk.link())
    for answer in (last, refused, opened):
        html = text_of(answer)
        check_html(html)
        assert TO_THE_DESK in html
        assert 'name="number"' not in html
    assert desk.again(one).state is RegistrationState.AWAITING_CODE
    html = part(desk.listed(), AWAITED)
    assert "Hay que registrarla otra vez" in html
    shown = text_of(desk.staff.browser(desk.second).get(f"{LIST}/{one.key}"))
    check_html(shown)
    assert "Hay que registrarla otra vez" in shown
    assert 'value="reenviar"' not in shown
    assert desk.do(one, "reenviar").status_code == 409


def test_of_many_wrong_ones_at_once_each_counts_and_no_more_than_ten_are_compared(desk: Desk) -> None:  # noqa: F811
    one = desk.take()
    secret, tools = desk.link().rpartition("/")[2], registration_tools(desk.world.container)

    def guess(index: int) -> object:
        return verify_by_mail_link(secret, f"X{index}", origin="192.0.2.9", tools=tools)

    outcomes = [outcome for _ in range(2) for outcome in at_once(8, guess)]

    codes = [outcome.code for outcome in outcomes if isinstance(outcome, CasillaError)]
    compared = codes.count("number_differs")
    assert len(codes) == 16
    assert compared < MOST_MISTYPED
    assert desk.again(one).mistyped <= MOST_MISTYPED
    assert desk.again(one).mistyped >= compared


def test_a_right_number_typed_while_a_wrong_one_is_counted_comes_after_it(desk: Desk) -> None:  # noqa: F811
    one, link = desk.take(), desk.link()
    for _ in range(MOST_MISTYPED - 1):
        desk.press(link, "X1")
    complete = RegistrationStore.complete

    def after_the_last(*given: Any, **named: Any) -> Any:
        racing.undo()
        assert desk.press(link, "X1").status_code == 429
        return complete(*given, **named)

    racing = pytest.MonkeyPatch()
    racing.setattr(RegistrationStore, "complete", after_the_last)
    try:
        answer = desk.press(link)
    finally:
        racing.undo()

    assert answer.status_code == 409
    assert desk.press(link).status_code == 429
    assert desk.again(one).state is RegistrationState.AWAITING_CODE


def test_whom_a_desk_took_is_led_back_to_the_desk_once_no_e_mail_is_left(desk: Desk) -> None:  # noqa: F811
    desk.take()
    link = desk.link()
    for _ in range(MAX_MAILS - 1):
        desk.world.clock.advance(hours=1)
        assert Browser(desk.staff.people).post(f"{link}/reenviar", None).status_code == 303
        link = desk.link()
    desk.world.clock.advance(hours=1)

    for answer in (Browser(desk.staff.people).get(link), Browser(desk.staff.people).post(f"{link}/reenviar", None)):
        html = text_of(answer).partition("<main")[2].partition("</main")[0]
        check_html(text_of(answer))
        assert TO_THE_DESK in html
        assert 'href="/registro"' not in html
        assert "Vuelve a registrarte" not in html
