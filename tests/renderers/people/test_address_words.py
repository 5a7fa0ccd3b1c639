"""Why alerts do not reach an address is said in words, whatever code the provider gave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.renderers.people.address_words import why_dead
from tests.deposit_world import NOW

FRESH = AddressHealth("u1", "email", "rosa@ejemplo.pe")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("bounce_permanent_general_5.1.1", "el servidor de ese correo dice que no existe"),
        ("bounce_permanent_noemail", "el servidor de ese correo dice que no existe"),
        ("bounce_transient_mailboxfull_5.2.2", "ese buzón está lleno"),
        ("bounce_permanent_suppressed", "antes devolvió mensajes, y el proveedor de correo dejó de enviarle"),
        ("bounce_permanent_general_5.7.1", "el servidor de ese correo devuelve los avisos"),
        ("complained", "desde ese correo se marcó un aviso como no deseado"),
        ("complaint_onaccountsuppressionlist", "desde ese correo se marcó un aviso como no deseado"),
        ("mobile_opted_out", "desde ese número se pidió no recibir mensajes de texto"),
        ("mobile_refused", "la operadora no acepta mensajes de texto para ese número"),
        ("mobile_country_off", "a ese país no se envían mensajes de texto"),
        ("", "el servidor de ese correo devuelve los avisos"),
    ],
)
def test_each_reason_has_words(reason: str, words: str) -> None:
    assert why_dead(FRESH.with_sign(Sign.BOUNCED, NOW, reason)) == words


def test_bounces_for_now_have_their_own_also_after_an_older_one_for_good() -> None:
    health = FRESH.with_sign(Sign.BOUNCED, NOW, "complained").with_sign(Sign.PROVED, NOW + timedelta(hours=1))
    for day in (1, 2, 3):
        health = health.with_sign(Sign.RETURNED, NOW + timedelta(days=day))

    assert why_dead(health) == "devolvió los avisos de varios días"


def test_of_a_live_address_nothing_is_said() -> None:
    assert why_dead(FRESH.with_sign(Sign.BOUNCED, NOW).with_sign(Sign.PROVED, NOW + timedelta(hours=1))) == ""
