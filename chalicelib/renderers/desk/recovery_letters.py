"""The e-mails about a password that a desk restores; the link itself comes as after *¿Olvidaste tu contraseña?*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.desk.recovery import RecoveryRefusal
from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter

_WHY: Mapping[RecoveryRefusal, str] = {
    RecoveryRefusal.ILLEGIBLE: "La copia del documento no se puede leer. Presente otra, completa y nítida.",
    RecoveryRefusal.DIFFERS: "La copia del documento no coincide con los datos registrados en la casilla.",
    RecoveryRefusal.NOT_ASKED: "Se indicó que usted no la había pedido.",
    RecoveryRefusal.UNREACHABLE: "El correo registrado no recibió el enlace.",
}


def asked_letter(name: str, place: str, at: datetime, letterhead: Letterhead) -> Letter:
    """Tell that somebody asked at a desk for a way to set a user's password anew."""
    return Letter(
        "Pidieron restaurar una contraseña en mesa de partes",
        (
            "En una mesa de partes pidieron restaurar la contraseña de un usuario de su casilla electrónica.",
            Fact(name, "Usuario"),
            Fact(place, "Mesa de partes"),
            Fact(f"A las {moment(at, letterhead)}", "Cuándo"),
            (
                "Otra persona de esa entidad revisará la copia del documento. Si corresponde, en 24 horas llegará un"
                " enlace al correo registrado de ese usuario, y a ningún otro. Mientras tanto todo sigue igual."
            ),
            (
                "Si nadie de su casilla lo pidió, comuníquese ahora con el servicio: escriba la dirección"
                f" {letterhead.portal} en su navegador. Al final de la página están el teléfono y el correo de ayuda."
            ),
        ),
    )


def refused_letter(why: RecoveryRefusal, place: str, at: datetime, letterhead: Letterhead) -> Letter:
    """Tell that no link comes, and why."""
    return Letter(
        "No se restauró su contraseña",
        (
            "La restauración de su contraseña que se pidió en una mesa de partes fue rechazada.",
            Fact(place, "Mesa de partes"),
            Fact(f"A las {moment(at, letterhead)}", "Cuándo"),
            _WHY[why],
            (
                "Su contraseña sigue siendo la misma. También puede recuperarla usted mismo: escriba la dirección"
                f" {letterhead.portal} en su navegador y elija «¿Olvidaste tu contraseña?»."
            ),
        ),
    )
