"""Whose access was taken away in the principal's name can contest it, and gets in again when an operator undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import MailboxState, UserState
from chalicelib.services.access.contest_change import ContestUnusable, contest_change
from tests.cloud import Engine
from tests.company_world import COMPANY, OTHER, a_company, token_of, users_now
from tests.handlers.operator.test_undone_removals import SECOND, decide, freeze, last_link, mailbox, people
from tests.person_world import NEW, PASSWORD, People, sent_sms

__all__ = ["people"]


def ask(people: People, what: str, user_id: str = "u2") -> None:
    people.world.clock.advance(hours=1)
    answer = people.send("POST", f"/v1/users/{user_id}/{what}", token=token_of(people, COMPANY))
    assert answer.status_code == 200, answer.body


def test_who_is_disabled_gets_a_link_and_a_code_for_a_week(people: People) -> None:
    ask(people, "disabling")
    [(to, text)] = people.mails()
    assert (to, "/no-fui-yo/" in text, "deshabilitó su acceso" in text) == (SECOND, True, True)
    [(number, sms)] = sent_sms()
    assert (number, "No fui yo" in sms) == ("+51900000002", True)
    page = people.world.client.http.get(f"/no-fui-yo/{people.contest_sent()}").body.decode()
    assert "Deshabilitaron a un usuario de una casilla electrónica" in page
    assert "deshabilitaron tu acceso a ella" in page
    people.world.clock.advance(days=7, seconds=1)
    with pytest.raises(ContestUnusable):
        contest_change(people.contest_sent(), origin="", tools=people.tools)


def test_whose_address_was_never_proved_contests_nothing(people: People) -> None:
    company = a_company()
    users = (company.users[0], replace(company.users[1], state=UserState.PENDING), company.users[2])
    mailbox_store(people.world.container).put(replace(company, users=users))
    account = people.tools.accounts.find(OTHER)
    assert account
    people.tools.accounts.update(replace(account, state=UserState.PENDING, password_hash=None))
    ask(people, "disabling")
    [(to, text)] = people.mails()
    assert (to, "/no-fui-yo/" in text, sent_sms()) == (SECOND, False, [])


def test_undone_they_get_in_again_by_another_password_and_so_does_the_principal(people: People) -> None:
    ask(people, "disabling")
    freeze(people)
    assert mailbox(people).state is MailboxState.FROZEN
    decide(people, "--undo")
    assert users_now(people.tools)["u2"] == a_company().users[1]
    account = people.tools.accounts.find(OTHER)
    assert account
    assert (account.state, account.password_hash) == (UserState.ACTIVE, None)
    people.world.clock.advance(minutes=1)
    assert people.use_reset(last_link(people, SECOND)).status_code == 200
    assert people.log_in(OTHER, NEW).status_code == 201
    assert people.log_in(COMPANY, PASSWORD).status_code == 401
    assert people.use_reset(last_link(people, "usuaria1@ejemplo.pe")).status_code == 200


def test_kept_they_stay_out_and_contest_it_no_more(people: People) -> None:
    ask(people, "disabling")
    freeze(people)
    decide(people, "--keep")
    assert users_now(people.tools)["u2"].state is UserState.DISABLED
    contest_change(people.contest_sent(), origin="", tools=people.tools)
    assert mailbox(people).state is MailboxState.OPEN


def test_disabled_and_then_taken_out_they_are_back_as_before_both(people: People) -> None:
    ask(people, "disabling")
    first = people.contest_sent()
    ask(people, "removal")
    contest_change(first, origin="", tools=people.tools)
    freeze(people)
    decide(people, "--undo")
    assert users_now(people.tools)["u2"] == a_company().users[1]
    people.world.clock.advance(minutes=1)
    assert people.use_reset(last_link(people, SECOND)).status_code == 200
    assert people.log_in(OTHER, NEW).status_code == 201


def test_enabled_again_by_the_principal_it_is_as_before_and_can_still_be_contested(people: People) -> None:
    ask(people, "disabling")
    link = people.contest_sent()
    ask(people, "enabling")
    contest_change(link, origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)
    decide(people, "--undo")
    assert users_now(people.tools)["u2"] == a_company().users[1]


def test_the_disabling_stands_untold_where_nothing_goes_out_and_is_told_later(
    people: People, moto_engine: Engine
) -> None:
    """What was to be told is kept with the change, so that a refusing provider hides nothing."""
    world = people.world
    ses = moto_engine.client("ses")
    ses.delete_identity(Identity=world.container.config.mail_from)
    ask(people, "disabling")
    assert people.mails() == []
    ses.verify_email_identity(EmailAddress=world.container.config.mail_from)
    world.clock.advance(seconds=timedelta(minutes=10).total_seconds())
    schedule = {
        "version": "0", "account": "", "region": "us-east-1", "detail": {}, "detail-type": "Scheduled Event",
        "source": "aws.events", "time": "2026-03-09T20:15:30Z", "id": "1", "resources": [],
    }  # fmt: skip
    people.world.client.lambda_.invoke("watch_access", schedule)
    [(to, text)] = people.mails()
    assert (to, "/no-fui-yo/" in text) == (SECOND, True)
