"""The e-mails of a registration: the code, the wait, the refusal, the credentials, and how to recover access."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.access.account import TEMPORARY_PASSWORD_LIFETIME
from chalicelib.renderers.letters import Fact, Framed, Letter, Link

TYPED = "Usted recibe este mensaje porque alguien escribió su correo al registrarse en la casilla electrónica."
NOT_YOU = (
    "Si usted no se registró, alguien usó este correo para hacerlo. Cambie la contraseña de su correo y avise a la"
    " ayuda: su correo y su teléfono están al final de este mensaje."
)
"""What to do about a registration that went on after the address was proved."""


def code_letter(code: str, link: str, lasts: timedelta) -> Letter:
    """Ask to prove that the address is the applicant's, within this time."""
    return _letter(
        "Validación de Correo Electrónico",
        "Escriba esta clave de validación en la página donde se está registrando. Puede usar minúsculas.",
        Framed(code, "Clave de validación"),
        f"La clave de validación vale {_span(lasts)} y se usa una sola vez.",
        "Si ya cerró esa página, continúe desde aquí:",
        Link(link, "Validar Correo"),
        "Si usted no se está registrando, alguien escribió su correo. No use la clave de validación ni el enlace, y no"
        " los comparta: sin ellos no se abre ninguna casilla con su correo.",
    )


def at_desk_letter(place: str, link: str, lasts: timedelta) -> Letter:
    """Ask whom an officer registered from a form on paper to prove that the address is theirs."""
    return _letter(
        "Confirme su correo para abrir su casilla",
        "En una mesa de partes registraron una casilla electrónica con este correo, según el formato que firmaron.",
        Fact(place, "Mesa de partes"),
        "Para confirmar que este correo es suyo, abra el enlace y escriba el número de su documento de identidad:",
        Link(link, "Validar Correo"),
        f"El enlace vale {_span(lasts)}. Si venció, la página que abre le envía otro, durante siete días.",
        "Si usted no presentó ese formato, no confirme nada: sin eso no se abre ninguna casilla con su correo.",
    )


def waiting_letter() -> Letter:
    """Say that nothing is lost while a registry does not answer."""
    return _letter(
        "Recibimos su registro",
        "El registro oficial que confirma sus datos no responde en este momento.",
        "Guardamos su solicitud y volveremos a consultarlo. No necesita hacer nada: le escribiremos a este correo.",
        "Si usted no se registró, no use el siguiente mensaje: sin él no se abre ninguna casilla con su correo.",
    )


def put_off_letter() -> Letter:
    """Say that the registry can be asked no more for now; its day ends at midnight UTC, an evening of the country's."""
    return _letter(
        "Su registro continúa",
        "Su correo quedó verificado. Por ahora ya se hicieron todas las consultas que permite el registro oficial.",
        "Continuamos a más tardar mañana sin que haga nada: le escribiremos a este correo.",
        NOT_YOU,
    )


def refused_letter(detail: str) -> Letter:
    """Say that the registry's late answer was no; `detail` reveals nothing of it."""
    return _letter("No pudimos completar su registro", detail, "Puede volver a registrarse cuando lo desee.")


def credentials_letter(username: str, password: str, portal: str) -> Letter:
    """Hand over username and temporary password."""
    return _letter(
        "Credenciales de Acceso",
        "El registro de su casilla electrónica fue aprobado. Inicie sesión con estos datos:",
        Framed(username, "Usuario"),
        Framed(password, "Contraseña"),
        f"La contraseña es temporal: vale {_span(TEMPORARY_PASSWORD_LIFETIME)}. Al iniciar sesión deberá cambiarla.",
        Fact(portal, "Dirección del portal"),
        "Si usted no pidió esta casilla, no use estos datos y avise hoy a la ayuda: su correo y su teléfono están al"
        " final de este mensaje.",
        "En ese caso alguien confirmó el registro desde este correo, y los avisos de las notificaciones llegan a él:"
        " cambie también la contraseña de su correo.",
    )


def recovery_letter(portal: str) -> Letter:
    """Say neutrally how to get in."""
    return _letter(
        "Cómo ingresar a su casilla electrónica",
        "Su correo quedó verificado. Para ingresar, abra el portal y elija «¿Olvidaste tu contraseña?».",
        Fact(portal, "Dirección del portal"),
        "Si no puede recuperar su acceso, pida ayuda: el teléfono y el correo están al final de esa página.",
        NOT_YOU,
    )


def other_mailbox_letter(username: str, document: str, portal: str) -> Letter:
    """Say how to get in where the holder's mailbox goes by the other document than was typed."""
    return _letter(
        "Cómo ingresar a su casilla electrónica",
        "Su correo quedó verificado. La persona titular ya tiene su casilla electrónica, con este usuario:",
        Framed(username, "Usuario"),
        "Para ingresar, abra el portal y escriba ese usuario. Si no recuerda la contraseña, elija «¿Olvidaste tu"
        f" contraseña?» y escriba el documento {document}.",
        Fact(portal, "Dirección del portal"),
        "Si no puede recuperar su acceso, pida ayuda: el teléfono y el correo están al final de esa página.",
        NOT_YOU,
    )


def _letter(title: str, *parts: str | Fact | Framed | Link) -> Letter:
    return Letter(title, parts, reason=TYPED)


def _span(time: timedelta) -> str:
    if time >= timedelta(days=1):
        return f"{time // timedelta(hours=1)} horas"
    return f"{time // timedelta(minutes=1)} minutos"
