"""A person whose e-mails bounce sees it, mends the address, is alerted anew, and leaves the institution's list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from examples.demo import _details
from infra.local.demo_data import MAILBOXES, PASSWORD
from tests.browser.person import Person, code_in
from tests.deposit_world import PDF
from tests.local_run import wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

_MAILBOX = MAILBOXES[-1]
[_INES] = _MAILBOX.users
_NEW = "ines.nueva@ejemplo.pe"
_A_DAY = 24 * 60


def _deposit(person: Person, folder: Path) -> str:
    (folder / "carta.pdf").write_bytes(PDF)
    details = _details("DNI:40000036", datetime.now(UTC))  # noqa: TID251 - the run in the other process has no other
    details["term"]["amount"] = 20
    return str(person.run.sender().deposit(details, folder / "carta.pdf")["notice_id"])


def _failed(person: Person) -> list[str]:
    return [one["notice_id"] for one in person.run.sender().list_failed()]


def _wait(person: Person, is_so: Callable[[], bool]) -> None:
    """Wait for a sweep to do it, two minutes at a time: a worker whose clock runs away has no time left."""
    for _ in range(8):
        try:
            wait_until(is_so, 4)
        except AssertionError:
            person.put_clock_forward(2)
        else:
            return
    wait_until(is_so, 4)


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_who_mends_an_address_that_bounces_is_alerted_anew(person: Person, tmp_path: Path) -> None:
    person.log_in_by_code(_MAILBOX.mailbox_id, PASSWORD, _INES.email)
    notice_id = _deposit(person, tmp_path)
    sms = str(_INES.mobile)
    _wait(person, lambda: person.mails(sms) == 1)
    _wait(person, lambda: person.mails(sms) == 2)
    _wait(person, lambda: _failed(person) == [notice_id])

    person.open("/casilla")
    assert "Los avisos no llegan a tu correo" in person.page.locator("main").inner_text()
    person.look("mailbox-address-dead")
    person.follow("Verifica o cambia tu correo")
    person.look("address-dead")
    person.open("/perfil/correo")
    person.type(email=_NEW, email_again=_NEW, password=PASSWORD)
    person.press("Enviar el código")
    person.type(code=code_in(person.mail(_NEW, "Verifique su nuevo correo")))
    person.press("Verificar")
    assert _failed(person) == [notice_id], "before the new address counts nothing is mended"

    person.put_clock_forward(_A_DAY + 10)
    _wait(person, lambda: not _failed(person))
    _wait(person, lambda: person.mails(_NEW) > 1)
    assert "Le avisamos ahora por correo" in person.mail(_NEW, "Tiene una notificación")
    person.log_in_by_code(_MAILBOX.mailbox_id, PASSWORD, _NEW)
    person.open("/casilla")
    assert "Los avisos no llegan" not in person.page.locator("main").inner_text()
    person.look("mailbox-address-mended")
