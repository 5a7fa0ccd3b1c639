"""Who was taken out in the principal's name can contest it, and is back as before when an operator undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import Mailbox, MailboxState, UserState
from chalicelib.services.access.contest_change import ContestUnusable, contest_change, show_contest
from tests.cloud import Engine
from tests.company_world import COMPANY, OTHER, OTHER_NUMBER, a_company, seed_company, token_of, users_now
from tests.deposit_world import World
from tests.person_world import NEW, PASSWORD, People, sent_sms

WHY = "--reason 'Lo pidió con su DNI' --operator rquispe"
SECOND = "usuaria2@ejemplo.pe"
AGAIN = {"document_type": "DNI", "document_number": OTHER_NUMBER, "name": "Intruso", "email": "intruso@ejemplo.pe"}


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    return people


def remove(people: People, user_id: str = "u2") -> None:
    people.world.clock.advance(hours=1)
    assert people.send("POST", f"/v1/users/{user_id}/removal", token=token_of(people, COMPANY)).status_code == 200


def freeze(people: People) -> None:
    contest_change(people.contest_sent(), origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)


def decide(people: People, how: str) -> str:
    answer = people.world.client.lambda_.invoke(
        "operator", {"command": f"mailboxes unfreeze {COMPANY} {how} {WHY}"}
    ).payload
    assert answer["exit"] == 0, answer["output"]
    return str(answer["output"])


def mailbox(people: People) -> Mailbox:
    found = mailbox_store(people.world.container).find(COMPANY)
    assert found
    return found


def last_link(people: People, to: str) -> str:
    text = next(text for address, text in reversed(people.mails()) if address == to)
    return text.partition("/recuperar/")[2].split()[0]


def test_who_is_taken_out_gets_a_link_and_a_code_for_a_week(people: People) -> None:
    remove(people)
    [(to, text)] = people.mails()
    assert (to, "/no-fui-yo/" in text) == (SECOND, True)
    [(number, sms)] = sent_sms()
    assert number == "+51900000002"
    assert "No fui yo" in sms
    contest = show_contest(people.contest_sent(), tools=people.tools, now=people.world.clock())
    assert contest.until == people.world.clock() + timedelta(days=7)
    people.world.clock.advance(days=7, seconds=1)
    with pytest.raises(ContestUnusable):
        contest_change(people.contest_sent(), origin="", tools=people.tools)


def test_the_page_speaks_of_the_principal_user(people: People) -> None:
    remove(people)
    page = people.world.client.http.get(f"/no-fui-yo/{people.contest_sent()}").body.decode()
    assert "Quitaron a un usuario de una casilla electrónica" in page
    assert "No fue el usuario principal" in page


def test_whose_address_was_never_proved_contests_nothing(people: People) -> None:
    company = a_company()
    users = (company.users[0], replace(company.users[1], state=UserState.PENDING), company.users[2])
    mailbox_store(people.world.container).put(replace(company, users=users))
    account = people.tools.accounts.find(OTHER)
    assert account
    people.tools.accounts.update(replace(account, state=UserState.PENDING, password_hash=None))
    remove(people)
    [(to, text)] = people.mails()
    assert (to, "/no-fui-yo/" in text, sent_sms()) == (SECOND, False, [])


@pytest.mark.parametrize("state", [UserState.ACTIVE, UserState.DISABLED])
def test_undone_they_are_back_in_their_state_with_a_password_to_choose(people: People, state: UserState) -> None:
    company = a_company()
    user = replace(company.users[1], state=state)
    mailbox_store(people.world.container).put(replace(company, users=(company.users[0], user, company.users[2])))
    account = people.tools.accounts.find(OTHER)
    assert account
    people.tools.accounts.update(replace(account, state=state))
    remove(people)
    freeze(people)

    decide(people, "--undo")

    assert users_now(people.tools)["u2"] == user
    assert mailbox(people).state is MailboxState.OPEN
    back = people.tools.accounts.find(OTHER)
    assert back
    assert (back.user_id, back.state, back.password_hash) == ("u2", state, None)
    assert people.tools.people.find_former("u2") is None
    if state is UserState.ACTIVE:
        assert people.use_reset(last_link(people, SECOND)).status_code == 200
        assert people.log_in(OTHER, NEW).status_code == 201
    remove(people)  # they can leave again
    assert "u2" not in users_now(people.tools)


def test_undone_the_password_of_whoever_took_them_out_opens_nothing(people: People) -> None:
    remove(people)
    freeze(people)
    decide(people, "--undo")
    people.world.clock.advance(minutes=1)
    assert people.log_in(COMPANY, PASSWORD).status_code == 401
    assert people.use_reset(last_link(people, "usuaria1@ejemplo.pe")).status_code == 200
    assert people.log_in(COMPANY, NEW).status_code == 201
    assert people.log_in(f"{COMPANY}.40000033", PASSWORD).status_code == 201  # who had no part in it


def test_kept_they_stay_out_and_contest_it_no_more(people: People) -> None:
    remove(people)
    freeze(people)
    decide(people, "--keep")
    assert set(users_now(people.tools)) == {"u1", "u3"}
    contest_change(people.contest_sent(), origin="", tools=people.tools)
    assert mailbox(people).state is MailboxState.OPEN


def test_undone_after_the_intruder_took_the_place_for_a_user_of_their_own_that_one_is_shut_out(people: People) -> None:
    remove(people)
    link = people.contest_sent()
    other = {**AGAIN, "document_number": "40000066"}
    added = people.send("POST", "/v1/users", other, token=token_of(people, COMPANY))
    assert added.status_code == 201
    contest_change(link, origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)

    decide(people, "--undo")

    states = {user.email: user.state for user in mailbox(people).users}
    assert (states["intruso@ejemplo.pe"], states[SECOND]) == (UserState.DISABLED, UserState.ACTIVE)


def test_undone_who_was_added_again_with_another_address_has_the_own_one_back(people: People) -> None:
    remove(people)
    link = people.contest_sent()
    assert people.send("POST", "/v1/users", AGAIN, token=token_of(people, COMPANY)).status_code == 201
    contest_change(link, origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)

    decide(people, "--undo")

    [same] = [user for user in mailbox(people).users if user.document_number == OTHER_NUMBER]
    assert (same.email, same.name, same.state) == (SECOND, "Usuaria Ejemplo 2", UserState.ACTIVE)
    assert people.use_reset(last_link(people, SECOND)).status_code == 200
    assert people.log_in(OTHER, NEW).status_code == 201


def test_all_who_were_taken_out_are_back_by_one_undoing(people: People) -> None:
    remove(people, "u2")
    first = people.contest_sent()
    remove(people, "u3")
    second = people.contest_sent()
    for link in (first, second):
        contest_change(link, origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)
    decide(people, "--undo")
    assert set(users_now(people.tools)) == {"u1", "u2", "u3"}


def test_undone_though_the_intruder_gave_another_user_the_address_of_who_was_taken_out(people: People) -> None:
    remove(people)
    link = people.contest_sent()
    other = {**AGAIN, "document_number": "40000066", "email": SECOND}
    assert people.send("POST", "/v1/users", other, token=token_of(people, COMPANY)).status_code == 201
    contest_change(link, origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)

    decide(people, "--undo")

    found = mailbox(people).user_with_email(SECOND)
    assert found
    assert (found.user_id, found.state) == ("u2", UserState.ACTIVE)
    assert people.use_reset(last_link(people, SECOND)).status_code == 200


def test_undone_who_was_taken_out_twice_is_back_once(people: People) -> None:
    remove(people)
    first = people.contest_sent()
    assert people.send("POST", "/v1/users", AGAIN, token=token_of(people, COMPANY)).status_code == 201
    [again] = users_now(people.tools).keys() - {"u1", "u3"}
    company = mailbox(people)
    users = tuple(replace(user, state=UserState.ACTIVE) if user.user_id == again else user for user in company.users)
    mailbox_store(people.world.container).put(replace(company, users=users))
    remove(people, again)
    second = people.contest_sent()
    assert first != second
    for link in (second, first):
        contest_change(link, origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)

    decide(people, "--undo")

    assert set(users_now(people.tools)) == {"u1", "u2", "u3"}
    assert users_now(people.tools)["u2"].email == SECOND
