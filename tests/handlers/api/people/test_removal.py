"""A user who left is removed, which frees the place; what let them in is gone, what they did stays (BOX-9)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.mailbox import UserState
from chalicelib.services.access.links import new_link, owner_from
from tests.access_world import issue_login_code
from tests.cloud import Engine
from tests.company_world import (
    COMPANY,
    OTHER,
    OTHER_NUMBER,
    a_company,
    dni,
    seed_company,
    session_of,
    token_of,
    users_now,
)
from tests.deposit_world import World, a_body, a_user
from tests.person_world import NEW, PASSWORD, People

AGAIN = {
    "document_type": "DNI",
    "document_number": OTHER_NUMBER,
    "name": "Usuaria Ejemplo",
    "email": "usuaria2@ejemplo.pe",
}


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    return people


def remove(people: People, user_id: str = "u2", *, token: str = "") -> HTTPResponse:
    return people.send("POST", f"/v1/users/{user_id}/removal", None, token=token or token_of(people, COMPANY))


def put(people: People, **of_second: Any) -> None:
    company = a_company()
    users = (company.users[0], replace(company.users[1], **of_second), company.users[2])
    mailbox_store(people.world.container).put(replace(company, users=users))


@pytest.mark.parametrize("state", list(UserState))
def test_one_who_is_removed_leaves_place_and_account_whatever_their_state(people: People, state: UserState) -> None:
    put(people, state=state)
    answer = remove(people)
    assert answer.status_code == 200
    assert [user["user_id"] for user in answer.json_body["users"]] == ["u1", "u3"]
    assert set(users_now(people.tools)) == {"u1", "u3"}
    assert people.tools.accounts.find(OTHER) is None
    [(to, text)] = people.mails()
    assert to == "usuaria2@ejemplo.pe"
    assert "COMERCIAL DEMO S.A.C." in text
    [event] = people.tools.events.list_for_subject(f"mailbox#{COMPANY}")
    assert (event.type, event.actor, event.data) == ("user.removed", "user:u1", {"user_id": "u2"})


def test_a_full_mailbox_has_room_again(people: People) -> None:
    company = a_company()
    more = (a_user(4, **dni("40000044")), a_user(5, state=UserState.DISABLED, **dni("40000055")))
    mailbox_store(people.world.container).put(replace(company, users=(*company.users, *more)))
    token = token_of(people, COMPANY)
    sixth = {**AGAIN, "document_number": "40000066", "email": "sexta@ejemplo.pe"}
    assert people.send("POST", "/v1/users", sixth, token=token).json_body["code"] == "users_full"
    assert remove(people, "u5").status_code == 200
    assert people.send("POST", "/v1/users", sixth, token=token).status_code == 201


def test_sessions_end_and_a_login_says_what_it_says_to_a_stranger(people: People) -> None:
    token = token_of(people, OTHER)
    assert people.send("GET", "/v1/users", token=token).status_code == 200
    remove(people)
    people.world.clock.advance(seconds=1)
    assert people.send("GET", "/v1/users", token=token).status_code == 401
    gone, stranger = people.log_in(OTHER), people.log_in(f"{COMPANY}.40000099")
    assert (gone.status_code, gone.json_body["code"]) == (stranger.status_code, stranger.json_body["code"])
    assert gone.json_body["detail"] == stranger.json_body["detail"]


def test_a_session_begun_while_the_user_is_removed_lives_on_nowhere(people: People) -> None:
    """A login that read the account before it was gone can begin its session a while later."""
    remove(people)
    sessions, at = people.tools.sessions, people.world.clock()
    user, secret = a_company().users[1], "A" * 43
    late = replace(session_of(user, a_company(), at), session_id=sessions.session_id(secret))
    people.world.clock.advance(minutes=10)
    sessions.add(replace(late, created_at=people.world.clock()), secret)
    assert sessions.find(sessions.cookie(secret, "u2"), people.world.clock()) is None


def test_a_notice_still_tells_that_who_left_opened_it(people: People) -> None:
    tools, reader = people.tools, token_of(people, OTHER)
    people.world.seed()
    recipient = {"document_type": "RUC", "document_number": "20100000009"}
    notice_id = people.world.deposit(a_body(recipient=recipient)).json_body["notice_id"]
    assert people.send("POST", f"/v1/notices/{notice_id}/opening", {}, token=reader).status_code == 201
    remove(people)
    shown = people.send("GET", f"/v1/notices/{notice_id}", token=token_of(people, COMPANY)).json_body
    assert "Usuaria Ejemplo 2" in [one["name"] for one in shown["seen_by"]]
    [opened] = [step for step in shown["timeline"] if step["step"] == "opened"]
    assert opened["who"] == "Usuaria Ejemplo 2"
    [event] = [one for one in tools.events.list_for_subject(f"notice#{notice_id}") if one.type == "notice.opened"]
    assert event.actor == "user:u2"


def test_a_link_sent_before_opens_nothing_even_when_the_same_person_is_added_again(people: People) -> None:
    put(people, state=UserState.PENDING)
    tools, now = people.tools, people.world.clock()
    account = tools.accounts.find(OTHER)
    assert account
    tools.accounts.update(replace(account, state=UserState.PENDING, password_hash=None))
    owner = owner_from(*tools.access.load(OTHER, COMPANY))
    link = new_link(owner, tools=tools, now=now).token
    tools.tokens.issue(link)

    def use(secret: str) -> HTTPResponse:
        return people.send("POST", f"/v1/activations/{secret}", {"new_password": NEW, "new_password_repeated": NEW})

    assert remove(people).status_code == 200
    assert use(link.name).json_body["code"] == "link_unusable"
    people.world.clock.advance(minutes=5)
    added = people.send("POST", "/v1/users", AGAIN, token=token_of(people, COMPANY)).json_body
    assert added["username"] == OTHER
    assert added["user_id"] != "u2"
    assert use(link.name).json_body["code"] == "link_unusable"
    [sent] = re.findall(r"/activar/(\S+)", people.mails()[-1][1])
    assert use(sent).status_code == 200
    assert people.log_in(OTHER, NEW).status_code == 201
    assert people.log_in(OTHER, PASSWORD).status_code == 401


def test_a_code_sent_before_opens_nothing_for_who_has_the_username_next(people: People) -> None:
    tools, now = people.tools, people.world.clock()
    issue_login_code(tools, OTHER, "c1", "K7M3QX", now=now)
    tools.tokens.issue(NewToken(TokenKind.NEW_EMAIL_CODE, "u2", now, now, answer="K7M3QX"))
    assert tools.sent_mails.look_up(f"login#{OTHER}", "K7M3QX", now).right
    remove(people)
    assert tools.sent_mails.look_up(f"login#{OTHER}", "K7M3QX", now).right is None


def test_an_account_that_comes_back_is_never_at_a_version_that_the_one_before_had(people: People) -> None:
    """Who read the former account can write nothing over the new one."""
    before = people.tools.accounts.find(OTHER)
    remove(people)
    people.send("POST", "/v1/users", AGAIN, token=token_of(people, COMPANY))
    after = people.tools.accounts.find(OTHER)
    assert before
    assert after
    assert after.version > before.version + 1000


def test_who_left_is_still_known_by_id(people: People) -> None:
    remove(people)
    former = people.tools.people.find_former("u2")
    assert former
    assert (former.name, former.document_number, former.username) == ("Usuaria Ejemplo 2", OTHER_NUMBER, OTHER)
    assert former.left_at == people.world.clock()
    assert people.tools.people.find_former("u1") is None
    assert people.log_in("former#u2").status_code == 401


@pytest.mark.parametrize(("user_id", "status", "code"), [("u1", 409, "user_is_principal"), ("u9", 404, "user_unknown")])
def test_only_secondary_users_of_the_own_mailbox_are_removed(
    people: People, user_id: str, status: int, code: str
) -> None:
    answer = remove(people, user_id)
    assert (answer.status_code, answer.json_body["code"]) == (status, code)


def test_only_the_principal_removes_and_twice_is_told(people: People) -> None:
    assert remove(people, "u3", token=token_of(people, OTHER)).json_body["code"] == "principal_needed"
    assert remove(people).status_code == 200
    assert remove(people).json_body["code"] == "user_unknown"
    assert len(people.mails()) == 1


def test_the_last_mobile_is_not_removed_with_its_owner(people: People) -> None:
    company = a_company()
    users = (replace(company.users[0], mobile=None), company.users[1], replace(company.users[2], mobile=None))
    mailbox_store(people.world.container).put(replace(company, users=users))
    assert remove(people).json_body["code"] == "last_mobile"
    assert set(users_now(people.tools)) == {"u1", "u2", "u3"}
    assert remove(people, "u3").status_code == 200
