from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.domain.alert.alert import AlertState
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
