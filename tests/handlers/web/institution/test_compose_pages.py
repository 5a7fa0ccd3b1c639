"""Pages of drafts refuse what is forged, keep what was typed, and tell all that is wrong at once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.deadline import Distance, Regime
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.composition import MOST_OPEN, CompositionState, changed
from chalicelib.domain.institution.staff import Permission, StaffRole
from chalicelib.domain.mailbox import MailboxState
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from chalicelib.store.tables import CompositionItem, NoticeItem
from tests.browser_requests import check_html, text_of
from tests.compose_world import BASE, Desk, check_arrived
from tests.composition_world import a_composition, an_annex
from tests.deposit_world import PDF, a_mailbox, an_institution, put_institution
from tests.officer_world import OFFICE_ID, UPLOAD_ID, an_office, put_office
from tests.staff_world import Staff

RECIPIENT = {"document_type": "DNI", "document_number": "40000002", "reason": "Notificar una carta"}


def refused(desk: Desk, part: str, **typed: str) -> str:
    """Send a part and return the page that says what is wrong; nothing is kept."""
    before = desk.draft()
    hidden = desk.hidden(f"{desk.at}/{part}")
    page = text_of(desk.browser.post(f"{desk.at}/{part}", None, **{**hidden, **typed}))
    assert "Hay algo por corregir" in page
    assert desk.draft() == before
    return page


def other(desk: Desk, **changes: Any) -> Desk:
    """Return another officer at the same draft."""
    colleague = Desk(desk.staff, desk.staff.member(**changes))
    colleague.at = desk.at
    return colleague


EVERY_PAGE = (
    *("", "/oficina", "/destinatario", "/expediente", "/documento", "/remite", "/efectos", "/recursos", "/plazo"),
    *("/archivos", "/archivos/grande", "/descartar", "/depositar"),
)


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_each_page_is_strict_html_with_a_way_back_and_no_other_fields_than_labelled(written: Desk, page: str) -> None:
    answer = written.browser.get(f"{written.at}{page}")

    assert answer.status_code == 200
    shown = text_of(answer)
    check_html(shown)
    assert 'class="back"' in shown
    visible = re.findall(r'<(?:input|textarea|select)[^>]* id="([\w-]+)"', shown)
    assert {name for name in visible if f'for="{name}"' not in shown} == set()


@pytest.mark.parametrize(
    ("part", "typed", "said"),
    [
        ("expediente", {"case_number": " ", "opened_on": ""}, ["Completa «Número de exp", "Completa «Fecha del"]),
        ("expediente", {"case_number": "1" * 101, "opened_on_day": "31", "opened_on_month": "2",
                        "opened_on_year": "2026"}, ["puede tener hasta 100", "febrero de 2026 tiene 28 días"]),
        ("documento", {"type": "漢", "number": "1", "subject": "a" * 2001, "issued_on": "1/1/2026",
                       "issued_time": "25:00"}, ["Tipo de documento", "hasta 2000", "como 09:30"]),
        ("remite", {"office": "", "signed_by": "", "prepared_by": ""}, ["Dependencia", "Firmado por", "Elaborado por"]),
        ("efectos", {"ends_path": "quizás", "in_force_from": "ayer"}, ["Vía administrativa", "Vigencia del acto"]),
        ("recursos", {"remedy": "", "body": "", "amount": "x", "unit": "años"}, ["Recurso", "Ante quién", "entero"]),
        ("plazo", {"has_term": "", "regime": "otro"}, ["Plazo", "Régimen"]),
        ("plazo", {"has_term": "si", "amount": "0", "unit": "business_days", "regime": ""}, ["Cuánto dura"]),
        ("plazo", {"has_term": "si", "amount": "9" * 10, "unit": "months", "regime": ""}, ["número entero"]),
        ("oficina", {"office_id": "no-hay"}, ["Elige"]),
        ("oficina", {"office_id": ""}, ["Elige"]),
        ("destinatario", {"document_type": "X", "document_number": "4", "reason": "no"}, ["Elige una", "motivo"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_once_and_kept_as_typed(
    desk: Desk, part: str, typed: dict[str, str], said: list[str]
) -> None:
    desk.begin()

    page = refused(desk, part, **typed)

    assert [text for text in said if text not in page] == []
    for value in typed.values():
        if value.strip() and not any(sign in page for sign in ("<select", 'type="radio"')) and len(value) < 200:
            assert all(part in page for part in value.split("/")), value
    assert "<title>Error: " in page


def test_a_closed_office_and_another_institution_s_are_none(desk: Desk) -> None:
    put_office(desk.box, an_office(office_id="cerrada", is_closed=True))
    put_institution(desk.box, an_institution(institution_id="otra"))
    put_office(desk.box, an_office(office_id="ajena", institution_id="otra"))
    desk.begin()

    for office_id in ("cerrada", "ajena"):
        refused(desk, "oficina", office_id=office_id)


def test_an_office_that_was_closed_since_is_told_before_depositing(written: Desk) -> None:
    put_office(written.box, an_office())
    written.fill("oficina", office_id=OFFICE_ID)
    assert "Revisar y depositar" in text_of(written.browser.get(written.at))
    put_office(written.box, an_office(is_closed=True))

    draft = text_of(written.browser.get(written.at))

    assert "Esa oficina está cerrada y ya no notifica" in draft
    assert "Revisar y depositar" not in draft
    assert written.browser.get(f"{written.at}/depositar").headers["Location"] == written.at


def test_who_is_limited_to_an_office_deposits_from_no_other(staff: Staff) -> None:
    put_office(staff.world.container, an_office())
    put_office(staff.world.container, an_office(office_id="sur", name="Oficina Sur"))
    desk = Desk(staff, staff.member(office_id=OFFICE_ID))
    assert desk.begin().endswith("/destinatario")

    assert "Trabajas para una sola oficina" in refused(desk, "oficina", office_id="sur")
    desk.fill("oficina", is_shared="si")

    assert (desk.draft().office_id, desk.draft().is_shared) == (OFFICE_ID, True)


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_another_s_draft_is_told_as_none(written: Desk, page: str) -> None:
    stranger = other(written)
    shown = stranger.browser.get(f"{written.at}{page}")
    assert shown.status_code == 404, page
    assert "no existe, no es tuyo" in text_of(shown)


@pytest.mark.parametrize(
    "page", ["/oficina", "/expediente", "/archivos/grande", "/archivos/quitar", "/descartar", "/depositar"]
)
def test_another_s_draft_is_not_changed_by_a_forged_form(written: Desk, page: str) -> None:
    stranger, before = other(written), written.draft()
    sent = {"csrf": stranger.csrf(BASE), "version": str(before.version), "case_number": "1", "opened_on": "1/1/2026"}

    told = stranger.browser.post(
        f"{written.at}{page}", None, **sent, office_id="entidad", role="annex", upload_id=UPLOAD_ID
    )

    assert told.status_code == 404
    assert written.draft() == before
    assert not list(NoticeItem.scan())


def test_what_is_shared_is_seen_and_gone_on_with_by_the_office(written: Desk) -> None:
    colleague = other(written)
    written.fill("oficina", office_id="entidad", is_shared="si")

    assert "Borradores de tu oficina" in text_of(colleague.browser.get(BASE))
    colleague.fill("expediente", case_number="EXP-2", opened_on="16/2/2026")
    led = colleague.browser.send(f"{colleague.at}/depositar", **colleague.hidden(f"{colleague.at}/depositar"))

    assert str(led.headers["Location"]).endswith("/depositada")
    [event] = [
        event
        for event in event_store(written.box).list_for_subject(f"notice#{written.draft().notice_id}")
        if event.type is EventType.NOTICE_DEPOSITED
    ]
    assert event.actor == colleague.member.actor


@pytest.mark.parametrize("permissions", [(), (Permission.CONSULT, Permission.SEE_SENT)])
def test_without_the_permission_nobody_writes(staff: Staff, permissions: tuple[Permission, ...]) -> None:
    browser = staff.browser(staff.member(permissions=permissions))

    assert browser.get(BASE).status_code == 403
    assert "no autorizado" in text_of(browser.get(BASE))


def test_nor_does_who_may_but_for_consulting_ask(staff: Staff) -> None:
    browser = staff.browser(staff.member(permissions=(Permission.DEPOSIT,)))
    assert browser.get("/entidad/consultar").status_code == 403
    assert staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR)).get(BASE).status_code == 403


def test_two_editors_never_overwrite_each_other_unseen(written: Desk) -> None:
    page = f"{written.at}/expediente"
    mine, theirs = written.hidden(page), written.hidden(page)
    first = written.browser.send(page, **{**mine, "case_number": "EXP-MIO", "opened_on": "16/2/2026"})
    assert first.status_code == 303

    told = text_of(written.browser.post(page, None, **{**theirs, "case_number": "EXP-SUYO", "opened_on": "16/2/2026"}))

    assert "Este borrador cambió mientras lo tenías abierto" in told
    assert 'value="EXP-SUYO"' in told
    assert written.draft().case_file.number == "EXP-MIO"  # type: ignore[union-attr]
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', told))
    written.browser.send(page, **{**again, "case_number": "EXP-SUYO", "opened_on": "16/2/2026"})
    assert written.draft().case_file.number == "EXP-SUYO"  # type: ignore[union-attr]


def test_a_mistake_corrected_while_another_wrote_is_not_taken_for_having_seen_it(written: Desk) -> None:
    page = f"{written.at}/expediente"
    stale = written.hidden(page)
    wrong = written.browser.send(page, **{**stale, "case_number": "", "opened_on": "16/2/2026"})
    draft = written.draft()
    theirs = replace(draft.case_file, number="EXP-DE-OTRA")  # type: ignore[type-var]
    composition_store(written.box).update(changed(draft, draft.changed_at, case_file=theirs))
    shown = text_of(written.browser.get(str(wrong.headers["Location"])))
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))

    told = text_of(written.browser.post(page, None, **{**carried, "case_number": "EXP-MIO", "opened_on": "16/2/2026"}))

    assert "Este borrador cambió mientras lo tenías abierto" in told
    assert written.draft().case_file.number == "EXP-DE-OTRA"  # type: ignore[union-attr]


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "1" * 30, "²"])
def test_a_form_without_the_version_that_it_was_made_of_changes_nothing(written: Desk, version: str) -> None:
    before = written.draft()
    sent = {**written.hidden(f"{written.at}/depositar"), "version": version}

    told = text_of(written.browser.post(f"{written.at}/depositar", None, **sent))

    assert "Este borrador cambió mientras lo tenías abierto" in told
    assert written.draft() == before
    assert not list(NoticeItem.scan())


def test_pressed_twice_it_is_one_notice_and_the_same_page(written: Desk) -> None:
    sent = written.hidden(f"{written.at}/depositar")
    first, second = (written.browser.send(f"{written.at}/depositar", **sent) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"] == f"{written.at}/depositada"
    assert len(list(NoticeItem.scan())) == 1
    assert written.browser.get(written.at).headers["Location"] == f"{written.at}/depositada"
    for page in ("/oficina", "/archivos", "/descartar", "/depositar"):
        assert written.browser.get(f"{written.at}{page}").status_code == 303, page
    assert "ya se depositó" in text_of(written.browser.post(f"{written.at}/descartar", None, **sent))


def test_depositing_asks_for_a_code_again_where_the_last_is_old(written: Desk) -> None:
    sent = written.hidden(f"{written.at}/depositar")
    written.staff.world.clock.now += timedelta(minutes=11)
    led = written.browser.get(f"{written.at}/depositar")
    assert str(led.headers["Location"]).startswith("/entidad/confirmar?volver=")
    written.staff.world.clock.now += timedelta(minutes=3)
    written.browser.get(written.at)  # stays inside
    written.staff.world.clock.now += timedelta(minutes=12)

    led = written.browser.send(f"{written.at}/depositar", **sent)

    assert str(led.headers["Location"]) == f"/entidad/confirmar?volver={written.at}/depositar"  # to see it once more
    assert not list(NoticeItem.scan())


def test_what_a_deposit_refuses_is_told_on_the_check_page(written: Desk) -> None:
    mailbox_store(written.box).put(a_mailbox(state=MailboxState.DISABLED))
    sent = written.hidden(f"{written.at}/depositar")

    told = text_of(written.browser.post(f"{written.at}/depositar", None, **sent))

    assert "está deshabilitada" in told
    assert "Revisa antes de depositar" in told
    assert written.draft().state is CompositionState.OPEN


def test_an_old_act_and_the_same_document_are_warned_of_and_deposited(written: Desk) -> None:
    written.fill(
        "documento", type="CARTA", number="000079-2026", subject="Otra", issued_on="2/2/2026", issued_time="9:05"
    )
    written.browser.send(f"{written.at}/depositar", **written.hidden(f"{written.at}/depositar"))
    before = written.draft().notice_id
    again = Desk(written.staff, written.member)
    again.write_all()
    again.fill(
        "documento", type="Carta", number="000079 -2026", subject="Otra", issued_on="2/2/2026", issued_time="9:05"
    )
    draft = again.draft()
    composition_store(again.box).update(changed(draft, draft.changed_at, files=a_composition().files))

    check = text_of(again.browser.get(f"{again.at}/depositar"))

    assert "más de cinco días hábiles" in check
    assert f"ya depositó este documento, CARTA 000079-2026, al mismo destinatario: notificación N.º {before}" in check
    led = again.browser.send(f"{again.at}/depositar", **again.hidden(f"{again.at}/depositar"))
    assert str(led.headers["Location"]).endswith("/depositada")
    assert len(list(NoticeItem.scan())) == 2


def test_one_byte_over_the_limit_and_the_twenty_first_annex_are_refused_with_what_to_do(desk: Desk) -> None:
    desk.begin()
    page = f"{desk.at}/archivos"
    hidden = desk.hidden(page)

    told = desk.browser.post_file(page, "grande.pdf", bytes(MAX_INLINE_SIZE + 1), None, role="annex", **hidden)

    assert "envíalo como archivo grande" in text_of(told)
    draft = desk.draft()
    composition_store(desk.box).update(changed(draft, draft.changed_at, files=tuple(map(an_annex, range(20)))))
    hidden = {name: value for name, value in desk.hidden(page).items() if name != "upload_id"}
    told = desk.browser.post_file(page, "anexo.pdf", PDF, None, role="annex", **hidden)
    assert "Caben 20 anexos. Quita uno" in text_of(told)
    told = desk.browser.post(f"{page}/grande", None, **desk.hidden(f"{page}/grande"), role="annex")
    assert "Caben 20 anexos. Quita uno" in text_of(told)


def test_a_larger_file_goes_to_the_store_by_a_form_of_its_own(desk: Desk, moto_engine: object) -> None:
    desk.begin()
    page = f"{desk.at}/archivos/grande"
    led = str(desk.browser.send(page, **desk.hidden(page), role="main").headers["Location"])
    answer = desk.browser.get(led)
    shown = text_of(answer)
    check_html(shown)
    assert 'name="csrf"' not in shown.partition("<main")[2]
    key = re.findall(r'name="key" value="([^"]+)"', shown)[0]
    assert "form-action 'self' https://" in answer.headers["Content-Security-Policy"]
    assert f"{desk.at}/archivos?hecho=enviado" in shown
    files(desk.box).put_upload(key.replace("${filename}", "informe.pdf"), PDF)
    check_arrived(desk, moto_engine)  # type: ignore[arg-type]

    back = desk.browser.get(f"{desk.at}/archivos?hecho=enviado&bucket=b&key=uploads%2Finforme.pdf&etag=e")
    assert back.headers["Location"] == f"{desk.at}/archivos?hecho=enviado"
    assert "informe.pdf" in text_of(desk.browser.get(str(back.headers["Location"])))
    desk.staff.world.clock.now += timedelta(minutes=14, seconds=50)
    assert desk.browser.get(led).status_code in {200, 303}


def test_a_file_that_does_not_pass_is_told_before_anything_is_deposited(desk: Desk, moto_engine: object) -> None:
    desk.write_all()
    desk.attach("main", "carta.pdf", b"esto no es un PDF")
    check_arrived_refused(desk, moto_engine)

    shown = text_of(desk.browser.get(f"{desk.at}/archivos"))
    assert "No pasa." in shown
    told = text_of(desk.browser.post(f"{desk.at}/depositar", None, **desk.hidden(f"{desk.at}/depositar")))
    assert "Un archivo no pasó la revisión" in told
    assert not list(NoticeItem.scan())


def check_arrived_refused(desk: Desk, engine: object) -> None:
    from tests.upload_arrivals import Arrivals  # noqa: PLC0415

    arrivals = Arrivals(desk.staff.world, engine.client("s3"))  # type: ignore[attr-defined]
    for key in arrivals.objects():
        assert arrivals.tell(key)["refused"] == 1


def test_files_and_remedies_are_taken_out(written: Desk) -> None:
    written.fill("recursos", remedy="Apelación", body="El superior", amount="15", unit="business_days")
    shown = written.hidden(f"{written.at}/recursos")
    assert shown["remove"] == "0"
    written.browser.send(f"{written.at}/recursos", **shown)
    assert written.draft().effects.remedies == ()

    sent = written.hidden(f"{written.at}/archivos")
    led = written.browser.send(f"{written.at}/archivos/quitar", **{**sent, "upload_id": UPLOAD_ID})
    assert led.headers["Location"] == f"{written.at}/archivos?hecho=quitado"
    assert written.draft().files == ()
    assert written.browser.get(f"{written.at}/depositar").headers["Location"] == written.at


def test_a_draft_is_thrown_away_once_and_can_be_looked_at(written: Desk) -> None:
    led = written.browser.send(f"{written.at}/descartar", **written.hidden(f"{written.at}/descartar"))

    assert "El borrador se descartó" in text_of(written.browser.get(str(led.headers["Location"])))
    assert "Borrador descartado" in text_of(written.browser.get(written.at))
    assert written.draft().state is CompositionState.DISCARDED


def test_past_the_limit_no_draft_is_begun(desk: Desk) -> None:
    for number in range(MOST_OPEN):
        own = replace(a_composition(desk.member), composition_id=f"{number:032x}")
        composition_store(desk.box).add(own)

    told = text_of(desk.browser.post(BASE, None, csrf=desk.csrf(BASE)))

    assert f"Ya tienes {MOST_OPEN} borradores abiertos" in told
    assert CompositionItem.count() == MOST_OPEN


def test_looking_changes_nothing(written: Desk) -> None:
    before, events = written.draft(), len(list(event_store(written.box).list_for_subject("mailbox#1-40000002")))

    for page in EVERY_PAGE:
        written.browser.get(f"{written.at}{page}")
    written.browser.get(BASE)
    written.browser.get("/entidad/consultar")

    assert written.draft() == before
    assert len(list(event_store(written.box).list_for_subject("mailbox#1-40000002"))) == events


def test_the_dates_shown_are_those_of_the_deposit(written: Desk) -> None:
    written.fill("oficina", office_id=OFFICE_ID)
    check = text_of(written.browser.get(f"{written.at}/depositar"))
    written.browser.send(f"{written.at}/depositar", **written.hidden(f"{written.at}/depositar"))
    done = text_of(written.browser.get(f"{written.at}/depositada"))

    shown, kept = (re.findall(r"<dt>(Surte efectos|Inicia|Vence)</dt><dd>([^<]+)</dd>", page) for page in (check, done))
    assert len(shown) == 3
    assert shown == kept
    assert "10 de marzo" in shown[0][1]  # its office closes at 13:00, and it is 15:15


def test_a_regime_without_dates_is_told_before_anything_is_sent(desk: Desk) -> None:
    table = (Distance("Puno", 3, "R.A. 1-2026"),)
    put_institution(desk.box, an_institution(distances=table, regime=Regime.DEPOSIT))
    desk.write_all()
    assert "diga el lugar del domicilio" in text_of(desk.browser.get(desk.at))

    desk.fill("plazo", has_term="si", amount="10", unit="business_days", regime="", place="Puno")

    assert "3 días hábiles, desde Puno" in text_of(desk.browser.get(desk.at))


def test_an_inactive_institution_neither_asks_nor_deposits(written: Desk) -> None:
    put_institution(written.box, an_institution(state=InstitutionState.INACTIVE))

    told = text_of(written.browser.post(f"{written.at}/depositar", None, **written.hidden(f"{written.at}/depositar")))
    assert "no está activa" in told
    assert "no está activa" in refused(written, "destinatario", **RECIPIENT)


def test_asking_who_has_a_mailbox_is_recorded_with_its_reason(desk: Desk) -> None:
    sent = {**desk.hidden("/entidad/consultar"), **RECIPIENT}
    told = text_of(desk.browser.post("/entidad/consultar", None, **sent))
    assert "Tiene casilla electrónica y recibe" in told
    none = text_of(desk.browser.post("/entidad/consultar", None, **{**sent, "document_number": "40000015"}))
    assert "No puede recibir" in none

    for mailbox_id in ("1-40000002", "1-40000015"):
        [event] = event_store(desk.box).list_for_subject(f"mailbox#{mailbox_id}")
        assert (event.type, event.actor) == (EventType.MAILBOX_CONSULTED, desk.member.actor)
        assert event.data["reason"] == "Notificar una carta"


@pytest.mark.parametrize("reason", ["", "1234", "a" * 201])
def test_without_a_reason_nothing_is_told(desk: Desk, reason: str) -> None:
    sent = {**desk.hidden("/entidad/consultar"), **RECIPIENT, "reason": reason}
    told = text_of(desk.browser.post("/entidad/consultar", None, **sent))

    assert "de 5 a 200 letras" in told
    assert event_store(desk.box).list_for_subject("mailbox#1-40000002") == ()
