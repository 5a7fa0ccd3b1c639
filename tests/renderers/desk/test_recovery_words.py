"""What is sent about a restored password: an SMS of one part, and letters without what a stranger could use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.desk.recovery import RecoveryRefusal
from chalicelib.renderers.desk.petition_letters import petition_sms
from chalicelib.renderers.desk.recovery_letters import asked_letter, refused_letter
from chalicelib.renderers.desk.recovery_sms import asked_sms, sent_sms
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import render_letter

LETTERHEAD = Letterhead(
    "avisos@casilla.example", "casilla.example", ZoneInfo("America/Lima"), "Entidad", "ayuda@casilla.example", "(01) 0"
)
GSM = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;¿?()ñé-/@")
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("phone", ["(01) 000-0000", "9" * 60, "9" * 200])
def test_each_sms_is_one_part(phone: str) -> None:
    letterhead = replace(LETTERHEAD, help_phone=phone)
    for text in (asked_sms(letterhead), sent_sms(), petition_sms(letterhead), petition_sms(letterhead, is_done=True)):
        assert len(text) <= 160
        assert set(text) <= GSM, set(text) - GSM


def test_letters_say_what_happens_and_bring_no_link() -> None:
    letters = [asked_letter("Rosa", "Entidad", NOW, LETTERHEAD)]
    letters += [refused_letter(why, "Entidad", NOW, LETTERHEAD) for why in RecoveryRefusal]
    for letter in letters:
        text = render_letter(letter, "a@ejemplo.pe", LETTERHEAD, sent_at=NOW, key="k").as_string()
        assert "/recuperar/" not in text
        assert "10:00" in text
