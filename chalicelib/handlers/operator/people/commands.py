"""What an operator can ask for about mailboxes: a part of the third map."""

from __future__ import annotations

from chalicelib.handlers.operator.command import Argument, Command

_MAILBOX = Argument("CASILLA", "mailbox", "el usuario de la casilla, como 8-20100000009", is_required=True)
_MAILBOXES = "operator.people.mailboxes"
_REQUESTS = "operator.people.data_requests"
_REQUEST = Argument("SOLICITUD", "data_request", "su número, como 7KQ2-M9XA-4TRC", is_required=True)
_WORDS = Argument(
    "--words", "answer", "lo que la persona lee como respuesta, hasta 1000 letras", "TEXTO", is_required=True
)

# fmt: off
PEOPLE_COMMANDS = (
    Command("mailboxes show", "una casilla: usuarios, principal y últimos cambios; queda registrado quién la vio", f"{_MAILBOXES}:show", (
        _MAILBOX,
    ), changes=True),
    Command("mailboxes principal", "cambia quién representa a una empresa, con el documento que lo acredita", f"{_MAILBOXES}:change_principal", (
        _MAILBOX,
        Argument("--user", "username", "un usuario activo de la casilla, por el usuario con que ingresa", "USUARIO"),
        Argument("--document", "line", "o una persona nueva: el número de su documento", "NÚMERO"),
        Argument("--document-type", "person_document", "DNI, CE o PASAPORTE", "TIPO", is_required=True, beside="--document"),
        Argument("--name", "line", "sus nombres y apellidos", "TEXTO", is_required=True, beside="--document"),
        Argument("--email", "line", "su correo, adonde va la activación", "CORREO", is_required=True, beside="--document"),
        Argument("--mobile", "line", "su celular", "CELULAR", beside="--document"),
        Argument("--power-page", "line", "la partida registral donde consta su poder, como 11012345", "PARTIDA", is_required=True),
        Argument("--power-entry", "line", "el asiento, como C00012", "ASIENTO", is_required=True),
        Argument("--former", "former", "el principal anterior: removed (sale, si no se dice) o secondary (queda como secundario)", "QUÉ"),
    ), one_of=("--user", "--document"), changes=True),
    Command("mailboxes name", "corrige un nombre que llegó del registro con letras perdidas", f"{_MAILBOXES}:mend_name", (
        _MAILBOX,
        Argument("--name", "line", "el nombre, como figura en el documento que usted vio", "TEXTO", is_required=True),
        Argument("--user", "username", "de un usuario y no del titular: el usuario con que ingresa", "USUARIO"),
    ), changes=True),
    Command("requests list", "las solicitudes sobre datos personales por responder, la que vence antes primero; queda registrado quién las vio", f"{_REQUESTS}:list_awaiting", (
        Argument("--limit", "limit", "cuántas mostrar, de 1 a 200; si no se dice, 20", "N"),
    ), changes=True),
    Command("requests show", "una solicitud, con lo que la persona escribió; queda registrado quién la vio", f"{_REQUESTS}:show", (
        _MAILBOX, _REQUEST,
    ), changes=True),
    Command("requests done", "responde que se atendió; un cierre cierra la casilla", f"{_REQUESTS}:answer_done", (
        _MAILBOX, _REQUEST, _WORDS,
    ), changes=True),
    Command("requests refuse", "responde que no, y por qué", f"{_REQUESTS}:refuse", (
        _MAILBOX, _REQUEST, _WORDS,
    ), changes=True),
    Command("requests told", "deja de avisar por correo una respuesta: usted se la dijo a la persona", f"{_REQUESTS}:note_told", (
        _MAILBOX, _REQUEST,
    ), changes=True),
)
# fmt: on
