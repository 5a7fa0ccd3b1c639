"""One officer takes a request to restore a password, another one checks it; the link goes to the address on record."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.bootstrap.agreement import agreement_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import Permission
from chalicelib.domain.mailbox import MailboxState, UserState
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.services.desk.decide_recovery import approve_recovery, refuse_recovery
from chalicelib.store.tables import StaffItem
from tests.access_world import at_once
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    a_mailbox,
    a_signing_key,
    an_institution,
    put_institution,
    put_key,
)
from tests.desk_world import COPY, LIST, NEW, DeskScene
from tests.person_world import EMAIL, USERNAME
from tests.person_world import NEW as NEW_PASSWORD

ANOTHER = "otra-entidad"


def test_one_takes_it_another_approves_and_the_holder_sets_a_password_by_the_link(scene: DeskScene) -> None:
    people = scene.staff.people
    number = scene.asked()
    assert [to for to, _ in people.mails()] == [EMAIL]
    assert "mesa de partes" in people.mails()[0][1]
    assert "Entidad de Demostración" in people.mails()[0][1]
    scene.world.clock.advance(minutes=1)
    listed = text_of(scene.checking.get(LIST))
    check_html(listed)
    assert "quedan 23 h" in listed
    assert "*** 002" in listed
    assert "40000002" not in listed

    shown = text_of(scene.checking.get(f"{LIST}/{number}"))
    check_html(shown)
    assert "Usuaria Ejemplo 1" in shown
    assert EMAIL not in shown
    answer = scene.decide(number)

    assert answer.headers["Location"] == f"{LIST}?hecho=enviada"
    to, text = people.mails()[-1]
    assert to == EMAIL
    assert "Cree una nueva contraseña" in text or "/recuperar/" in text
    visitor = Browser(people)
    page = f"/recuperar/{people.link_sent()}"
    done = visitor.submit(visitor.get(page), page, new_password=NEW_PASSWORD, new_password_repeated=NEW_PASSWORD)
    assert done.status_code in {200, 303}
    assert visitor.log_in(password=NEW_PASSWORD).status_code == 303
    assert "Por atender" in text_of(scene.checking.get(LIST))
    assert "Enlace enviado el" in text_of(scene.checking.get(LIST))


def test_every_step_and_look_is_logged_with_the_officer_and_without_personal_data(scene: DeskScene) -> None:
    number = scene.asked()
    scene.world.clock.advance(seconds=1)
    scene.checking.get(f"{LIST}/{number}/documento")
    scene.decide(number)

    log = scene.log()

    assert Counter(one.type for one in log) == {
        EventType.RECOVERY_ASKED: 1,
        EventType.RECOVERY_SHOWN: 2,
        EventType.RECOVERY_APPROVED: 1,
        EventType.RECOVERY_LINK_SENT: 1,
    }
    assert {one.actor for one in log[1:]} == {scene.second.actor}
    assert log[0].actor == scene.first.actor
    for one in log:
        assert one.data["reason"] == "assisted_recovery"
        assert one.data["institution_id"] == INSTITUTION_ID
        assert "40000002" not in str(one.data)
        assert "@" not in str(one.data)


def test_who_took_it_cannot_decide(scene: DeskScene) -> None:
    number = scene.asked()

    for deed in ("aprobar", "rechazar"):
        refused = scene.decide(number, deed, scene.taking, refusal="differs")
        assert refused.status_code == 403
        assert "otra persona de tu entidad" in text_of(refused)
    assert "/recuperar/" not in scene.staff.people.mails()[-1][1]
    assert "La registraste tú" in text_of(scene.taking.get(f"{LIST}/{number}"))


def test_of_eight_who_decide_at_once_one_does(scene: DeskScene) -> None:
    number, by = scene.asked(), scene.at_desk()
    before = len(scene.staff.people.mails())

    def decide(index: int) -> object:
        if index % 2:
            return approve_recovery(number, by, tools=scene.tools)
        refuse_recovery(number, "differs", by, tools=scene.tools)
        return None

    outcomes = at_once(8, decide)

    refused = [one for one in outcomes if isinstance(one, CasillaError)]
    assert len(refused) == 7
    assert {one.code for one in refused} == {"recovery_decided"}
    decided = [one for one in scene.log() if one.type in {EventType.RECOVERY_APPROVED, EventType.RECOVERY_REFUSED}]
    assert len(decided) == 1
    assert len(scene.staff.people.mails()) == before + 1


def test_the_same_form_twice_is_one_request_and_another_for_the_same_user_waits_its_turn(scene: DeskScene) -> None:
    page = text_of(scene.taking.get(NEW))
    form_id = page.partition('name="form_id" value="')[2].partition('"')[0]
    first, again = scene.ask(form_id=form_id), scene.ask(form_id=form_id)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(scene.staff.people.mails()) == 1

    other = scene.ask(scene.checking)

    assert other.status_code == 409
    assert form_id in text_of(other)
    scene.decide(form_id, "rechazar", refusal="illegible")
    assert "hecho=registrada" in scene.ask(scene.checking).headers["Location"]


@pytest.mark.parametrize(
    "changed",
    [{"document_number": "40000003"}, {"cause": "known_to_others"}, {"content": COPY + b"\n% otra"}],
    ids=["whose", "why", "copy"],
)
def test_a_form_filled_in_anew_after_going_back_is_not_lost_in_the_one_before(
    scene: DeskScene, changed: dict[str, Any]
) -> None:
    page = text_of(scene.taking.get(NEW))
    form_id = page.partition('name="form_id" value="')[2].partition('"')[0]
    scene.ask(form_id=form_id)

    answer = scene.ask(form_id=form_id, **changed)

    shown = text_of(answer)
    assert answer.status_code == 409
    assert f"ya se registró el pedido {form_id}, con otros datos" in shown
    assert changed.get("document_number", "40000002") in shown
    assert f'name="form_id" value="{form_id}"' not in shown
    assert len(scene.recoveries.list_waiting(INSTITUTION_ID, limit=9)) == 1


@pytest.mark.parametrize("is_sent_again", [True, False])
def test_who_was_not_told_since_the_process_ended_is_told_by_the_same_form_or_before_it_is_approved(
    scene: DeskScene, is_sent_again: bool
) -> None:
    number = scene.asked()
    StaffItem.get(f"desk#{INSTITUTION_ID}", f"told#{number}").delete()

    if is_sent_again:
        scene.ask(form_id=number)
        scene.ask(form_id=number)
    scene.decide(number)

    texts = [text for to, text in scene.staff.people.mails() if to == EMAIL]
    assert ["/recuperar/" in text for text in texts] == [False, False, True]


def test_a_refusal_is_told_and_its_reason_logged(scene: DeskScene) -> None:
    number = scene.asked()
    assert scene.decide(number, "rechazar").status_code == 422
    assert scene.decide(number, "rechazar", refusal="differs").headers["Location"].endswith("hecho=rechazada")

    to, text = scene.staff.people.mails()[-1]

    assert to == EMAIL
    assert "no coincide" in text
    [logged] = [one for one in scene.log() if one.type is EventType.RECOVERY_REFUSED]
    assert logged.data["because"] == "differs"
    assert "no coincide" in text_of(scene.taking.get(LIST))


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"document_number": "40000003"}, 422, "No hay un usuario con esos documentos"),
        ({"own_number": "40999999"}, 422, "No hay un usuario con esos documentos"),
        ({"document_number": "4000000"}, 422, "debe tener 8 dígitos"),
        ({"document_type": "X"}, 422, "Elige una opción"),
        ({"cause": "otra"}, 422, "Elige por qué lo pide"),
        ({"own_number": "9" * 60}, 422, "Revisa el número"),
        ({"form_id": "../../otra"}, 422, "código no es correcto"),
        ({"csrf": "0"}, 403, ""),
    ],
)
def test_bad_input_begins_nothing(scene: DeskScene, typed: dict[str, Any], status: int, words: str) -> None:
    answer = scene.ask(**typed)

    assert answer.status_code == status
    assert words in text_of(answer)
    assert scene.recoveries.list_waiting(INSTITUTION_ID, limit=5) == ()
    assert scene.staff.people.mails() == []


@pytest.mark.parametrize(
    ("filename", "content", "words"),
    [
        ("", b"", "Adjunta la copia"),
        ("dni.pdf", b"", "Adjunta la copia"),
        ("dni.docx", COPY, "tiene que ser un PDF"),
        ("dni.png", COPY, "no se puede recibir"),
        ("dni.pdf", COPY[:200], "no se puede recibir"),
        ("dni.html", b"<script>alert(1)</script>", "tiene que ser un PDF"),
        ("dni.pdf", COPY + b" " * (4 * 1024 * 1024), "pasa de 4 MB"),
    ],
)
def test_the_copy_is_a_pdf_or_a_picture_that_was_inspected(
    scene: DeskScene, filename: str, content: bytes, words: str
) -> None:
    answer = scene.ask(filename=filename, content=content)

    assert words in text_of(answer)
    assert scene.recoveries.list_waiting(INSTITUTION_ID, limit=5) == ()


def test_who_asks_for_many_who_are_not_there_has_to_stop_and_each_is_logged(scene: DeskScene) -> None:
    for _ in range(20):
        assert scene.ask(document_number="40000003").status_code == 422
    assert scene.ask(document_number="40000003").status_code == 429
    events = scene.tools.access.events.list_for_subject("mailbox#1-40000003")
    assert {(one.type, one.actor, one.data["result"]) for one in events} == {
        (EventType.MAILBOX_CONSULTED, scene.first.actor, "user_unknown")
    }
    assert len(events) == 21


def test_what_the_desk_is_told_of_a_mailbox_is_use_of_the_agreement(scene: DeskScene) -> None:
    box = scene.world.container
    for key_id in (KEY_ID, "p256"):
        put_key(box, a_signing_key(key_id=key_id), used_on=None)
    assert scene.ask(document_number="40000003").status_code == 422
    read = agreement_store(box).read(INSTITUTION_ID)
    assert read
    assert read.used_on == date(2026, 3, 9)


def test_that_one_waits_already_is_logged_counted_and_names_no_other_offices_request(scene: DeskScene) -> None:
    number = scene.asked()
    elsewhere = scene.staff.browser(scene.staff.member(permissions=(Permission.RECOVER,), office_id="norte"))

    refused = scene.ask(elsewhere)

    assert refused.status_code == 409
    assert "en otra oficina de tu entidad" in text_of(refused)
    assert number not in text_of(refused)
    told = [one for one in scene.log() if one.type is EventType.MAILBOX_CONSULTED]
    assert [one.data["result"] for one in told] == ["recovery_open_already"]
    for _ in range(20):
        assert scene.ask().status_code == 409
    assert scene.ask().status_code == 429
    assert len([one for one in scene.log() if one.type is EventType.MAILBOX_CONSULTED]) == 22


def test_that_one_was_taken_is_a_look_which_the_holder_is_told_of(scene: DeskScene) -> None:
    scene.asked()
    holder = Browser(scene.staff.people)
    holder.enter()

    shown = text_of(holder.get("/perfil/consultas"))

    assert "Registró un pedido de restaurar tu contraseña" in shown
    assert scene.log()[0].looker == scene.first.actor


@pytest.mark.parametrize("state", [InstitutionState.INACTIVE, InstitutionState.CANCELLED])
def test_the_desk_of_an_institution_that_is_not_active_takes_and_decides_nothing(
    scene: DeskScene, state: InstitutionState
) -> None:
    number = scene.asked()
    put_institution(scene.world.container, an_institution(state=state))

    for answer in (
        scene.ask(document_number="40000003"),
        scene.decide(number),
        scene.decide(number, "rechazar", refusal="differs"),
    ):
        assert answer.status_code == 403
        assert "mesa de partes no registra pedidos ni los decide" in text_of(answer)

    assert scene.found(number).decided_by is None
    assert [one.type for one in scene.log()].count(EventType.MAILBOX_CONSULTED) == 0


def test_an_office_sees_its_own_behind_many_of_others(scene: DeskScene) -> None:
    one = scene.found(scene.asked())
    north = replace(one, recovery_id="NORTE1", user_id="u-norte", office_id="norte", asked_at=one.asked_at)
    for number in range(105):
        at = one.asked_at - timedelta(minutes=number + 1)
        kept = replace(one, recovery_id=f"OTRA{number}", user_id=f"u-{number}", asked_at=at)
        assert scene.recoveries.add(kept, replace(scene.log()[0], event_id=f"e-{number}"))
    assert scene.recoveries.add(north, replace(scene.log()[0], event_id="e-norte"))
    limited = scene.staff.member(permissions=(Permission.RECOVER,), office_id="norte")

    listed = text_of(scene.staff.browser(limited).get(LIST))
    of_all = text_of(scene.checking.get(LIST))

    assert "NORTE1" in listed
    assert "Hay más" not in listed
    assert "OTRA104" in of_all
    assert "NORTE1" not in of_all
    assert "Hay más" in of_all


def test_another_institution_finds_neither_request_nor_copy(scene: DeskScene) -> None:
    number = scene.asked()
    put_institution(scene.world.container, an_institution(institution_id=ANOTHER))
    theirs = scene.staff.browser(scene.staff.member(institution_id=ANOTHER, permissions=(Permission.RECOVER,)))

    for address in (f"{LIST}/{number}", f"{LIST}/{number}/documento"):
        assert theirs.get(address).status_code == 404
    assert number not in text_of(theirs.get(LIST))
    sent = theirs.post(f"{LIST}/{number}", None, csrf=_csrf(theirs), deed="aprobar")
    assert sent.status_code == 404
    assert scene.found(number).decided_by is None


def test_who_is_limited_to_an_office_sees_what_that_office_took(scene: DeskScene) -> None:
    number = scene.asked()
    limited = scene.staff.browser(scene.staff.member(permissions=(Permission.RECOVER,), office_id="norte"))

    assert limited.get(f"{LIST}/{number}").status_code == 404
    assert number not in text_of(limited.get(LIST))


def test_the_copy_is_fetched_by_a_link_of_some_minutes_and_its_own_name_is_nowhere(scene: DeskScene) -> None:
    number = scene.asked()

    link = str(scene.checking.get(f"{LIST}/{number}/documento").headers["Location"])

    assert "copia.pdf" in link
    assert "dni" not in link
    assert "Expires=300" in link
    key = urlsplit(link).path.partition("/desk/")[2]
    assert scene.tools.files.get_document(f"desk/{key}") == COPY
    assert scene.found(number).scan.size == len(COPY)


def test_nothing_is_sent_for_who_is_frozen_or_disabled(scene: DeskScene) -> None:
    number = scene.asked()
    store = mailbox_store(scene.world.container)
    as_it_is = scene.staff.people.mailbox()
    tools = scene.tools.access
    account = tools.accounts.find(USERNAME)
    assert account is not None
    tools.accounts.update(replace(account, state=UserState.DISABLED))

    answer = scene.decide(number)

    assert answer.status_code == 409
    assert "no se le puede enviar un enlace" in text_of(answer)
    assert scene.found(number).decided_by is None
    assert store.find(USERNAME) == as_it_is


def test_a_frozen_mailbox_takes_no_request(scene: DeskScene) -> None:
    frozen = replace(a_mailbox("40000004"), state=MailboxState.FROZEN)
    mailbox_store(scene.world.container).put(frozen)

    answer = scene.ask(document_number="40000004")

    assert answer.status_code == 409
    assert "congelada" in text_of(answer)


def test_what_no_e_mail_was_taken_for_stays_on_the_list_and_is_sent_later(
    scene: DeskScene, moto_engine: Engine
) -> None:
    number = scene.asked()
    ses, sender = moto_engine.client("ses"), scene.world.container.config.mail_from
    ses.delete_identity(Identity=sender)

    answer = scene.decide(number)

    assert answer.headers["Location"].endswith("hecho=sin-correo")
    assert "Enviar otra vez el correo" in text_of(scene.taking.get(LIST))
    assert "Aprobada, sin enviar" in text_of(scene.taking.get(f"{LIST}/{number}"))
    ses.verify_email_identity(EmailAddress=sender)
    assert scene.decide(number, "enviar").headers["Location"].endswith("hecho=enviada")
    assert "/recuperar/" in scene.staff.people.mails()[-1][1]
    assert scene.decide(number, "enviar").status_code == 409


def test_what_is_about_to_be_late_stands_first_and_what_is_late_is_counted(scene: DeskScene) -> None:
    store = mailbox_store(scene.world.container)
    store.put(a_mailbox("40000005", users=tuple(replace(one, user_id="u5") for one in a_mailbox().users[:1])))
    late = scene.asked()
    scene.world.clock.advance(hours=5)
    soon = scene.asked(document_number="40000005")
    scene.world.clock.advance(hours=20, minutes=1)

    listed = text_of(scene.checking.get(LIST))

    assert listed.index(late) < listed.index(soon)
    assert "1 vencida." in listed
    assert "1 por vencer" in listed
    assert "quedan 3 h" in listed
    scene.decide(late)
    assert "fuera de plazo" in text_of(scene.checking.get(LIST))


def _csrf(browser: Browser) -> str:
    return text_of(browser.get("/entidad/clave")).partition('name="csrf" value="')[2].partition('"')[0]
