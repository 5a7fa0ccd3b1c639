"""What a coordinator and the platform see of months, the proof that is sent, and the payment that is recorded."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from chalice.test import HTTPResponse
from openpyxl import load_workbook
from PIL import Image

from chalicelib.bootstrap.files import files
from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from chalicelib.domain.usage.settlement import SettlementState
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.together import together
from chalicelib.services.usage.settle import record_payment
from chalicelib.store.tables import InstitutionItem
from tests.alert_world import refusing
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, PDF, an_institution, put_institution
from tests.renderers.export import test_listing_pdf as listing
from tests.renderers.export.test_listing_pdf import needs_poppler
from tests.staff_world import Staff, csrf_of
from tests.usage_world import CLOSED_ON, DUE_ON, Months, lima, without_tariff

OWN, MARCH = "/entidad/consumo", "/entidad/consumo/2026-03"
PLATFORM = f"/plataforma/entidades/{INSTITUTION_ID}/consumo/2026-03"
PAY = f"{PLATFORM}/pago"
PAID = {"amount": "0.48", "paid_on_day": "6", "paid_on_month": "4", "paid_on_year": "2026", "reference": "OP-123"}
LATE_ON = DUE_ON + timedelta(days=1)


@pytest.fixture
def coordinator(staff: Staff) -> Any:
    member = staff.member(StaffRole.COORDINATOR)
    return lambda: staff.browser(staff.found(member))


@pytest.fixture
def administrator(staff: Staff) -> Any:
    member = staff.member(StaffRole.PLATFORM_ADMINISTRATOR)
    return lambda: staff.browser(staff.found(member))


def a_jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "#ffffff").save(out, "JPEG")
    return out.getvalue()


def cells(page: str, name: str) -> list[str]:
    """Return the cells of the first row with this name."""
    found = re.search(
        rf"<tr[^>]*><th[^>]*>(?:<a [^>]*>|<time[^>]*>)?{name}(?:</a>|</time>)?</th>(.*?)</tr>", page, re.DOTALL
    )
    assert found, name
    return [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.DOTALL)]


def fetched(engine: Engine, staff: Staff, answer: HTTPResponse) -> bytes:
    """Return the file that an answer leads to."""
    assert answer.status_code == 303, text_of(answer)
    path = urlsplit(answer.headers["Location"]).path
    key = f"usage/{path.partition('/usage/')[2]}"
    body = engine.client("s3").get_object(Bucket=staff.world.container.config.exports_bucket, Key=key)["Body"]
    return bytes(body.read())


def text_of_pdf(content: bytes) -> str:
    return " ".join(" ".join(listing.text_of(content)).split())


def send(browser: Browser, filename: str = "pago.pdf", content: bytes = PDF, at: str = MARCH) -> HTTPResponse:
    csrf = csrf_of(browser.get("/entidad"))
    return browser.send_file(f"{at}/comprobante", filename, content, csrf=csrf)


def decide(browser: Browser, step: str, at: str = PAY, **typed: str) -> HTTPResponse:
    csrf = csrf_of(browser.get("/plataforma"))
    return browser.send(at, csrf=csrf, step=step, **typed)


def test_a_month_that_goes_on_is_provisional_and_one_that_is_closed_is_not(months: Months, coordinator: Any) -> None:
    months.march()
    months.deposit(lima(date(2026, 4, 2), 9))
    page = text_of(coordinator().get(OWN))
    check_html(page)
    assert cells(page, "Marzo de 2026") == ["2", "2", "1", "S/\xa00.48", "Por pagar"]
    assert cells(page, "Abril de 2026") == ["1", "1", "0", "S/\xa00.24", "Provisional"]


def test_without_a_tariff_there_are_no_amounts(months: Months, coordinator: Any) -> None:
    months.set(without_tariff())
    months.march()
    page = text_of(coordinator().get(OWN))
    assert cells(page, "Marzo de 2026") == ["2", "2", "1", "Nada por pagar"]
    page = text_of(coordinator().get(MARCH))
    assert "no hay nada que pagar" in page
    assert "Importe" not in page
    assert "Enviar el comprobante" not in page


def test_a_month_adds_up_and_has_a_number_and_the_hash_of_its_data(
    months: Months, staff: Staff, coordinator: Any, moto_engine: Engine
) -> None:
    account = months.march()
    browser = coordinator()
    page = text_of(browser.get(MARCH))
    check_html(page)
    assert cells(page, "Depósitos") == ["2", "S/\xa00.1500", "S/\xa00.30"]
    assert cells(page, "Mensajes SMS") == ["2", "S/\xa00.0450", "S/\xa00.09"]
    for said in ("EC-2026-03-entidad-demo", account.sha256, "S/\xa00.41", "S/\xa00.07", "S/\xa00.48", "20 de abril"):
        assert said in page, said
    data = fetched(moto_engine, staff, browser.get(f"{MARCH}/datos"))
    assert hashlib.sha256(data).hexdigest() == account.sha256
    assert json.loads(data)["used"] == {"deposits": 2, "sms": 2, "consultations": 1}


@needs_poppler
def test_its_files_say_the_same_and_are_the_same_every_day(
    months: Months, staff: Staff, coordinator: Any, moto_engine: Engine
) -> None:
    account = months.march()
    first = fetched(moto_engine, staff, coordinator().get(f"{MARCH}/pdf"))
    months.at(date(2026, 5, 1))
    assert fetched(moto_engine, staff, coordinator().get(f"{MARCH}/pdf")) == first
    text = text_of_pdf(first)
    for said in ("Estado de consumo de marzo de 2026", account.statement.number, account.sha256, "S/\xa00.48"):
        assert said.replace("\xa0", " ") in text, said
    assert "PROVISIONAL" not in text
    book = load_workbook(io.BytesIO(fetched(moto_engine, staff, coordinator().get(f"{MARCH}/excel"))))
    rows = list(book["Estado de consumo"].iter_rows(values_only=True))
    assert rows[1] == ("Depósitos", 2, 0.15, 0.3)
    assert rows[-1][-1] == 0.48
    assert sum(row[1] for row in list(book["Por día"].iter_rows(values_only=True))[1:]) == 2


@needs_poppler
def test_a_provisional_file_says_so_and_has_no_data(
    months: Months, staff: Staff, coordinator: Any, moto_engine: Engine
) -> None:
    months.deposit(lima(date(2026, 3, 2)))
    months.at(date(2026, 3, 9))
    answer = coordinator().get(f"{MARCH}/pdf")
    assert "provisional" in answer.headers["Location"]
    assert "PROVISIONAL" in text_of_pdf(fetched(moto_engine, staff, answer))
    assert coordinator().get(f"{MARCH}/datos").status_code == 404


def test_no_name_is_ever_a_formula(months: Months, staff: Staff, coordinator: Any, moto_engine: Engine) -> None:
    name = '=HYPERLINK("http://x.example";"Pagar")'
    put_institution(months.world.container, an_institution(name=name))
    months.march()
    content = fetched(moto_engine, staff, coordinator().get(f"{MARCH}/excel"))
    sheet = load_workbook(io.BytesIO(content))["Sobre este estado"]
    assert (sheet["B1"].value, sheet["B1"].data_type, sheet["B1"].quotePrefix) == (name, "s", True)
    page = text_of(coordinator().get(MARCH))
    assert '"http://x.example"' not in page


def test_its_deposits_are_those_of_the_list_of_what_was_sent(months: Months, staff: Staff) -> None:
    account = months.march()
    months.at(CLOSED_ON)
    listed = text_of(staff.browser(staff.member()).get("/entidad/enviadas?mes=2026-03"))
    assert len(set(re.findall(r'href="/entidad/enviadas/([0-9A-Z-]{14})"', listed))) == 2
    assert sum(day.deposits for day in account.statement.days) == 2


@pytest.mark.parametrize("month", ["2026-02", "2026-05", "2025-12", "2026-13", "x"])
def test_a_month_that_has_no_statement_is_not_there(months: Months, coordinator: Any, month: str) -> None:
    months.set(replace(months.tools.settings, first_month="2026-03"))
    months.march()
    for rest in ("", "/pdf", "/comprobante"):
        assert coordinator().get(f"{OWN}/{month}{rest}").status_code == 404


def test_another_institutions_month_is_its_own(months: Months, staff: Staff) -> None:
    put_institution(months.world.container, an_institution(institution_id="otra", name="Otra Entidad"))
    months.march()
    months.consult(lima(date(2026, 3, 10)), institution_id="otra")
    stranger = staff.browser(staff.member(StaffRole.COORDINATOR, institution_id="otra"))
    page = text_of(stranger.get(MARCH))
    assert cells(page, "Depósitos")[0] == "0"
    assert "EC-2026-03-entidad-demo" not in page
    send(stranger)
    assert months.account("2026-03").settlement.proof is None


@pytest.mark.parametrize(("filename", "content"), [("pago.pdf", PDF), ("pago.jpg", a_jpeg()), ("pago.JPEG", a_jpeg())])
def test_a_scanned_proof_waits_to_be_checked(
    months: Months, coordinator: Any, administrator: Any, filename: str, content: bytes
) -> None:
    months.march()
    answer = send(coordinator(), filename, content)
    assert answer.headers["Location"] == f"{MARCH}?hecho=enviado"
    page = text_of(coordinator().get(answer.headers["Location"]))
    assert "Recibimos el comprobante" in page
    assert "Comprobante por revisar" in page
    for browser, address in ((coordinator(), f"{MARCH}/enviado"), (administrator(), f"{PLATFORM}/comprobante")):
        key = urlsplit(browser.get(address).headers["Location"]).path.partition("/payments/")[2]
        assert files(months.world.container).get_document(f"payments/{key}") == content
    months.night(LATE_ON)
    assert months.institution.is_active
    assert months.account("2026-03").state(LATE_ON) is SettlementState.PROVEN


@pytest.mark.parametrize(
    ("filename", "content", "said"),
    [
        ("", b"", "Elige el archivo"),
        ("pago.pdf", b"", "Elige el archivo"),
        ("pago.docx", PDF, "PDF, JPG o PNG"),
        ("pago.txt", b"hola", "PDF, JPG o PNG"),
        ("pago.pdf", b"%PDF-1.7 nada", ""),
        ("pago.png", PDF, ""),
        ("../pago.pdf", PDF, ""),
        ("pago.pdf", b"%PDF-1.7" + b" " * MAX_INLINE_SIZE, "4 MB"),
    ],
)
def test_what_is_no_such_proof_is_told_beside_the_field(
    months: Months, coordinator: Any, filename: str, content: bytes, said: str
) -> None:
    months.march()
    browser = coordinator()
    answer = send(browser, filename, content)
    assert answer.status_code == 303
    page = text_of(browser.get(answer.headers["Location"]))
    assert "<title>Error: " in page
    assert '<a href="#file">' in page
    assert said in page
    assert months.account("2026-03").settlement.proof is None


def test_a_proof_of_what_is_not_owed_is_refused(months: Months, coordinator: Any) -> None:
    months.set(without_tariff())
    months.march()
    browser = coordinator()
    assert browser.get(f"{MARCH}/comprobante").headers["Location"] == MARCH
    assert "no se debe nada" in text_of(browser.get(send(browser).headers["Location"]))


def test_a_refused_proof_says_why_and_counts_for_nothing(months: Months, coordinator: Any, administrator: Any) -> None:
    months.march()
    send(coordinator())
    browser = administrator()
    page = text_of(browser.get(PAY))
    check_html(page)
    [sha256] = re.findall(r'name="sha256" value="(\w+)"', page)
    short = browser.get(decide(browser, "rechazar", sha256=sha256, reason="no").headers["Location"])
    assert "Escribe el motivo" in text_of(short)
    answer = decide(browser, "rechazar", sha256=sha256, reason="No se lee el importe.")
    assert answer.headers["Location"] == f"{PLATFORM}?hecho=rechazado"
    page = text_of(coordinator().get(MARCH))
    assert "se rechazó: No se lee el importe." in page
    assert "Enviar el comprobante" in page
    again = decide(browser, "rechazar", sha256=sha256, reason="No se lee el importe.")
    assert "ya no es el que espera" in text_of(browser.get(again.headers["Location"]))
    months.night(LATE_ON)
    assert not months.institution.is_active


def test_who_sent_a_proof_in_time_is_told_that_it_was_refused_and_has_some_days(months: Months, staff: Staff) -> None:
    months.march()
    member = staff.member(StaffRole.COORDINATOR)
    send(staff.browser(member))
    proof = months.account("2026-03").settlement.proof
    assert proof is not None
    months.at(LATE_ON, 18)
    typed = {"sha256": proof.sha256, "reason": "No se lee el importe."}
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    answer = decide(browser, "rechazar", **typed)
    assert answer.headers["Location"] == f"{PLATFORM}?hecho=rechazado"
    to, text = staff.people.mails()[-1]
    assert to == member.email
    assert "No se lee el importe." in text
    assert "24 de abril de 2026" in text
    page = text_of(staff.browser(member).get(MARCH))
    check_html(page)
    assert "Hay plazo hasta el" in page
    for night in (1, 2, 3):
        months.night(LATE_ON + timedelta(days=night))
        assert months.institution.is_active
    coordinator = staff.browser(member)
    assert "ya se rechazó" in text_of(coordinator.get(send(coordinator).headers["Location"]))
    send(coordinator, "pago.jpg", a_jpeg())
    other = months.account("2026-03").settlement.proof
    assert other is not None
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    decide(browser, "rechazar", **{**typed, "sha256": other.sha256})
    for filename, content in (("pago.pdf", PDF), ("pago.jpg", a_jpeg())):
        send(coordinator, filename, content)
        assert months.account("2026-03").settlement.proof is None
    months.night(LATE_ON + timedelta(days=4))
    assert not months.institution.is_active


def test_a_refusal_that_nobody_is_told_of_says_so(months: Months, staff: Staff) -> None:
    months.march()
    coordinator = staff.member(StaffRole.COORDINATOR)
    send(staff.browser(coordinator))
    proof = months.account("2026-03").settlement.proof
    assert proof is not None
    months.at(LATE_ON + timedelta(days=1))
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    client = staff.tools.mail._client  # noqa: SLF001 - what the provider answers
    with refusing(client, "SendEmail", "TooManyRequestsException", status=429):
        answer = decide(browser, "rechazar", sha256=proof.sha256, reason="No se lee el importe.")
    assert "no pudimos avisar" in text_of(browser.get(answer.headers["Location"]))
    assert months.account("2026-03").settlement.proof is None


def test_a_payment_is_looked_at_again_before_it_is_recorded(
    months: Months, coordinator: Any, administrator: Any
) -> None:
    months.march()
    months.night(LATE_ON)
    browser = administrator()
    assert 'value="0.48"' in text_of(browser.get(PAY))
    check = text_of(browser.get(decide(browser, "revisar", **PAID).headers["Location"]))
    check_html(check)
    assert "Revisa el pago" in check
    assert "06/04/2026" in check
    assert months.account("2026-03").settlement.payment is None
    typed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', check))
    typed.pop("csrf")
    answer = decide(browser, "registrar", **typed)
    assert answer.headers["Location"] == f"{PLATFORM}?hecho=reactivada"
    assert months.institution.is_active
    page = text_of(coordinator().get(MARCH))
    assert "OP-123" in page
    assert "Pagado" in page
    assert browser.get(PAY).headers["Location"] == PLATFORM
    [event] = [
        one
        for one in months.tools.events.list_for_subject(f"institution#{INSTITUTION_ID}")
        if one.type is EventType.PAYMENT_RECORDED
    ]
    assert (event.data["amount"], event.data["month"], event.origin) == ("48", "2026-03", "127.0.0.1")
    [lifted] = [
        one for one in months.tools.events.list_for_subject(f"institution#{INSTITUTION_ID}") if "lifted" in one.data
    ]
    assert (lifted.actor, lifted.origin, lifted.data["lifted"]) == (event.actor, "127.0.0.1", "late_payment")
    assert event.actor.startswith("staff:")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "0.47"}, "amount"),
        ({"amount": "0,48"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"paid_on_day": "31"}, "paid_on"),
        ({"paid_on_month": "5"}, "paid_on"),
        ({"paid_on_month": "3"}, "paid_on"),
        ({"paid_on_day": "", "paid_on_month": "", "paid_on_year": ""}, "paid_on"),
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 61}, "reference"),
        ({"reference": "\u2603\U0001f600"}, "reference"),
    ],
)
def test_a_payment_that_cannot_be_is_told_beside_its_field_and_what_was_typed_stays(
    months: Months, administrator: Any, typed: dict[str, str], field: str
) -> None:
    months.march()
    months.at(date(2026, 4, 7))
    browser = administrator()
    page = text_of(browser.get(decide(browser, "registrar", **{**PAID, **typed}).headers["Location"]))
    assert f'<a href="#{field}' in page
    assert months.account("2026-03").settlement.payment is None
    if field != "reference":
        assert 'value="OP-123"' in page


def test_of_two_administrators_one_records_it_and_the_other_is_told(months: Months, staff: Staff) -> None:
    staff.member(StaffRole.COORDINATOR)
    months.march()
    months.at(date(2026, 4, 7))
    browsers = [staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR)) for _ in range(2)]
    for browser in browsers:
        browser.get(PAY)
    answers = [
        decide(browser, "registrar", **{**PAID, "reference": f"OP-{number}"}) for number, browser in enumerate(browsers)
    ]
    assert answers[0].headers["Location"] == f"{PLATFORM}?hecho=pagado"
    told = text_of(browsers[1].get(answers[1].headers["Location"]))
    assert "ya tiene un pago registrado" in told
    payment = months.account("2026-03").settlement.payment
    assert payment is not None
    assert payment.reference == "OP-0"
    assert decide(browsers[0], "registrar", **{**PAID, "reference": "OP-0"}).status_code == 303


@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.OFFICER])
def test_who_is_a_user_of_an_institution_decides_nothing_about_its_payment(
    months: Months, staff: Staff, role: StaffRole
) -> None:
    months.march()
    send(staff.browser(staff.found(staff.member(StaffRole.COORDINATOR))))
    user = staff.found(staff.member(role))
    proof = months.account("2026-03").settlement.proof
    assert proof is not None
    months.at(date(2026, 4, 7))
    own = staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=user.document_number)
    browser = staff.browser(own)
    for step, typed in (("registrar", PAID), ("rechazar", {"sha256": proof.sha256, "reason": "No se lee el importe."})):
        answer = decide(browser, step, **typed)
        told = answer if answer.status_code != 303 else browser.get(answer.headers["Location"])
        assert "otro administrador" in text_of(told)
    settlement = months.account("2026-03").settlement
    assert (settlement.payment, settlement.proof, settlement.refused) == (None, proof, None)


def test_eight_at_once_record_one_payment(months: Months) -> None:
    account = months.march()
    months.at(date(2026, 4, 7))
    new_event_id, outcomes = months.world.container.chance.new_event_id, []

    def pay(number: int) -> None:
        act = OperatorAct(f"staff:p{number}", "x", months.world.clock, new_event_id)
        try:
            record_payment(account, 48, date(2026, 4, 6), f"OP-{number}", act=act, tools=months.tools)
            outcomes.append("recorded")
        except Conflict as error:
            outcomes.append(error.code)

    together([partial(pay, number) for number in range(8)])
    assert Counter(outcomes) == {"recorded": 1, "statement_paid": 7}
    events = months.tools.events.list_for_subject(f"institution#{INSTITUTION_ID}")
    assert [one.type for one in events].count(EventType.PAYMENT_RECORDED) == 1


def test_the_platform_sees_every_institutions_month_by_its_state(months: Months, administrator: Any) -> None:
    put_institution(months.world.container, an_institution(institution_id="otra", name="<b>Otra</b>"))
    for listed in (INSTITUTION_ID, "otra"):
        InstitutionItem("#institutions", listed, data={}).save()
    months.march()
    page = text_of(administrator().get("/plataforma/consumo?mes=2026-03"))
    check_html(page)
    assert cells(page, months.institution.name) == ["2", "2", "1", "S/\xa00.48", "Por pagar"]
    assert "<b>Otra" not in page
    owed = text_of(administrator().get("/plataforma/consumo?mes=2026-03&estado=owed"))
    assert f'href="{PLATFORM}"' in owed
    assert "/plataforma/entidades/otra/consumo" not in owed
    assert "Ninguna entidad" in text_of(administrator().get("/plataforma/consumo?mes=2026-03&estado=late"))
    assert administrator().get("/plataforma/consumo?mes=x").status_code == 404
    check_html(text_of(administrator().get(PLATFORM)))
    check_html(text_of(administrator().get(f"/plataforma/entidades/{INSTITUTION_ID}/consumo")))
    assert administrator().get("/plataforma/entidades/nadie/consumo/2026-03").status_code == 404


def test_before_the_first_month_the_page_says_when_the_count_begins(months: Months, coordinator: Any) -> None:
    months.set(replace(without_tariff(), first_month="2026-12"))
    assert "La cuenta empieza en diciembre de 2026" in text_of(coordinator().get(OWN))
