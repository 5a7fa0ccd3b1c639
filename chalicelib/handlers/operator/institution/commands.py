"""What an operator can ask for about the staff: a part of the third map."""

from __future__ import annotations

from chalicelib.handlers.operator.command import Argument, Command

# fmt: off
STAFF_COMMANDS = (
    Command("staff first-administrator", "invita a quien administrará la plataforma", "operator.institution.staff:enrol_first", (
        Argument("--document", "line", "su DNI o carné de extranjería", "NÚMERO", is_required=True),
        Argument("--name", "line", "sus nombres y apellidos", "TEXTO", is_required=True),
        Argument("--email", "email", "el correo al que va el enlace de su acceso", "CORREO", is_required=True),
        Argument("--position", "line", "su cargo", "TEXTO", is_required=True),
    ), changes=True),
)
# fmt: on
