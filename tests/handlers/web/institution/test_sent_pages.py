"""What an institution's officers see of what it sent, and what they do not."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook

from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.institution import export_sent_tools
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.institution.staff import Permission, StaffRole
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.sender.office import Office
from chalicelib.store.codec import to_data
from chalicelib.store.sender.office_item import office_item
from chalicelib.store.tables import InstitutionItem, NoticeItem
from tests.browser_requests import Browser, text_of
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, World, a_body
from tests.staff_world import Staff
from tests.unreached_world import an_unreached, fail, open_quietly, store

LISTS = ("/entidad/enviadas", "/entidad/alertas-fallidas")
STRANGERS = code_from_number(31 * 900)


@pytest.fixture
def notice_id(world: World) -> str:
    return str(world.deposit().json_body["notice_id"])


@pytest.fixture
def officer(staff: Staff) -> Browser:
    return staff.browser(staff.member())


def ids(page: str) -> list[str]:
    return re.findall(r'href="/entidad/enviadas/([0-9A-Z-]{14})"', page)


def test_the_list_shows_what_was_sent_this_month_with_the_recipients_document_masked(
    officer: Browser, notice_id: str
) -> None:
    page = text_of(officer.get("/entidad/enviadas"))
    assert ids(page) == [notice_id]
    assert "QUISPE DEMO MARÍA ÑUSTA" in page
    assert "DNI *** 002" in page
    assert "40000002" not in page
    assert "Depositada</span>" in page
    assert "Marzo de 2026" in page


def test_a_state_moves_on_as_the_notice_does(officer: Browser, world: World, notice_id: str) -> None:
    fail(world, notice_id, tuple(Channel))
    assert '<span class="state disabled">Alerta fallida</span>' in text_of(officer.get("/entidad/enviadas"))
    open_quietly(world, notice_id)
    assert ">Abierta</span>" in text_of(officer.get("/entidad/enviadas"))
    NoticeItem(notice_id).update([NoticeItem.downloaded_at.set("2026-03-09T20:20:00+00:00")])
    assert ">Descargada</span>" in text_of(officer.get("/entidad/enviadas"))
    assert ids(text_of(officer.get("/entidad/enviadas?estado=descargada"))) == [notice_id]
    assert ids(text_of(officer.get("/entidad/enviadas?estado=alertada"))) == []


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("mes=2026-03", True),
        ("mes=2026-02", False),
        ("dia=9", True),
        ("dia=10", False),
        ("destinatario=4000+0002", True),
        ("destinatario=40000003", False),
        ("tipo=carta&numero=000079", True),
        ("tipo=oficio", False),
        ("oficina=entidad", True),
        ("oficina=sede-norte", False),
    ],
)
def test_filters_stand_in_the_address_and_stay_in_the_form(
    officer: Browser, notice_id: str, query: str, is_found: bool
) -> None:
    page = text_of(officer.get(f"/entidad/enviadas?{query}"))
    assert ids(page) == ([notice_id] if is_found else [])
    for name, [value] in parse_qs(query).items():
        assert re.search(rf'(name="{name}"[^>]*value="{value}"|<option value="{value}" selected)', page)


@pytest.mark.usefixtures("notice_id")
def test_offices_can_be_chosen_by_who_is_limited_to_none(staff: Staff, world: World) -> None:
    north = Office("norte", INSTITUTION_ID, "Sede Norte", "Av. Norte 1")
    item = office_item(north.office_id)
    InstitutionItem(INSTITUTION_ID, item, data=to_data(north)).save()
    assert world
    whole, limited = staff.browser(staff.member()), staff.browser(staff.member(office_id="norte"))

    page = text_of(whole.get("/entidad/enviadas?oficina=norte"))
    assert '<option value="norte" selected>Sede Norte</option>' in page
    assert 'name="oficina"' not in text_of(limited.get("/entidad/enviadas"))


@pytest.mark.parametrize(
    ("query", "field"), [("mes=2026-13", "mes"), ("dia=32", "dia"), ("estado=x", "estado"), ("desde=x", "")]
)
@pytest.mark.usefixtures("notice_id")
def test_what_cannot_be_is_told_beside_its_field_and_lists_nothing(officer: Browser, query: str, field: str) -> None:
    answer = officer.get(f"/entidad/enviadas?{query}")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert not field or f'<a href="#{field}">' in page
    assert ids(page) == []


def test_pages_go_on_by_cursor_and_keep_the_filters(officer: Browser, world: World) -> None:
    made = [an_unreached(number) for number in range(1, 61)]
    stored = store(world, *made)
    page = text_of(officer.get("/entidad/enviadas?tipo=carta"))
    [address] = re.findall(r'href="(/entidad/enviadas\?[^"]*desde=[^"]*)">Seguir buscando', page)
    address = address.replace("&amp;", "&")
    assert parse_qs(urlsplit(address).query)["tipo"] == ["carta"]
    rest = text_of(officer.get(address))
    assert (len(ids(page)), len(ids(rest))) == (50, 10)
    assert {*ids(page), *ids(rest)} == set(stored)


def test_the_detail_tells_all_of_a_notice_and_what_to_do(officer: Browser, world: World, notice_id: str) -> None:
    fail(world, notice_id, (Channel.EMAIL,))
    page = text_of(officer.get(f"/entidad/enviadas/{notice_id}"))
    for part in (
        "DNI 40000002",
        "EXP-2026-000098",
        "Ningún aviso por correo electrónico llegó a su destino.",
        "D.S. 001-2026-DEMO, art. 1",
        "Depositada en la casilla",
        "Alertas: ",
        f'href="/entidad/redactar?reemplaza={notice_id}"',
        f'href="/entidad/enviadas/{notice_id}/suspender"',
    ):
        assert part in page, part
    assert "usuaria1@ejemplo.pe" not in page


def test_the_detail_does_not_tell_who_opened_it(officer: Browser, world: World, notice_id: str) -> None:
    open_quietly(world, notice_id)
    page = text_of(officer.get(f"/entidad/enviadas/{notice_id}"))
    assert "Abierta por primera vez" in page
    assert "Rosa" not in page


def test_who_may_not_deposit_is_offered_neither_replacing_nor_suspending(staff: Staff, notice_id: str) -> None:
    reader = staff.browser(staff.member(permissions=(Permission.SEE_SENT,)))
    page = text_of(reader.get(f"/entidad/enviadas/{notice_id}"))
    assert "reemplaza=" not in page
    assert "/suspender" not in page


def test_what_was_deposited_and_its_receipt_are_handed_out(officer: Browser, world: World, notice_id: str) -> None:
    for address in (f"/entidad/enviadas/{notice_id}/documentos/main", f"/entidad/enviadas/{notice_id}/constancia"):
        answer = officer.get(address)
        assert answer.status_code == 303
        key = urlsplit(answer.headers["Location"]).path.partition("/notices/")[2]
        assert files(world.container).get_document(f"notices/{key}").startswith(b"%PDF-")


@pytest.mark.parametrize("rest", ["", "/documentos/main", "/constancia"])
def test_anothers_notice_is_as_one_that_is_not_there(staff: Staff, notice_id: str, rest: str) -> None:
    store(staff.world, made := an_unreached(700, institution_id="otra-entidad"))
    officer = staff.browser(staff.member())
    elsewhere = staff.browser(staff.member(office_id="sede-norte"))
    answers = [
        officer.get(f"/entidad/enviadas/{made[0].notice_id}{rest}"),
        officer.get(f"/entidad/enviadas/{STRANGERS}{rest}"),
        officer.get(f"/entidad/enviadas/NO-ES-NADA{rest}"),
        elsewhere.get(f"/entidad/enviadas/{notice_id}{rest}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({re.sub(r'Persona \d+|name="csrf" value="\w+"', "", text_of(answer)) for answer in answers}) == 1


def test_what_is_refused_in_the_console_leads_back_into_it(staff: Staff) -> None:
    officer, administrator = (
        staff.browser(staff.member()),
        staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR)),
    )
    for browser, address, home in (
        (officer, f"/entidad/enviadas/{STRANGERS}", "/entidad"),
        (officer, "/entidad/equipo", "/entidad"),
        (administrator, "/plataforma/entidades/nadie", "/plataforma"),
    ):
        assert f'<p><a href="{home}">Volver al inicio de la consola</a></p>' in text_of(browser.get(address))


def test_a_file_that_a_notice_does_not_have_is_not_there(officer: Browser, notice_id: str) -> None:
    for name in ("annex-1", "receipt", "original", "main%2f"):
        assert officer.get(f"/entidad/enviadas/{notice_id}/documentos/{name}").status_code == 404


@pytest.mark.parametrize("address", LISTS)
def test_who_is_limited_to_an_office_sees_no_others_whatever_is_asked(
    staff: Staff, notice_id: str, address: str
) -> None:
    fail(staff.world, notice_id)
    elsewhere = staff.browser(staff.member(office_id="sede-norte"))
    for query in ("", "?oficina=entidad"):
        assert ids(text_of(elsewhere.get(address + query))) == []
    assert ids(text_of(staff.browser(staff.member()).get(address))) == [notice_id]


def test_of_two_offices_each_sees_its_own_and_the_institution_both(staff: Staff, world: World) -> None:
    made = {}
    for number, office_id in enumerate(("norte", "sur"), 1):
        notice, batch = an_unreached(number)
        sender = replace(notice.sender, office_id=office_id, office_name=f"Sede {office_id}")
        [made[office_id]] = store(world, (replace(notice, sender=sender), batch))
    whole, north = staff.browser(staff.member()), staff.browser(staff.member(office_id="norte"))

    for address in LISTS:
        assert set(ids(text_of(whole.get(address)))) == set(made.values())
        assert ids(text_of(north.get(address))) == [made["norte"]]
    assert "Sede norte" in text_of(north.get("/entidad/enviadas"))
    assert ids(text_of(whole.get("/entidad/enviadas?oficina=sur"))) == [made["sur"]]
    assert ids(text_of(north.get("/entidad/enviadas?oficina=sur"))) == [made["norte"]]
    for rest in ("", "/constancia", "/documentos/main"):
        answers = [north.get(f"/entidad/enviadas/{made[office]}{rest}").status_code for office in ("norte", "sur")]
        assert answers == [303 if rest else 200, 404]


@pytest.mark.parametrize("address", [*LISTS, "/entidad/enviadas/excel", f"/entidad/enviadas/{STRANGERS}"])
def test_who_was_not_given_the_service_is_refused(staff: Staff, address: str) -> None:
    for member in (
        staff.member(permissions=(Permission.DEPOSIT, Permission.CONSULT)),
        staff.member(StaffRole.COORDINATOR),
        staff.member(StaffRole.PLATFORM_ADMINISTRATOR),
    ):
        answer = staff.browser(member).get(address)
        assert answer.status_code == 403
        assert "Usuario no autorizado" in text_of(answer)


def test_the_work_list_says_what_to_do_until_the_notice_is_opened(
    officer: Browser, world: World, notice_id: str
) -> None:
    assert "No hay avisos por atender" in text_of(officer.get("/entidad/alertas-fallidas"))
    fail(world, notice_id)
    page = text_of(officer.get("/entidad/alertas-fallidas"))
    assert ids(page) == [notice_id]
    assert "notifique otra vez" in page
    open_quietly(world, notice_id)
    page = text_of(officer.get("/entidad/alertas-fallidas"))
    assert ids(page) == []


def test_the_work_list_goes_on_by_cursor_and_takes_no_other(officer: Browser, world: World) -> None:
    stored = store(world, *[an_unreached(number) for number in range(1, 56)])
    page = text_of(officer.get("/entidad/alertas-fallidas"))
    [address] = re.findall(r'href="(/entidad/alertas-fallidas\?desde=[^"]*)"', page)
    rest = text_of(officer.get(address))
    assert {*ids(page), *ids(rest)} == set(stored)
    assert (len(ids(page)), len(ids(rest))) == (50, 5)
    assert officer.get("/entidad/alertas-fallidas?desde=x").status_code == 422


def workbook(staff: Staff, engine: Engine, answer: object) -> list[tuple[object, ...]]:
    address = urlsplit(answer.headers["Location"])  # type: ignore[attr-defined]
    bucket = staff.world.container.config.exports_bucket
    key = f"sent/{address.path.partition('/sent/')[2]}"
    body = engine.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert "enviadas-entidad-demo-2026-03-" in address.query
    return list(load_workbook(BytesIO(body))["Notificaciones enviadas"].iter_rows(values_only=True))


def test_the_excel_has_the_named_columns_and_no_formula(staff: Staff, moto_engine: Engine) -> None:
    body = a_body()
    body["document"]["subject"] = "=1+1"
    notice_id = staff.world.deposit(body).json_body["notice_id"]
    answer = staff.browser(staff.member()).get("/entidad/enviadas/excel?mes=2026-03&tipo=carta")
    assert answer.status_code == 303
    heading, row = workbook(staff, moto_engine, answer)
    assert heading[0] == "Número de notificación"
    assert (row[0], row[3], row[6], row[-1]) == (notice_id, "=1+1", "DNI *** 002", "Depositada")
    assert len(row) == len(heading) == 11


def test_an_excel_of_another_office_holds_none(staff: Staff, notice_id: str, moto_engine: Engine) -> None:
    elsewhere = staff.browser(staff.member(office_id="sede-norte"))
    answer = elsewhere.get("/entidad/enviadas/excel?mes=2026-03&oficina=entidad")
    assert notice_id
    assert len(workbook(staff, moto_engine, answer)) == 1


def test_an_excel_that_is_too_long_says_what_to_do(
    officer: Browser, world: World, notice_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = export_sent_tools(world.container)
    few = replace(tools, sent=replace(tools.sent, most_of_file=0))
    monkeypatch.setitem(world.container.made, export_sent_tools, few)
    answer = officer.get("/entidad/enviadas/excel?mes=2026-03")
    page = text_of(answer)
    assert answer.status_code == 413
    assert '<a href="#dia">' in page
    assert ids(page) == [notice_id]


def test_nobody_makes_files_without_end(officer: Browser) -> None:
    answers = [officer.get("/entidad/enviadas/excel").status_code for _ in range(61)]
    assert answers == [*[303] * 60, 429]
