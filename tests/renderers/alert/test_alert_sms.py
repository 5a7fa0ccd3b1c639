from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length
from chalicelib.renderers.alert.alert_sms import render_alert_sms
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.alert.send_alerts import Channels
from tests.alert_world import NAMES, a_batch

LIMA = ZoneInfo("America/Lima")


def test_the_sms_says_who_when_where_and_that_no_password_is_asked_for() -> None:
    assert render_alert_sms(a_batch(institution_name="SUNAT"), portal="casilla.gob.pe", zone=LIMA) == (
        "SUNAT le ha notificado un documento el 09/03/2026 a las 15:15 (hora de Lima)."
        " Ingrese a casilla.gob.pe. Nunca le pediremos su contraseña."
    )


@pytest.mark.parametrize("portal", ["casilla.gob.pe", "notificaciones.casilla-electronica.gob.pe/ingreso", "~" * 18])
@pytest.mark.parametrize("institution", NAMES)
def test_the_sms_is_one_part_whatever_the_names(institution: str, portal: str) -> None:
    text = render_alert_sms(a_batch(institution_name=institution), portal=portal, zone=LIMA)
    length = gsm7_length(text)
    assert length is not None
    assert length <= ONE_PART
    assert portal in text
    assert "09/03/2026" in text
    assert "15:15" in text
    assert text.endswith("Nunca le pediremos su contraseña.")
    assert "\n" not in text


@pytest.mark.parametrize("portal", ["x" * 80, "notificación.gob.pe"])
def test_a_portal_address_that_no_sms_can_hold_is_found_at_the_start(portal: str) -> None:
    letterhead = Letterhead("avisos@casilla.gob.pe", portal, LIMA)
    unused: Any = None

    with pytest.raises(ValueError, match="no SMS of one part"):
        Channels(unused, unused, letterhead, unused)
