"""What use cases keep over a change of the pepper: captchas, drafts, registrations, looks, limits."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.access.access_secret import opaque_token
from chalicelib.domain.access.captcha import new_challenge, read_challenge
from chalicelib.domain.access.credentials import EmailCode
from chalicelib.domain.access.known_device import find_device, with_device
from chalicelib.domain.access.pepper import Pepper
from chalicelib.domain.contact import Phone
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.reading.reading import LOOK_LASTS
from chalicelib.domain.registration.registration import Registration, RegistrationChanged, RegistrationState
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.access.drafts import DraftTools, drop_draft, find_draft, keep_draft
from chalicelib.services.access.login_codes import right_code, use_code_up
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.reading.open_notice import OpenedNotice, open_notice
from chalicelib.store.access.sent_mail_store import SentMailStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.look_store import LookStore
from chalicelib.store.registration_store import RegistrationStore
from chalicelib.store.tables import TokenItem
from tests.access_world import NOW, World, access_world, issue_login_code, racing_tools
from tests.cloud import bound
from tests.deposit_world import NOW as OPENED_AT
from tests.deposit_world import Clock
from tests.reading_world import NOTICE, Shelf, a_session, a_shelf
from tests.rotation import NEIGHBOURS, PREPARED, SWITCHED, name_of

over_a_rotation = pytest.mark.parametrize(("maker", "user"), NEIGHBOURS, ids=name_of)
in_either_order = pytest.mark.parametrize(("maker", "user"), [(PREPARED, SWITCHED), (SWITCHED, PREPARED)], ids=name_of)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return access_world(aws)


@over_a_rotation
def test_a_captcha_says_what_its_picture_shows_and_counts_once(world: World, maker: Pepper, user: Pepper) -> None:
    drawn = new_challenge(world.new_secret(), pepper=maker, now=NOW)

    waiting = read_challenge(drawn.captcha_id, pepper=user)

    assert waiting is not None
    assert waiting.answer == drawn.answer
    for pepper, counts in ((user, True), (maker, False), (user, False)):
        tokens = TokenStore(world.connection, pepper)
        with nullcontext() if counts else pytest.raises(CaptchaWrong):
            check_captcha(drawn.captcha_id, drawn.answer, tokens=tokens, pepper=pepper, now=NOW)


@over_a_rotation
def test_a_known_device_stays_known(maker: Pepper, user: Pepper) -> None:
    marks = with_device(maker, "", "1-40000002", opaque_token(bytes(32)), NOW)

    assert find_device(user, marks, "1-40000002", NOW) == opaque_token(bytes(32))
    assert with_device(user, marks, "1-40000002", opaque_token(bytes(32)), NOW).count("~") == 0


@over_a_rotation
def test_a_login_code_opens_once(aws: dict[str, str], maker: Pepper, user: Pepper) -> None:
    with racing_tools(aws) as (_, tools):

        def under(pepper: Pepper) -> AccessTools:
            tokens, sent_mails = TokenStore(bound(aws), pepper), SentMailStore(pepper)
            return replace(tools, pepper=pepper, tokens=tokens, sent_mails=sent_mails)

        proof = EmailCode("c1", "K7M3QX")
        issue_login_code(under(maker), "1-40000002", "c1", "K7M3QX", now=NOW)
        right = right_code(proof, "1-40000002", tools=under(user), now=NOW)
        assert right
        uses = [use_code_up(right.digest, "1-40000002", tools=under(one), now=NOW) for one in (user, maker, user)]
        assert uses == [True, False, False]


def draft_tools(world: World, pepper: Pepper) -> DraftTools:
    return DraftTools(TokenStore(world.connection, pepper), pepper, world.new_secret)


@over_a_rotation
def test_a_draft_is_read_kept_again_and_dropped(world: World, maker: Pepper, user: Pepper) -> None:
    kept_by, read_by = draft_tools(world, maker), draft_tools(world, user)
    keep_draft("secret-1", {"typed": "Ñ"}, valid_until=LATER, tools=kept_by, now=NOW)
    keep_draft("secret-2", {"typed": "again"}, valid_until=LATER, tools=kept_by, now=NOW)

    assert find_draft("secret-1", tools=read_by, now=NOW) == {"typed": "Ñ"}
    keep_draft("secret-2", {"typed": "anew"}, valid_until=LATER, tools=read_by, now=NOW)
    assert find_draft("secret-2", tools=read_by, now=NOW) == {"typed": "anew"}
    for secret in ("secret-1", "secret-2"):
        drop_draft(secret, tools=read_by)
    assert list(TokenItem.scan()) == []


@in_either_order
def test_a_draft_kept_anew_is_the_only_one_for_every_process(world: World, maker: Pepper, user: Pepper) -> None:
    both = [draft_tools(world, pepper) for pepper in (maker, user)]
    for tools, typed in zip(both, ("first", "second"), strict=True):
        keep_draft("secret-1", {"typed": typed}, valid_until=LATER, tools=tools, now=NOW)

    assert [find_draft("secret-1", tools=tools, now=NOW) for tools in both] == [{"typed": "second"}] * 2


def a_registration(registrations: RegistrationStore) -> Registration:
    return Registration(
        key=registrations.key("r1"),
        state=RegistrationState.DRAFT,
        email="rosa@ejemplo.pe",
        phone=Phone("+51987654321", is_mobile=True),
        accepted=(),
        started_at=NOW,
        expires_at=LATER,
    )


def begin_again(registrations: RegistrationStore) -> None:
    registrations.refuse_begun_elsewhere("r1")
    registrations.add(a_registration(registrations))


@over_a_rotation
def test_a_registration_is_found_by_its_id_and_begun_once(world: World, maker: Pepper, user: Pepper) -> None:
    begun_by, asked = [RegistrationStore(world.connection, pepper) for pepper in (maker, user)]
    begun = a_registration(begun_by)
    asked.refuse_begun_elsewhere("r1")
    begun_by.add(begun)

    found = asked.find_by_id("r1")

    assert found is not None
    assert found.key == begun.key
    assert asked.find_by_id("r2") is None
    with pytest.raises(RegistrationChanged):
        begin_again(asked)
    assert asked.update(found).version == found.version + 1


def look(shelf: Shelf, pepper: Pepper, after: timedelta, *, login: int = 1) -> OpenedNotice:
    assert isinstance(shelf.box.clock, Clock)
    shelf.box.clock.now = OPENED_AT + after
    tools = replace(shelf.tools, looks=LookStore(pepper, LOOK_LASTS), pause=lambda _: None)
    return open_notice(a_session(login), tools.readings.find(NOTICE.notice_id), origin="", tools=tools)


@over_a_rotation
def test_a_look_that_began_before_is_the_same_look_after(aws: dict[str, str], maker: Pepper, user: Pepper) -> None:
    shelf, second = a_shelf(aws), timedelta(seconds=1)

    first = [look(shelf, maker, timedelta(0)), look(shelf, user, second), look(shelf, user, LOOK_LASTS + second)]
    again = [look(shelf, maker, 2 * LOOK_LASTS + 2 * second), look(shelf, user, 2 * LOOK_LASTS + 3 * second)]

    assert [opened.is_first for opened in first] == [True, False, False]
    assert [opened.event is None for opened in (*first, *again)] == [False, True, False, False, True]


@in_either_order
@pytest.mark.usefixtures("world")
def test_a_limit_starts_anew_once_at_most(maker: Pepper, user: Pepper) -> None:
    both = [LimitStore(pepper) for pepper in (maker, user)]
    passed = 0
    for number in range(20):
        try:
            both[number % 2].spend("k", limit=3, window_s=900, now=NOW)
        except TooManyRequests:
            continue
        passed += 1

    assert passed == 2 * 3
