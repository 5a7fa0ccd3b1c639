"""Who holds what a change was told with, and has nothing left to contest, freezes no mailbox by it (ADR 0029)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, Mailbox, MailboxState
from chalicelib.services.access.contest_change import Contest, Standing, contest_change
from chalicelib.services.access.tell_change import new_telling
from tests.company_world import COMPANY, THIRD, seed_company, token_of
from tests.handlers.operator.test_freezing_commands import WHY, add_active, contest, hand_over, people, take_over
from tests.person_world import EMAIL, USERNAME, People

__all__ = ["people"]

POWER = "--power-page 11012345 --power-entry C00012"
SOMEBODY_NEW = "--document 40000077 --document-type DNI --name 'Eva Demo' --email eva@ejemplo.pe --mobile 987654321"


@pytest.fixture
def company(people: People) -> People:
    seed_company(people.tools, people.world.container)
    return people


def found(at: People, mailbox_id: str = COMPANY) -> Mailbox:
    mailbox = at.tools.mailboxes.find(mailbox_id)
    assert mailbox
    return mailbox


def told(at: People, user_id: str, mailbox_id: str = COMPANY, kind: ChangeKind = ChangeKind.PASSWORD) -> str:
    """Have a user be told of a change by e-mail; return the link's secret."""
    mailbox, now = found(at, mailbox_id), at.world.clock()
    user = mailbox.user(user_id)
    assert user
    telling = new_telling(kind, mailbox, user, tools=at.tools, now=now)
    for token in telling.tokens:
        at.tools.tokens.issue(token)
    at.world.clock.advance(minutes=5)
    return telling.address.rpartition("/")[2]


def press(at: People, link: str) -> Contest:
    return contest_change(link, origin="", tools=at.tools)


def assert_over(at: People, link: str, mailbox_id: str = COMPANY) -> None:
    """The link changes nothing, and its page says so."""
    before = found(at, mailbox_id)

    assert press(at, link).standing is Standing.OVER

    assert found(at, mailbox_id) == before
    page = at.world.client.http.request("GET", f"/no-fui-yo/{link}").body.decode()
    assert "ya no se puede impugnar" in page
    assert "congelar la casilla" not in page


@pytest.mark.parametrize("who", [SOMEBODY_NEW, f"--user {THIRD}"])
def test_the_principal_whom_an_operator_took_out_freezes_nothing_by_what_was_sent_before(
    company: People, who: str
) -> None:
    links = [told(company, "u1"), told(company, "u1", kind=ChangeKind.EMAIL)]

    code, output = company.command(f"mailboxes principal {COMPANY} {who} {POWER} {WHY}")
    assert code == 0, output

    for link in links:
        assert_over(company, link)


def test_who_stays_as_a_secondary_user_contests_the_own_changes_as_before(company: People) -> None:
    link = told(company, "u1")
    assert company.command(f"mailboxes principal {COMPANY} --user {THIRD} {POWER} --former secondary {WHY}")[0] == 0

    press(company, link)

    assert found(company).state is MailboxState.FROZEN


def test_whom_an_undoing_shut_out_freezes_nothing_by_what_was_sent_before(company: People) -> None:
    contested = told(company, "u1")
    accomplice = add_active(company)
    hand_over(company, accomplice)
    link = told(company, accomplice)
    contest(company, contested)
    assert company.command(f"mailboxes unfreeze {COMPANY} --undo {WHY}")[0] == 0

    assert_over(company, link)


def test_an_undone_change_takes_with_it_what_was_sent_since_and_nothing_from_before(people: People) -> None:
    before = told(people, "u1", USERNAME)
    contested = take_over(people)
    to_the_intruder = told(people, "u1", USERNAME)
    contest(people, contested)
    assert people.command(f"mailboxes unfreeze {USERNAME} --undo {WHY}")[0] == 0
    people.world.clock.advance(minutes=5)

    assert_over(people, to_the_intruder, USERNAME)
    later = told(people, "u1", USERNAME)
    for link in (before, later):
        contest(people, link)
        frozen = found(people, USERNAME)
        assert (frozen.state, frozen.users[0].email) == (MailboxState.FROZEN, EMAIL)
        assert people.command(f"mailboxes unfreeze {USERNAME} --keep {WHY}")[0] == 0


def test_of_a_contested_hand_over_operators_read_who_was_the_principal_and_to_whom_a_link_went(company: People) -> None:
    hand_over(company, "u2")
    link = told(company, "u1", kind=ChangeKind.PRINCIPAL)
    contest(company, link)

    assert (
        "Impugnado: cambiaron el usuario principal de la casilla, que era u1, el 09/03/2026"
        in company.command(f"mailboxes frozen {WHY}")[1]
    )
    page = company.world.client.http.request("GET", f"/no-fui-yo/{link}").body.decode()
    assert "Si el cambio se deshace, recibirás un enlace" in page
    output = company.command(f"mailboxes unfreeze {COMPANY} --keep {WHY}")[1]
    assert "Se envió el aviso a " in output
    assert "enlace" not in output


def test_who_is_disabled_is_told_what_was_decided_and_promised_no_link(company: People) -> None:
    contested = told(company, "u1")
    accomplice = add_active(company)
    hand_over(company, accomplice)
    theirs = told(company, accomplice)
    press(company, theirs)
    contest(company, contested)

    output = company.command(f"mailboxes unfreeze {COMPANY} --undo {WHY}")[1]

    assert "Se envió el aviso a r***@ejemplo.pe" in output
    assert output.count("Se envió un enlace para crear su contraseña") == 1
    [text] = [text for to, text in company.mails() if to == "rosa@ejemplo.pe" and "ya no está congelada" in text]
    assert "lo deshizo" in text
    assert "está deshabilitado" in text
    assert "Ya puede ingresar" not in text


def test_a_kept_change_takes_nothing_else_with_it(people: People) -> None:
    first, second = told(people, "u1", USERNAME), told(people, "u1", USERNAME)
    contest(people, first)
    assert people.command(f"mailboxes unfreeze {USERNAME} --keep {WHY}")[0] == 0

    press(people, second)

    assert found(people, USERNAME).state is MailboxState.FROZEN


def test_a_secondary_user_who_was_removed_has_nothing_left_to_contest_after_a_week(company: People) -> None:
    link = told(company, "u2", kind=ChangeKind.MOBILE)
    removed = company.send("POST", "/v1/users/u2/removal", None, token=token_of(company, COMPANY))
    assert removed.status_code == 200
    company.world.clock.advance(days=7, seconds=1)

    assert_over(company, link)


def test_a_removal_does_not_void_what_was_told_before_to_the_address_that_an_intruder_replaced(company: People) -> None:
    link = told(company, "u2", kind=ChangeKind.EMAIL)
    assert company.send("POST", "/v1/users/u2/removal", None, token=token_of(company, COMPANY)).status_code == 200
    company.world.clock.advance(days=6)

    press(company, link)

    assert found(company).state is MailboxState.FROZEN


def handed_over_and_removed(at: People) -> str:
    """Have the principal hand over, and be removed by who took over; return what tells of a change before."""
    link = told(at, "u1")
    hand_over(at, "u2")
    assert at.send("POST", "/v1/users/u1/removal", None, token=token_of(at, COMPANY)).status_code == 200
    at.world.clock.advance(minutes=5)
    return link


def test_who_was_the_principal_until_a_hand_over_freezes_though_removed_since(company: People) -> None:
    link = handed_over_and_removed(company)

    press(company, link)

    assert found(company).state is MailboxState.FROZEN


@pytest.mark.parametrize("how", ["--undo", "--keep"])
def test_where_whose_change_was_contested_was_removed_it_opens_and_says_so(company: People, how: str) -> None:
    link = handed_over_and_removed(company)
    contest(company, link)
    assert "quién la administra" in company.world.client.http.request("GET", f"/no-fui-yo/{link}").body.decode()

    code, output = company.command(f"mailboxes unfreeze {COMPANY} {how} {WHY}")

    assert (code, "Se envió el aviso a u***@ejemplo.pe" in output) == (0, True), output
    assert found(company).state is MailboxState.OPEN


def test_what_a_former_principal_changed_after_the_hand_over_is_over_with_the_removal(company: People) -> None:
    hand_over(company, "u2")
    link = told(company, "u1")
    assert company.send("POST", "/v1/users/u1/removal", None, token=token_of(company, COMPANY)).status_code == 200
    company.world.clock.advance(days=7, seconds=1)

    assert_over(company, link)


def test_once_an_operator_named_the_principal_a_hand_over_from_before_is_contested_no_more(company: People) -> None:
    link = handed_over_and_removed(company)
    assert company.command(f"mailboxes principal {COMPANY} --user {THIRD} {POWER} {WHY}")[0] == 0

    assert_over(company, link)


@pytest.mark.parametrize("how", ["--undo", "--keep"])
def test_once_an_operator_decided_about_who_was_removed_their_other_links_are_over(company: People, how: str) -> None:
    other = told(company, "u1", kind=ChangeKind.MOBILE)
    contest(company, handed_over_and_removed(company))
    code, output = company.command(f"mailboxes unfreeze {COMPANY} {how} {WHY}")
    assert code == 0, output

    assert_over(company, other)


def test_what_an_operator_decided_about_somebody_else_leaves_them_their_links(company: People) -> None:
    link, third = handed_over_and_removed(company), told(company, "u3")
    contest(company, third)
    assert company.command(f"mailboxes unfreeze {COMPANY} --keep {WHY}")[0] == 0

    press(company, link)

    assert found(company).state is MailboxState.FROZEN
    kinds = [event.type for event in company.tools.events.list_for_subject(f"mailbox#{COMPANY}")]
    assert kinds.count(EventType.MAILBOX_FROZEN) == 2


def test_one_whose_time_is_over_is_unusable_whoever_left(company: People) -> None:
    link = told(company, "u2")
    company.world.clock.now += timedelta(days=31)

    assert company.world.client.http.request("GET", f"/no-fui-yo/{link}").status_code == 404
