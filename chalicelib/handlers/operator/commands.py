"""The third map: what an operator can ask for by a command. Nothing of a command is loaded before it runs.

One function, `operator`, runs them all. Whoever may invoke it may run each of them.
"""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice

from chalicelib.handlers.collector import resume_collector
from chalicelib.handlers.doors import find
from chalicelib.handlers.operator.business_days.commands import CALENDAR_COMMANDS
from chalicelib.handlers.operator.command import FLAG, Argument, Command
from chalicelib.handlers.operator.institution.commands import STAFF_COMMANDS
from chalicelib.handlers.operator.people.commands import PEOPLE_COMMANDS
from chalicelib.handlers.operator.sender.commands import SENDER_COMMANDS

# fmt: off
COMMANDS = (
    Command("alerts list", "las notificaciones con alertas no enviadas, por reenviar", "operator.alert:list_given_up", (
        Argument("--limit", "limit", "cuántas mostrar, de 1 a 200; si no se dice, 20", "N"),
        Argument("--after", "position", "seguir donde terminó la lista anterior, como ella lo dice", "POSICIÓN"),
    )),
    Command("alerts show", "las alertas de una notificación, con cada intento e informe", "operator.alert:show", (
        Argument("NOTIFICACIÓN", "notice", "el número de la notificación", is_required=True),
    )),
    Command("alerts waiting", "cuántas esperan, desde cuándo, y cuáles esperan más", "operator.alert:show_waiting"),
    Command("alerts failed", "los depósitos sin leer cuyos avisos no llegaron", "operator.deposit.unreached:list_all", (
        Argument("--limit", "limit", "cuántos mostrar, de 1 a 200; si no se dice, 20", "N"),
        Argument("--after", "position", "seguir donde terminó la lista anterior, como ella lo dice", "POSICIÓN"),
    )),
    Command("alerts resend", "envía otra vez lo no enviado, por 72 horas más", "operator.alert:resend", (
        Argument("NOTIFICACIÓN", "notices", "los números de las notificaciones, cien a lo más"),
        Argument("--all", FLAG, "todas las de la lista, 200 cada vez: se repite hasta que no quede ninguna"),
    ), one_of=("NOTIFICACIÓN", "--all"), changes=True),
    Command("alerts index", "pone en sus listas las alertas que dejó una versión anterior", "operator.alert:index", (
        Argument("--after", "notice", "seguir donde terminó la vez anterior, como ella lo dice", "NOTIFICACIÓN"),
    ), changes=True),
    Command("receipts index", "hace que se puedan verificar las constancias de antes", "operator.evidence:index", (
        Argument("--after", "deposit", "seguir donde terminó la vez anterior, como ella lo dice", "DEPÓSITO"),
    ), changes=True),
    Command("registrations list", "las que esperan, sin decir de quién son", "operator.registration:list_waiting", (
        Argument("--limit", "limit", "cuántas mostrar, de 1 a 200; si no se dice, 20", "N"),
        Argument("--skip", "skip", "cuántas pasar por alto, como lo dice la lista anterior", "N"),
    )),
    Command("registrations show", "una, entera: queda registrado quién la vio", "operator.registration:show", (
        Argument("SOLICITUD", "registration", "su número, como 3F2A-91BC-77D0", is_required=True),
    ), changes=True),
    Command("registrations approve", "abre la casilla: usted vio la prueba", "operator.registration:approve", (
        Argument("SOLICITUD", "registration", "su número, como 3F2A-91BC-77D0", is_required=True),
    ), changes=True),
    Command("registrations refuse", "termina una solicitud sin abrir casilla", "operator.registration:refuse", (
        Argument("SOLICITUD", "registration", "su número, como 3F2A-91BC-77D0", is_required=True),
        Argument(
            "--because",
            "review_refusal",
            "not-shown (no mostró nada), differs (la prueba dice otra cosa) o not-entitled (no le corresponde)",
            "POR_QUÉ",
            is_required=True,
        ),
    ), changes=True),
    Command("sessions end", "cierra todas las sesiones de un usuario", "operator.access:end_sessions", (
        Argument("--user", "username", "el usuario con que ingresa, como 1-40000002", "USUARIO", is_required=True),
    ), changes=True),
    Command(
        "mailboxes frozen",
        "las congeladas y qué se impugnó; queda registrado quién las vio",
        "operator.mailboxes:list_frozen",
        changes=True,
    ),
    Command("mailboxes contested", "qué se impugnó en una, y qué pasó; queda registrado", "operator.mailboxes:show", (
        Argument("CASILLA", "mailbox", "la casilla, como 1-40000002", is_required=True),
    ), changes=True),
    Command("mailboxes unfreeze", "abre otra vez una casilla congelada", "operator.mailboxes:unfreeze", (
        Argument("CASILLA", "mailbox", "la casilla, como 1-40000002", is_required=True),
        Argument("--undo", FLAG, "deshace lo impugnado: vuelve el correo de antes y la contraseña no sirve"),
        Argument("--keep", FLAG, "deja los cambios como están: se comprobó que son de su titular"),
    ), one_of=("--undo", "--keep"), changes=True),
    Command(
        "mailboxes untold",
        "los cambios de los que no se pudo avisar a nadie; queda registrado quién los vio",
        "operator.mailboxes:list_untold",
        changes=True,
    ),
    Command("mailboxes told", "saca un cambio de esa lista: ya avisó usted", "operator.mailboxes:close_untold", (
        Argument("CAMBIO", "line", "su número, como lo dice la lista", is_required=True),
    ), changes=True),
    *PEOPLE_COMMANDS,
    *SENDER_COMMANDS,
    *STAFF_COMMANDS,
    *CALENDAR_COMMANDS,
    Command("outage announce", "anuncia una interrupción en todas las páginas", "operator.outage:announce", (
        Argument(
            "--affects", "affected", "all, o con comas: access, deposits, alerts, registration", "QUÉ", is_required=True
        ),
        Argument(
            "--words", "outage words", "qué pasa, en palabras sencillas, de 10 a 300 letras", "TEXTO", is_required=True
        ),
        Argument("--from", "moment", "desde cuándo, en hora local; si no se dice, ahora", "'AAAA-MM-DD HH:MM'"),
        Argument("--until", "moment", "hasta cuándo se espera; si no se sabe, no se dice", "'AAAA-MM-DD HH:MM'"),
        Argument("--corrects", "outage", "la que se anunció mal, que queda como corregida", "NÚMERO"),
    ), changes=True),
    Command("outage end", "termina una interrupción, o la cancela si no empezó", "operator.outage:end", (
        Argument("INTERRUPCIÓN", "outage", "su número, como 2026-03-09-01", is_required=True),
        Argument("--at", "moment", "cuándo terminó, en hora local; si no se dice, ahora", "'AAAA-MM-DD HH:MM'"),
    ), changes=True),
    Command("outage list", "las interrupciones anunciadas, la más reciente primero", "operator.outage:list_outages", (
        Argument("--after", "outage", "seguir donde terminó la lista anterior, como ella lo dice", "NÚMERO"),
    )),
    Command("outage show", "una interrupción", "operator.outage:show", (
        Argument("INTERRUPCIÓN", "outage", "su número, como 2026-03-09-01", is_required=True),
    )),
    Command("restore show", "si hay trabajos retenidos, y qué dijo la revisión", "operator.restore:show"),
    Command(
        "restore hold",
        "retiene los trabajos que borran, envían o cierran por lo que falta en las tablas",
        "operator.restore:hold",
        changes=True,
    ),
    Command(
        "restore release",
        "los libera, si la última revisión no dejó nada por reparar",
        "operator.restore:release",
        changes=True,
    ),
)
# fmt: on

GROUPS = {
    "alerts": "Alertas",
    "receipts": "Constancias",
    "registrations": "Solicitudes de casilla por decidir",
    "sessions": "Sesiones",
    "mailboxes": "Casillas",
    "requests": "Solicitudes sobre datos personales",
    "institutions": "Entidades",
    "keys": "Claves con que firman",
    "staff": "Personal de la consola",
    "calendar": "Calendario de días hábiles",
    "outage": "Interrupciones",
    "restore": "Restauración de las tablas",
}
"""What the first words of commands are about, as the help tells it."""


def register(app: Chalice) -> Any:
    """Have chalice make the function that runs commands, and return what Lambda calls."""

    def operator(event: Any, context: Any) -> Any:
        resume_collector()
        try:
            return find("operator.answer:answer")(event, context)
        except Exception as error:  # noqa: BLE001 - what should have told it could not even be loaded
            failure = find("workers.reports:failure_of")("operator", error, context)
        raise failure

    return app.lambda_function(name="operator")(operator)
