from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.access.token import Token, TokenKind
from chalicelib.services.access.verify_code import CodeSuperseded, CodeUnusable, CodeWrong, code_unusable, judge_code
from tests.access_world import NOW, TICK, World, a_new_token, access_world, at_once

KIND = TokenKind.EMAIL_CODE
NAME = "registration:r1"
END = NOW + timedelta(minutes=15)


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return sent(access_world(engine))


EARLIER = "222222"


@pytest.fixture
def real_world(ministack: dict[str, str]) -> World:
    return sent(access_world(ministack))


def sent(world: World, code: str = "K7M3QX") -> World:
    world.tokens.issue(a_new_token(kind=KIND, name=NAME, answer=code, valid_until=END, data={"email": "e1"}))
    return world


def verify(world: World, code: str, *, name: str = NAME, late: timedelta = timedelta(0)) -> Token:
    """Judge a code and use it up, as flows do that change nothing else with it."""
    token = judge_code(
        KIND,
        name,
        lambda kept: world.tokens.matches(kept, name, code),
        is_earlier=lambda _: code == EARLIER,
        tokens=world.tokens,
        now=END + late,
    )
    if world.tokens.consume(KIND, name, now=END + late, answer=code) is None:
        raise code_unusable()
    return token


def test_the_right_code_counts_once(world: World) -> None:
    assert verify(world, "K7M3QX").data == {"email": "e1"}
    with pytest.raises(CodeUnusable):
        verify(world, "K7M3QX")


def test_a_code_expires_at_its_instant_though_the_item_stays_readable(world: World) -> None:
    with pytest.raises(CodeUnusable):
        verify(world, "K7M3QX", late=TICK)
    assert world.tokens.find(KIND, NAME) is not None
    assert verify(world, "K7M3QX")


def test_a_wrong_code_says_how_many_attempts_are_left_and_the_fifth_ends_them(world: World) -> None:
    said = []
    for _ in range(4):
        with pytest.raises(CodeWrong) as caught:
            verify(world, "ZZZZZZ")
        said.append(caught.value.detail.removeprefix("Lo que escribiste no es correcto. Revísalo; "))
    assert said == ["te quedan 4 intentos.", "te quedan 3 intentos.", "te quedan 2 intentos.", "te queda 1 intento."]
    for code in ("ZZZZZZ", "K7M3QX"):
        with pytest.raises(CodeUnusable):
            verify(world, code)


def test_an_earlier_code_is_called_so_and_costs_no_try(world: World) -> None:
    for _ in range(7):
        with pytest.raises(CodeSuperseded, match="code_superseded"):
            verify(world, EARLIER)
    for _ in range(4):
        with pytest.raises(CodeWrong):
            verify(world, "ZZZZZZ")
    with pytest.raises(CodeSuperseded):
        verify(world, EARLIER)
    assert verify(world, "K7M3QX")


def test_the_fifth_attempt_may_still_be_the_right_one(world: World) -> None:
    for _ in range(4):
        with pytest.raises(CodeWrong):
            verify(world, "ZZZZZZ")
    assert verify(world, "K7M3QX")


def test_a_code_of_someone_else_or_of_the_mail_before_is_wrong(world: World) -> None:
    with pytest.raises(CodeUnusable):
        verify(world, "K7M3QX", name="registration:r2")
    sent(world, "R4T8WZ")
    with pytest.raises(CodeWrong):
        verify(world, "K7M3QX")
    assert verify(world, "R4T8WZ")


@pytest.mark.ministack
def test_fifty_wrong_codes_at_once_are_judged_five_times(real_world: World) -> None:
    judged: list[int] = []
    matches = real_world.tokens.matches

    def judging(token: Token, name: str, answer: str) -> bool:
        judged.append(token.attempts)
        return matches(token, name, answer)

    real_world.tokens.matches = judging  # type: ignore[method-assign]
    results = at_once(50, lambda _: verify(real_world, "ZZZZZZ"))
    assert sorted(judged) == [1, 2, 3, 4, 5]
    assert len([result for result in results if isinstance(result, CodeWrong)]) == 4
    assert len([result for result in results if isinstance(result, CodeUnusable)]) == 46
    with pytest.raises(CodeUnusable):
        verify(real_world, "K7M3QX")


@pytest.mark.ministack
def test_of_twenty_with_the_right_code_at_once_one_wins(real_world: World) -> None:
    results = at_once(20, lambda _: verify(real_world, "K7M3QX"))
    assert len([result for result in results if isinstance(result, Token)]) == 1
