"""The command by which a fresh deployment gets its first administrator; everything else grows in the console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import staff_tools
from chalicelib.domain.institution.staff_changes import TypedStaff
from chalicelib.domain.masking import mask_email
from chalicelib.handlers.operator.command import Told
from chalicelib.services.institution.enrol_staff import StaffAct, enrol_first_administrator


def enrol_first(given: Mapping[str, Any]) -> Told:
    """Invite the first administrator of the platform; of no use once somebody has got in."""
    box = current()
    typed = TypedStaff(given["document"], given["name"], given["email"], given["position"])
    by = StaffAct(given["operator"], "", given["reason"])
    enrolled = enrol_first_administrator(typed, by=by, tools=staff_tools(box), now=box.clock())
    masked, member = mask_email(enrolled.member.email), enrolled.member
    sent = (
        f"Se envió a {masked} el enlace para activar su acceso, que vale tres días."
        if enrolled.is_sent
        else f"No se pudo enviar el correo a {masked}: repita la orden dentro de un momento."
    )
    text = (
        f"{sent}\nIngresará en {box.portal_url}/plataforma/ingresar. Mientras no active su acceso se puede repetir la"
        " orden con el mismo documento; después no sirve más."
    )
    data = {"staff_id": member.staff_id, "is_sent": enrolled.is_sent}
    return Told(text, data, is_done=enrolled.is_sent)
