"""Registering by the API, from the form to the account, on the in-process engine and the registries' simulator."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config as ClientConfig
from chalice.test import Client, HTTPResponse
from moto.ses.models import ses_backends

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.aws import connection, pepper
from chalicelib.bootstrap.registration import registration_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.config import Config
from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.contact import Phone
from chalicelib.domain.event import EventType
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.mailbox import Channel, DocumentType, Holder, UserState
from chalicelib.domain.mailbox.channels import SmsReach, live_channels
from chalicelib.domain.registration.registration import CODE_LIFETIME, LIFETIME, REGISTRY_LIFETIME
from chalicelib.gateways.mail import Mail
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.store import tables
from chalicelib.store.codec import to_data
from infra.local.cloud import REGION
from infra.local.registries.server import Simulator, running
from tests.deposit_world import NOW, Clock, a_mailbox
from tests.person_world import sent_sms
from tests.registry_world import ACCESS, a_company, a_person

_CONTACT = {"phone": "987 654 321", "email": "rosa@ejemplo.pe", "email_again": "rosa@ejemplo.pe"}
_ACCEPTED = [{"text": text, "version": version} for text, version in portal_texts().current.items()]
_TICK = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """Serve both registries."""
    with running(slow_seconds=0.1) as server:
        yield server


@dataclass
class Site:
    """The API as an applicant reaches it, and the e-mails it sent."""

    container: Container
    client: Client
    clock: Clock
    simulator: Simulator

    def call(self, method: str, path: str, body: object = None) -> HTTPResponse:
        return self.send(f"/v1/registrations{path}", body, method)

    def send(self, path: str, body: object = None, method: str = "POST") -> HTTPResponse:
        headers = {"content-type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        return self.client.http.request(method, path, headers=headers, body=raw)

    def start(self, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.call("POST", "", body or a_form())
        assert answer.status_code == 201, answer.body
        started: dict[str, Any] = answer.json_body
        return started

    def verify(self, registration_id: str, code: str) -> HTTPResponse:
        return self.call("POST", f"/{registration_id}/verification", {"code": code})

    def captcha(self, *, is_right: bool = True) -> dict[str, str]:
        captcha_id = self.send("/v1/captchas").json_body["captcha_id"]
        return {"id": captcha_id, "answer": captcha_answer(pepper(self.container), captcha_id) if is_right else "XXXXX"}

    @property
    def mails(self) -> list[tuple[str, str]]:
        """Address and text of each e-mail, oldest first."""
        backends = ses_backends["123456789012"][REGION]
        found = []
        for sent in backends.sent_messages:
            message = email.message_from_string(sent.raw_data, policy=email.policy.default)
            body = message.get_body(("plain",))
            assert body is not None
            found.append((str(message["To"]), body.get_content()))
        return found

    @property
    def code(self) -> str:
        """The code of the last e-mail."""
        found = re.search(r"Clave de validación: ([0-9A-Z]{6})", self.mails[-1][1])
        assert found, self.mails[-1]
        return found[1]


def a_form(number: str = "99000001", **overrides: Any) -> dict[str, Any]:
    person = {key: value for key, value in to_data(a_person(number)).items() if value}
    return {"person": person, **_CONTACT, "accepted": _ACCEPTED, **overrides}


def a_company_form(ruc: str = "20990000019", **changes: Any) -> dict[str, Any]:
    company = to_data(a_company(ruc, **changes))
    company["representative"] = {key: value for key, value in company["representative"].items() if value}
    return {"company": company, **_CONTACT, "accepted": _ACCEPTED}


@pytest.mark.parametrize("form", ["person", "company"])
def test_no_program_can_say_that_an_identity_provider_vouched_for_somebody(site: Site, form: str) -> None:
    said = {"authenticated_at": "2026-03-09T20:15:30Z"}
    body = a_form() if form == "person" else a_company_form()
    part = body["person"] if form == "person" else body["company"]["representative"]
    part |= said

    answer = site.call("POST", "", body)
    assert (answer.status_code, answer.json_body["code"]) == (422, "field_unknown")


@pytest.fixture
def site(aws: dict[str, str], simulator: Simulator) -> Iterator[Site]:
    """Yield an empty site."""
    config = replace(
        Config.from_env(aws),
        reniec_url=simulator.reniec_url,
        sunat_url=simulator.sunat_url,
        sunat_representatives_url=simulator.representatives_url,
        registry_user=ACCESS.user_dni,
        registry_ruc=ACCESS.institution_ruc,
    )
    clock = Clock()
    container = Container(config, clock=clock, pause=lambda _: None)
    tables.bind(config, connection(container))
    simulator.asked.clear()
    with using(container):
        yield Site(container, Client(app), clock, simulator)


def test_a_name_that_the_registry_garbles_is_held_against_nobody(site: Site) -> None:
    started = site.start(a_form("99000014"))

    assert started["state"] == "awaiting_registry"
    assert len(site.mails) == 1


def test_the_code_of_an_earlier_mail_is_called_so_and_costs_no_try(site: Site) -> None:
    started = site.start()
    earlier = site.code
    site.clock.advance(seconds=CODE_LIFETIME.total_seconds() + 1)
    site.call("POST", f"/{started['registration_id']}/codes")

    for _ in range(7):
        assert site.verify(started["registration_id"], earlier).json_body["code"] == "code_superseded"
    assert site.verify(started["registration_id"], site.code).json_body["state"] == "completed"


def test_a_code_from_before_the_address_changed_is_called_so_and_costs_no_try(site: Site) -> None:
    started = site.start()
    codes = [site.code]
    for address in ("otra@ejemplo.pe", "tercera@ejemplo.pe"):
        site.clock.advance(seconds=61)
        other = {"email": address, "email_again": address}
        assert site.call("POST", f"/{started['registration_id']}/email", other).status_code == 202
        codes.append(site.code)

    for earlier in codes[:2] * 4:
        told = site.verify(started["registration_id"], earlier)
        assert (told.status_code, told.json_body["code"]) == (422, "code_superseded")
    wrong = next(code for code in ("222222", "333333") if code not in codes)
    assert "te quedan 4 intentos" in site.verify(started["registration_id"], wrong).json_body["detail"]
    assert site.verify(started["registration_id"], codes[2]).json_body["state"] == "completed"


def test_a_code_of_another_registration_to_the_former_address_says_nothing(site: Site) -> None:
    started = site.start()
    other = {"email": "otra@ejemplo.pe", "email_again": "otra@ejemplo.pe"}
    site.call("POST", f"/{started['registration_id']}/email", other)
    site.start(a_form("99000002"))  # to the address of before

    assert site.verify(started["registration_id"], site.code).json_body["code"] == "code_wrong"


def test_a_person_abroad_registers_with_the_number_of_that_country(site: Site) -> None:
    started = site.start({**a_form(), "phone": "+34 612 345 678"})
    assert site.verify(started["registration_id"], site.code).json_body["state"] == "completed"

    opened = mailbox_store(site.container).find("1-99000001")
    assert opened is not None
    assert opened.users[0].mobile == "+34612345678"
    assert live_channels(opened) == {Channel.EMAIL}
    assert live_channels(opened, SmsReach(frozenset({"PE", "ES"}))) == {Channel.EMAIL, Channel.SMS}


def test_a_person_registers_verifies_and_gets_a_mailbox_and_an_account(site: Site) -> None:
    started = site.start()
    assert started["state"] == "awaiting_code"
    assert started["email"] == "r***@ejemplo.pe"
    assert site.mails[0][0] == "rosa@ejemplo.pe"

    verified = site.verify(started["registration_id"], f" {site.code.lower()} ")

    assert (verified.status_code, verified.json_body["state"]) == (200, "completed")
    account = account_store(site.container).find("1-99000001")
    assert account is not None
    assert (account.state, account.must_change_password) == (UserState.ACTIVE, True)
    assert account.temporary_until == NOW + timedelta(hours=72)
    mailbox = tables.MailboxItem.get("1-99000001").data
    assert mailbox["holder"] == {"document_type": "DNI", "document_number": "99000001", "name": "ROSA PRUEBA EJEMPLO"}
    assert [user["mobile"] for user in mailbox["users"]] == ["+51987654321"]
    [principal] = mailbox["users"]
    assert (principal["document_type"], principal["document_number"]) == ("DNI", "99000001")
    assert sorted(one["text"] for one in mailbox["accepted"]) == sorted(one["text"] for one in _ACCEPTED)
    [opened] = event_store(site.container).list_for_subject("mailbox#1-99000001")
    assert opened.type is EventType.MAILBOX_OPENED


def test_the_credentials_mail_carries_a_password_that_is_stored_hashed_only(site: Site) -> None:
    started = site.start()
    site.verify(started["registration_id"], site.code)

    text = site.mails[-1][1]
    password = text.split("Contraseña: ")[1].split()[0]
    account = account_store(site.container).find("1-99000001")
    assert "Usuario: 1-99000001" in text
    assert account is not None
    assert account.password_hash is not None
    assert password not in account.password_hash
    assert registration_tools(site.container).passwords.check(password, account.password_hash).is_right


def test_no_two_users_share_the_id_that_sessions_go_by(site: Site) -> None:
    for form in (a_form(), a_form("99000003"), a_company_form()):
        site.verify(site.start(form)["registration_id"], site.code)

    accounts = {item.username: item.data["user_id"] for item in tables.AccountItem.scan()}
    assert len(set(accounts.values())) == 3
    for item in tables.MailboxItem.scan():
        assert [user["user_id"] for user in item.data["users"]] == [accounts[item.mailbox_id]]


def test_the_credentials_open_a_session_that_asks_for_an_own_password(site: Site) -> None:
    site.verify(site.start()["registration_id"], site.code)
    password = site.mails[-1][1].split("Contraseña: ")[1].split()[0]

    answer = site.send("/v1/sessions", {"username": "1-99000001", "password": password, "captcha": site.captcha()})

    assert answer.status_code == 201, answer.body
    assert answer.json_body["must_change_password"] is True


def test_a_company_registers_and_gets_a_mailbox_and_an_account(site: Site) -> None:
    started = site.start(a_company_form())

    assert site.verify(started["registration_id"], site.code).json_body["state"] == "completed"
    assert account_store(site.container).find("8-20990000019") is not None


def test_nothing_stored_holds_the_id_the_code_or_the_password(site: Site) -> None:
    started = site.start()
    code = site.code
    stored = [item.data for item in tables.RegistrationItem.scan()]
    stored += [item.attribute_values for item in tables.TokenItem.scan()]

    assert started["registration_id"] not in repr(stored)
    assert code not in repr(stored)


def test_what_was_accepted_is_kept_with_version_time_and_address(site: Site) -> None:
    site.start()

    [item] = tables.RegistrationItem.scan()
    assert [(entry["text"], entry["version"]) for entry in item.data["accepted"]] == list(
        portal_texts().current.items()
    )
    assert all(entry["accepted_at"] == NOW.isoformat() and entry["origin"] for entry in item.data["accepted"])


@pytest.mark.parametrize("has_mailbox", [False, True])
def test_once_completed_only_what_is_evidence_is_left_of_the_form(site: Site, has_mailbox: bool) -> None:
    if has_mailbox:
        mailbox_store(site.container).put(a_mailbox("99000001"))
    site.verify(site.start()["registration_id"], site.code)

    [item] = tables.RegistrationItem.scan()
    left = {name: value for name, value in item.data.items() if value}
    assert (left["document_type"], left["document_number"]) == ("DNI", "99000001")
    assert len(left["accepted"]) == 2
    assert not re.search("(?i)prueba|rosa[^@]|1990|2020|987654321", repr(left))


def test_the_mailboxs_first_event_says_which_texts_were_accepted_and_when(site: Site) -> None:
    site.verify(site.start()["registration_id"], site.code)

    [opened] = event_store(site.container).list_for_subject("mailbox#1-99000001")
    texts = {f"accepted_{text}": f"{version} {NOW.isoformat()}" for text, version in portal_texts().current.items()}
    assert {name: value for name, value in opened.data.items() if name.startswith("accepted_")} == texts


def test_every_problem_of_the_form_is_told_at_once_and_no_registry_is_asked(site: Site) -> None:
    form = a_form(phone="12", email_again="otra@ejemplo.pe", accepted=[])
    form["person"] |= {"number": "123", "given_names": "R2"}

    answer = site.call("POST", "", form)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json_body["errors"]] == [
        *("person.number", "person.given_names"),
        *("email_again", "phone", "accepted"),
    ]
    assert site.simulator.asked == []


@pytest.mark.parametrize("phone", ["(01) 200-0001", "044 200001"])
def test_who_registers_gives_a_mobile_since_a_landline_gets_no_sms(site: Site, phone: str) -> None:
    for form in (a_form(), a_company_form()):
        answer = site.call("POST", "", {**form, "phone": phone})
        assert (answer.status_code, answer.json_body["code"], answer.json_body["field"]) == (
            422,
            "mobile_invalid",
            "phone",
        )
        assert "teléfono fijo" in answer.json_body["detail"]
    assert site.simulator.asked == []
    assert site.mails == []


def test_a_registration_begun_with_a_landline_goes_on_and_its_mailbox_lacks_a_mobile(site: Site) -> None:
    started = site.start()
    registrations = registration_tools(site.container).registrations
    begun = registrations.find(registrations.key(started["registration_id"]))
    assert begun is not None
    registrations.update(replace(begun, phone=Phone("+5112000001", is_mobile=False)))

    assert site.verify(started["registration_id"], site.code).json_body["state"] == "completed"
    opened = mailbox_store(site.container).find("1-99000001")
    assert opened is not None
    assert [user.mobile for user in opened.users] == [None]
    assert live_channels(opened) == {Channel.EMAIL}


@pytest.mark.parametrize("form", [a_form, a_company_form])
def test_a_mailbox_opened_by_registration_lacks_no_channel(site: Site, form: Callable[[], dict[str, Any]]) -> None:
    site.verify(site.start(form())["registration_id"], site.code)

    [item] = tables.MailboxItem.scan()
    opened = mailbox_store(site.container).find(item.mailbox_id)
    assert opened is not None
    assert live_channels(opened) == {Channel.EMAIL, Channel.SMS}


def test_every_missing_field_is_told_at_once(site: Site) -> None:
    answer = site.call("POST", "", {"person": {"document_type": "LIBRETA"}, "apodo": "x"})

    fields = [error["field"] for error in answer.json_body["errors"]]
    assert answer.status_code == 422
    assert {"person.document_type", "person.number", "email", "phone", "apodo"} <= set(fields)


@pytest.mark.parametrize("number", ["99000008", "99000009", "99000010", "99000404", "99000002"])
def test_a_person_the_registry_does_not_confirm_gets_one_answer_and_no_mail(site: Site, number: str) -> None:
    answer = site.call("POST", "", a_form(number) if number != "99000002" else _another_name(number))

    assert (answer.status_code, answer.json_body["code"]) == (422, "identity_mismatch")
    assert "field" not in answer.json_body
    assert site.mails == []


def _another_name(number: str) -> dict[str, Any]:
    form = a_form(number)
    form["person"]["given_names"] = "Otra"
    return form


@pytest.mark.parametrize(
    ("ruc", "name", "district", "code"),
    [
        ("20990000043", "Textil Simulada S.A.", "Ate", "company_inactive"),
        ("20990000051", "Transportes Imaginarios S.A.C.", "Comas", "company_not_habido"),
        ("20990000060", "Minera Supuesta S.A.A.", "Arequipa", "company_mismatch"),
        ("20990004049", "Nadie S.A.", "Lima", "company_mismatch"),
    ],
)
def test_a_company_the_registry_does_not_confirm_is_refused(
    site: Site, ruc: str, name: str, district: str, code: str
) -> None:
    answer = site.call("POST", "", a_company_form(ruc, legal_name=name, district=district))

    assert (answer.status_code, answer.json_body["code"]) == (422, code)
    assert site.mails == []


def test_a_ruc_of_a_person_is_sent_to_the_dni_before_anything_is_asked_or_counted(site: Site) -> None:
    """One that begins with 10 has the DNI in it: one holder, one mailbox."""
    site.start()
    limits = {item.token: item.attempts for item in tables.TokenItem.scan()}
    site.simulator.asked.clear()

    form = a_company_form("10990000013")
    form["company"]["representative"] = a_form()["person"]
    answer = site.call("POST", "", form)

    assert (answer.status_code, answer.json_body["code"]) == (422, "ruc_of_person")
    assert answer.json_body["field"] == "company.ruc"
    assert "con el DNI" in answer.json_body["detail"]
    assert site.simulator.asked == []
    assert {item.token: item.attempts for item in tables.TokenItem.scan()} == limits
    assert len(list(tables.RegistrationItem.scan())) == len(site.mails) == 1


def test_a_mistyped_ruc_of_a_person_is_told_as_mistyped(site: Site) -> None:
    answer = site.call("POST", "", a_company_form("10990000014"))

    assert answer.json_body["code"] == "document_number_invalid"


def test_whose_mailbox_goes_by_the_ruc_gets_no_second_and_reads_the_username_by_mail_only(site: Site) -> None:
    new = _walk(site, "99000001")
    put_by_ruc(site, "99000003")
    taken = _walk(site, "99000003")

    assert new == taken
    assert mailbox_store(site.container).find("1-99000003") is None
    assert account_store(site.container).find("1-99000003") is None
    for _, text in site.mails[-2:]:  # as it ended, and sent again
        assert "8-10990000030" in text
        assert "RUC 10990000030" in text
        assert "Contraseña: " not in text
    [repeated] = [item for item in tables.EventItem.scan() if item.type == EventType.REGISTRATION_REPEATED.value]
    assert "99000003" not in str(repeated.data)


def test_where_the_holder_has_both_from_before_the_mail_says_what_any_repeated_registration_s_does(site: Site) -> None:
    put_by_ruc(site, "99000003")
    mailbox_store(site.container).put(a_mailbox("99000003"))

    _walk(site, "99000003")

    assert "8-10" not in site.mails[-1][1]
    assert "¿Olvidaste tu contraseña?" in site.mails[-1][1]


def test_a_registration_with_a_person_s_ruc_begun_before_opens_nothing_beside_the_dni_s(site: Site) -> None:
    form = a_company_form()
    form["company"]["representative"] = a_form()["person"]
    started = site.start(form)
    [item] = tables.RegistrationItem.scan()
    data = {**item.data, "company": {**item.data["company"], "ruc": "10990000013"}}
    item.update([tables.RegistrationItem.data.set(data)])
    mailbox_store(site.container).put(a_mailbox("99000001"))

    assert site.verify(started["registration_id"], site.code).status_code == 200

    assert mailbox_store(site.container).find("8-10990000013") is None
    assert "1-99000001" in site.mails[-1][1]
    assert "DNI 99000001" in site.mails[-1][1]


def put_by_ruc(site: Site, dni: str) -> None:
    """Have somebody be there who registered with the own RUC when that was possible."""
    [_, mailbox_id] = mailboxes_of_holder(f"1-{dni}", site.container.mailbox_prefixes)
    holder = Holder(DocumentType.RUC, mailbox_id[2:], "IÑIGO MUÑECO CABAÑA")
    mailbox_store(site.container).put(a_mailbox(mailbox_id=mailbox_id, holder=holder))


def test_after_ten_tries_with_one_document_no_registry_is_asked_before_the_code(site: Site) -> None:
    for number in range(10):
        address = f"otra{number}@ejemplo.pe"
        form = {**_another_name("99000002"), "email": address, "email_again": address}
        site.call("POST", "", {**form, "captcha": site.captcha()})
    answer = site.call("POST", "", {**_another_name("99000002"), "captcha": site.captcha()})

    assert (answer.status_code, answer.json_body["state"]) == (201, "awaiting_proof")
    assert len(site.simulator.asked) == 10


def test_only_an_address_that_sent_several_in_the_hour_has_to_solve_a_captcha(site: Site) -> None:
    for _ in range(3):
        site.call("POST", "", {**a_form("99000002"), "email": "b@ejemplo.pe", "email_again": "b@ejemplo.pe"})
    site.simulator.asked.clear()

    needed = site.call("POST", "", a_form())
    wrong = site.call("POST", "", a_form(captcha=site.captcha(is_right=False)))
    used = site.captcha()
    right = site.call("POST", "", a_form(captcha=used))
    again = site.call("POST", "", a_form(captcha=used))

    told = [(answer.status_code, answer.json_body["code"], answer.json_body["field"]) for answer in (needed, wrong)]
    assert told == [(422, "captcha_needed", "captcha"), (422, "captcha_wrong", "captcha")]
    assert right.status_code == 201
    assert again.json_body["code"] == "captcha_wrong"
    assert len(site.simulator.asked) == 1
    site.clock.advance(hours=1)
    assert site.call("POST", "", a_form()).status_code == 201


def test_registrations_without_the_captcha_they_need_spend_no_other_limit(site: Site) -> None:
    for _ in range(3):
        site.call("POST", "", a_form("99000002"))
    for _ in range(20):
        assert site.call("POST", "", a_form()).json_body["code"] == "captcha_needed"

    assert site.call("POST", "", a_form(captcha=site.captcha())).json_body["state"] == "awaiting_code"


def test_while_the_registry_is_down_nothing_is_lost_and_the_job_goes_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_people(), "99000001", {**_people()["99000001"], "answer": "down"})
    started = site.start()
    assert started["state"] == "awaiting_registry"
    assert "no responde" in site.mails[-1][1]
    assert _run(site, "finish_registrations")["waiting"] == 0

    site.clock.advance(minutes=5)
    report = _run(site, "finish_registrations")
    assert (report["waiting"], report["oldest_waiting_s"], report["is_complete"]) == (1, 300, True)
    monkeypatch.undo()
    site.clock.advance(minutes=10)
    assert _run(site, "finish_registrations")["confirmed"] == 1

    answer = site.verify(started["registration_id"], site.code)
    assert answer.json_body["state"] == "completed"
    assert account_store(site.container).find("1-99000001") is not None


def test_while_it_waits_the_address_can_be_changed_but_nothing_verified(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_people(), "99000001", {**_people()["99000001"], "answer": "error"})
    registration_id = site.start()["registration_id"]
    other = {"email": "otra@ejemplo.pe", "email_again": "otra@ejemplo.pe"}

    refused = [site.verify(registration_id, "222222"), site.call("POST", f"/{registration_id}/codes")]
    changed = site.call("POST", f"/{registration_id}/email", other)
    monkeypatch.undo()
    site.clock.advance(minutes=5)
    _run(site, "finish_registrations")

    assert [(answer.status_code, answer.json_body["code"]) for answer in refused] == [
        (409, "registration_not_ready")
    ] * 2
    assert changed.status_code == 202
    assert site.mails[-1][0] == "otra@ejemplo.pe"
    assert site.verify(registration_id, site.code).json_body["state"] == "completed"


@pytest.mark.parametrize(("after", "asked"), [(REGISTRY_LIFETIME, 1), (REGISTRY_LIFETIME + _TICK, 0)])
def test_a_registry_is_asked_again_for_thirty_days_and_no_longer(
    site: Site, monkeypatch: pytest.MonkeyPatch, after: timedelta, asked: int
) -> None:
    monkeypatch.setitem(_people(), "99000001", {**_people()["99000001"], "answer": "error"})
    site.start()
    site.simulator.asked.clear()
    site.clock.now += after

    _run(site, "finish_registrations")

    assert len(site.simulator.asked) == asked


def test_every_consultation_is_recorded_without_personal_data(site: Site) -> None:
    site.start()
    site.call("POST", "", a_form("99000404"))

    events = [item.attribute_values for item in tables.EventItem.scan()]
    assert sorted(event["data"]["result"] for event in events) == ["matched", "not_found"]
    assert not re.search("9900|rosa|Rosa|PRUEBA", repr(events))


def test_a_late_no_of_the_registry_ends_the_registration_by_mail(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_people(), "99000008", {**_people()["99000008"], "answer": "down"})
    started = site.start(a_form("99000008"))
    monkeypatch.undo()
    site.clock.advance(minutes=5)

    assert _run(site, "finish_registrations")["refused"] == 1
    assert "no coinciden" in site.mails[-1][1]
    assert site.call("GET", f"/{started['registration_id']}").json_body["state"] == "refused"
    assert _run(site, "finish_registrations") == {
        "confirmed": 0, "refused": 0, "waiting": 0, "put_off": 0, "gone": 0, "failed": 0,
        "oldest_waiting_s": 0, "quota_used_percent": 0, "review_pressing_s": 0, "is_complete": True,
    }  # fmt: skip


def test_a_registration_that_cannot_be_read_stops_no_other_and_is_seen_to_wait(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("99000001", "99000008"):
        monkeypatch.setitem(_people(), number, {**_people()[number], "answer": "error"})
    site.start()
    [bad] = tables.RegistrationItem.scan()
    site.clock.advance(minutes=1)
    site.start(a_form("99000008"))
    bad.update([tables.RegistrationItem.data.set({})])
    monkeypatch.undo()
    site.clock.advance(minutes=5)

    first, second = _run(site, "finish_registrations"), _run(site, "finish_registrations")

    assert (first["refused"], first["failed"], first["is_complete"]) == (1, 1, False)
    assert (second["refused"], second["failed"], second["oldest_waiting_s"]) == (0, 1, 360)


def test_registrations_that_time_left_over_are_asked_about_next_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = ("99000001", "99000003", "99000008")
    for number in numbers:
        monkeypatch.setitem(_people(), number, {**_people()[number], "answer": "error"})
        site.start(a_form(number))
        site.clock.advance(minutes=11)  # else one address would meet its limit
    monkeypatch.undo()
    site.clock.step = timedelta(seconds=40)
    reports = [_run(site, "finish_registrations")]
    while not reports[-1]["is_complete"]:
        reports.append(_run(site, "finish_registrations"))
    site.clock.step = timedelta(0)

    assert len(reports) > 1
    assert sum(report["confirmed"] + report["refused"] for report in reports) == len(numbers)


def test_a_stranger_cannot_tell_whether_the_holder_has_a_mailbox(site: Site) -> None:
    new = _walk(site, "99000001")
    mailbox_store(site.container).put(a_mailbox("99000003"))
    taken = _walk(site, "99000003")

    assert new == taken
    assert account_store(site.container).find("1-99000003") is None
    assert "Contraseña: " not in site.mails[-1][1]
    assert "¿Olvidaste tu contraseña?" in site.mails[-1][1]
    assert tables.MailboxItem.get("1-99000003").data["users"][0]["email"] == "usuaria1@ejemplo.pe"


def test_the_holder_is_told_that_somebody_registered_again_and_once_a_day(site: Site) -> None:
    mailbox_store(site.container).put(a_mailbox("99000003"))
    _walk(site, "99000003")
    before = len(site.mails)
    assert "usuaria1@ejemplo.pe" not in [to for to, _ in site.mails]

    assert _run(site, "watch_access")["told"] == 1

    [(to, text)] = site.mails[before:]
    assert to == "usuaria1@ejemplo.pe"
    assert "no se abrió otra ni se cambió nada" in text
    assert "99000003" not in text
    [(number, sms)] = sent_sms()
    assert number == a_mailbox().users[0].mobile
    assert sms.startswith("Alguien quiso registrar otra vez su casilla.")
    assert _run(site, "watch_access")["told"] == 0

    site.clock.advance(hours=2)
    _walk(site, "99000003")  # which ends at the hour it began at the first time
    site.clock.advance(hours=2)
    again = _run(site, "watch_access")
    assert (again["told"], again["told_before"]) == (0, 1)
    site.clock.now = NOW + timedelta(days=1, seconds=1)
    began = site.call("POST", "", a_form("99000003")).json_body["registration_id"]
    site.verify(began, site.code)
    assert _run(site, "watch_access")["told"] == 1


def test_a_new_mailbox_has_nobody_told(site: Site) -> None:
    _walk(site, "99000001")

    assert _run(site, "watch_access")["told"] == 0


def _walk(site: Site, number: str) -> list[tuple[int, dict[str, Any], dict[str, Any]]]:
    """Take every step there is and return what a stranger sees, without what differs by chance."""
    started = site.call("POST", "", a_form(number))
    registration_id = started.json_body["registration_id"]
    steps = [started, site.verify(registration_id, "222222"), site.verify(registration_id, site.code)]
    site.clock.advance(seconds=61)
    steps += [
        site.call("POST", f"/{registration_id}/codes"),
        site.call("GET", f"/{registration_id}"),
        site.verify(registration_id, "222222"),
    ]
    site.clock.now = NOW
    return [(step.status_code, _seen(step.json_body), _seen(dict(step.headers))) for step in steps]


def _seen(shown: dict[str, Any]) -> dict[str, Any]:
    chance = {"registration_id", "correlation_id", "X-Correlation-Id"}
    return {name: value if name not in chance else "…" for name, value in shown.items()}


def test_a_code_allows_five_attempts(site: Site) -> None:
    registration_id, code = site.start()["registration_id"], site.code

    answers = [site.verify(registration_id, "222222").json_body["code"] for _ in range(5)]
    late = site.verify(registration_id, code)

    assert answers == ["code_wrong"] * 4 + ["code_unusable"]
    assert (late.status_code, late.json_body["code"]) == (422, "code_unusable")


@pytest.mark.parametrize(("after", "status"), [(CODE_LIFETIME, 200), (CODE_LIFETIME + _TICK, 422)])
def test_a_code_counts_to_the_last_instant(site: Site, after: timedelta, status: int) -> None:
    registration_id, code = site.start()["registration_id"], site.code
    site.clock.now += after

    assert site.verify(registration_id, code).status_code == status


@pytest.mark.parametrize(("after", "status"), [(LIFETIME, 200), (LIFETIME + _TICK, 404)])
def test_a_registration_counts_to_the_last_instant(site: Site, after: timedelta, status: int) -> None:
    started = site.start()
    assert started["expires_at"] == f"{NOW + LIFETIME:%Y-%m-%dT%H:%M:%SZ}"
    registration_id = started["registration_id"]
    site.clock.now += after

    assert site.call("GET", f"/{registration_id}").status_code == status


@pytest.mark.parametrize("which", [0, 1])
def test_another_code_has_to_wait_a_minute_and_each_counts_to_its_own_end(site: Site, which: int) -> None:
    registration_id, codes = site.start()["registration_id"], [site.code]

    site.clock.advance(seconds=59)
    early = site.call("POST", f"/{registration_id}/codes")
    site.clock.advance(seconds=1)
    again = site.call("POST", f"/{registration_id}/codes")

    assert (early.status_code, again.status_code) == (429, 202)
    codes.append(site.code)
    assert codes[0] != codes[1]
    assert site.verify(registration_id, codes[which]).status_code == 200


def test_five_more_codes_can_be_had(site: Site) -> None:
    registration_id = site.start()["registration_id"]
    answers = []
    for _ in range(6):
        site.clock.advance(minutes=1)
        answers.append(site.call("POST", f"/{registration_id}/codes").status_code)

    assert answers == [202] * 5 + [429]


def test_a_changed_address_gets_a_new_code_and_the_old_one_is_worthless(site: Site) -> None:
    registration_id, first = site.start()["registration_id"], site.code
    other = {"email": "otra@ejemplo.pe", "email_again": "otra@ejemplo.pe"}

    answer = site.call("POST", f"/{registration_id}/email", other)

    assert (answer.status_code, answer.json_body["email"]) == (202, "o***@ejemplo.pe")
    assert site.mails[-1][0] == "otra@ejemplo.pe"
    assert site.verify(registration_id, first).status_code == 422
    assert site.verify(registration_id, site.code).status_code == 200
    assert tables.MailboxItem.get("1-99000001").data["users"][0]["email"] == "otra@ejemplo.pe"


def test_credentials_can_be_sent_again_with_another_password(site: Site) -> None:
    registration_id = site.start()["registration_id"]
    site.verify(registration_id, site.code)
    first = account_store(site.container).find("1-99000001")
    site.clock.advance(minutes=2)

    assert site.call("POST", f"/{registration_id}/codes").status_code == 202
    second = account_store(site.container).find("1-99000001")
    assert first is not None
    assert second is not None
    assert first.password_hash != second.password_hash
    assert "Contraseña: " in site.mails[-1][1]


def test_a_mail_that_cannot_be_sent_loses_no_registration(site: Site) -> None:
    whole = registration_tools(site.container)
    deaf = boto3.client(
        "sesv2", endpoint_url="http://127.0.0.1:1", config=ClientConfig(retries={"total_max_attempts": 1})
    )
    site.container.made[registration_tools] = replace(whole, mail=Mail(deaf))
    started = site.start()
    site.container.made[registration_tools] = whole

    assert (started["state"], started["mail_sent"]) == ("awaiting_code", False)
    assert site.call("POST", f"/{started['registration_id']}/codes").status_code == 202
    assert site.verify(started["registration_id"], site.code).status_code == 200


def test_without_registries_registration_is_closed(site: Site) -> None:
    with using(Container(replace(site.container.config, reniec_url=""), clock=site.clock)):
        answer = site.call("POST", "", a_form())

    assert (answer.status_code, answer.json_body["code"]) == (403, "registration_closed")


def test_the_nightly_job_deletes_only_what_was_never_completed(site: Site) -> None:
    done = site.start()["registration_id"]
    site.verify(done, site.code)
    stale = site.start(a_form("99000003"))["registration_id"]

    site.clock.now += LIFETIME
    assert _run(site, "clean_registrations")["deleted"] == 0
    site.clock.advance(days=1)
    assert _run(site, "clean_registrations")["deleted"] == 1
    assert site.call("GET", f"/{stale}").status_code == 404
    assert site.call("GET", f"/{done}").json_body["state"] == "completed"
    assert len(list(tables.RegistrationItem.scan())) == 1


def test_an_unknown_id_and_an_expired_one_say_the_same(site: Site) -> None:
    stale = site.start()["registration_id"]
    site.clock.now += REGISTRY_LIFETIME

    unknown, expired = (site.call("GET", f"/{one}") for one in ("x" * 43, stale))
    assert unknown.status_code == 404
    assert _seen(unknown.json_body) == _seen(expired.json_body)


def _people() -> dict[str, dict[str, Any]]:
    from infra.local.registries.answers import people  # noqa: PLC0415 - cached there; the test changes the cache

    return people()


def _run(site: Site, job: str) -> dict[str, Any]:
    event = {
        "version": "0",
        "id": "e",
        "account": "a",
        "region": REGION,
        "detail": {},
        "detail-type": "Scheduled Event",
    }
    event |= {"source": "aws.events", "time": "2026-03-10T07:00:00Z", "resources": []}
    counts: dict[str, Any] = site.client.lambda_.invoke(job, event).payload
    return counts
