"""The principal user hands over to another, who accepts: usernames move, passwords stay with their owners (BOX-9)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.mailbox import DocumentType, Holder, MailboxState, Power, UserState
from chalicelib.services.access.links import new_link, owner_from
from tests.access_world import issue_login_code
from tests.cloud import Engine
from tests.company_world import (
    BOSS_NUMBER,
    COMPANY,
    FORMER_BOSS,
    OTHER,
    THIRD,
    a_company,
    seed_company,
    set_password,
    token_of,
    users_now,
)
from tests.costs import measure
from tests.deposit_world import World
from tests.person_world import NEW, PASSWORD, People, sent_sms


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    set_password(people.tools, OTHER, NEW)
    return people


def offer(people: People, user_id: str = "u2", *, token: str = "", **body: Any) -> HTTPResponse:
    given = {"password": PASSWORD, **body}
    return people.send("POST", f"/v1/users/{user_id}/hand-over", given, token=token or token_of(people, COMPANY))


def reply(people: People, what: str, username: str) -> HTTPResponse:
    return people.send("POST", "/v1/hand-over", {"answer": what}, token=token_of(people, username))


def standing(people: People, username: str = COMPANY) -> Any:
    return people.send("GET", "/v1/hand-over", token=token_of(people, username)).json_body["offer"]


def principals(people: People) -> list[str]:
    return [user.user_id for user in users_now(people.tools).values() if user.is_principal]


def kinds(people: People) -> list[str]:
    return [event.type for event in people.tools.events.list_for_subject(f"mailbox#{COMPANY}")]


def test_an_offer_is_told_and_changes_nothing_until_it_is_accepted(people: People) -> None:
    answer = offer(people)
    assert answer.status_code == 202
    assert answer.json_body["principal_id"] == "u1"
    assert answer.json_body["offer"]["user_id"] == "u2"
    [(to, text)] = people.mails()
    assert to == "usuaria2@ejemplo.pe"
    assert "16 de marzo" in text
    assert principals(people) == ["u1"]
    assert people.log_in(COMPANY).status_code == 201
    assert standing(people, OTHER) == standing(people) == answer.json_body["offer"]


def test_who_accepts_is_principal_with_the_mailboxs_name_and_their_own_password(people: People) -> None:
    offer(people)
    answer = reply(people, "accept", OTHER)
    assert (answer.status_code, answer.json_body["principal_id"], answer.json_body["username"]) == (200, "u2", COMPANY)
    assert answer.json_body["offer"] is None
    assert principals(people) == ["u2"]
    people.world.clock.advance(seconds=1)
    assert people.log_in(COMPANY, NEW).status_code == 201
    assert people.log_in(FORMER_BOSS, PASSWORD).status_code == 201
    for username, password in ((COMPANY, PASSWORD), (OTHER, NEW), (OTHER, PASSWORD), (FORMER_BOSS, NEW)):
        assert people.log_in(username, password).status_code == 401
    assert people.tools.accounts.find(OTHER) is None
    mails = dict(people.mails()[-2:])
    assert COMPANY in mails["usuaria2@ejemplo.pe"]
    assert FORMER_BOSS in mails["usuaria1@ejemplo.pe"]
    assert sorted(kinds(people)) == ["principal.changed", "principal.offered"]
    token = token_of(people, COMPANY)
    assert people.send("POST", "/v1/users/u1/removal", None, token=token).status_code == 200
    assert people.log_in(FORMER_BOSS, PASSWORD).status_code == 401


def test_who_did_not_hand_over_freezes_the_mailbox_by_the_letter_or_the_code(people: People) -> None:
    offer(people)
    reply(people, "accept", OTHER)
    [letter] = [text for to, text in people.mails() if to == "usuaria1@ejemplo.pe" and "/no-fui-yo/" in text]
    [(number, sms)] = sent_sms()

    assert number == "+51900000001"
    assert sms.startswith("Traspasaron su casilla a otra persona.")
    [address] = re.findall(r"/no-fui-yo/\S+", letter)
    form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    answer = people.world.client.http.request("POST", address, headers=form)

    assert answer.status_code == 303
    mailbox = people.tools.mailboxes.find(COMPANY)
    assert mailbox is not None
    assert mailbox.state is MailboxState.FROZEN
    assert people.log_in(COMPANY, NEW).status_code == 403


def test_sessions_codes_and_links_of_both_from_before_count_no_more(people: People) -> None:
    tools, now = people.tools, people.world.clock()
    tokens = [token_of(people, name) for name in (COMPANY, OTHER)]
    third = token_of(people, THIRD)
    for name in (COMPANY, OTHER):
        issue_login_code(tools, name, f"c{name}", "K7M3QX", now=now)
    links = [
        new_link(owner_from(*tools.access.load(name, COMPANY)), tools=tools, now=now).token for name in (COMPANY, OTHER)
    ]
    for link in links:
        tools.tokens.issue(link)
    people.world.clock.advance(seconds=1)
    offer(people)
    reply(people, "accept", OTHER)
    people.world.clock.advance(seconds=1)
    for token in tokens:
        assert people.send("GET", "/v1/users", token=token).status_code == 401
    assert people.send("GET", "/v1/users", token=third).status_code == 200
    for name in (COMPANY, OTHER, FORMER_BOSS):
        assert tools.sent_mails.look_up(f"login#{name}", "K7M3QX", now).right is None
    for link in links:
        assert people.use_reset(link.name).json_body["code"] == "link_unusable"
        assert tools.tokens.find(TokenKind.RESET_LINK, link.name)


def test_a_session_under_a_name_that_is_anothers_by_now_confirms_nothing(people: People) -> None:
    """It is over; were it not, what it knows its user by would be the account of somebody else."""
    tools, at = people.tools, people.world.clock()
    former = token_of(people, COMPANY)
    session = tools.sessions.find(former, at)
    assert session
    offer(people)
    reply(people, "accept", OTHER)
    people.world.clock.advance(seconds=1)
    secret = "A" * 43
    later = replace(session, session_id=tools.sessions.session_id(secret), created_at=people.world.clock())
    tools.sessions.add(later, secret)
    cookie = tools.sessions.cookie(secret, "u1")
    proof = {"password": NEW, "captcha": people.captcha()}
    answer = people.send("POST", "/v1/sessions/current/validation", proof, token=cookie)
    assert (answer.status_code, answer.json_body["code"]) == (401, "session_ended")
    change = {"old_password": NEW, "new_password": "Otra-ventana-5", "new_password_repeated": "Otra-ventana-5"}
    assert people.send("POST", "/v1/passwords", change, token=cookie).json_body["code"] == "session_ended"


def test_an_offer_can_be_declined_withdrawn_or_run_out(people: People) -> None:
    offer(people)
    assert reply(people, "decline", OTHER).json_body["offer"] is None
    assert people.mails()[-1][0] == "usuaria1@ejemplo.pe"
    assert "no lo aceptó" in people.mails()[-1][1]
    assert reply(people, "accept", OTHER).json_body["code"] == "hand_over_not_offered"
    offer(people)
    assert reply(people, "withdraw", COMPANY).status_code == 200
    assert people.mails()[-1][0] == "usuaria2@ejemplo.pe"
    assert reply(people, "accept", OTHER).json_body["code"] == "hand_over_not_offered"
    offer(people)
    people.world.clock.advance(days=7)
    assert standing(people)
    people.world.clock.advance(seconds=1)
    assert standing(people) is None
    assert reply(people, "accept", OTHER).json_body["code"] == "hand_over_not_offered"
    assert offer(people, "u3").status_code == 202
    assert principals(people) == ["u1"]


def test_an_offer_is_to_one_user_and_nobody_else_answers_it(people: People) -> None:
    offer(people)
    assert offer(people, "u3").json_body["code"] == "hand_over_offered"
    assert reply(people, "accept", THIRD).json_body["code"] == "hand_over_not_offered"
    assert reply(people, "withdraw", OTHER).json_body["code"] == "principal_needed"
    assert reply(people, "accept", COMPANY).json_body["code"] == "hand_over_not_offered"
    assert standing(people)["user_id"] == "u2"


@pytest.mark.parametrize("how", ["disabling", "removal"])
def test_an_offer_ends_with_the_access_of_whom_it_is_to(people: People, how: str) -> None:
    offer(people)
    token = token_of(people, COMPANY)
    assert people.send("POST", f"/v1/users/u2/{how}", None, token=token).status_code == 200
    assert standing(people) is None
    mailbox = people.tools.mailboxes.find(COMPANY)
    assert mailbox
    assert mailbox.hand_over is None


def test_who_hands_over_shows_the_password_and_is_the_principal(people: People) -> None:
    assert offer(people, password="Otra-clave-55").json_body["code"] == "password_wrong"
    assert offer(people, token=token_of(people, THIRD)).json_body["code"] == "principal_needed"
    assert offer(people, "u9").json_body["code"] == "user_unknown"
    assert offer(people, "u1").json_body["code"] == "user_is_principal"
    assert standing(people) is None


@pytest.mark.parametrize("state", [UserState.PENDING, UserState.DISABLED])
def test_only_an_active_user_is_offered_the_mailbox(people: People, state: UserState) -> None:
    company = a_company()
    users = (company.users[0], replace(company.users[1], state=state), company.users[2])
    mailbox_store(people.world.container).put(replace(company, users=users))
    assert offer(people).json_body["code"] == "user_not_active"


@pytest.mark.parametrize(
    "holder",
    [Holder(DocumentType.DNI, "40000002", "QUISPE DEMO"), Holder(DocumentType.RUC, "10400000023", "QUISPE DEMO")],
    ids=["DNI", "RUC of a person"],
)
def test_a_persons_mailbox_stays_its_holders(people: People, holder: Holder) -> None:
    mailbox_store(people.world.container).put(replace(a_company(), holder=holder))
    assert offer(people).json_body["code"] == "mailbox_is_a_persons"


def test_a_principal_who_is_nobody_in_particular_says_who_they_are_before_they_hand_over(people: People) -> None:
    """Companies that registered on line have the company's name for a principal; a secondary user needs a number."""
    company = a_company()
    nameless = replace(company.users[0], document_type=None, document_number="", name="COMERCIAL DEMO S.A.C.")
    mailbox_store(people.world.container).put(replace(company, users=(nameless, *company.users[1:])))
    refused = offer(people)
    assert (refused.status_code, refused.json_body["code"]) == (409, "principal_unnamed")
    assert standing(people) is None


def test_each_is_found_by_their_own_number_and_named_as_they_are(people: People) -> None:
    """An identity provider tells a person's number, and no password: it must not lead to the other's access."""
    offer(people)
    reply(people, "accept", OTHER)
    accounts = people.tools.accounts
    found = {name: accounts.find(name) for name in (COMPANY, FORMER_BOSS)}
    told = {name: (one.person_number, one.name, one.user_id) for name, one in found.items() if one is not None}
    assert told == {
        COMPANY: ("40000028", "Usuaria Ejemplo 2", "u2"),
        FORMER_BOSS: (BOSS_NUMBER, "Usuaria Ejemplo 1", "u1"),
    }
    listed = tuple(people.tools.access.list_usernames(number, limit=10) for number in ("40000028", BOSS_NUMBER))
    assert listed == ((COMPANY,), (FORMER_BOSS,))


def test_the_power_of_who_handed_over_is_not_the_next_ones(people: People) -> None:
    power = Power(page="11012345", entry="C00001")
    mailbox_store(people.world.container).put(replace(a_company(), power=power))
    offer(people)
    reply(people, "accept", OTHER)
    mailbox = people.tools.mailboxes.find(COMPANY)
    assert mailbox
    assert mailbox.power is None


def test_a_device_of_who_had_the_username_is_known_no_more(people: People) -> None:
    """Its mark would spare whoever sits there the counts that strangers meet."""
    device = people.log_in(COMPANY).json_body["device"]
    people.world.clock.advance(minutes=1)
    offer(people)
    reply(people, "accept", OTHER)
    people.world.clock.advance(minutes=1)
    body = {"username": COMPANY, "password": NEW, "device": device}

    def kinds_of_device() -> list[str]:
        events = people.tools.events.list_for_subject("user#u2")
        return [event.data["device"] for event in events if event.type == "access.logged_in"]

    captcha = people.captcha()
    strange = measure(lambda: people.send("POST", "/v1/sessions", {**body, "captcha": captcha}), 201)
    assert strange.calls == 13  # those of a stranger, and the one that took it for known
    assert kinds_of_device() == ["new"]
    people.world.clock.advance(minutes=1)
    body["device"] = people.log_in(COMPANY, NEW).json_body["device"]
    captcha = people.captcha()
    known = measure(lambda: people.send("POST", "/v1/sessions", {**body, "captcha": captcha}), 201)
    assert known.calls == 6
    assert sorted(kinds_of_device()) == ["known", "new", "new"]
