from __future__ import annotations

import io
import wave
from datetime import datetime, timedelta

import pytest
from PIL import Image

from bench.ledger import ledger
from chalicelib.bootstrap.chance import Chance
from chalicelib.domain.access.captcha import Challenge, new_challenge
from chalicelib.domain.access.token import KEPT_FOR, TokenKind
from chalicelib.domain.errors import CasillaError, NotFound
from chalicelib.renderers.access.captcha_picture import HEIGHT, WIDTH
from chalicelib.services.access.captcha import (
    CaptchaTools,
    CaptchaWrong,
    check_captcha,
    draw_new_captcha,
    speak_captcha,
)
from chalicelib.services.access.clean_tokens import clean_tokens
from chalicelib.store.tables import TokenItem
from tests.access_world import NOW, PEPPER, TICK, World, access_world, at_once

TOOLS = CaptchaTools(PEPPER, Chance().below)
SKEW = KEPT_FOR[TokenKind.CAPTCHA]


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return access_world(engine)


def a_challenge(world: World, *, now: datetime = NOW) -> Challenge:
    return new_challenge(world.new_secret(), pepper=PEPPER, now=now)


def check(world: World, challenge: Challenge, typed: str | None = None, *, now: datetime = NOW) -> None:
    given = challenge.answer if typed is None else typed
    check_captcha(challenge.captcha_id, given, tokens=world.tokens, pepper=PEPPER, now=now)


def test_the_answer_is_read_whatever_its_case_and_spaces(world: World) -> None:
    made = a_challenge(world)
    check(world, made, f" {made.answer[:2].lower()} {made.answer[2:]} ", now=made.valid_until)


@pytest.mark.parametrize("first", ["", "22222", None], ids=["empty", "wrong", "right"])
def test_the_first_answer_right_or_wrong_uses_the_challenge_up(world: World, first: str | None) -> None:
    made = a_challenge(world)
    if first is None:
        check(world, made)
    else:
        with pytest.raises(CaptchaWrong):
            check(world, made, first)
    with pytest.raises(CaptchaWrong):
        check(world, made)
    check(world, a_challenge(world))


def test_an_answer_writes_once_and_what_it_writes_tells_nothing(world: World) -> None:
    made = a_challenge(world)
    with ledger() as book:
        check(world, made)
    assert book.operations == ["PutItem"]
    [item] = TokenItem.scan()
    assert item.expires_at == made.valid_until + SKEW
    assert not {made.captcha_id, made.answer} & set(str(item.attribute_values).split("'"))


def test_an_expired_or_foreign_id_is_wrong_and_writes_nothing(world: World) -> None:
    made = a_challenge(world)
    foreign = new_challenge(world.new_secret(), pepper=bytes(32), now=NOW)
    with ledger() as book:
        for challenge, now in (made, made.valid_until + TICK), (foreign, NOW):
            with pytest.raises(CaptchaWrong):
                check(world, challenge, now=now)
            with pytest.raises(NotFound):
                speak_captcha(challenge.captcha_id, tools=TOOLS, now=now)
        draw_new_captcha(world.new_secret(), tools=TOOLS, now=NOW)
        speak_captcha(made.captcha_id, tools=TOOLS, now=NOW)
    assert book.calls == 0
    check(world, made)


def test_a_used_challenge_stays_used_where_clocks_differ_and_tokens_are_cleaned(world: World) -> None:
    made = a_challenge(world)
    check(world, made)
    ahead = made.valid_until + SKEW - timedelta(seconds=1)
    clean_tokens(tokens=world.tokens, now=lambda: ahead, until=ahead + timedelta(minutes=1))
    with pytest.raises(CaptchaWrong):
        check(world, made, now=made.valid_until - timedelta(minutes=9))


def test_of_twenty_right_answers_at_once_one_passes(world: World) -> None:
    made = a_challenge(world)
    results = at_once(20, lambda _: check(world, made))
    assert results.count(None) == 1
    assert {error.code for error in results if isinstance(error, CasillaError)} == {"captcha_wrong"}


def test_many_guesses_at_once_have_one_try(world: World) -> None:
    made = a_challenge(world)
    typed = [made.answer if number == 7 else "22222" for number in range(20)]
    results = at_once(20, lambda number: check(world, made, typed[number]))
    assert results.count(None) <= 1
    with pytest.raises(CaptchaWrong):
        check(world, made)
    assert len(list(TokenItem.scan())) == 1


def test_the_picture_is_a_png_dark_on_white() -> None:
    _, drawn = draw_new_captcha("x" * 43, tools=TOOLS, now=NOW)
    picture = Image.open(io.BytesIO(drawn))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    grey = picture.convert("L").histogram()
    assert sum(grey[:80]) > 800
    assert sum(grey[240:]) > WIDTH * HEIGHT / 2


def test_a_challenge_sounds_different_each_time(world: World) -> None:
    captcha_id = a_challenge(world).captcha_id
    spoken = {speak_captcha(captcha_id, tools=TOOLS, now=NOW) for _ in range(3)}
    assert len(spoken) == 3
    with wave.open(io.BytesIO(spoken.pop())) as opened:
        assert opened.getnchannels() == 1
