"""Who pays late is inactive whatever is sent meanwhile, and is told of the payment; proofs wait on one list."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from chalicelib.bootstrap.agreement import agreement_tools
from chalicelib.domain.agreement.agreement import Agreement
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole, StaffState
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.usage.settlement import SettlementState
from chalicelib.services.agreement.change_agreement import (
    inactivate_for_breach,
    inactivate_for_late_payment,
    register_agreement,
)
from chalicelib.services.usage import settle as settling
from chalicelib.store.sender.institution_store import key_item
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.usage.statement_store import WAITING, StatementStore
from tests.alert_world import refusing
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID, KEY_ID
from tests.handlers.web.usage.test_usage_pages import LATE_ON, MARCH, PAID, PAY, PLATFORM, decide, send
from tests.staff_world import Staff
from tests.usage_world import CLOSED_ON, DUE_ON, Months

DAY = timedelta(days=1)
REASON = "No se lee el importe."
Enter = Callable[[], Browser]


@pytest.fixture
def member(staff: Staff) -> StaffMember:
    """Return the only coordinator."""
    return staff.member(StaffRole.COORDINATOR)


@pytest.fixture
def coordinator(staff: Staff, member: StaffMember) -> Enter:
    return lambda: staff.browser(staff.found(member))


@pytest.fixture
def administrator(staff: Staff) -> Enter:
    member = staff.member(StaffRole.PLATFORM_ADMINISTRATOR)
    return lambda: staff.browser(staff.found(member))


def a_jpeg(number: int) -> bytes:
    """Return a file like no other."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80 + number), "#ffffff").save(out, "JPEG")
    return out.getvalue()


def refuse(months: Months, browser: Browser) -> Any:
    proof = months.account("2026-03").settlement.proof
    assert proof is not None
    return decide(browser, "rechazar", sha256=proof.sha256, reason=REASON)


def state(months: Months, today: date) -> SettlementState:
    return months.account("2026-03").state(today)


def mails_since(staff: Staff, before: int) -> list[str]:
    return [" ".join(text.split()) for _, text in staff.people.mails()[before:]]


def plain(browser: Browser, address: str) -> str:
    """Return a page as it reads."""
    return " ".join(re.sub("<[^>]+>", " ", text_of(browser.get(address))).split())


def hands(months: Months) -> Any:
    return agreement_tools(months.world.container, "staff:x", "Recibo impago")


def test_a_new_file_each_day_puts_nothing_off(months: Months, coordinator: Enter, administrator: Enter) -> None:
    months.march()
    months.at(DUE_ON, 23)
    send(coordinator())
    for number in range(8):
        day = DUE_ON + (number + 1) * DAY
        months.night(day)
        months.at(day, 10)
        refuse(months, administrator())
        months.at(day, 20)
        assert send(coordinator(), "x.jpg", a_jpeg(number)).status_code == 303
        if day > DUE_ON + 4 * DAY:  # the first was refused a day late: three days more, once
            assert state(months, day) is SettlementState.LATE
            assert not months.institution.is_active
    assert months.account("2026-03").pay_until == DUE_ON + 4 * DAY


def test_who_is_refused_after_the_term_is_inactive_at_once_and_told_once(
    months: Months, staff: Staff, coordinator: Enter, administrator: Enter
) -> None:
    months.march()
    months.at(DUE_ON, 23)
    send(coordinator())
    months.at(LATE_ON, 10)
    refuse(months, administrator())
    months.at(LATE_ON + 3 * DAY, 23)
    send(coordinator(), "x.jpg", a_jpeg(1))
    assert months.night(LATE_ON + 4 * DAY) == {"quiet": 1}
    months.at(LATE_ON + 4 * DAY, 10)
    before = len(staff.people.mails())
    refuse(months, administrator())
    assert months.institution.state is InstitutionState.INACTIVE
    [text] = mails_since(staff, before)
    assert "no deposita notificaciones" in text
    late = [
        one
        for one in months.tools.events.list_for_subject(f"institution#{INSTITUTION_ID}")
        if one.type is EventType.PAYMENT_LATE
    ]
    assert [(one.actor[:6], one.origin) for one in late] == [("staff:", "127.0.0.1")]
    for night in (5, 6):
        assert months.night(LATE_ON + night * DAY) == {"held": 1}
    assert len(staff.people.mails()) == before + 1


def test_what_a_refusal_could_not_hold_up_the_night_does_and_tells(
    months: Months, staff: Staff, coordinator: Enter, administrator: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    months.march()
    months.at(LATE_ON, 1)
    send(coordinator())
    months.at(LATE_ON, 2)
    before = len(staff.people.mails())

    def dies(*_: Any, **__: Any) -> None:
        raise Unavailable("store_unavailable", "x")

    with monkeypatch.context() as patched:
        patched.setattr(settling, "hold_up_late", dies)
        assert refuse(months, administrator()).headers["Location"] == f"{PLATFORM}?hecho=rechazado"
    assert "no deposita notificaciones" not in mails_since(staff, before)[0]
    assert months.night(LATE_ON) == {"held": 1}
    assert len(mails_since(staff, before)) == 2


def test_a_proof_on_the_last_day_is_in_time_until_its_midnight_in_lima(months: Months, coordinator: Enter) -> None:
    months.march()
    months.at(DUE_ON, 23, 59)
    send(coordinator())
    assert state(months, LATE_ON + 30 * DAY) is SettlementState.PROVEN
    months.at(LATE_ON, 0)
    send(coordinator(), "x.jpg", a_jpeg(1))  # in place of one that waits and was in time
    assert state(months, LATE_ON) is SettlementState.PROVEN


def test_a_proof_a_day_later_waits_and_leaves_the_month_late(
    months: Months, coordinator: Enter, administrator: Enter
) -> None:
    months.march()
    months.at(LATE_ON, 0)
    assert "El plazo ya pasó" in plain(coordinator(), f"{MARCH}/comprobante")
    send(coordinator())
    assert months.night(LATE_ON) == {"held": 1}
    page = plain(coordinator(), MARCH)
    check_html(text_of(coordinator().get(MARCH)))
    for said in ("Pago atrasado, con comprobante por revisar", "por sí solo no cambia eso", "Mientras no se registre"):
        assert said in page, said
    decide(administrator(), "registrar", **PAID)
    assert months.institution.is_active


def test_what_is_held_up_with_a_proof_that_waits_says_until_when(months: Months, coordinator: Enter) -> None:
    months.march()
    months.at(CLOSED_ON, 12)
    inactivate_for_late_payment(INSTITUTION_ID, since=CLOSED_ON, tools=hands(months))
    send(coordinator())
    assert "sigue inactiva hasta que se registre el pago" in plain(coordinator(), MARCH)
    assert "Enviarlo no basta" in plain(coordinator(), "/entidad/convenio")


def test_a_payment_after_which_the_request_died_lets_go_at_night_also_what_was_held_up_by_hand(
    months: Months, staff: Staff, member: StaffMember, administrator: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    months.march()
    months.at(CLOSED_ON, 12)
    inactivate_for_late_payment(INSTITUTION_ID, since=CLOSED_ON, tools=hands(months))
    assert months.night(CLOSED_ON + DAY) == {"quiet": 1}
    assert not months.institution.is_active
    months.at(CLOSED_ON + DAY, 12)

    def dies(*_: Any, **__: Any) -> None:
        raise Unavailable("store_unavailable", "x")

    with monkeypatch.context() as patched:
        patched.setattr(settling, "let_go", dies)
        decide(administrator(), "registrar", **PAID)
    assert months.account("2026-03").settlement.payment is not None
    assert not months.institution.is_active
    before = len(staff.people.mails())
    assert months.night(CLOSED_ON + 2 * DAY) == {"let_go": 1}
    assert months.institution.is_active
    [(to, _)] = staff.people.mails()[before:]
    assert to == member.email
    assert "está activa" in mails_since(staff, before)[0]
    inactivate_for_late_payment(INSTITUTION_ID, since=CLOSED_ON, tools=hands(months))
    assert months.night(CLOSED_ON + 3 * DAY) == {"quiet": 1}
    assert not months.institution.is_active


@pytest.mark.usefixtures("member")
def test_coordinators_are_told_of_a_payment_once_and_that_the_service_is_back(
    months: Months, staff: Staff, administrator: Enter
) -> None:
    months.march()
    months.night(LATE_ON)
    months.at(LATE_ON, 12)
    before = len(staff.people.mails())
    answer = decide(administrator(), "registrar", **PAID)
    assert answer.headers["Location"] == f"{PLATFORM}?hecho=reactivada"
    assert "Avisamos por correo" in plain(administrator(), answer.headers["Location"])
    [text] = mails_since(staff, before)
    for said in ("registró el pago", "marzo de 2026", "OP-123", "Su entidad está activa"):
        assert said in text, said
    assert months.night(LATE_ON + DAY) == {"quiet": 1}
    assert len(mails_since(staff, before)) == 1


def test_who_could_not_be_told_of_a_payment_is_told_by_the_night(
    months: Months, staff: Staff, member: StaffMember, administrator: Enter
) -> None:
    months.march()
    months.at(date(2026, 4, 7))
    client = staff.tools.mail._client  # noqa: SLF001 - what the provider answers
    browser = administrator()
    with refusing(client, "SendEmail", "TooManyRequestsException", status=429):
        answer = decide(browser, "registrar", **PAID)
    assert answer.headers["Location"] == f"{PLATFORM}?hecho=pagado-sin-correo"
    assert "no pudimos avisar" in plain(browser, answer.headers["Location"])
    before = len(staff.people.mails())
    assert months.night(date(2026, 4, 8)) == {"told": 1}
    [(to, _)] = staff.people.mails()[before:]
    assert to == member.email


@pytest.mark.usefixtures("member")
def test_what_still_holds_it_up_after_a_payment_is_told(months: Months, staff: Staff, administrator: Enter) -> None:
    months.march()
    months.night(LATE_ON)
    months.at(LATE_ON, 12)
    new = Agreement(INSTITUTION_ID, date(2026, 3, 9))
    register_agreement(new, tools=hands(months))
    inactivate_for_breach(INSTITUTION_ID, tools=hands(months))
    before = len(staff.people.mails())
    decide(administrator(), "registrar", **PAID)
    [text] = mails_since(staff, before)
    assert "sigue inactivo: incumplimiento de una cláusula" in text
    assert "está activa" not in text


@pytest.mark.usefixtures("member")
def test_another_late_month_is_told_with_a_payment(months: Months, staff: Staff, administrator: Enter) -> None:
    months.march()
    months.consult(*[months.world.clock.now] * 20)
    months.night(date(2026, 5, 5))
    months.night(date(2026, 5, 21))
    months.at(date(2026, 5, 21), 12)
    before = len(staff.people.mails())
    answer = decide(administrator(), "registrar", **PAID)
    assert answer.headers["Location"] == f"{PLATFORM}?hecho=pagado"
    [text] = mails_since(staff, before)
    assert "falta el pago de otro mes" in text
    assert not months.institution.is_active


def test_who_is_cancelled_is_not_told_that_a_payment_brings_it_back(
    months: Months, staff: Staff, member: StaffMember, administrator: Enter
) -> None:
    for key_id in (KEY_ID, "p256"):  # in this world they were used for ever
        InstitutionItem(INSTITUTION_ID, key_item(key_id)).delete()
    months.at(date(2026, 3, 9), 10)
    register_agreement(Agreement(INSTITUTION_ID, date(2026, 3, 9), date(2026, 4, 10)), tools=hands(months))
    months.march()
    before = len(staff.people.mails())
    months.night(LATE_ON)
    assert months.institution.state is InstitutionState.CANCELLED
    [late] = mails_since(staff, before)
    months.at(LATE_ON, 12)
    assert "Mientras no se registre el pago" in plain(staff.browser(staff.found(member)), MARCH)
    decide(administrator(), "registrar", **PAID)
    paid = mails_since(staff, before)[-1]
    for text in (late, paid):
        assert "cancelado" in text
        assert "el convenio venció" in text
        assert "está inactiva" not in text
        assert "hasta que" not in text


def test_nobody_to_tell_is_not_everybody_told(
    months: Months, staff: Staff, member: StaffMember, administrator: Enter
) -> None:
    months.march()
    months.at(DUE_ON)
    send(staff.browser(staff.found(member)))
    staff.keep(replace(staff.found(member), state=StaffState.DISABLED, version=1 + staff.found(member).version))
    assert refuse(months, administrator()).headers["Location"].endswith("=rechazado-sin-correo")
    assert decide(administrator(), "registrar", **PAID).headers["Location"].endswith("=pagado-sin-correo")


def waiting(administrator: Enter) -> list[str]:
    """Return what the list of proofs that wait leads to, oldest first, and see that the first page counts them."""
    page = text_of(administrator().get("/plataforma/consumo"))
    check_html(page)
    found = re.findall(r'href="(/plataforma/entidades/[^"]+/pago)"', page)
    home = text_of(administrator().get("/plataforma"))
    check_html(home)
    counted = re.findall(r'por revisar: <a href="/plataforma/consumo">(\d+)</a>', home)
    assert counted == ([str(len(found))] if found else [])
    return found


def test_proofs_that_wait_are_listed_of_every_month_and_counted_on_the_first_page(
    months: Months, coordinator: Enter, administrator: Enter
) -> None:
    months.march()
    april = [months.world.clock.now] * 20
    months.consult(*april)
    months.night(date(2026, 5, 5))
    months.at(date(2026, 9, 1), 10)
    assert waiting(administrator) == []
    send(coordinator(), "x.jpg", a_jpeg(1), at="/entidad/consumo/2026-04")
    months.at(date(2026, 9, 2), 10)
    send(coordinator())
    of_april = f"/plataforma/entidades/{INSTITUTION_ID}/consumo/2026-04/pago"
    assert waiting(administrator) == [of_april, PAY]
    months.at(date(2026, 9, 3), 10)
    send(coordinator(), "x.jpg", a_jpeg(2))  # in place of the other
    assert waiting(administrator) == [of_april, PAY]
    refuse(months, administrator())
    assert waiting(administrator) == [of_april]
    decide(administrator(), "registrar", at=of_april, **{**PAID, "amount": "99", "paid_on_month": "8"})
    assert waiting(administrator) == []


def test_a_proof_from_before_there_was_a_list_is_put_there_by_the_night(
    months: Months, coordinator: Enter, administrator: Enter
) -> None:
    months.march()
    send(coordinator())
    [entry] = InstitutionItem.query(WAITING)
    entry.delete()
    assert waiting(administrator) == []
    for night in (1, 2):
        months.night(CLOSED_ON + night * DAY)
        assert waiting(administrator) == [PAY]
    assert months.account("2026-03").settlement.version == 1


def test_who_may_not_see_them_is_told_of_no_proofs(months: Months, staff: Staff, coordinator: Enter) -> None:
    months.march()
    send(coordinator())
    browser = staff.browser(staff.member(StaffRole.ACCOUNT_ADMINISTRATOR))
    assert "por revisar" not in text_of(browser.get("/plataforma"))


@pytest.mark.usefixtures("months")
def test_the_first_page_is_there_where_proofs_cannot_be_counted(
    administrator: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Any) -> int:
        raise Unavailable("store_unavailable", "x")

    monkeypatch.setattr(StatementStore, "count_waiting", fails)
    page = administrator().get("/plataforma")
    assert page.status_code == 200
    assert "por revisar" not in text_of(page)
