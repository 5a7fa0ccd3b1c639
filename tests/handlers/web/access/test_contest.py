"""*No fui yo*: who holds what went to the former address or mobile freezes the mailbox; nobody gets in (REG-11)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import MailboxState, UserState
from chalicelib.domain.sender.gsm7 import gsm7_length
from chalicelib.services.access.contest_change import contest_change
from tests.browser_requests import Browser, text_of
from tests.deposit_world import a_mailbox, a_user
from tests.person_world import EMAIL, NEW, PASSWORD, USERNAME, People, sent_sms

INTRUDER = "intruso@ejemplo.pe"


def contest_in(people: People, number: int = -1) -> str:
    return str(re.findall(r"/no-fui-yo/(\S+)", people.mails()[number][1])[-1])


def reset(people: People) -> str:
    """Have the password set by the link of an e-mail, and return what contests it."""
    assert people.ask_reset().status_code == 202
    assert people.use_reset(people.link_sent()).status_code in {200, 204}
    return contest_in(people)


def state(browser: Browser) -> MailboxState:
    mailbox = mailbox_store(browser.people.world.container).find(USERNAME)
    assert mailbox
    return mailbox.state


def test_looking_changes_nothing_and_the_button_freezes(browser: Browser) -> None:
    link = reset(browser.people)

    shown = browser.get(f"/no-fui-yo/{link}")

    assert shown.status_code == 200
    assert "Cambiaron la contraseña de una casilla electrónica" in text_of(shown)
    assert "No fui yo: congelar la casilla" in text_of(shown)
    assert state(browser) is MailboxState.OPEN
    pressed = browser.post(f"/no-fui-yo/{link}")
    assert (pressed.status_code, pressed.headers["Location"]) == (303, f"/no-fui-yo/{link}")
    assert state(browser) is MailboxState.FROZEN
    assert "Tu casilla está congelada" in text_of(browser.get(f"/no-fui-yo/{link}"))
    [event] = event_store(browser.people.world.container).list_for_subject(f"mailbox#{USERNAME}")
    assert (event.type, event.actor, event.origin) == (EventType.MAILBOX_FROZEN, "unknown", "127.0.0.1")
    assert event.data.keys() == {"change_id", "kind", "user_id", "changed_at"}


def test_pressed_again_it_is_frozen_as_before(browser: Browser) -> None:
    link = reset(browser.people)
    browser.post(f"/no-fui-yo/{link}")
    frozen = mailbox_store(browser.people.world.container).find(USERNAME)

    assert browser.post(f"/no-fui-yo/{link}").status_code == 303

    assert mailbox_store(browser.people.world.container).find(USERNAME) == frozen


def test_the_former_mobile_gets_a_code_that_does_the_same(browser: Browser) -> None:
    reset(browser.people)
    [(number, text)] = sent_sms()
    assert number == a_user().mobile
    assert "http" not in text
    assert (gsm7_length(text) or 999) <= 160
    [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)

    typed = browser.post("/no-fui-yo", code=code.lower().replace("-", " "))
    browser.post(typed.headers["Location"])

    assert typed.headers["Location"] == f"/no-fui-yo/{code}"
    assert state(browser) is MailboxState.FROZEN


def test_a_mistyped_code_is_told_beside_its_field(browser: Browser) -> None:
    told = browser.post("/no-fui-yo", code="ABCD-EFGH-JKMP")

    assert told.status_code == 422
    assert "ABCD-EFGH-JKMP" in text_of(told)
    assert "El código no es correcto" in text_of(told)


@pytest.mark.parametrize("name", ["nada", "2345-6789-ABCD", "A" * 43])
def test_a_stranger_freezes_nothing(browser: Browser, name: str) -> None:
    reset(browser.people)

    assert browser.get(f"/no-fui-yo/{name}").status_code == 404
    assert browser.post(f"/no-fui-yo/{name}").status_code == 404

    assert state(browser) is MailboxState.OPEN


def test_a_reset_link_and_a_change_id_contest_nothing(browser: Browser) -> None:
    people = browser.people
    people.ask_reset()
    reset_link = people.link_sent()

    assert browser.post(f"/no-fui-yo/{reset_link}").status_code == 404


def test_it_counts_for_thirty_days(browser: Browser) -> None:
    link = reset(browser.people)

    browser.people.world.clock.advance(days=30, seconds=1)
    assert browser.post(f"/no-fui-yo/{link}").status_code == 404
    assert state(browser) is MailboxState.OPEN
    browser.people.world.clock.advance(seconds=-1)
    assert browser.post(f"/no-fui-yo/{link}").status_code == 303


def freeze(people: People) -> None:
    contest_change(reset(people), origin="", tools=people.tools)


def test_sessions_end_for_every_user(browser: Browser) -> None:
    people = browser.people
    mailbox_store(people.world.container).put(a_mailbox(users=(a_user(1), a_user(2, document_number="40000028"))))
    link = reset(people)
    tokens = [people.token()]
    secondary = people.tools.accounts.find(USERNAME)
    assert secondary
    assert people.send("GET", "/v1/notices", token=tokens[0]).status_code == 200

    contest_change(link, origin="", tools=people.tools)

    assert people.send("GET", "/v1/notices", token=tokens[0]).status_code == 401
    assert people.send("GET", "/v1/notices", token=people.token()).status_code == 401  # begun since: no way in is one


def test_no_way_in_is_one(browser: Browser) -> None:
    people = browser.people
    people.ask_reset()
    earlier = people.link_sent()
    link = reset(people)
    people.world.clock.advance(minutes=10)
    people.ask_reset()
    pending = people.link_sent()
    contest_change(link, origin="", tools=people.tools)

    refused = people.log_in(password=NEW)
    assert (refused.status_code, refused.json_body["code"]) == (403, "mailbox_frozen")
    assert people.log_in(password=PASSWORD).json_body["code"] == "credentials_wrong"
    for one in (earlier, pending):
        assert people.use_reset(one, "Otra-clave-larga-8").json_body["code"] == "link_unusable"
    sent = len(people.mails())
    people.world.clock.advance(minutes=10)
    assert people.ask_reset().status_code == 202
    assert [to for to, _ in people.mails()[sent:]] == ["success@simulator.amazonses.com"]


def test_who_asks_for_a_login_code_is_refused_as_well(browser: Browser) -> None:
    people = browser.people
    freeze(people)
    code_id = people.send("POST", "/v1/login-codes", {"username": USERNAME}).json_body["code_id"]

    refused = people.log_in(password=NEW, email_code={"id": code_id, "code": people.code_sent()})

    assert refused.json_body["code"] == "mailbox_frozen"


def test_the_activation_of_a_pending_user_opens_nothing(browser: Browser) -> None:
    people = browser.people
    freeze_link = reset(people)
    token = people.log_in(password=NEW).json_body["token"]
    user = {"document_type": "DNI", "document_number": "40000021", "name": "Rosa Demo", "email": "rosa@ejemplo.pe"}
    people.send("POST", "/v1/users", user, token=token)
    activation = re.findall(r"/activar/(\S+)", people.mails()[-1][1])[-1]
    contest_change(freeze_link, origin="", tools=people.tools)

    over = browser.post(f"/activar/{activation}", new_password=NEW, new_password_repeated=NEW)

    assert over.status_code == 410
    account = people.tools.accounts.find(f"{USERNAME}.40000021")
    assert account
    assert account.state is UserState.PENDING


def test_a_new_email_tells_the_former_one_with_what_contests_it(browser: Browser) -> None:
    people = browser.people
    token = people.log_in().json_body["token"]
    people.send("POST", "/v1/profile/email", {"email": INTRUDER, "password": PASSWORD}, token=token)
    code = people.code_sent()
    people.send("POST", "/v1/profile/email/verification", {"code": code}, token=token)
    [(to, told)] = [(to, text) for to, text in people.mails() if "/no-fui-yo/" in text]

    assert to == EMAIL
    assert "Su correo cambió" in told or "correo" in told
    browser.post(f"/no-fui-yo/{contest_in(people)}")
    assert state(browser) is MailboxState.FROZEN
    assert [number for number, _ in sent_sms()] == [a_user().mobile]


def test_the_time_of_the_freeze_is_its_own(browser: Browser) -> None:
    people = browser.people
    link = reset(people)
    changed_at = people.world.clock.now
    people.world.clock.advance(hours=3)
    contest_change(link, origin="", tools=people.tools)
    mailbox = mailbox_store(people.world.container).find(USERNAME)

    assert mailbox
    assert mailbox.freeze
    assert (mailbox.freeze.since, mailbox.freeze.frozen_at) == (changed_at, changed_at + timedelta(hours=3))


def test_a_new_mobile_is_told_to_the_one_of_before_and_can_be_contested(browser: Browser) -> None:
    people = browser.people
    token = people.token()
    former = a_user().mobile
    answer = people.send("POST", "/v1/profile", {"mobile": "987654321"}, token=token)
    assert answer.json_body["mobile"] == "+51987654321"

    [(number, text)] = sent_sms()
    assert number == former
    assert text.startswith("Cambiaron el celular de su casilla.")
    to, told = people.mails()[-1]
    assert (to, "Su celular cambió" in told) == (EMAIL, True)
    browser.post(f"/no-fui-yo/{contest_in(people)}")
    assert state(browser) is MailboxState.FROZEN
