from __future__ import annotations

import io
import wave
from datetime import datetime

import pytest
from PIL import Image

from chalicelib.domain.access.access_policy import CAPTCHAS_PER_ADDRESS, SOUNDS_PER_ADDRESS
from chalicelib.domain.access.captcha import LENGTH, LIFETIME, SPOKEN, captcha_answer
from chalicelib.domain.errors import NotFound, TooManyRequests
from chalicelib.domain.limit import Limit
from chalicelib.renderers.access.captcha import HEIGHT, WIDTH
from chalicelib.services.access.captcha import (
    CaptchaTools,
    CaptchaWrong,
    check_captcha,
    draw_new_captcha,
    issue_captcha,
    speak_captcha,
)
from tests.access_world import NOW, PEPPER, TICK, World, access_world, at_once

END = NOW + LIFETIME
ANSWER = captcha_answer(PEPPER, "c1")


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    world = access_world(aws)
    issue_captcha("c1", tokens=world.tokens, pepper=PEPPER, now=NOW)
    return world


def tools_of(world: World) -> CaptchaTools:
    return CaptchaTools(world.tokens, world.limits, PEPPER)


def speak(world: World, captcha_id: str = "c1", *, now: datetime = NOW) -> bytes:
    return speak_captcha(captcha_id, origin="192.0.2.1", tools=tools_of(world), now=now)


def test_the_answer_is_read_whatever_its_case_and_spaces(world: World) -> None:
    check_captcha("c1", f" {ANSWER[:2].lower()} {ANSWER[2:]} ", tokens=world.tokens, now=END)


def test_a_challenge_expires_at_its_instant(world: World) -> None:
    with pytest.raises(CaptchaWrong):
        check_captcha("c1", ANSWER, tokens=world.tokens, now=END + TICK)
    with pytest.raises(NotFound):
        speak(world, now=END + TICK)


@pytest.mark.parametrize("first", [ANSWER, "22222", ""])
def test_the_first_answer_right_or_wrong_uses_the_challenge_up(world: World, first: str) -> None:
    if first == ANSWER:
        check_captcha("c1", first, tokens=world.tokens, now=NOW)
    else:
        with pytest.raises(CaptchaWrong):
            check_captcha("c1", first, tokens=world.tokens, now=NOW)
    with pytest.raises(CaptchaWrong):
        check_captcha("c1", ANSWER, tokens=world.tokens, now=NOW)
    with pytest.raises(NotFound):
        speak(world)


def test_a_challenge_that_never_was_is_neither_shown_nor_passed(world: World) -> None:
    with pytest.raises(CaptchaWrong):
        check_captcha("c2", captcha_answer(PEPPER, "c2"), tokens=world.tokens, now=NOW)
    with pytest.raises(NotFound):
        speak(world, "c2")


def test_answers_depend_on_the_pepper_and_use_only_symbols_that_can_be_told_apart() -> None:
    answers = {captcha_answer(PEPPER, str(number)) for number in range(300)}
    assert len(answers) > 290
    assert {symbol for answer in answers for symbol in answer} == set(SPOKEN)
    assert {len(answer) for answer in answers} == {LENGTH}
    assert captcha_answer(bytes(32), "c1") != ANSWER


def test_the_picture_is_a_png_dark_on_white(world: World) -> None:
    _, drawn = draw_new_captcha("c2", origin="192.0.2.1", tools=tools_of(world), now=NOW)
    picture = Image.open(io.BytesIO(drawn))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    grey = picture.convert("L").histogram()
    assert sum(grey[:80]) > 800
    assert sum(grey[240:]) > WIDTH * HEIGHT / 2


def test_the_sound_is_a_wav_of_some_seconds_that_differs_each_time(world: World) -> None:
    spoken = [speak(world) for _ in range(2)]
    assert spoken[0] != spoken[1]
    with wave.open(io.BytesIO(spoken[0])) as opened:
        assert (opened.getnchannels(), opened.getframerate()) == (1, 8000)
        assert 5 < opened.getnframes() / 8000 < 30


@pytest.mark.parametrize("limit", [CAPTCHAS_PER_ADDRESS, SOUNDS_PER_ADDRESS])
def test_an_address_that_had_too_many_waits_and_another_does_not(world: World, limit: Limit) -> None:
    tools = tools_of(world)
    for _ in range(limit.limit):
        world.limits.tally(limit.key("192.0.2.1"), window_s=limit.window_s, now=NOW)

    def ask(origin: str) -> object:
        if limit is SOUNDS_PER_ADDRESS:
            return speak_captcha("c1", origin=origin, tools=tools, now=NOW)
        return draw_new_captcha("c2", origin=origin, tools=tools, now=NOW)

    with pytest.raises(TooManyRequests, match="limit_reached"):
        ask("192.0.2.1")
    assert ask("192.0.2.2")


@pytest.mark.ministack
def test_of_twenty_right_answers_at_once_one_passes(ministack: dict[str, str]) -> None:
    world = access_world(ministack)
    issue_captcha("c1", tokens=world.tokens, pepper=PEPPER, now=NOW)
    results = at_once(20, lambda _: check_captcha("c1", ANSWER, tokens=world.tokens, now=NOW))
    assert results.count(None) == 1
