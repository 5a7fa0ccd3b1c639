"""The e-mails about requests of one's own data, and about a mailbox that is closed or opened again (DAT-1).

What a person wrote, and what they are answered, stands on the page alone: an e-mail is read by whoever has the inbox.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.mailbox import Mailbox, MailboxState
from chalicelib.domain.people.closing import is_closed
from chalicelib.domain.people.data_request import DataRequest, DataRequestState
from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter
from chalicelib.renderers.people.data_request_words import ASKED
from chalicelib.renderers.spanish import day_in_words

_WHERE = "Para verla, ingrese a {portal} y elija Mi perfil, Mis datos."
_HELP = (
    "Si no lo esperaba, pida ayuda cuanto antes: escriba la dirección {portal} en su navegador. Al final de la página"
    " están el teléfono y el correo de ayuda."
)
_STAYS = (
    "Lo que ya se notificó conserva sus efectos, sus plazos corren y se puede leer en la casilla, también cuando esté"
    " cerrada."
)


def request_made_letter(request: DataRequest, letterhead: Letterhead) -> Letter:
    """Tell who asked for something its number, and until when they get an answer."""
    return Letter(
        "Recibimos su solicitud sobre sus datos",
        (
            f"Usted pidió {ASKED[request.kind]}.",
            Fact(request.reference, "Número de solicitud"),
            Fact(f"El {_day(request.due_at, letterhead)}", "Le responderemos a más tardar"),
            f"El plazo es el del {request.norm}. {_WHERE.format(portal=letterhead.portal)}",
            _not_you(letterhead),
        ),
    )


def copy_made_letter(request: DataRequest, letterhead: Letterhead) -> Letter:
    """Tell that a copy of the data was made, since whoever was in the mailbox has it now."""
    return Letter(
        "Se descargó una copia de sus datos",
        (
            "Alguien, probablemente usted, descargó una copia de sus datos desde su casilla.",
            Fact(f"A las {moment(request.asked_at, letterhead)}", "Cuándo"),
            Fact(request.reference, "Número de solicitud"),
            "Si fue usted, no tiene que hacer nada.",
            _not_you(letterhead),
        ),
    )


def closing_over_letter(request: DataRequest, mailbox: Mailbox, letterhead: Letterhead) -> Letter | None:
    """Tell all users what came of a request to close the mailbox; None where the mailbox is otherwise by now.

    It may be frozen, opened again, or closed for another request: each is told by itself.
    """
    if request.state is DataRequestState.DONE:
        return _closed(mailbox, letterhead) if is_closed(mailbox) else None
    return _stays_open(mailbox, letterhead) if mailbox.state is MailboxState.OPEN else None


def _stays_open(mailbox: Mailbox, letterhead: Letterhead) -> Letter:
    goes_on = (
        "Sigue recibiendo notificaciones."
        if mailbox.has_consent
        else "No recibe notificaciones, porque su usuario principal retiró la autorización."
    )
    return Letter(
        "Su casilla electrónica sigue abierta",
        (
            f"La solicitud de cerrar esta casilla electrónica terminó sin cerrarla. {goes_on}",
            Fact(mailbox.holder.name, "Casilla de"),
            _HELP.format(portal=letterhead.portal),
        ),
    )


def answered_letter(request: DataRequest, letterhead: Letterhead, *, gets_in: bool) -> Letter:
    """Tell who asked that there is an answer, and where it is told to who does not get in any more."""
    is_done = request.state is DataRequestState.DONE
    where = (
        f"La respuesta está en su casilla. {_WHERE.format(portal=letterhead.portal)}"
        if gets_in
        else (
            "Usted ya no ingresa a esa casilla, así que no la puede leer en ella. Pídala con el número de solicitud:"
            f" escriba la dirección {letterhead.portal} en su navegador. Al final de la página están el teléfono y el"
            " correo de ayuda."
        )
    )
    return Letter(
        "Respondimos su solicitud sobre sus datos",
        (
            f"Usted pidió {ASKED[request.kind]}.",
            Fact(request.reference, "Número de solicitud"),
            Fact("Atendida" if is_done else "Denegada", "Respuesta"),
            where,
        ),
    )


def _closed(mailbox: Mailbox, letterhead: Letterhead) -> Letter:
    since = mailbox.closed_at
    return Letter(
        "Su casilla electrónica está cerrada",
        (
            "Como pidió el usuario principal, esta casilla electrónica ya no recibe notificaciones.",
            Fact(mailbox.holder.name, "Casilla de"),
            *([] if since is None else [Fact(f"Las {moment(since, letterhead)}", "Desde")]),
            (
                f"{_STAYS} Usted sigue ingresando como siempre. Desde ese momento las entidades tienen que notificar"
                " por otro medio, como el domicilio."
            ),
            (
                "El usuario principal puede abrirla otra vez: ingrese a"
                f" {letterhead.portal} y elija Mi perfil, Mis datos."
            ),
            _HELP.format(portal=letterhead.portal),
        ),
    )


def _day(instant: datetime, letterhead: Letterhead) -> str:
    return day_in_words(instant.astimezone(letterhead.zone).date())


def _not_you(letterhead: Letterhead) -> str:
    return (
        f"Si no fue usted, ingrese a {letterhead.portal} y cambie su contraseña. Al final de la página están el"
        " teléfono y el correo de ayuda."
    )
