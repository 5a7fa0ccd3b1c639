"""A month of an institution: provisional, closed, proven, refused, late, paid; on phone and desk, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.usage.month import closes_on, month_of
from infra.local.demo_data import PASSWORD
from infra.local.demo_staff import STAFF
from infra.local.demo_usage import DEMO_USAGE
from infra.local.ministack import free_port
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import Run, a_run, wait_until

_DAY = 24 * 60
_AT_ONCE = 12 * _DAY
pytestmark = [pytest.mark.ministack, pytest.mark.browser]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Have a run of its own, since months pass in it."""
    with a_run(tmp_path, free_port(), free_port()) as running:
        yield running


def _enter(person: Person, number: str) -> None:
    who = next(one for one in STAFF if one.number == number)
    home = "/plataforma" if who.is_platform else "/entidad"
    person.put_clock_forward(1)  # a code counts once
    person.page.context.clear_cookies()
    person.open(f"{home}/ingresar")
    person.type(username=who.username, password=PASSWORD, code=who.code_at(person.run.now()))
    person.press("Iniciar sesión")
    assert person.path() == home


def _go_to(person: Person, day: date) -> None:
    """Let days pass until ten in the morning, in Lima: many at once, as where no job ran, but for the last."""
    at = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    left = int((at - person.run.now()) / timedelta(minutes=1)) + 1
    if left > _AT_ONCE:
        person.put_clock_forward(left - _DAY)
        left = _DAY
    person.put_clock_forward(left)


def _wait_for(person: Person, address: str, words: str) -> None:
    """Look at a page until it says something: the night's job is at work."""

    def says() -> bool:
        person.open(address)
        return words in person.page.locator("main").inner_text()

    wait_until(says, 30)


def _others_late(person: Person, month: str) -> list[str]:
    person.open(month.rpartition("/")[0])
    rows = person.page.locator("main tr", has_text="Pago atrasado").locator("a").all()
    return [found for row in rows if (found := row.get_attribute("href") or "") != month]


def _begin_to_pay(person: Person, month: str) -> None:
    paid_on = (person.run.now() - timedelta(hours=5)).date()
    person.open(f"{month}/pago")
    person.type(reference="OP 000123")
    person.type_day("paid_on", f"{paid_on.day}", f"{paid_on.month}", f"{paid_on.year}")
    person.press("Continuar")


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_month_is_closed_proven_refused_late_and_paid(person: Person) -> None:
    month = month_of((person.run.now() - timedelta(hours=5)).date())
    closed_on = closes_on(month, DEMO_USAGE)
    own, platform = f"/entidad/consumo/{month}", f"/plataforma/entidades/entidad-demo/consumo/{month}"
    _enter(person, "40000060")
    _wait_for(person, "/entidad/consumo", "Provisional")
    person.look("usage-months")
    _wait_for(person, own, "S/")
    person.look("usage-provisional")

    _go_to(person, closed_on)
    _enter(person, "40000060")
    _wait_for(person, own, "Por pagar")
    person.look("usage-owed")
    person.follow("Enviar el comprobante")
    person.look("usage-proof")
    person.press("Enviar el comprobante")
    assert person.page.title().startswith("Error: ")
    person.look("usage-proof-wrong")
    proof = {"name": "voucher.pdf", "mimeType": "application/pdf", "buffer": PDF}
    person.page.set_input_files("#file", files=[proof])  # type: ignore[arg-type]
    person.press("Enviar el comprobante")
    assert person.begins_with_outcome()
    person.look("usage-proven")

    _enter(person, "40000050")
    person.open(f"/plataforma/consumo?mes={month}")
    person.look("usage-everybody")
    person.page.locator(f"a[href='{platform}']").click()
    person.look("usage-institution")
    person.follow("Revisar el comprobante")
    person.look("usage-payment")
    person.type(reason="No se lee el número de operación.")
    person.press("Rechazar el comprobante")
    assert person.path() == platform

    _go_to(person, closed_on + timedelta(days=DEMO_USAGE.due_days + 2))
    _enter(person, "40000060")
    _wait_for(person, "/entidad", "inactiva")
    person.open(own)
    assert "Pago atrasado" in person.page.locator("main").inner_text()
    person.look("usage-late")

    _enter(person, "40000050")
    for earlier in _others_late(person, platform):  # the demonstration's first deposits may be of the month before
        _begin_to_pay(person, earlier)
        person.press("Registrar el pago")
    _begin_to_pay(person, platform)
    person.look("usage-payment-check")
    person.press("Registrar el pago")
    assert "ya no está detenido" in person.page.locator("main").inner_text()
    person.look("usage-paid")
    _enter(person, "40000060")
    assert "inactiva" not in person.page.locator("main").inner_text()
