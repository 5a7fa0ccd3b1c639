"""A new e-mail counts a day after it proved itself, unless the old one contests it, or once it confirms it (REG-11)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import MailboxUser
from chalicelib.services.access.contest_change import contest_change
from tests.browser_requests import Browser, text_of
from tests.cloud import Engine
from tests.deposit_world import NOW, World, a_body
from tests.person_world import EMAIL, NEW, PASSWORD, USERNAME, People, sent_sms

NEW_EMAIL = "nueva@ejemplo.pe"
OTHER = "tercera@ejemplo.pe"
DAY = timedelta(hours=24)
SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return people


def own(people: People) -> MailboxUser:
    mailbox = mailbox_store(people.world.container).find(USERNAME)
    assert mailbox
    return mailbox.users[0]


def change_email(people: People, email: str = NEW_EMAIL) -> None:
    token = people.token()
    people.send("POST", "/v1/profile/email", {"email": email, "password": PASSWORD}, token=token)
    code = people.code_sent()
    answer = people.send("POST", "/v1/profile/email/verification", {"code": code}, token=token)
    assert answer.status_code == 200, answer.json_body


def watch(people: People) -> dict[str, Any]:
    report: dict[str, Any] = people.world.client.lambda_.invoke("watch_access", SCHEDULED).payload
    return report


def alerted(people: People) -> set[str]:
    """Deposit a notice, and return where its alerts by e-mail go."""
    key = f"clave-{people.world.clock.now.isoformat()}"
    assert people.world.deposit(a_body(), key=key).status_code == 201
    mailbox = mailbox_store(people.world.container).find(USERNAME)
    assert mailbox
    return {user.email for user in mailbox.alerted_users}


@pytest.mark.parametrize(("after", "effective"), [(DAY - timedelta(microseconds=1), 0), (DAY, 1), (DAY * 9, 1)])
def test_it_counts_after_a_day_and_never_earlier_however_late_the_job(
    people: People, after: timedelta, effective: int
) -> None:
    change_email(people)
    people.world.clock.now = NOW + after

    assert watch(people)["effective"] == effective

    assert own(people).email == (NEW_EMAIL if effective else EMAIL)
    assert watch(people)["effective"] == 0


def test_until_then_alerts_and_resets_go_to_the_old_one(people: People) -> None:
    change_email(people)

    assert EMAIL in alerted(people)
    people.ask_reset(NEW_EMAIL)
    assert people.mails()[-1][0] == "success@simulator.amazonses.com"
    people.ask_reset(EMAIL)
    assert people.mails()[-1][0] == EMAIL
    people.world.clock.advance(hours=24)
    watch(people)
    assert NEW_EMAIL in alerted(people)
    assert EMAIL not in alerted(people)


def test_the_old_address_and_mobile_are_told_before_and_the_address_after(people: People) -> None:
    change_email(people)
    [(to, text)] = [(to, text) for to, text in people.mails() if "/no-fui-yo/" in text]
    assert to == EMAIL
    assert "Desde cuándo vale: A las 15:15 (hora de Lima) del martes 10 de marzo de 2026" in text
    assert NEW_EMAIL not in text
    [(_, sms)] = sent_sms()
    assert sms.startswith("Pidieron cambiar el correo de su casilla.")

    people.world.clock.advance(hours=24)
    watch(people)

    assert people.mails()[-1][0] == EMAIL
    assert "Su correo cambió" in people.mails()[-1][1]
    last = event_store(people.world.container).list_for_subject("user#u1")[-1]
    assert last.type is EventType.EMAIL_CHANGED


def test_the_old_one_confirms_it_on_its_page_and_opening_the_page_does_not(people: People) -> None:
    change_email(people)
    browser, link = Browser(people), people.contest_sent()

    page = browser.get(f"/no-fui-yo/{link}")
    assert "Fui yo: que valga ya" in text_of(page)
    assert own(people).email == EMAIL
    answer = browser.post(f"/no-fui-yo/{link}/fui-yo")
    assert answer.status_code == 303
    assert "el nuevo correo ya vale" in text_of(browser.get(answer.headers["Location"]))
    assert own(people).email == NEW_EMAIL
    assert browser.post(f"/no-fui-yo/{link}/fui-yo").status_code == 303
    people.world.clock.advance(hours=24)
    assert watch(people)["effective"] == 0


def test_a_mobile_does_not_confirm_it_since_anybody_within_changes_it(people: People) -> None:
    change_email(people)
    [(_, sms)] = sent_sms()
    [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", sms)
    browser = Browser(people)

    assert "Fui yo: que valga ya" not in text_of(browser.get(f"/no-fui-yo/{code}"))
    browser.post(f"/no-fui-yo/{code}/fui-yo")

    assert own(people).email == EMAIL


def test_contested_it_never_counts_also_once_the_mailbox_is_thawed(people: People) -> None:
    change_email(people)
    contest_change(people.contest_sent(), origin="", tools=people.tools)
    assert own(people).waiting is None
    people.world.clock.advance(hours=25)
    assert watch(people)["effective"] == 0
    line = f"mailboxes unfreeze {USERNAME} --keep --reason 'Vino con su DNI' --operator rquispe"
    assert people.world.client.lambda_.invoke("operator", {"command": line}).payload["exit"] == 0

    people.confirm_email()
    watch(people)

    assert own(people).email == EMAIL


def test_another_address_asked_for_begins_its_own_day(people: People) -> None:
    change_email(people)
    first = people.contest_sent()
    people.world.clock.advance(hours=23)
    change_email(people, OTHER)
    people.world.clock.advance(hours=2)

    assert watch(people)["effective"] == 0
    browser = Browser(people)
    browser.post(f"/no-fui-yo/{first}/fui-yo")  # of the address that is forgotten
    assert own(people).email == EMAIL
    people.world.clock.advance(hours=22)
    assert watch(people)["effective"] == 1
    assert own(people).email == OTHER


def test_an_address_that_waits_is_nobody_elses(people: People) -> None:
    change_email(people)
    token = people.token()
    user = {"document_type": "DNI", "document_number": "40000021", "name": "Rosa Demo", "email": NEW_EMAIL}

    assert people.send("POST", "/v1/users", user, token=token).json_body["code"] == "email_taken"


def test_a_reset_within_the_day_changes_nothing_of_it(people: People) -> None:
    change_email(people)
    people.ask_reset()
    people.use_reset(people.link_sent(), NEW)
    people.world.clock.advance(hours=24)

    assert watch(people)["effective"] == 1
    assert own(people).email == NEW_EMAIL
