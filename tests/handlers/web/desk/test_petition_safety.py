"""What a petition may not do to a mailbox's people, whoever asks, dies in between, or did something meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.desk.petition import Petition, PetitionState
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Freeze, MailboxState, UserState
from chalicelib.domain.people.hand_over import with_principal
from chalicelib.services.access.contest_change import Standing, contest_change
from chalicelib.services.access.tell_change import new_telling
from chalicelib.services.access.undo_contested import undo_contested
from chalicelib.services.desk.petitions import approve_petition
from chalicelib.store.desk.petition_store import PetitionStore
from tests.access_world import at_once
from tests.browser_requests import text_of
from tests.company_world import BOSS_NUMBER, COMPANY, OTHER_NUMBER
from tests.desk_world import DeskScene
from tests.handlers.operator.test_freezing_commands import INTRUDER, contest, take_over
from tests.handlers.web.desk.test_petition_pages import LIST, PERSON, Papers
from tests.person_world import EMAIL, USERNAME, sent_sms

PRIVATE: dict[str, Any] = {"document_type": "DNI", "document_number": "40000002"}


@pytest.fixture
def papers(scene: DeskScene) -> Papers:
    return Papers(scene)


class _DownMail:
    """An SMTP that takes nothing for now."""

    def send(self, _message: Any, _destination: str, _tags: Any) -> str:
        raise Unavailable("mail_unavailable", "No sale ningún correo.")


class _DiesBeforeDone(PetitionStore):
    """A process that dies once the change is made."""

    def update(self, petition: Petition, event: Event) -> Petition | None:
        if petition.state is PetitionState.DONE:
            raise RuntimeError("killed")
        return super().update(petition, event)


def without_mail(papers: Papers) -> Any:
    tools = papers.tools
    return replace(tools, desk=replace(tools.desk, access=replace(tools.desk.access, mail=_DownMail())))


def die_after_the_change(papers: Papers, number: str) -> None:
    tools = papers.tools
    dying = replace(tools, petitions=_DiesBeforeDone(connection(papers.world.container)))
    with pytest.raises(RuntimeError):
        approve_petition(number, papers.scene.at_desk(papers.second), tools=dying)
    assert papers.found(number).state is PetitionState.APPROVED


def letters(papers: Papers, since: int, word: str) -> set[str]:
    return {to for to, text in papers.staff.people.mails()[since:] if word in text}


def test_whom_a_desk_named_is_not_undone_by_who_was_the_principal(papers: Papers) -> None:
    access, before = papers.scene.tools.access, papers.mailbox
    told = new_telling(ChangeKind.PASSWORD, before, before.principal, tools=access, now=papers.world.clock())
    for token in told.tokens:
        access.tokens.issue(token)
    number = papers.asked("principal", **PERSON)
    papers.wait_a_day()
    papers.decide(number)

    link = told.address.rpartition("/")[2]

    assert contest_change(link, origin="", tools=access).standing is Standing.OVER
    assert papers.mailbox.state is MailboxState.OPEN
    former, third = before.principal, before.users[2]
    removal = AccessChange("c1", ChangeKind.REMOVAL, third.user_id, told.change.changed_at, third.email, by="u1")
    freeze = Freeze(papers.world.clock(), (removal, replace(removal, change_id="c2", user_id=former.user_id)))
    frozen = replace(papers.mailbox, state=MailboxState.FROZEN, freeze=freeze)
    assert undo_contested(frozen, freeze, at=papers.world.clock(), tools=access).shut_out == ()


def test_what_an_earlier_try_made_is_not_made_again_over_what_its_people_did_since(papers: Papers) -> None:
    number = papers.asked("principal", **PERSON)
    papers.wait_a_day()
    die_after_the_change(papers, number)
    other = papers.mailbox.users[1]
    store = mailbox_store(papers.world.container)
    store.put(with_principal(papers.mailbox, other))

    assert papers.decide(number).headers["Location"].endswith("hecho=hecho")

    assert papers.mailbox.principal.user_id == other.user_id
    assert papers.found(number).state is PetitionState.DONE
    assert papers.log().count(EventType.PRINCIPAL_CHANGED) == 1


def test_a_disabling_that_was_made_and_undone_by_its_people_stays_undone(papers: Papers) -> None:
    number = papers.asked("disable", own_number=OTHER_NUMBER)
    die_after_the_change(papers, number)
    assert {user.state for user in papers.mailbox.users} == {UserState.ACTIVE, UserState.DISABLED}
    users = tuple(replace(user, state=UserState.ACTIVE) for user in papers.mailbox.users)
    mailbox_store(papers.world.container).put(replace(papers.mailbox, users=users))

    papers.decide(number)

    after = papers.mailbox.users[1]
    assert after.state is UserState.ACTIVE
    assert papers.found(number).state is PetitionState.DONE


def test_a_new_principal_asked_for_against_another_one_is_not_made(papers: Papers) -> None:
    number = papers.asked("principal", **PERSON)
    other = papers.mailbox.users[1]
    mailbox_store(papers.world.container).put(with_principal(papers.mailbox, other))
    papers.wait_a_day()

    answer = papers.decide(number)

    assert answer.status_code == 409
    assert "cambió el usuario principal" in text_of(answer)
    assert papers.mailbox.principal.user_id == other.user_id


def test_who_dies_between_change_and_letters_leaves_them_to_the_next(papers: Papers) -> None:
    number = papers.asked("principal", **PERSON)
    papers.wait_a_day()
    die_after_the_change(papers, number)
    sent = len(papers.staff.people.mails())

    papers.decide(number)

    assert "nora@ejemplo.pe" in letters(papers, sent, "/activar/")
    assert letters(papers, sent, "el cambio está hecho") == {user.email for user in papers.mailbox.alerted_users}


def test_nothing_is_approved_while_its_people_cannot_be_told(papers: Papers) -> None:
    tools, by = without_mail(papers), papers.scene.at_desk(papers.first)
    number = papers.asked("disable", own_number=OTHER_NUMBER)
    told = papers.found(number)
    event = by.event(EventType.PETITION_TOLD, "mailbox#x", "x", tools=tools.desk, now=papers.world.clock())
    assert papers.tools.petitions.update(replace(told, told_at=None), event)  # who took it died before it told

    with pytest.raises(Unavailable, match="petition_untold"):
        approve_petition(number, papers.scene.at_desk(papers.second), tools=tools)

    assert papers.found(number).state is PetitionState.OPEN
    sent = len(papers.staff.people.mails())
    assert papers.asked("disable", own_number=OTHER_NUMBER, form_id=number) == number
    assert len(letters(papers, sent, "presentaron un documento")) == 3
    assert papers.found(number).told_at is not None
    assert papers.decide(number).headers["Location"].endswith("hecho=hecho")


def test_whose_day_begins_when_they_are_told(papers: Papers) -> None:
    number = papers.asked("close")
    by = papers.scene.at_desk(papers.second)
    event = by.event(EventType.PETITION_TOLD, "mailbox#x", "x", tools=papers.tools.desk, now=papers.world.clock())
    assert papers.tools.petitions.update(replace(papers.found(number), told_at=None), event)
    papers.wait_a_day()

    assert papers.decide(number).status_code == 409
    assert papers.found(number).told_at is not None
    papers.wait_a_day()
    assert papers.decide(number).headers["Location"].endswith("hecho=hecho")


def test_all_are_told_of_a_refusal_and_whoever_gets_in_again_of_both(papers: Papers) -> None:
    papers.decide(papers.asked("disable", own_number=OTHER_NUMBER))
    other, sent = papers.mailbox.users[1], len(papers.staff.people.mails())
    everybody = {user.email for user in papers.mailbox.users}

    refused = papers.asked("enable", own_number=OTHER_NUMBER)
    assert letters(papers, sent, "presentaron un documento") == everybody
    papers.decide(refused, "rechazar", refusal="differs")
    assert letters(papers, sent, "lo rechazó") == everybody
    papers.decide(papers.asked("enable", own_number=OTHER_NUMBER))

    assert other.state is UserState.DISABLED
    assert letters(papers, sent, "el cambio está hecho") == everybody


def test_a_disabling_at_the_desk_is_not_told_as_the_principals(papers: Papers) -> None:
    papers.decide(papers.asked("disable", own_number=OTHER_NUMBER))
    other = papers.mailbox.users[1]
    [text] = [text for to, text in papers.staff.people.mails() if to == other.email and "deshabilitó" in text]
    assert "El usuario principal deshabilitó" not in text
    contest_change(papers.staff.people.contest_sent(), origin="", tools=papers.scene.tools.access)
    assert papers.mailbox.freeze is not None
    assert [one.by for one in papers.mailbox.freeze.contested] == [""]


@pytest.mark.parametrize(
    ("change", "typed", "result"),
    [
        ("principal", {**PERSON, **PRIVATE}, "mailbox_is_a_persons"),
        ("thaw_kept", {"cause": "mistaken"}, "mailbox_not_frozen"),
        ("disable", {"own_number": BOSS_NUMBER}, "user_is_principal"),
        ("close", {"document_number": "20100000017"}, "user_unknown"),
    ],
)
def test_each_refusal_that_says_who_has_a_mailbox_is_logged_and_counted(
    papers: Papers, change: str, typed: dict[str, Any], result: str
) -> None:
    browser = papers.staff.browser(papers.first)
    for _ in range(20):
        assert papers.ask(change, browser, **typed).status_code in {409, 422}
    assert papers.ask(change, browser, **typed).status_code == 429
    about = USERNAME if "document_number" in typed else COMPANY
    about = "8-20100000017" if typed.get("document_number") == "20100000017" else about
    events = event_store(papers.world.container).list_for_subject(f"mailbox#{about}")
    assert [one.data["result"] for one in events if one.type is EventType.MAILBOX_CONSULTED] == [result] * 21


def test_another_officers_number_is_no_way_to_ask_unseen(papers: Papers) -> None:
    number = papers.asked("close")
    for document in ("20100000009", "20100000017"):
        other = papers.staff.browser(papers.second)
        answer = papers.ask("close", other, form_id=number, document_number=document)
        assert answer.status_code == 503


def test_nobody_names_themselves_nor_decides_about_their_own_mailbox(papers: Papers) -> None:
    own = papers.first.document_number
    named: dict[str, Any] = {**PERSON, "person_number": own}
    assert papers.ask("principal", **named).status_code == 403
    number = papers.asked("principal", **{**PERSON, "person_number": papers.second.document_number})
    papers.wait_a_day()
    for deed in ("aprobar", "rechazar"):
        assert papers.decide(number, deed, refusal="differs").status_code == 403
    users = (papers.mailbox.users[0], replace(papers.mailbox.users[1], document_number=own), papers.mailbox.users[2])
    mailbox_store(papers.world.container).put(replace(papers.mailbox, users=users))
    assert papers.ask("enable", own_number=own).status_code == 403


def test_the_former_address_and_mobile_hear_of_a_thaw_when_it_is_asked_for_and_made(papers: Papers) -> None:
    people = papers.staff.people
    mobile = people.mailbox().principal.mobile
    contest(people, take_over(people))
    sent, texts = len(people.mails()), len(sent_sms())

    number = papers.asked("thaw_kept", **PRIVATE, cause="mistaken")

    assert letters(papers, sent, "presentaron un documento") == {
        EMAIL,
        *(one.email for one in people.mailbox().alerted_users),
    }
    assert INTRUDER in letters(papers, sent, "presentaron un documento")
    assert mobile in {to for to, _ in sent_sms()[texts:]}
    papers.wait_a_day()
    assert papers.decide(number).headers["Location"].endswith("hecho=hecho")
    assert letters(papers, sent, "el cambio está hecho") == {EMAIL}
    assert any(to == mobile and "Se hizo el cambio" in text for to, text in sent_sms()[texts:])


def test_a_thaw_is_of_what_was_contested_when_it_was_asked_for(papers: Papers) -> None:
    people = papers.staff.people
    contest(people, take_over(people))
    number = papers.asked("thaw_undone", **PRIVATE, cause="not_theirs")
    before = people.mailbox()
    assert before.freeze is not None
    one = before.freeze.contested[0]
    more = replace(before.freeze, contested=(one, replace(one, change_id="another")))
    store = mailbox_store(papers.world.container)
    papers.world.clock.advance(minutes=5)
    for freeze in (more, replace(more, contested=more.contested[1:])):
        store.put(replace(people.mailbox(), freeze=freeze))
        answer = papers.decide(number)
        assert answer.status_code == 409
        assert "se impugnaron otros cambios" in text_of(answer)
        assert people.mailbox().state is MailboxState.FROZEN
        assert papers.found(number).state is PetitionState.OPEN
    store.put(replace(people.mailbox(), freeze=None, state=MailboxState.OPEN))
    answer = papers.decide(number)
    assert (answer.status_code, "ya no está congelada" in text_of(answer)) == (409, True)


def test_the_list_has_more_than_one_read_of_them_and_says_where_it_ends(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, store, by = papers.found(papers.asked("close")), papers.tools.petitions, papers.scene.at_desk(papers.first)
    for number in range(100):
        event = by.event(EventType.PETITION_ASKED, "mailbox#x", "x", tools=papers.tools.desk, now=one.asked_at)
        assert store.add(replace(one, petition_id=f"more{number:03d}", version=1), event)
    browser = papers.staff.browser(papers.second)
    shown = text_of(browser.get(LIST))
    assert shown.count('scope="row"') == 101
    assert "más antiguos" not in shown
    monkeypatch.setattr("chalicelib.handlers.web.desk.petitions._MOST_WAITING", 101)
    assert "Se muestran los de los 101 pedidos más antiguos" in text_of(browser.get(LIST))


def test_of_six_who_complete_one_at_once_one_makes_it(papers: Papers) -> None:
    number, by = papers.asked("principal", **PERSON), papers.scene.at_desk(papers.second)
    papers.wait_a_day()

    with pytest.raises(Unavailable):
        approve_petition(number, by, tools=replace(papers.tools, desk=_unanswered(papers)))
    outcomes = at_once(6, lambda _: approve_petition(number, by, tools=papers.tools))

    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert papers.log().count(EventType.PRINCIPAL_CHANGED) == 1
    assert papers.found(number).state is PetitionState.DONE
    assert approve_petition(number, by, tools=papers.tools).state is PetitionState.DONE  # who comes late
    assert papers.log().count(EventType.PRINCIPAL_CHANGED) == 1


class _Unanswered:
    """A table of mailboxes that answers what is looked at before the claim, and then no more."""

    def __init__(self, real: Any) -> None:
        self.real, self.left = real, 1

    def find(self, mailbox_id: str) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Unavailable("store_unavailable", "No responde.")
        return self.real.find(mailbox_id)


def _unanswered(papers: Papers) -> Any:
    desk = papers.tools.desk
    return replace(desk, access=replace(desk.access, mailboxes=_Unanswered(desk.access.mailboxes)))
