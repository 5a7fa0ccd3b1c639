"""Registering in person: what a registry compares, what another officer looks at, and who proves an e-mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.desk import desk_review_tools
from chalicelib.bootstrap.registration import registration_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import Permission
from chalicelib.domain.mailbox import DocumentType, UserState
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.domain.registration.taken import signer_number
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.gateways.files import Files
from chalicelib.services.desk.offer_form import keep_form
from chalicelib.services.desk.review_registrations import approve_at_desk, refuse_at_desk
from chalicelib.store import tables
from tests.access_world import at_once
from tests.alert_world import refusing
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import an_institution, put_institution
from tests.desk_world import COPY, DeskScene
from tests.handlers.web.registration.test_registration_pages import (  # noqa: F401 - fixtures
    COMPANY,
    Applicant,
    a_person_form,
    applicant,
    simulator,
)
from tests.staff_world import Staff, csrf_of

LIST, FORM, CHECK = "/entidad/registros", "/entidad/registros/nuevo", "/entidad/registros/nuevo/revisar"
PASSPORT = "7-AB123456"
OTHERS = {
    "user2_document_type": "DNI",
    "user2_number": "40000028",
    "user2_name": "Luz Segunda Ejemplo",
    "user2_email": "luz@ejemplo.pe",
    "user2_mobile": "987 000 002",
}


def of_a_passport(**typed: str) -> dict[str, str]:
    passport = {"document_type": "PASAPORTE", "number": "AB123456", "cui": "", "sex": "", "issue_date": ""}
    named = {"given_names": "Anna", "paternal_surname": "Ejemplo", "maternal_surname": ""}
    return {**a_person_form(), **passport, **named, **typed}


class Register:
    """An officer on the way through the form."""

    def __init__(self, scene: DeskScene) -> None:
        self.scene, self.staff, self.world = scene, scene.staff, scene.world
        may = (Permission.REGISTER,)
        self.first, self.second = self.staff.member(permissions=may), self.staff.member(permissions=may)
        self.browser = self.staff.browser(self.first)

    @property
    def tools(self) -> Any:
        return desk_review_tools(self.world.container)

    def fill(self, typed: dict[str, str], **more: str) -> HTTPResponse:
        page = self.browser.get(FORM)
        return self.browser.post(FORM, None, csrf=csrf_of(page), **{"person_type": "natural", **typed, **more})

    def send(
        self, checked: HTTPResponse, content: bytes = COPY, filename: str = "formato.pdf", **typed: str
    ) -> HTTPResponse:
        form = text_of(checked).partition('enctype="multipart/form-data"')[2]
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        return self.browser.post_file(CHECK, filename, content, None, **{**hidden, "signed": "si", **typed})

    def register(self, typed: dict[str, str], **more: str) -> HTTPResponse:
        return self.send(self.fill(typed, **more))

    def stored(self) -> Registration:
        [item] = tables.RegistrationItem.scan()
        found = registration_store(self.world.container).find(item.registration_key)
        assert found is not None
        return found

    def link(self) -> str:
        texts = [text for _, text in self.staff.people.mails()]
        return str(re.findall(r"https?://[^/\s]+(/verificar-correo/\S+)", texts[-1])[-1])

    def verify(self) -> HTTPResponse:
        """Have the owner of the address press the button behind the link."""
        visitor = Browser(self.staff.people)
        return visitor.post(self.link(), None, number=signer_number(self.stored()))

    def decide(self, deed: str = "aprobar", who: Any = None, **typed: str) -> HTTPResponse:
        browser = self.staff.browser(who or self.second)
        address = f"{LIST}/{self.stored().key}"
        return browser.post(address, None, csrf=csrf_of(browser.get("/entidad/clave")), deed=deed, **typed)


@pytest.fixture
def desk(applicant: Applicant) -> Register:  # noqa: F811 - the fixture
    return Register(DeskScene(Staff(applicant.people.world)))


def test_a_passport_holder_is_registered_verified_approved_by_another_officer_and_logs_in(desk: Register) -> None:
    checked = desk.fill(of_a_passport())
    html = text_of(checked)
    check_html(html)
    assert "AB123456" in html
    done = desk.send(checked)
    assert "hecho=registrada" in done.headers["Location"]
    assert desk.stored().state is RegistrationState.AWAITING_CODE
    assert "Mesa de partes" in desk.staff.people.mails()[-1][1]
    assert mailbox_store(desk.world.container).find(PASSPORT) is None

    desk.verify()

    one = desk.stored()
    assert one.state is RegistrationState.AWAITING_REVIEW
    assert "No necesita hacer nada" in desk.staff.people.mails()[-1][1]
    other = desk.staff.browser(desk.second)
    listed = text_of(other.get(LIST))
    check_html(listed)
    assert one.reference in listed
    assert "AB123456" not in listed
    shown = text_of(other.get(f"{LIST}/{one.key}"))
    check_html(shown)
    assert "AB123456" in shown
    assert "Nadie confirmó" in shown
    assert "copia.pdf" in str(other.get(f"{LIST}/{one.key}/documento").headers["Location"])
    assert desk.decide().headers["Location"].endswith("hecho=abierta")
    to, text = desk.staff.people.mails()[-1]
    assert to == "rosa@ejemplo.pe"
    password = re.findall(r"Contraseña: (\S+)", text)[-1]
    mailbox = mailbox_store(desk.world.container).find(PASSPORT)
    assert mailbox is not None
    assert mailbox.holder.document_type is DocumentType.PASSPORT
    assert mailbox.holder.name == "Anna Ejemplo"
    person = Browser(desk.staff.people)
    assert person.log_in(PASSPORT, password).headers["Location"].startswith("/clave")


def test_who_took_it_never_decides_and_another_institution_does_not_see_it(desk: Register) -> None:
    desk.register(of_a_passport())
    desk.verify()
    key = desk.stored().key

    for deed in ("aprobar", "rechazar"):
        refused = desk.decide(deed, desk.first, refusal="differs")
        assert refused.status_code == 403
        assert "La registraste tú" in text_of(refused)
    again = desk.staff.member(
        permissions=(Permission.REGISTER,), document_number=desk.first.document_number, institution_id="otra-entidad"
    )
    put_institution(desk.world.container, an_institution(institution_id="otra-entidad"))
    theirs = desk.staff.browser(again)
    assert theirs.get(f"{LIST}/{key}").status_code == 404
    assert theirs.get(f"{LIST}/{key}/documento").status_code == 404
    assert key not in text_of(theirs.get(LIST))
    assert desk.decide("aprobar", again).status_code == 404
    new = desk.staff.member(permissions=(Permission.REGISTER,), enrolled_at=desk.world.clock.now)
    assert "hace menos de un día" in text_of(desk.decide("aprobar", new))
    anew = desk.staff.member(permissions=(Permission.REGISTER,), sessions_from=desk.world.clock.now)
    assert "hace menos de un día" in text_of(desk.decide("aprobar", anew))
    assert desk.stored().state is RegistrationState.AWAITING_REVIEW


@pytest.mark.parametrize("deed", ["aprobar", "rechazar"])
def test_what_came_on_line_is_no_officers_to_see_or_decide(desk: Register, deed: str) -> None:
    desk.register(of_a_passport())
    desk.verify()
    store = registration_store(desk.world.container)
    store.update(replace(desk.stored(), desk=None))
    key = desk.stored().key

    refused = desk.decide(deed, refusal="differs")

    assert refused.status_code == 404
    assert desk.stored().state is RegistrationState.AWAITING_REVIEW
    other = desk.staff.browser(desk.second)
    assert other.get(f"{LIST}/{key}").status_code == 404
    assert desk.stored().reference not in text_of(other.get(LIST))


@pytest.mark.parametrize(
    "own",
    [
        {"email": "rosa+casilla@ejemplo.pe"},
        {"email": "luz@ejemplo.pe"},
        {"document_number": "AB123456"},
        {"document_number": "40000028"},
    ],
)
def test_nobody_decides_about_or_takes_a_form_with_the_own_document_or_e_mail(
    desk: Register, own: dict[str, Any]
) -> None:
    desk.register(of_a_passport(**OTHERS))
    desk.verify()
    theirs = desk.staff.member(permissions=(Permission.REGISTER,), **own)

    for deed in ("aprobar", "rechazar"):
        refused = desk.decide(deed, theirs, refusal="differs")
        assert refused.status_code == 403
        assert "Tu documento o tu correo está en la solicitud" in text_of(refused)

    assert desk.stored().state is RegistrationState.AWAITING_REVIEW
    desk.browser = desk.staff.browser(theirs)
    taken = desk.register(of_a_passport(**OTHERS, number="XY999999"))
    assert taken.status_code == (403 if own != {"document_number": "AB123456"} else 303)


def test_the_desk_of_an_institution_that_is_not_active_registers_and_decides_nothing(desk: Register) -> None:
    desk.register(of_a_passport())
    desk.verify()
    key = desk.stored().key
    put_institution(desk.world.container, an_institution(state=InstitutionState.INACTIVE))

    for answer in (
        desk.decide(),
        desk.decide("rechazar", refusal="differs"),
        desk.register(of_a_passport(number="XY999999")),
    ):
        assert answer.status_code == 403
        assert "mesa de partes no registra pedidos ni los decide" in text_of(answer)

    assert desk.stored().key == key
    assert desk.stored().state is RegistrationState.AWAITING_REVIEW


def test_of_eight_who_decide_at_once_one_does(desk: Register) -> None:
    desk.register(of_a_passport())
    desk.verify()
    key, by = desk.stored().key, desk.scene.at_desk(desk.second)

    def decide(index: int) -> object:
        if index % 2:
            return approve_at_desk(key, by, tools=desk.tools)
        return refuse_at_desk(key, "differs", by, tools=desk.tools)

    outcomes = at_once(8, decide)

    refused = [one for one in outcomes if isinstance(one, CasillaError)]
    assert len(refused) == 7
    assert {one.code for one in refused} <= {"registration_changed", "registration_not_in_review", "store_unavailable"}
    assert desk.stored().state in {RegistrationState.COMPLETED, RegistrationState.REFUSED}


def test_the_same_form_twice_is_one_registration_and_one_e_mail(desk: Register) -> None:
    checked = desk.fill(of_a_passport())

    first, again = desk.send(checked), desk.send(checked)

    assert first.headers["Location"] == again.headers["Location"]
    assert desk.stored().version == 1
    assert len(desk.staff.people.mails()) == 1


def test_that_no_e_mail_went_out_is_said_and_the_same_form_sends_it(desk: Register, moto_engine: Engine) -> None:
    ses, sender = moto_engine.client("ses"), desk.world.container.config.mail_from
    ses.delete_identity(Identity=sender)
    checked = desk.fill(of_a_passport())

    for _ in range(2):
        failed = desk.send(checked)
        assert failed.status_code == 503
        assert "el correo no salió" in text_of(failed)
        assert desk.stored().reference in text_of(failed)
    ses.verify_email_identity(EmailAddress=sender)
    assert "hecho=registrada" in desk.send(checked).headers["Location"]
    assert "hecho=registrada" in desk.send(checked).headers["Location"]

    assert len(desk.staff.people.mails()) == 1
    desk.verify()
    assert desk.stored().state is RegistrationState.AWAITING_REVIEW


def test_what_a_registry_refuses_leaves_no_scan(desk: Register) -> None:
    desk.register(a_person_form(given_names="Otra"))

    assert desk.tools.files.list_documents("desk/") == ()


def test_a_desk_sees_its_own_however_many_wait_elsewhere_and_that_there_are_more(desk: Register) -> None:
    desk.register(of_a_passport())
    desk.verify()
    own, store = desk.stored(), registration_store(desk.world.container)
    assert own.review_until is not None
    assert own.desk is not None
    elsewhere = replace(own.desk, institution_id="otra-entidad")
    for number in range(60):
        earlier = own.review_until - timedelta(minutes=number + 1)
        other = elsewhere if number % 2 else None
        store.add(replace(own, key=f"{number:064x}", desk=other, review_until=earlier))
    second = desk.staff.browser(desk.second)

    listed = text_of(second.get(LIST))

    assert own.reference in listed
    assert "Hay más" not in listed
    for number in range(60, 120):
        earlier = own.review_until - timedelta(minutes=number + 1)
        store.add(replace(own, key=f"{number:064x}", review_until=earlier))
    crowded = text_of(second.get(LIST))
    check_html(crowded)
    assert own.reference not in crowded
    assert "Hay más: aquí están las primeras que vencen" in crowded


def test_each_step_is_logged_with_the_officer_and_without_personal_data(desk: Register) -> None:
    desk.register(of_a_passport())
    desk.verify()
    key = desk.stored().key
    desk.staff.browser(desk.second).get(f"{LIST}/{key}")
    desk.decide()

    events = event_store(desk.world.container).list_for_subject(f"registration#{key}")
    opened = event_store(desk.world.container).list_for_subject(f"mailbox#{PASSPORT}")

    of_staff = {one.type: one for one in (*events, *opened) if one.actor.startswith("staff:")}
    assert set(of_staff) == {EventType.REGISTRATION_TAKEN, EventType.REGISTRATION_SHOWN, EventType.MAILBOX_OPENED}
    assert of_staff[EventType.REGISTRATION_TAKEN].actor == desk.first.actor
    assert of_staff[EventType.MAILBOX_OPENED].actor == desk.second.actor
    for one in of_staff.values():
        assert one.data["institution_id"] == "entidad-demo"
        assert one.data["reason"] in {"registration_at_desk", "registration_review"}
        assert not any(secret in str(one.data) for secret in ("AB123456", "@", "Anna"))


def test_a_company_is_registered_with_five_users_who_each_activate_their_own_access(
    desk: Register,
) -> None:
    others: dict[str, str] = {}
    for number in range(2, 6):
        others |= {name.replace("user2", f"user{number}"): value for name, value in OTHERS.items()}
        others[f"user{number}_number"] = f"4000002{number}"
        others[f"user{number}_email"] = f"otra{number}@ejemplo.pe"
    answer = desk.register({**COMPANY, **others}, person_type="juridica")
    assert "hecho=registrada" in answer.headers["Location"], text_of(answer)
    asked = event_store(desk.world.container).list_for_subject(f"registration#{desk.stored().key}")
    consulted = [one for one in asked if one.type is EventType.REGISTRY_CONSULTED]
    assert {one.actor for one in consulted} == {desk.first.actor}
    assert {one.data["reason"] for one in consulted} == {"officer_registration"}

    desk.verify()
    if desk.stored().state is RegistrationState.AWAITING_REVIEW:
        desk.decide()

    mailbox = mailbox_store(desk.world.container).find("8-20990000019")
    assert mailbox is not None
    assert [user.state for user in mailbox.users] == [UserState.ACTIVE, *4 * [UserState.PENDING]]
    sent = [(to, text) for to, text in desk.staff.people.mails() if "/activar/" in text]
    assert sorted(to for to, _ in sent) == [f"otra{number}@ejemplo.pe" for number in range(2, 6)]
    account = account_store(desk.world.container).find("8-20990000019.40000022")
    assert account is not None
    assert account.state is UserState.PENDING
    link = re.findall(r"https?://[^/\s]+(/activar/\S+)", next(text for to, text in sent if to.startswith("otra2")))[0]
    visitor = Browser(desk.staff.people)
    visitor.submit(
        visitor.get(link), link, new_password="Lampara-rio-verde-9", new_password_repeated="Lampara-rio-verde-9"
    )
    found = account_store(desk.world.container).find("8-20990000019.40000022")
    assert found is not None
    assert found.state is UserState.ACTIVE


def test_what_a_registry_denies_begins_nothing_and_is_not_told(desk: Register) -> None:
    answer = desk.register(a_person_form(given_names="Otra"))

    assert answer.status_code == 422
    assert "no coinciden con los de RENIEC" in text_of(answer)
    assert list(tables.RegistrationItem.scan()) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number": "1"}, "de 5 a 12 letras o dígitos"),
        ({"document_type": "RUC"}, "Tipo Documento"),
        ({"email": "otra@ejemplo.pe"}, "correo"),
        ({"birth_date": "1/1/2999"}, "el año tiene cuatro cifras"),
        ({**OTHERS, "user2_number": "1"}, "8 dígitos"),
        ({**OTHERS, "user2_email": "rosa@ejemplo.pe"}, "ya está en el formato"),
        ({**OTHERS, "user2_document_type": "PASAPORTE", "user2_number": "AB123456"}, "ya está en el formato"),
        ({**OTHERS, "user2_mobile": "1"}, "celular"),
        ({**OTHERS, "user2_name": ""}, "nombre"),
        ({**OTHERS, "user2_document_type": "RUC", "user2_number": "20990000019"}, "Elige una opción en «Tipo de doc"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_before_the_last_look(
    desk: Register, typed: dict[str, str], words: str
) -> None:
    sent = of_a_passport(**typed)

    answer = desk.fill(sent)

    assert answer.status_code == 422
    html = text_of(answer)
    check_html(html)
    assert words in html, re.findall(r"Error: </span>([^<]*)<", html)
    assert 'value="Anna"' in html
    assert list(tables.RegistrationItem.scan()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"signed": ""}, "marca la casilla"),
        ({"filename": "", "content": b""}, "Adjunta la copia"),
        ({"filename": "f.exe", "content": b"MZ"}, "tiene que ser un PDF"),
        ({"form_id": "../otra"}, "no llegó completo"),
        ({"given_names": ""}, "Falta algo del formato"),
    ],
)
def test_the_last_look_takes_nothing_that_was_spoilt_since(desk: Register, change: dict[str, Any], words: str) -> None:
    answer = desk.send(desk.fill(of_a_passport()), **change)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert list(tables.RegistrationItem.scan()) == []


def test_the_last_look_without_a_form_leads_to_it_and_correcting_keeps_all(desk: Register) -> None:
    assert desk.browser.get(CHECK).headers["Location"] == FORM
    checked = text_of(desk.fill(of_a_passport(), **OTHERS))
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', checked))

    back = desk.browser.post(FORM, None, **{**hidden, "corregir": "si"})

    html = text_of(back)
    check_html(html)
    assert all(f'value="{value}"' in html for value in ("AB123456", "Anna", "luz@ejemplo.pe", "1990"))


def test_a_refusal_is_told_and_nothing_opens(desk: Register) -> None:
    desk.register(of_a_passport())
    desk.verify()

    assert desk.decide("rechazar").status_code == 422
    assert desk.decide("rechazar", refusal="differs").headers["Location"].endswith("hecho=rechazada")

    assert "no dice lo mismo" in desk.staff.people.mails()[-1][1]
    assert mailbox_store(desk.world.container).find(PASSPORT) is None
    assert "ya se decidió" in text_of(desk.staff.browser(desk.second).get(f"{LIST}/{desk.stored().key}"))


def test_the_officer_cannot_act_as_the_applicant_by_what_the_form_carried(desk: Register) -> None:
    checked = desk.fill(of_a_passport())
    form_id = re.findall(r'name="form_id" value="([^"]*)"', text_of(checked))[0]
    desk.send(checked)

    assert desk.browser.get(f"/registro/correo/{form_id}").status_code == 404
    assert desk.browser.get(f"/registro/correo/{desk.stored().key}").status_code == 404


def test_the_form_to_print_is_kept_by_who_may_not_list_the_bucket(desk: Register, moto_engine: Engine) -> None:
    client, config = moto_engine.client("s3"), desk.world.container.config
    files = Files(client, uploads_bucket=config.uploads_bucket, documents_bucket=config.documents_bucket)

    with refusing(client, "GetObject", "AccessDenied"), refusing(client, "HeadObject", "AccessDenied"):
        key = keep_form(b"%PDF-1.7 another", files=files)

    assert desk.tools.files.get_document(key) == b"%PDF-1.7 another"


def test_the_form_to_print_is_led_to_and_lies_where_the_link_says(desk: Register) -> None:
    link = str(Browser(desk.staff.people).get("/registro/solicitud").headers["Location"])

    key = re.findall(r"/(forms/[0-9a-f]{64}\.pdf)", link)[0]
    assert desk.tools.files.get_document(key).startswith(b"%PDF")
    assert "solicitud-de-casilla-electronica.pdf" in link
