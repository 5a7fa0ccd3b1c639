"""The e-mails that tell what was on record before of a change of a way in, and bring what contests it (REG-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.owed_telling import OwedTelling
from chalicelib.domain.mailbox import ChangeKind
from chalicelib.domain.masking import mask_email
from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter, Link


@dataclass(frozen=True, slots=True)
class Contesting:
    """The page that contests a change, and until when; both are missing where nothing does."""

    address: str = ""
    until: datetime | None = None


def change_letter(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, now: datetime) -> Letter:
    """Tell of a change, now or whenever it can be told."""
    return _LETTERS[owed.change.kind](owed, letterhead, contesting, now)


def _password(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, _: datetime) -> Letter:
    return Letter(
        "Su contraseña cambió",
        (
            "La contraseña de su casilla se cambió y todas las sesiones abiertas se cerraron.",
            Fact(f"A las {moment(owed.change.changed_at, letterhead)}", "Cuándo"),
            "Si fue usted, no tiene que hacer nada.",
            *_contest_parts(contesting, letterhead),
        ),
    )


def _email(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, now: datetime) -> Letter:
    if not owed.is_contestable:
        return _email_changed(owed, letterhead)
    return _email_waits(owed, letterhead, contesting, now)


def _email_waits(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, now: datetime) -> Letter:
    effective_at = datetime.fromisoformat(owed.says["effective_at"])
    is_over = now >= effective_at
    until_then = "Desde entonces" if is_over else "Hasta entonces"
    goes = "pueden llegar al otro correo" if is_over else "siguen llegando a esta dirección"
    and_now = "" if is_over else " y quiere que valga ya"
    return Letter(
        "Pidieron cambiar su correo",
        (
            "Alguien, probablemente usted, pidió que los avisos de su casilla lleguen a otro correo.",
            Fact(mask_email(owed.says["new"]), "Nuevo correo"),
            Fact(f"A las {moment(owed.change.changed_at, letterhead)}", "Cuándo se pidió"),
            Fact(f"A las {moment(effective_at, letterhead)}", "Desde cuándo vale"),
            (
                f"{until_then} los avisos y la recuperación de su contraseña {goes}. Si fue usted{and_now}, o si no"
                " fue usted, abra esta página:"
            ),
            Link(contesting.address, "Fui yo, o no fui yo"),
            (
                "Si no fue usted, desde allí puede congelar su casilla, para que nadie ingrese."
                f" {_valid(contesting, letterhead)}"
            ),
        ),
    )


def _email_changed(owed: OwedTelling, letterhead: Letterhead) -> Letter:
    """Tell the old address that another one took its place (ACC-6); what contests it was sent when it was asked for."""
    return Letter(
        "Su correo cambió",
        (
            "Los avisos de su casilla ya no llegan a esta dirección.",
            Fact(mask_email(owed.says["new"]), "Nuevo correo"),
            Fact(f"A las {moment(datetime.fromisoformat(owed.says['effective_at']), letterhead)}", "Cuándo"),
            (
                "Si fue usted, no tiene que hacer nada. Si no fue usted, abra el enlace del mensaje «Pidieron cambiar"
                f" su correo», que le enviamos antes a esta dirección, o escriba la dirección {letterhead.portal} en su"
                " navegador. Al final de la página están el teléfono y el correo de ayuda."
            ),
        ),
    )


def _mobile(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, _: datetime) -> Letter:
    return Letter(
        "Su celular cambió",
        (
            "Se cambió o se quitó el celular al que llegan los mensajes de texto de su casilla.",
            Fact(f"A las {moment(owed.change.changed_at, letterhead)}", "Cuándo"),
            "Si fue usted, no tiene que hacer nada.",
            *_contest_parts(contesting, letterhead),
        ),
    )


def _principal(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, _: datetime) -> Letter:
    says, at = owed.says, owed.change.changed_at
    if not owed.is_contestable:
        return principal_changed_letter(
            says["holder"], says["principal"], at, letterhead, username=says.get("username", "")
        )
    return Letter(
        "Otra persona es el usuario principal de su casilla electrónica",
        (
            (
                "Su ofrecimiento fue aceptado. Usted sigue teniendo acceso a la casilla y recibiendo sus avisos, como"
                " usuario secundario. Su usuario cambió; su contraseña es la misma."
            ),
            Fact(says["holder"], "Casilla de"),
            Fact(says["principal"], "Nuevo usuario principal"),
            Fact(says["username"], "Su nuevo usuario"),
            Fact(f"A las {moment(at, letterhead)}", "Desde"),
            (
                "Cerramos sus sesiones: ingrese otra vez con su nuevo usuario. Si usted no hizo este traspaso, abra"
                " esta página:"
            ),
            Link(contesting.address, "No fui yo"),
            f"Desde allí puede congelar la casilla, para que nadie ingrese. {_valid(contesting, letterhead)}",
        ),
    )


def principal_changed_letter(
    holder: str, principal: str, at: datetime, letterhead: Letterhead, *, username: str = ""
) -> Letter:
    """Tell a user that an operator changed the principal; who was it reads what they log in with from now on."""
    return Letter(
        "Cambió el usuario principal de su casilla electrónica",
        (
            (
                "La administración del sistema cambió al usuario principal de esta casilla electrónica, con el"
                " documento que acredita quién representa a la empresa."
            ),
            Fact(holder, "Casilla de"),
            Fact(principal, "Nuevo usuario principal"),
            *((Fact(username, "Su nuevo usuario"),) if username else ()),
            Fact(f"A las {moment(at, letterhead)}", "Desde"),
            *(("Su contraseña es la misma. Cerramos sus sesiones: ingrese otra vez.",) if username else ()),
            (
                f"Si cree que es un error, pida ayuda cuanto antes: escriba la dirección {letterhead.portal} en su"
                " navegador. Al final de la página están el teléfono y el correo de ayuda."
            ),
        ),
    )


def _removal(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, _: datetime) -> Letter:
    return Letter(
        "Ya no es usuario de una casilla electrónica",
        (
            (
                "El usuario principal lo quitó de esta casilla electrónica. No puede ingresar ni recibirá más avisos"
                " de ella."
            ),
            Fact(owed.says["holder"], "Casilla de"),
            Fact(f"A las {moment(owed.change.changed_at, letterhead)}", "Cuándo"),
            *_ask_principal(owed, letterhead, contesting),
        ),
    )


def _disabling(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, _: datetime) -> Letter:
    return Letter(
        "Ya no tiene acceso a una casilla electrónica",
        (
            "El usuario principal deshabilitó su acceso a esta casilla electrónica. No recibirá más avisos de ella."
            if owed.change.by
            else "Se deshabilitó su acceso a esta casilla electrónica, por un documento que presentaron en una mesa de"
            " partes. No recibirá más avisos de ella.",
            Fact(owed.says["holder"], "Casilla de"),
            Fact(f"A las {moment(owed.change.changed_at, letterhead)}", "Cuándo"),
            *_ask_principal(owed, letterhead, contesting),
        ),
    )


def _ask_principal(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting) -> tuple[str | Link, ...]:
    """Say what to do about something that was done to somebody in the principal user's name."""
    if not owed.is_contestable:
        return ("Si cree que es un error, comuníquese con el usuario principal de la casilla.",)
    if owed.change.by:
        doubt, avowal = "otra persona esté usando el acceso de él", "Avisar que no fue él"
    else:
        doubt, avowal = "el documento no es de él", "Avisar que no corresponde"
    return (
        (
            f"Si cree que es un error, comuníquese con el usuario principal de la casilla. Si teme que {doubt}, abra"
            " esta página. Le dirá qué pasa antes de que usted decida:"
        ),
        Link(contesting.address, avowal),
        (
            "Desde allí puede congelar la casilla, para que nadie ingrese hasta que el servicio lo revise. Mientras"
            f" tanto no se deposita nada en ella. {_valid(contesting, letterhead)}"
        ),
    )


def _closing(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, _: datetime) -> Letter:
    says = owed.says
    facts = (
        Fact(says["holder"], "Casilla de"),
        Fact(says["reference"], "Número de solicitud"),
        Fact(says["due"], "La respuesta, a más tardar"),
    )
    earliest = moment(datetime.fromisoformat(says["earliest"]), letterhead)
    stays = (
        f"No se cerrará antes de las {earliest}. Hasta que se cierre sigue recibiendo notificaciones. Lo que ya se"
        " notificó conserva sus efectos, sus plazos corren y se puede leer en ella, también cuando esté cerrada."
    )
    if not owed.is_contestable:
        return Letter(
            "Pidieron cerrar una casilla electrónica a la que usted ingresa",
            ("El usuario principal pidió cerrar esta casilla electrónica.", *facts, stays, _ask(letterhead)),
        )
    return Letter(
        "Pidieron cerrar su casilla electrónica",
        (
            "Alguien, probablemente usted, pidió cerrar esta casilla electrónica.",
            *facts,
            f"{stays} Puede retirar la solicitud mientras espera respuesta.",
            *_contest_parts(contesting, letterhead),
        ),
    )


def _reopening(owed: OwedTelling, letterhead: Letterhead, contesting: Contesting, _: datetime) -> Letter:
    told = (
        "El usuario principal abrió otra vez esta casilla electrónica. Desde entonces recibe notificaciones.",
        Fact(owed.says["holder"], "Casilla de"),
        Fact(f"A las {moment(owed.change.changed_at, letterhead)}", "Cuándo"),
        "Los plazos se cuentan según la constancia de cada notificación: revise la casilla con frecuencia.",
    )
    if not owed.is_contestable:
        return Letter("Una casilla electrónica a la que usted ingresa está abierta otra vez", (*told, _ask(letterhead)))
    return Letter("Su casilla electrónica está abierta otra vez", (*told, *_contest_parts(contesting, letterhead)))


def _ask(letterhead: Letterhead) -> str:
    return (
        "Si cree que es un error, hable con el usuario principal. Si no fue él, pida ayuda cuanto antes: escriba la"
        f" dirección {letterhead.portal} en su navegador. Al final de la página están el teléfono y el correo de ayuda."
    )


def _contest_parts(contesting: Contesting, letterhead: Letterhead) -> tuple[str | Link, ...]:
    """Say what to do about a change that was somebody else's."""
    return (
        "Si no fue usted, abra esta página. Le dirá qué pasa antes de que usted decida:",
        Link(contesting.address, "No fui yo"),
        f"Desde allí puede congelar su casilla, para que nadie ingrese. {_valid(contesting, letterhead)}",
    )


def _valid(contesting: Contesting, letterhead: Letterhead) -> str:
    return "" if contesting.until is None else f"El enlace vale hasta las {moment(contesting.until, letterhead)}."


_LETTERS: dict[ChangeKind, Callable[[OwedTelling, Letterhead, Contesting, datetime], Letter]] = {
    ChangeKind.EMAIL: _email,
    ChangeKind.PASSWORD: _password,
    ChangeKind.MOBILE: _mobile,
    ChangeKind.PRINCIPAL: _principal,
    ChangeKind.REMOVAL: _removal,
    ChangeKind.DISABLING: _disabling,
    ChangeKind.CLOSING: _closing,
    ChangeKind.REOPENING: _reopening,
}
