from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.alert.abbreviations import fold
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length, to_gsm7
from chalicelib.domain.sender.short_name import LONGEST_SHORT_NAME
from chalicelib.renderers.alert.alert_sms import holds_portal, render_alert_sms
from chalicelib.services.alert.send_alerts import Channels
from tests.alert_world import LETTERHEAD, NAMES, a_batch
from tests.renderers.alert import institution_names

LIMA = ZoneInfo("America/Lima")
PORTAL = "casilla.gob.pe"
LONG_PORTAL = "notificaciones.casilla-electronica.gob.pe/ingreso"
WARNINGS = ("Nunca le pediremos su contraseña.", "No pedimos contraseñas.")
DANGLING = re.compile(r"(?:^|[ ,-])(?:de|del|la|las|los|el|y|e|en|para)\.\.\.", re.IGNORECASE)
WORDS = (
    *(
        "Municipalidad",
        "Distrital",
        "de",
        "del",
        "la",
        "Los",
        "Gobierno",
        "Regional",
        "y",
        "-",
        "N.°",
        "Ñuñuma",
        "«Alto»",
    ),
    *(
        "Superintendencia",
        "Nacional",
        "Administración",
        "(ABC)",
        "{}",
        "\u2028",
        "🏛️",
        "機",
        "a",
        "Ejemplificadorísimamente",
    ),
    "x" * 90,
)
"""What random names are put together of."""


def sms(institution: str, portal: str = PORTAL, **overrides: Any) -> str:
    batch = a_batch(institution_name=institution, **overrides)
    return render_alert_sms(batch, batch.alerts[-1], portal=portal, zone=LIMA)


def sender_in(text: str) -> str:
    """Return what stands before the verb."""
    return re.split(r" le (?:ha notificado|notifica)\b", text, maxsplit=1)[0]


def assert_is_a_whole_message(text: str, portal: str) -> None:
    length = gsm7_length(text)
    assert length is not None
    assert length <= ONE_PART
    assert "09/03/2026" in text
    assert "15:15" in text
    assert f" Ingrese a {portal}." in text
    assert "\n" not in text
    assert "  " not in text
    assert not text.startswith(" ")
    assert not DANGLING.search(text)


def test_the_sms_says_who_when_where_and_that_no_password_is_asked_for() -> None:
    assert sms("SUNAT") == (
        "SUNAT le ha notificado un documento el 09/03/2026 a las 15:15 (hora de Lima)."
        " Ingrese a casilla.gob.pe. Nunca le pediremos su contraseña."
    )


@pytest.mark.parametrize("portal", [PORTAL, LONG_PORTAL, "~" * 18])
@pytest.mark.parametrize("institution", [*NAMES, *institution_names.NAMES])
def test_the_sms_is_one_part_whatever_the_names(institution: str, portal: str) -> None:
    assert_is_a_whole_message(sms(institution, portal), portal)


@pytest.mark.parametrize("portal", [PORTAL, LONG_PORTAL])
def test_random_names_give_whole_messages_too(portal: str) -> None:
    for number in range(300):
        *chosen, length, cut = hashlib.sha256(bytes([number % 256, number // 256])).digest()
        name = " ".join(WORDS[byte % len(WORDS)] for byte in chosen[: length % 30 + 1])[: 45 + cut]
        assert_is_a_whole_message(sms(name, portal), portal)


@pytest.mark.parametrize("portal", [PORTAL, LONG_PORTAL])
@pytest.mark.parametrize(("institution", "told"), institution_names.NAMES.items())
def test_who_sent_it_can_be_told_from_every_other_of_its_kind(institution: str, told: str, portal: str) -> None:
    named = fold(sender_in(sms(institution, portal)))
    assert any(words in named for words in fold(told).split("|")), named
    assert "..." not in named or portal == LONG_PORTAL


@pytest.mark.parametrize("portal", [PORTAL, LONG_PORTAL])
def test_no_two_institutions_are_named_alike(portal: str) -> None:
    named: dict[str, str] = {}
    for institution in institution_names.NAMES:
        text = sms(institution, portal)
        assert text not in named, (institution, named[text])
        named[text] = institution


@pytest.mark.parametrize("institution", [name for name in institution_names.NAMES if name.isprintable()])
def test_the_warning_is_dropped_only_for_the_whole_name(institution: str) -> None:
    for portal in (PORTAL, LONG_PORTAL):
        text = sms(institution, portal)
        whole = to_gsm7(institution)
        assert text.endswith(WARNINGS) or text.startswith(f"{whole} le ")


def test_seven_usual_names_are_whole_and_warned() -> None:
    for institution in (
        "Municipalidad Provincial de Villa Ejemplo",
        "Ministerio de la Producción",
        "Gobierno Regional de Ejemplo",
        "Corte Superior de Justicia de Villa Ejemplo",
        "Universidad Nacional Mayor de San Ejemplo",
        "Dirección Regional de Educación de Villa Ejemplo",
        "Superintendencia Nacional de Fiscalización Laboral (SUNAFIL)",
    ):
        text = sms(institution)
        assert text.startswith(f"{to_gsm7(institution)} le ")
        assert text.endswith(WARNINGS[0])


SUNAT = "Superintendencia Nacional de Aduanas y de Administración Tributaria - SUNAT"


def test_a_chosen_short_name_stands_where_the_whole_name_leaves_no_room_for_the_warning() -> None:
    assert sms(SUNAT, institution_short_name="Sunat Perú") == (
        "Sunat Peru le ha notificado un documento el 09/03/2026 a las 15:15 (hora de Lima)."
        " Ingrese a casilla.gob.pe. Nunca le pediremos su contraseña."
    )
    assert sms("Ministerio de Ejemplo", institution_short_name="MINEJ").startswith("Ministerio de Ejemplo le ")


@pytest.mark.parametrize(
    "short_name", ["Ñ", "Muni. San Ejemplo del Valle II", "W" * LONGEST_SHORT_NAME, "~" * 14 + "Ñ"]
)
def test_the_longest_short_name_and_the_longest_address_fit_with_the_warning(short_name: str) -> None:
    portal = next(address for n in range(80, 0, -1) if holds_portal(address := "x" * n, LIMA))
    text = sms("Entidad " * 20, portal, institution_short_name=short_name)
    assert_is_a_whole_message(text, portal)
    assert text.startswith(f"{short_name} le ")
    assert text.endswith(WARNINGS[0])


@pytest.mark.parametrize("junk", ["", "Muni\x00", "x" * 31, "mal.ejemplo.pe", "機関", "..."])
def test_a_short_name_that_came_in_by_another_door_is_not_used(junk: str) -> None:
    assert sms(SUNAT, institution_short_name=junk) == sms(SUNAT)


def test_a_name_without_letters_is_nobody_s() -> None:
    for name in ("", "機関", "🏛️", "[" * 200):
        assert sms(name).startswith("Una entidad le ha notificado un documento el 09/03/2026")


@pytest.mark.parametrize(
    ("name", "named"),
    [
        (
            "Superintendencia Nacional de Control de Servicios de Seguridad, Armas y Explosivos de Uso Civil - SUCAMEC",
            "Superint. Control Serv. Seguridad, Armas y Explosivos Uso Civil - SUCAMEC",
        ),
        (
            "Municipalidad Distrital de San Roque de los Valles Interandinos y sus Anexos Comunales - Provincia de Ica",
            "Muni. Dist. San Roque Valles Interandinos y sus Anexos Comunales - Prov. Ica",
        ),
        (
            "Asociación de Comunidades Nativas Ribereñas, Bosques Comunales y Pueblos Originarios del Bajo Ejemplo",
            "Asociacion Comunidades Nativas Ribereñas... Pueblos Originarios Bajo Ejemplo",
        ),
        ("x" * 300, "x" * 73 + "..."),
    ],
)
def test_a_name_too_long_for_any_wording_keeps_what_it_is_known_by(name: str, named: str) -> None:
    text = sms(name)
    assert sender_in(text) == named
    assert text.endswith(WARNINGS)


@pytest.mark.parametrize("portal", ["x" * 80, "notificación.gob.pe"])
def test_a_portal_address_that_no_sms_can_hold_is_found_at_the_start(portal: str) -> None:
    letterhead = replace(LETTERHEAD, portal=portal)
    unused: Any = None

    with pytest.raises(ValueError, match="no SMS of one part"):
        Channels(unused, unused, unused, unused, letterhead, unused)
