"""A person sees what is held about them, takes it along, has it corrected, and closes the mailbox (DAT-1)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.people import data_request_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import AcceptedText, Mailbox, MailboxState
from chalicelib.domain.people.consent import ConsentMandatory, HolderKind, MandatoryRule
from chalicelib.domain.people.data_request import DataRequestKind, DataWish
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.people.data_requests import make_request
from chalicelib.services.people.hand_over import OfferWish, accept_offer, offer_mailbox
from chalicelib.services.people.remove_user import remove_user
from tests.browser_requests import Browser, check_html, text_of
from tests.company_world import COMPANY, FORMER_BOSS, OTHER, a_company, seed_company, session_of, set_password, token_of
from tests.deposit_world import a_body
from tests.person_world import PASSWORD

PAGE, CONSENT = "/mis-datos", "/perfil/consentimiento"
RECIPIENT = {"document_type": "RUC", "document_number": "20100000009"}
WHY = "--reason 'Lo pidió por escrito' --operator rquispe"


@pytest.fixture(autouse=True)
def _company(browser: Browser) -> None:
    seed_company(browser.people.tools, browser.people.world.container)
    browser.people.world.seed()
    be(browser, COMPANY)


def be(browser: Browser, username: str) -> None:
    browser.cookies[SESSION_COOKIE] = token_of(browser.people, username)


def words(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def ask(browser: Browser, kind: str, **fields: str) -> HTTPResponse:
    address = f"{PAGE}/pedir/{kind}"
    return browser.submit(browser.get(address), address, **fields)


def close(browser: Browser, **fields: str) -> HTTPResponse:
    return ask(browser, "cierre", **{"understood": "si", "password": PASSWORD, **fields})


def reference_in(answer: HTTPResponse) -> str:
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["Location"]).partition("?")[0].rpartition("/")[2]


def operate(browser: Browser, line: str) -> tuple[int, str]:
    answer = browser.people.world.client.lambda_.invoke("operator", {"command": line}).payload
    return answer["exit"], answer["output"]


def mailbox_of(browser: Browser) -> Mailbox:
    mailbox = browser.people.tools.mailboxes.find(COMPANY)
    assert mailbox
    return mailbox


def deposit(browser: Browser, key: str) -> Any:
    return browser.people.world.deposit(a_body(recipient=RECIPIENT), key=key)


def hand_over(browser: Browser) -> None:
    tools, now, mailbox = browser.people.tools, browser.people.world.clock(), mailbox_of(browser)
    boss, other = (session_of(user, mailbox, now) for user in mailbox.users[:2])
    offer_mailbox(boss, OfferWish("u2", PASSWORD), origin="", tools=tools, now=now)
    accept_offer(other, origin="", tools=tools, now=now)
    browser.people.world.clock.advance(minutes=1)  # sessions begun until now are over


def events(browser: Browser) -> list[Any]:
    found = browser.people.tools.events.list_for_subject(f"mailbox#{COMPANY}")
    return [one for one in found if one.type.startswith(("data.", "mailbox.reopened"))]


def test_the_page_shows_what_is_held_who_looked_and_what_can_be_asked(browser: Browser) -> None:
    world = browser.people.world
    assert "Desde que se abrió la casilla, nadie" in words(browser.get(PAGE))
    world.get(f"/v1/mailboxes/{COMPANY}")
    operate(browser, f"mailboxes show {COMPANY} {WHY}")
    shown = words(browser.get(PAGE))
    for expected in (
        "Usuaria Ejemplo 1",
        "DNI 40000011",
        "usuaria1@ejemplo.pe",
        "Preguntó si la casilla puede recibir una notificación",
        "Una persona del servicio Vio los datos de la casilla",
        "en 10 días hábiles",
        "en 20 días hábiles",
        "Decreto Supremo N° 016-2024-JUS",
        "las notificaciones, sus documentos y sus constancias",
        "lo que se presentó desde la casilla, con sus documentos y sus cargos",
        "lo ven la entidad a la que se dirige y los usuarios de la casilla",
        "lo que empezaste y no presentas todavía",
    ):
        assert expected in shown
    assert "rquispe" not in shown
    assert f'href="{PAGE}"' in text_of(browser.get("/perfil"))


def test_the_copy_is_handed_out_at_once_recorded_once_a_day_and_told(browser: Browser) -> None:
    page = browser.get(PAGE)
    copies = [browser.submit(page, f"{PAGE}/copia") for _ in range(3)]
    assert {one.status_code for one in copies} == {200}
    assert copies[0].headers["Content-Disposition"] == 'attachment; filename="mis-datos-2026-03-09.json"'
    data = json.loads(copies[0].body)
    assert data["user"]["email"] == "usuaria1@ejemplo.pe"
    assert data["user"]["document_number"] == "40000011"
    assert [one["what"] for one in data["log"]] == ["data.requested"]
    assert {one["text"] for one in data["accepted_texts"]} == {"terms", "privacy"}
    assert [(one["kind"], one["state"]) for one in data["requests"]] == [("export", "done")]
    assert "password_hash" not in copies[0].body.decode()
    assert "usuaria2@ejemplo.pe" not in copies[0].body.decode()
    assert [one.type.value for one in events(browser)] == ["data.requested"]
    assert [to for to, text in browser.people.mails() if "descargó una copia" in text] == ["usuaria1@ejemplo.pe"]
    browser.people.world.clock.advance(hours=24)
    be(browser, COMPANY)
    browser.submit(browser.get(PAGE), f"{PAGE}/copia")
    assert len(events(browser)) == 2


def test_a_correction_waits_for_an_operator_within_its_term_and_is_answered(browser: Browser) -> None:
    wrong = "Mi apellido dice Ejemlo y debe decir Ejemplo."
    reference = reference_in(ask(browser, "correccion", words=wrong))
    page = words(browser.get(f"{PAGE}/solicitudes/{reference}?hecho=pedida"))
    assert "Recibimos tu solicitud" in page
    assert wrong in page
    assert "lunes 23 de marzo de 2026" in page
    assert "23 de marzo de 2026" in browser.people.mails()[-1][1]
    assert wrong not in browser.people.mails()[-1][1]
    code, listed = operate(browser, f"requests list {WHY}")
    assert (code, listed) == (
        0,
        f"{COMPANY}  {reference}  Corrección: responder hasta el 23/03/2026",
    )
    assert [one.type for one in events(browser) if one.looker] == ["data.request_shown"]
    code, shown = operate(browser, f"requests show {COMPANY} {reference} {WHY}")
    assert code == 0
    assert wrong in shown
    code, output = operate(browser, f"requests done {COMPANY} {reference} --words 'Corregimos tu apellido.' {WHY}")
    assert (code, output.splitlines()[1]) == (0, "  Se avisó por correo.")
    assert browser.people.mails()[-1][0] == "usuaria1@ejemplo.pe"
    assert "Respondimos su solicitud" in browser.people.mails()[-1][1]
    assert "Corregimos tu apellido." in words(browser.get(f"{PAGE}/solicitudes/{reference}"))
    assert "Vio una solicitud sobre datos" in words(browser.get(PAGE))
    assert operate(browser, f"requests list {WHY}")[1] == "Ninguna solicitud espera respuesta."
    assert operate(browser, f"requests done {COMPANY} {reference} --words 'Otra vez.' {WHY}")[0] == 1
    by_type = {one.type.value: one for one in events(browser)}
    asked, seen, answered = (
        by_type[name] for name in ("data.requested", "data.request_shown", "data.request_answered")
    )
    assert asked.data == {"user_id": "u1", "about": "rectification", "request": reference}
    assert (seen.type, seen.actor) == ("data.request_shown", "operator:rquispe")
    assert answered.data == {
        "user_id": "u1",
        "about": "rectification",
        "request": reference,
        "decided": "done",
        "reason": "Lo pidió por escrito",
    }
    assert not any(wrong in str(one.data) for one in events(browser))


def test_a_refusal_says_why_and_where_to_complain(browser: Browser) -> None:
    reference = reference_in(ask(browser, "saber-mas", words="¿De dónde salió mi correo?"))
    operate(browser, f"requests refuse {COMPANY} {reference} --words 'Ya está en la copia.' {WHY}")
    shown = words(browser.get(f"{PAGE}/solicitudes/{reference}"))
    assert "Denegada" in shown
    assert "Ya está en la copia." in shown
    assert "Autoridad Nacional de Protección de Datos Personales" in shown


def test_nothing_to_say_is_told_beside_the_field_and_nothing_is_kept(browser: Browser) -> None:
    page = ask(browser, "correccion", words="  mal ")
    assert page.status_code == 422
    assert "Escribe qué dato está mal y cómo debe decir." in words(page)
    assert ">mal" in text_of(page).replace("  mal ", "mal")
    long = ask(browser, "saber-mas", words="a" * 1001)
    assert "hasta 1000 letras" in words(long)
    assert events(browser) == []


def test_asking_twice_asks_once(browser: Browser) -> None:
    address = f"{PAGE}/pedir/correccion"
    page = browser.get(address)
    first = browser.submit(page, address, words="Mi segundo nombre falta.")
    again = browser.submit(page, address, words="Mi segundo nombre falta.")
    assert first.headers["Location"] == again.headers["Location"]
    assert browser.get(address).headers["Location"] == f"{PAGE}/solicitudes/{reference_in(first)}"
    assert len(browser.people.mails()) == 1
    assert "tu solicitud espera respuesta, a más tardar el lunes 23 de marzo de 2026" in words(browser.get(PAGE))


def test_closing_takes_a_day_keeps_what_is_evidence_and_can_be_undone_by_its_holder(browser: Browser) -> None:
    people, clock = browser.people, browser.people.world.clock
    kept = deposit(browser, "antes").json_body["notice_id"]
    reference = reference_in(close(browser))
    assert {to for to, text in people.mails() if "cerrar esta casilla" in text} == {
        f"usuaria{number}@ejemplo.pe" for number in (1, 2, 3)
    }
    assert deposit(browser, "mientras").status_code == 201
    done = f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}"
    code, output = operate(browser, done)
    assert (code, "menos de 24 horas" in output) == (1, True)
    clock.advance(hours=24)
    code, output = operate(browser, done)
    assert code == 0, output
    assert "está cerrada: no recibe notificaciones" in output
    assert mailbox_of(browser).state is MailboxState.DISABLED
    refused = deposit(browser, "despues")
    assert (refused.status_code, refused.json_body["code"]) == (409, "mailbox_disabled")
    assert deposit(browser, "antes").status_code == 201
    assert len([to for to, text in people.mails() if "ya no recibe notificaciones" in text]) == 3
    for username in (COMPANY, OTHER):
        be(browser, username)
        assert browser.get(f"/casilla/{kept}").status_code == 200
        assert "está cerrada desde el" in words(browser.get("/casilla"))
    assert f'href="{PAGE}/abrir"' not in text_of(browser.get("/casilla"))
    be(browser, COMPANY)
    assert "Ya está cerrada" in words(browser.get(PAGE))
    assert browser.get(f"{PAGE}/pedir/cierre").headers["Location"] == PAGE
    address = f"{PAGE}/abrir"
    wrong = browser.submit(browser.get(address), address, password="otra-clave-77")
    assert "La contraseña no es correcta" in words(wrong)
    opened = browser.submit(browser.get(address), address, password=PASSWORD)
    assert "está abierta otra vez" in words(browser.get(opened.headers["Location"]))
    assert deposit(browser, "despues").status_code == 201
    consent = mailbox_of(browser).consent
    assert consent
    assert (consent.is_given, consent.user_id) == (True, "u1")
    assert {one.type.value for one in events(browser)} == {
        "data.requested",
        "data.request_answered",
        "mailbox.reopened",
    }


def test_a_closed_mailbox_is_nowhere_said_to_take_notices(browser: Browser) -> None:
    people, clock = browser.people, browser.people.world.clock
    browser.submit(browser.get(CONSENT), CONSENT, understood="si", step="retirar")
    reference = reference_in(close(browser))
    clock.advance(hours=24)
    operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")
    be(browser, COMPANY)
    assert "Esta casilla está cerrada" in words(browser.get("/perfil"))
    page = browser.get(CONSENT)
    assert "está cerrada desde el" in words(page)
    assert "<form" not in text_of(page).partition("<main")[2]
    told = len(people.mails())
    refused = browser.post(CONSENT, None, csrf=browser.csrf(), understood="si", step="autorizar")
    assert refused.status_code == 409
    assert "Ábrela otra vez" in words(refused)
    assert len(people.mails()) == told


def test_no_notice_is_dated_at_the_instant_of_closing_that_is_told_or_after(browser: Browser) -> None:
    reference = reference_in(close(browser))
    browser.people.world.clock.advance(hours=24)
    operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")
    closed_at = mailbox_of(browser).closed_at
    assert closed_at
    assert browser.people.world.clock() + timedelta(minutes=1) <= closed_at


def test_who_did_not_ask_freezes_by_what_was_sent_and_nothing_is_closed(browser: Browser) -> None:
    people, clock = browser.people, browser.people.world.clock
    reference = reference_in(close(browser))
    browser.post(f"/no-fui-yo/{people.contest_sent()}")
    assert mailbox_of(browser).state is MailboxState.FROZEN
    clock.advance(hours=24)
    done = f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}"
    assert "mailboxes unfreeze" in operate(browser, done)[1]
    assert "congelada" in operate(browser, f"requests show {COMPANY} {reference} {WHY}")[1]
    assert operate(browser, f"mailboxes unfreeze {COMPANY} --undo {WHY}")[0] == 0
    code, output = operate(browser, done)
    assert (code, "no pidió este cierre" in output) == (1, True)
    assert mailbox_of(browser).can_receive
    code, _ = operate(browser, f"requests refuse {COMPANY} {reference} --words 'No la pidió el titular.' {WHY}")
    assert code == 0
    assert len([to for to, text in people.mails() if "terminó sin cerrarla" in text]) == 3


def test_who_contests_another_change_of_the_thief_has_contested_the_closing_too(browser: Browser) -> None:
    people, clock, others = browser.people, browser.people.world.clock, "Otra-clave-larga-93"
    changed = {"old_password": PASSWORD, "new_password": others, "new_password_repeated": others}
    browser.submit(browser.get("/clave"), "/clave", **changed)
    of_password = people.contest_sent()
    be(browser, COMPANY)
    reference = reference_in(close(browser, password=others))
    browser.post(f"/no-fui-yo/{of_password}")
    clock.advance(minutes=3)
    assert operate(browser, f"mailboxes unfreeze {COMPANY} --undo {WHY}")[0] == 0
    clock.advance(hours=24)
    code, output = operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")
    assert (code, "se deshicieron cambios" in output) == (1, True)
    assert mailbox_of(browser).can_receive
    set_password(people.tools, COMPANY, PASSWORD)
    be(browser, COMPANY)
    operate(browser, f"requests refuse {COMPANY} {reference} --words 'No la pidió el titular.' {WHY}")
    reference = reference_in(close(browser))
    clock.advance(hours=24)
    assert operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")[0] == 0


def test_a_closing_contested_after_it_was_done_is_undone(browser: Browser) -> None:
    people, clock = browser.people, browser.people.world.clock
    reference = reference_in(close(browser))
    contest = people.contest_sent()
    clock.advance(hours=24)
    operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")
    assert "Pidieron cerrar una casilla electrónica" in words(browser.get(f"/no-fui-yo/{contest}"))
    browser.post(f"/no-fui-yo/{contest}")
    clock.advance(minutes=3)
    assert operate(browser, f"mailboxes unfreeze {COMPANY} --undo {WHY}")[0] == 0
    mailbox = mailbox_of(browser)
    assert (mailbox.state, mailbox.closed_at) == (MailboxState.OPEN, None)
    assert deposit(browser, "despues").status_code == 201


def test_a_reopening_by_a_thief_is_undone(browser: Browser) -> None:
    people, clock = browser.people, browser.people.world.clock
    reference = reference_in(close(browser))
    clock.advance(hours=24)
    operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")
    be(browser, COMPANY)
    browser.submit(browser.get(f"{PAGE}/abrir"), f"{PAGE}/abrir", password=PASSWORD)
    clock.advance(hours=1)
    deposited_at = clock()
    assert deposit(browser, "mientras").status_code == 201
    browser.post(f"/no-fui-yo/{people.contest_sent()}")
    clock.advance(minutes=3)
    assert operate(browser, f"mailboxes unfreeze {COMPANY} --undo {WHY}")[0] == 0
    mailbox = mailbox_of(browser)
    assert mailbox.state is MailboxState.DISABLED
    assert mailbox.closed_at is not None
    assert mailbox.closed_at > deposited_at


def test_it_is_withdrawn_while_it_waits_and_all_are_told(browser: Browser) -> None:
    people = browser.people
    reference = reference_in(close(browser))
    address = f"{PAGE}/solicitudes/{reference}"
    gone = browser.submit(browser.get(address), f"{address}/retirar")
    assert "Retiraste tu solicitud" in words(browser.get(gone.headers["Location"]))
    assert "Retirada" in words(browser.get(address))
    assert len([to for to, text in people.mails() if "terminó sin cerrarla" in text]) == 3
    assert "ya no se puede retirar" in words(browser.submit(browser.get(PAGE), f"{address}/retirar"))
    people.world.clock.advance(hours=24)
    assert operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")[0] == 1
    be(browser, COMPANY)
    assert reference_in(close(browser)) != reference


def test_nobody_is_told_that_a_closed_or_frozen_mailbox_is_open(browser: Browser) -> None:
    people, clock = browser.people, browser.people.world.clock
    former = reference_in(close(browser))
    hand_over(browser)
    be(browser, COMPANY)
    reference = reference_in(close(browser))
    clock.advance(hours=24)
    operate(browser, f"requests done {COMPANY} {reference} --words 'Cerramos tu casilla.' {WHY}")
    be(browser, FORMER_BOSS)
    address = f"{PAGE}/solicitudes/{former}"
    browser.submit(browser.get(address), f"{address}/retirar")
    assert "Retirada" in words(browser.get(address))
    assert [text for _, text in people.mails() if "sigue abierta" in text] == []


def test_a_refusal_while_frozen_says_nothing_of_an_open_mailbox(browser: Browser) -> None:
    reference = reference_in(close(browser))
    browser.post(f"/no-fui-yo/{browser.people.contest_sent()}")
    assert operate(browser, f"requests refuse {COMPANY} {reference} --words 'No la pidió.' {WHY}")[0] == 0
    assert [text for _, text in browser.people.mails() if "sigue abierta" in text] == []


def test_who_was_taken_out_is_told_where_the_answer_is_to_be_had(browser: Browser) -> None:
    be(browser, OTHER)
    reference = reference_in(ask(browser, "correccion", words="Mi segundo nombre falta."))
    people, mailbox = browser.people, mailbox_of(browser)
    boss = session_of(mailbox.principal, mailbox, people.world.clock())
    remove_user(boss, "u2", origin="", tools=people.tools, now=people.world.clock())
    operate(browser, f"requests done {COMPANY} {reference} --words 'Corregimos tu nombre.' {WHY}")
    to, told = people.mails()[-1]
    assert to == "usuaria2@ejemplo.pe"
    assert "Usted ya no ingresa a esa casilla" in told
    assert "La respuesta está en su casilla" not in told


def test_nobody_learns_of_anothers_requests_by_the_log(browser: Browser) -> None:
    asked: dict[str, str] = {}
    for username in (COMPANY, OTHER):
        be(browser, username)
        asked[username] = reference_in(ask(browser, "correccion", words="Mi segundo nombre falta."))
        operate(browser, f"requests show {COMPANY} {asked[username]} {WHY}")
        operate(browser, f"requests refuse {COMPANY} {asked[username]} --words 'No corresponde.' {WHY}")
    for username, others in ((COMPANY, OTHER), (OTHER, COMPANY)):
        be(browser, username)
        page = words(browser.get(PAGE))
        assert page.count("Vio una solicitud sobre datos") == 1
        copy = browser.submit(browser.get(PAGE), f"{PAGE}/copia").body.decode()
        assert asked[username] in copy
        assert asked[others] not in copy


def test_a_new_principal_does_not_learn_from_where_the_one_before_opened_the_mailbox(browser: Browser) -> None:
    world, mailbox = browser.people.world, mailbox_of(browser)
    opening = AcceptedText("terms", "2020-01-01", world.clock(), "203.0.113.77")
    mailbox_store(world.container).update(replace(mailbox, accepted=(opening,)))
    hand_over(browser)
    be(browser, COMPANY)
    data = json.loads(browser.submit(browser.get(PAGE), f"{PAGE}/copia").body)
    assert [one["origin"] for one in data["accepted_texts"] if one["version"] == "2020-01-01"] == [None]


def test_the_page_says_that_nobody_looked_only_of_what_it_looked_through(browser: Browser) -> None:
    operate(browser, f"mailboxes show {COMPANY} {WHY}")
    people = browser.people
    for number in range(100):
        people.world.clock.advance(seconds=1)
        subject, event_id = f"mailbox#{COMPANY}", f"e{number}"
        people.tools.events.add(Event(subject, EventType.USER_ENABLED, people.world.clock(), event_id, "user:u1"))
    shown = words(browser.get(PAGE))
    assert "Desde que se abrió la casilla, nadie" not in shown
    assert "Lo anterior está en Mi perfil" in shown


def test_who_closes_reads_before_what_becomes_of_what_was_filed(browser: Browser) -> None:
    shown = words(browser.get(f"{PAGE}/pedir/cierre"))

    assert "Lo que presentaste sigue su curso" in shown
    assert "la respuesta ya no puede llegarte aquí" in shown


def test_closing_needs_the_principal_the_password_and_that_it_was_understood(browser: Browser) -> None:
    nothing = words(close(browser, understood="", password=""))
    assert "Marca que entiendes" in nothing
    assert "Completa «Contraseña»" in nothing
    assert "La contraseña no es correcta" in words(close(browser, password="otra-clave-77"))
    assert "Completa «Contraseña»" in words(close(browser, password=""))
    be(browser, OTHER)
    page = browser.get(f"{PAGE}/pedir/cierre")
    assert "Solo el usuario principal, Usuaria Ejemplo 1" in words(page)
    assert "<form" not in text_of(page).partition("<main")[2]
    refused = browser.post(f"{PAGE}/pedir/cierre", None, csrf=browser.csrf(), understood="si", password=PASSWORD)
    assert refused.status_code == 403
    assert events(browser) == []


def test_a_mandatory_mailbox_is_not_closed(browser: Browser) -> None:
    tools = data_request_tools(browser.people.world.container)
    rule = MandatoryRule((HolderKind.COMPANY,), "Decreto Supremo N° 000-0000-XX, artículo 0")
    session = session_of(a_company().users[0], a_company(), browser.people.world.clock())
    with pytest.raises(ConsentMandatory, match="mailbox_mandatory") as refused:
        make_request(session, DataWish(DataRequestKind.CLOSURE), origin="", tools=replace(tools, rules=(rule,)))
    assert rule.norm in refused.value.detail


def test_a_secondary_user_sees_their_own_part_of_the_log_and_no_other_requests(browser: Browser) -> None:
    reference = reference_in(ask(browser, "correccion", words="Mi segundo nombre falta."))
    be(browser, OTHER)
    assert browser.get(f"{PAGE}/solicitudes/{reference}").status_code == 404
    assert "No hiciste ninguna" in words(browser.get(PAGE))
    data = json.loads(browser.submit(browser.get(PAGE), f"{PAGE}/copia").body)
    assert [one["by"] for one in data["log"]] == ["you"]
    assert data["user"]["user_id"] == "u2"


def test_who_has_not_accepted_new_texts_can_still_take_their_data_and_close(browser: Browser) -> None:
    tools = browser.people.tools
    account = tools.accounts.find(COMPANY)
    assert account
    tools.accounts.update(replace(account, accepted=account.accepted[:1]))
    browser.log_in(COMPANY)
    assert browser.get(PAGE).status_code == 200
    assert f'href="{PAGE}"' in text_of(browser.get("/textos"))
    assert close(browser).status_code == 303


def test_an_address_that_is_no_wish_is_missing(browser: Browser) -> None:
    assert browser.get(f"{PAGE}/pedir/otra-cosa").status_code == 404
    assert browser.get(f"{PAGE}/solicitudes/2222-2222-2222").status_code == 404
