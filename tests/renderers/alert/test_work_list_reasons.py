from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.domain.alert.alert import AlertPurpose, AlertState
from chalicelib.renderers.alert.work_list_json import batch_json
from chalicelib.renderers.alert.work_list_text import batch_text
from tests.alert_world import a_batch, an_alert
from tests.renderers.alert.test_alert_sms import LIMA

GATEWAYS = Path(__file__).parents[3] / "chalicelib" / "gateways"
CODES = {
    code
    for name in ("mail.py", "sms.py")
    for code in re.findall(r'"((?:mail|sms|mobile|email)_[a-z_]+)"', (GATEWAYS / name).read_text("utf-8"))
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_why_an_alert_did_not_go_is_told_in_words_and_by_its_code(code: str) -> None:
    alert = an_alert(sending=AlertState.GAVE_UP, refusal=code, attempts=2)
    shown = batch_text(a_batch(alerts=(alert,)), LIMA)
    [told] = re.findall(rf"no enviada: (.+) \({code}\), 2 intentos", shown)
    assert told != "código del proveedor"


def test_the_codes_are_those_that_sending_gives() -> None:
    assert {"mail_unavailable", "mail_throttled", "sms_unavailable", "mobile_opted_out"} <= CODES


@pytest.mark.parametrize("state", AlertState)
def test_every_state_is_told_in_words(state: AlertState) -> None:
    alert = replace(an_alert(sending=AlertState.ACCEPTED), sending=state)
    assert "correo u***@ejemplo.pe, " in batch_text(a_batch(alerts=(alert,)), LIMA)


@pytest.mark.parametrize(
    "code",
    [
        "notice_opened",
        "notice_replaced",
        "reading_suspended",
        "too_late",
        "address_changed",
        "address_dead",
    ],
)
def test_why_an_alert_was_cancelled_is_told_in_words_and_by_its_code(code: str) -> None:
    alert = an_alert(sending=AlertState.CANCELLED, refusal=code, attempts=1, purpose=AlertPurpose.REMINDER)
    shown = batch_text(a_batch(alerts=(alert,)), LIMA)
    [told] = re.findall(rf"correo u\*\*\*@ejemplo.pe, recordatorio, cancelada: (.+) \({code}\), 1 intento", shown)
    assert told != "código del proveedor"


@pytest.mark.parametrize("purpose", AlertPurpose)
def test_what_an_alert_is_for_is_told_unless_it_is_the_deposits_own(purpose: AlertPurpose) -> None:
    alert = an_alert(purpose=purpose, sending=AlertState.GAVE_UP, refusal="mail_throttled", attempts=2)
    batch = a_batch(alerts=(alert,))
    told = {
        "deposit": "",
        "fallback": "por el otro canal, ",
        "renewal": "repetida, ",
        "reminder": "recordatorio, ",
        "suspension": "de la suspensión, ",
    }
    assert f"correo u***@ejemplo.pe, {told[purpose]}no enviada" in batch_text(batch, LIMA)
    assert batch_json(batch)["alerts"][0]["purpose"] == purpose.value
