"""The e-mails about one's own access: a code, a link, and word that the password changed. Never a password."""

from __future__ import annotations

from datetime import datetime

from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Framed, Letter, Link
from chalicelib.renderers.spanish import day_in_words, zone_in_words


def login_code_letter(code: str, until: datetime, letterhead: Letterhead) -> Letter:
    """Bring the code that replaces a captcha."""
    return Letter(
        "Su código para abrir su casilla",
        (
            "Para ingresar a su casilla, escriba este código en la página donde lo pidió:",
            Framed(code),
            (
                f"Vale hasta las {moment(until, letterhead)} y una sola vez. No lo comparta con nadie: sin su"
                " contraseña nadie puede ingresar con él."
            ),
            (
                "Si usted no lo pidió, alguien escribió su usuario y quizás conoce su contraseña. Cree otra: escriba la"
                f" dirección {letterhead.portal} en su navegador y elija «¿Olvidaste tu contraseña?»."
            ),
        ),
    )


def reset_link_letter(link: str, until: datetime, letterhead: Letterhead) -> Letter:
    """Bring the link that lets a person choose a new password (ACC-3)."""
    return Letter(
        "Cree una nueva contraseña",
        (
            "Alguien, probablemente usted, pidió recuperar la contraseña de su casilla. Para crear una nueva:",
            Link(link, "Ingrese aquí"),
            (
                f"El enlace vale hasta las {moment(until, letterhead)} y una sola vez. Si usted no lo pidió, no lo abra"
                " ni lo reenvíe: su contraseña sigue siendo la misma, y con él se puede cambiar."
            ),
        ),
    )


def activation_letter(  # noqa: PLR0913 - whose mailbox it is, and who is asked
    link: str, until: datetime, letterhead: Letterhead, *, holder: str, username: str, is_principal: bool
) -> Letter:
    """Ask a person who was added to a mailbox, or named its principal user, to choose a password (BOX-6)."""
    added = "El usuario principal de esta casilla electrónica le dio acceso a ella."
    named = "Usted es ahora el usuario principal de esta casilla electrónica."
    return Letter(
        "Active su acceso a una casilla electrónica",
        (
            f"{named if is_principal else added} Su correo aún no está activado.",
            Fact(holder, "Casilla de"),
            Fact(username, "Su usuario"),
            "Para activar su acceso y crear su contraseña:",
            Link(link, "Ingrese aquí"),
            (
                f"El enlace vale hasta las {moment(until, letterhead)} y una sola vez. Si usted no conoce esta"
                " casilla, escribieron su correo por error. No abra el enlace: mientras nadie cree una contraseña con"
                " él, nadie ingresa y usted no recibe avisos."
            ),
        ),
        reason="Usted recibe este mensaje porque escribieron su correo al darle acceso a una casilla electrónica.",
    )


def mailbox_frozen_letter(holder: str, frozen_at: datetime, letterhead: Letterhead) -> Letter:
    """Tell a user that somebody contested a change, so that nobody gets in until an operator decides."""
    return Letter(
        "Una casilla electrónica a la que usted ingresa está congelada",
        (
            "Alguien avisó de un cambio que no reconoce en esta casilla electrónica.",
            Fact(holder, "Casilla de"),
            Fact(f"A las {moment(frozen_at, letterhead)}", "Desde"),
            (
                "Hasta que una persona del servicio lo revise nadie puede ingresar, y no se deposita nada en ella: las"
                " entidades tienen que notificar por otro medio. Lo que ya estaba sigue allí, y sus plazos corren."
            ),
            (
                f"Comuníquese con el servicio: escriba la dirección {letterhead.portal} en su navegador. Al final de la"
                " página están el teléfono y el correo de ayuda. Tenga a la mano su documento de identidad."
            ),
        ),
    )


def mailbox_thawed_letter(
    thawed_at: datetime, letterhead: Letterhead, *, is_undone: bool = False, is_disabled: bool = False
) -> Letter:
    """Tell who gets no link what an operator decided about a frozen mailbox, and whether they can get in."""
    decided = "lo deshizo" if is_undone else "decidió que vale"
    disabled = "Su acceso a ella está deshabilitado: solo puede habilitarlo su usuario principal."
    return Letter(
        "Su casilla ya no está congelada",
        (
            f"El servicio revisó el cambio por el que se congeló y {decided}.",
            disabled if is_disabled else "Ya puede ingresar.",
            Fact(f"A las {moment(thawed_at, letterhead)}", "Cuándo"),
            (
                "Si no está de acuerdo, pida ayuda cuanto antes: escriba la dirección"
                f" {letterhead.portal} en su navegador. Al final de la página están el teléfono y el correo de ayuda."
            ),
        ),
    )


def repeated_letter(registered_at: datetime, letterhead: Letterhead) -> Letter:
    """Tell that somebody registered with the holder's data, though there is a mailbox."""
    return Letter(
        "Alguien quiso registrar otra vez su casilla",
        (
            (
                "Alguien, quizás usted, completó un registro con los datos del titular de esta casilla. Como la casilla"
                " ya existe, no se abrió otra ni se cambió nada: su correo, su celular y su contraseña son los mismos."
            ),
            Fact(f"A las {moment(registered_at, letterhead)}", "Cuándo"),
            (
                "Si fue usted y no puede ingresar, escriba la dirección"
                f" {letterhead.portal} en su navegador y elija «¿Olvidaste tu contraseña?». Si no fue usted, alguien"
                f" conoce sus datos. Si se repite, avise a {letterhead.help_email}."
            ),
            "Si pasa otra vez en las siguientes 24 horas, no le enviaremos otro mensaje.",
        ),
    )


def session_displaced_letter(ended_at: datetime, letterhead: Letterhead, *, most: int) -> Letter:
    """Tell that a login ended an older session, which whoever knows the password can bring about."""
    return Letter(
        "Se cerró una de sus sesiones",
        (
            (
                f"Alguien, probablemente usted, ingresó a su casilla cuando ya tenía {most} sesiones abiertas. Se cerró"
                " la más antigua."
            ),
            Fact(f"A las {moment(ended_at, letterhead)}", "Cuándo"),
            (
                "Si fue usted, no tiene que hacer nada. Si no fue usted, alguien conoce su contraseña: escriba la"
                f" dirección {letterhead.portal} en su navegador, elija «¿Olvidaste tu contraseña?» y cree una nueva."
                " Con eso se cierran todas las sesiones."
            ),
            "Si pasa otra vez en las siguientes 24 horas, no le enviaremos otro mensaje.",
        ),
    )


def moment(instant: datetime, letterhead: Letterhead) -> str:
    """Write hour, zone and day."""
    local = instant.astimezone(letterhead.zone)
    return f"{local:%H:%M} ({zone_in_words(letterhead.zone)}) del {day_in_words(local.date())}"
