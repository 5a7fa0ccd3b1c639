"""What an operator can ask for about the calendar: a part of the third map."""

from __future__ import annotations

from chalicelib.handlers.operator.command import FLAG, Argument, Command

_CALENDAR = "operator.business_days.calendar"
_NAME = Argument("--name", "line", "cómo se llama el día", "TEXTO", is_required=True)
_NORM = Argument("--norm", "line", "la norma que lo dice, como «D.S. 000-2026-PCM»", "TEXTO", is_required=True)
_DATE = Argument("--norm-date", "day", "cuándo se publicó la norma", "DÍA", is_required=True)

# fmt: off
CALENDAR_COMMANDS = (
    Command("calendar show", "el calendario de un año, hasta cuándo está confirmado y sus cambios", f"{_CALENDAR}:show", (
        Argument("--year", "year", "qué año; si no se dice, el que corre", "AÑO"),
        Argument("--version", "version", "como lo tenía una versión anterior; 0 es el que vino con el sistema", "N"),
    )),
    Command("calendar declare", "agrega los días no laborables de un decreto", f"{_CALENDAR}:declare", (
        Argument("--day", "days", "el día, como 2026-05-04; se repite para cada uno", "DÍA", is_required=True),
        _NAME, _NORM, _DATE,
    ), changes=True),
    Command("calendar regional", "agrega un día no laborable de una región", f"{_CALENDAR}:add_regional", (
        Argument("--region", "region", "como arequipa o la-libertad", "REGIÓN", is_required=True),
        Argument("--day", "day", "el día", "DÍA", is_required=True),
        Argument("--every-year", FLAG, "ese día y mes de cada año desde entonces"),
        _NAME, _NORM, _DATE,
    ), changes=True),
    Command("calendar correct", "corrige o retira lo mal anotado, en una versión nueva", f"{_CALENDAR}:correct", (
        Argument("--day", "day", "el día mal anotado", "DÍA"),
        Argument("--region", "region", "la región, si es un día regional", "REGIÓN", beside="--day"),
        Argument("--year", "year", "el año cuya confirmación se retira", "AÑO"),
        Argument("--hours", FLAG, "el horario general"),
        Argument("--name", "line", "cómo se llama el día", "TEXTO", beside="--day"),
        Argument("--norm", "line", "la norma que lo dice", "TEXTO", beside="--day"),
        Argument("--norm-date", "day", "cuándo se publicó la norma", "DÍA", beside="--day"),
        Argument("--withdraw", FLAG, "retira lo anotado en lugar de corregirlo"),
    ), one_of=("--day", "--year", "--hours"), changes=True),
    Command("calendar confirm", "confirma que están todos los días declarados de un año", f"{_CALENDAR}:confirm", (
        Argument("--year", "year", "el año que sigue al último confirmado", "AÑO", is_required=True),
    ), changes=True),
    Command("calendar hours", "fija el horario general de atención", f"{_CALENDAR}:set_hours", (
        Argument("--opens", "hour", "a qué hora se abre, como 08:30", "HORA", is_required=True),
        Argument("--closes", "hour", "a qué hora se cierra, como 16:30", "HORA", is_required=True),
        _NORM,
        Argument("--norm-date", "day", "cuándo se publicó la norma", "DÍA"),
    ), changes=True),
)
# fmt: on
