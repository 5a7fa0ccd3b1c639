"""The e-mails to the staff: a link to set up or restore an access, and word of what was done to it."""

from __future__ import annotations

from datetime import datetime

from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, Link

_REASON = "Usted recibe este mensaje porque trabaja con el servicio de casilla electrónica en una entidad."


def invitation_letter(address: str, until: datetime, letterhead: Letterhead, *, place: str, username: str) -> Letter:
    """Ask somebody who was enrolled to choose a password and enrol a device."""
    return Letter(
        "Active su acceso a la consola de la casilla electrónica",
        (
            "Se le dio acceso a la consola del servicio de casilla electrónica.",
            Fact(place, "Entidad"),
            Fact(username, "Su usuario"),
            "Para crear su contraseña y registrar su aplicación de códigos:",
            Link(address, "Ingrese aquí"),
            (
                f"El enlace vale hasta las {moment(until, letterhead)} y una sola vez. Si usted no trabaja allí,"
                " escribieron su correo por error: no lo abra."
            ),
        ),
        reason=_REASON,
    )


def restored_letter(address: str, until: datetime, letterhead: Letterhead, *, place: str, lost: str) -> Letter:
    """Bring the link by which what was lost is set anew; `lost` is `device` or `password`."""
    what = "registrar otra aplicación de códigos" if lost == "device" else "crear otra contraseña"
    kept = "contraseña" if lost == "device" else "aplicación de códigos"
    return Letter(
        "Restablezca su acceso a la consola",
        (
            f"Le dieron un enlace para {what}. Sus sesiones se cerraron y lo anterior ya no sirve.",
            Fact(place, "Entidad"),
            Link(address, "Ingrese aquí"),
            (
                f"El enlace vale hasta las {moment(until, letterhead)} y una sola vez, y le pedirá su {kept} de"
                " siempre. Si usted no lo pidió, avise ahora a su coordinador o a un administrador de la plataforma."
            ),
        ),
        reason=_REASON,
    )


def access_changed_letter(what: str, done_at: datetime, letterhead: Letterhead, *, place: str) -> Letter:
    """Tell somebody what was done to their access."""
    return Letter(
        "Cambió su acceso a la consola",
        (
            what,
            Fact(place, "Entidad"),
            Fact(f"A las {moment(done_at, letterhead)}", "Cuándo"),
            "Si no lo esperaba, comuníquese con su coordinador o con un administrador de la plataforma.",
        ),
        reason=_REASON,
    )


def code_tried_letter(tried_at: datetime, letterhead: Letterhead, *, place: str) -> Letter:
    """Tell somebody that their password seems to be known: codes were tried with it."""
    return Letter(
        "Alguien parece conocer su contraseña de la consola",
        (
            "Con su usuario y su contraseña se escribieron muchos códigos equivocados.",
            Fact(place, "Entidad"),
            Fact(f"A las {moment(tried_at, letterhead)}", "Cuándo"),
            (
                "Nadie entró así. Durante un día, desde una computadora donde usted no ingresó antes, solo sirve un"
                " código de recuperación; desde las suyas todo sigue igual. Cambie su contraseña en cuanto ingrese."
            ),
        ),
        reason=_REASON,
    )


def suspension_asked_letter(address: str, number: str, by: str, letterhead: Letterhead, *, place: str) -> Letter:
    """Ask a second person to look whether a reading is to be suspended."""
    return Letter(
        "Piden suspender la lectura de una notificación",
        (
            f"{by} pide suspender la lectura de una notificación. Hasta que otra persona lo confirme se puede leer.",
            Fact(place, "Entidad"),
            Fact(number, "Notificación"),
            "Ingrese a la consola, mire de qué se trata y confírmelo si corresponde:",
            Link(address, "Ver el pedido"),
            f"Si prefiere, escriba {letterhead.portal} en su navegador e ingrese a la consola. El pedido vale un día.",
        ),
        reason=_REASON,
    )


def reading_suspended_letter(number: str, by: str, at: datetime, letterhead: Letterhead, *, place: str) -> Letter:
    """Tell the platform that two people of an institution suspended a reading."""
    return Letter(
        "Una entidad suspendió la lectura de una notificación",
        (
            f"{by} confirmó lo que otra persona de su entidad había pedido.",
            Fact(place, "Entidad"),
            Fact(number, "Notificación"),
            Fact(f"A las {moment(at, letterhead)}", "Desde"),
            "El motivo y quiénes lo decidieron están en la consola, en «Lecturas suspendidas».",
        ),
        reason=_REASON,
    )
