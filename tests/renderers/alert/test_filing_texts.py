"""What people are told of filings: true words, the right day, one part of GSM-7, nothing of the matter."""

from __future__ import annotations

import email
import re
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.alert.alert import AlertPurpose
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import FilingNews, Occasion
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length
from chalicelib.renderers.alert.alert_letters import render_alert_email
from chalicelib.renderers.alert.alert_sms import render_alert_sms
from tests.alert_world import LETTERHEAD, NAMES, a_batch, an_alert
from tests.renderers.alert import institution_names
from tests.renderers.alert.test_alert_sms import DANGLING, LONG_PORTAL, PORTAL

LIMA = ZoneInfo("America/Lima")
DAY = date(2026, 3, 11)
NUMBER = "2026-1000123"
WITH_DAY = (Occasion.OBSERVED, Occasion.LAPSING)


def batch_of(occasion: Occasion, institution: str = "Entidad de Demostración", **overrides: Any) -> AlertBatch:
    is_arrival = occasion in (Occasion.FILED, Occasion.CORRECTED)
    day, counts_on = (None, date(2026, 3, 10)) if is_arrival else (DAY, None)
    news = FilingNews(occasion, "2345-6789-ABCD", NUMBER, day, counts_on)
    at = datetime(2026, 3, 10, 4, 59, 30, tzinfo=UTC)
    return a_batch(notice_id=news.batch_id, institution_name=institution, deposited_at=at, news=news, **overrides)


def sms(occasion: Occasion, institution: str, portal: str = PORTAL, **overrides: Any) -> str:
    alert = an_alert(channel=Channel.SMS)
    return render_alert_sms(batch_of(occasion, institution, **overrides), alert, portal=portal, zone=LIMA)


def letter(occasion: Occasion, receipt: bytes | None = None) -> EmailMessage:
    written = render_alert_email(batch_of(occasion), an_alert(), LETTERHEAD, receipt=receipt)
    return email.message_from_bytes(written.as_bytes(), policy=default)


def bodies(message: EmailMessage) -> list[str]:
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    texts = [part.get_content() for part in parts if part is not None]
    assert len(texts) == 2
    return [" ".join(re.sub(r"<[^>]+>", " ", text).replace("&nbsp;", " ").split()) for text in texts]


@pytest.mark.parametrize("portal", [PORTAL, LONG_PORTAL, "~" * 18])
@pytest.mark.parametrize("occasion", Occasion)
def test_an_sms_is_one_part_for_every_institution_s_name_and_says_the_day(occasion: Occasion, portal: str) -> None:
    for institution in (*NAMES, *institution_names.NAMES):
        text = sms(occasion, institution, portal)
        length = gsm7_length(text)
        assert length is not None, text
        assert length <= ONE_PART, text
        assert f" Ingrese a {portal}." in text
        assert "  " not in text
        assert "$" not in text.replace(portal, "").replace("${portal}", "") or "$" in institution
        assert not text.startswith(" ")
        assert not DANGLING.search(text), text
        if occasion in WITH_DAY:
            assert "11/03/2026" in text


def test_an_sms_of_a_short_name_says_all() -> None:
    end = " Ingrese a casilla.gob.pe. Nunca le pediremos su contraseña."
    assert sms(Occasion.FILED, "SUNAT").startswith("SUNAT recibi")
    assert NUMBER in sms(Occasion.FILED, "SUNAT")
    assert "09/03/2026" in sms(Occasion.FILED, "SUNAT")
    assert sms(Occasion.OBSERVED, "SUNAT").endswith(end)
    assert "no presentada" in sms(Occasion.LAPSED, "SUNAT")


@pytest.mark.parametrize("occasion", Occasion)
def test_a_letter_names_institution_number_and_portal_in_both_bodies(occasion: Occasion) -> None:
    for body in bodies(letter(occasion)):
        assert "Entidad de Demostración" in body
        assert NUMBER in body
        assert "casilla.gob.pe" in body
        assert ("11 de marzo de 2026" in body) is (occasion not in (Occasion.FILED, Occasion.CORRECTED))
        assert ("9 de marzo de 2026, a las 23:59" in body) is (occasion in (Occasion.FILED, Occasion.CORRECTED))


def test_the_receipt_goes_along_under_the_filing_s_number_and_the_letter_says_so() -> None:
    told = letter(Occasion.FILED, b"%PDF-1.7")
    [attached] = list(told.iter_attachments())
    assert attached.get_filename() == f"cargo-{NUMBER}.pdf"
    assert attached.get_content() == b"%PDF-1.7"
    assert all("va adjunto" in body for body in bodies(told))
    assert not any("va adjunto" in body for body in bodies(letter(Occasion.FILED)))


ARRIVALS = (Occasion.FILED, Occasion.CORRECTED)
TO_CORRECT = (Occasion.OBSERVED, Occasion.LAPSING)


@pytest.mark.parametrize("occasion", Occasion)
def test_a_letter_tells_what_happened_what_to_do_until_when_and_where(occasion: Occasion) -> None:
    told = letter(occasion)
    assert str(told["Subject"]).endswith(f" N.º {NUMBER}")
    for body in bodies(told):
        assert f"N.º {NUMBER}" in body
        assert ("cuenta como no presentada" in body) is (occasion not in ARRIVALS)
        assert ("Puede subsanarla hasta el" in body) is (occasion in TO_CORRECT)
        assert ("11 de marzo de 2026, a las 23:59" in body) is (occasion not in ARRIVALS)
        assert ("10 de marzo de 2026" in body and "Cuenta como presentado el" in body) is (occasion in ARRIVALS)
        assert ("«Mis trámites»" in body) is (occasion is not Occasion.LAPSED_THERE)
        assert "QUISPE" not in body
        assert "40000002" not in body


def test_who_is_told_otherwise_or_later_learns_why() -> None:
    for purpose, why in (
        (AlertPurpose.FALLBACK, "porque el mensaje de texto no se pudo entregar"),
        (AlertPurpose.RENEWAL, "porque los correos de aviso anteriores no se pudieron entregar"),
    ):
        alert = an_alert(purpose=purpose)
        written = render_alert_email(batch_of(Occasion.OBSERVED), alert, LETTERHEAD)
        again = email.message_from_bytes(written.as_bytes(), policy=default)
        assert all(why in body for body in bodies(again))
    assert not any("porque el mensaje" in body for body in bodies(letter(Occasion.OBSERVED)))


def test_what_a_package_before_wrote_says_no_day_as_of_which_it_counts() -> None:
    news = FilingNews(Occasion.FILED, "2345-6789-ABCD", NUMBER)
    written = render_alert_email(a_batch(news=news), an_alert(), LETTERHEAD)
    told = email.message_from_bytes(written.as_bytes(), policy=default)
    assert not any("Cuenta como presentado" in body for body in bodies(told))


def test_of_a_correction_the_letter_says_that_it_came_in_time_whichever_day_it_counts_as() -> None:
    for body in bodies(letter(Occasion.CORRECTED)):
        assert "La entidad recibió en plazo lo que envió para subsanar su presentación." in body
