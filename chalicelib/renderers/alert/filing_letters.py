"""What is told of a filing, by e-mail and SMS: the institution, the filing's number and what there is to do.

Like all alerts they carry no subject or document number, and no link but the portal's bare address (ALR-2).
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import FilingNews, Occasion
from chalicelib.renderers.letters import Fact, Framed, Letter
from chalicelib.renderers.spanish import day_in_words, one_line, zone_in_words

SMS_TEXTS = {
    Occasion.FILED: (
        "$institution recibió su presentación $number el $day a las $hour.",
        "$institution recibió su presentación el $day, $hour.",
        "$institution: presentación recibida.",
    ),
    Occasion.OBSERVED: (
        "$institution observó su presentación $number. Subsánela hasta el $end.",
        "$institution observó su presentación. Subsánela hasta el $end.",
        "$institution: subsane su presentación hasta el $end.",
    ),
    Occasion.CORRECTED: (
        "$institution recibió la subsanación de su presentación $number.",
        "$institution recibió su subsanación.",
    ),
    Occasion.LAPSING: (
        "Recuerde: subsane hasta el $end su presentación $number a $institution.",
        "Subsane hasta el $end su presentación a $institution.",
    ),
    Occasion.LAPSED: (
        "Su presentación $number a $institution no se subsanó a tiempo y cuenta como no presentada.",
        "Su presentación a $institution cuenta como no presentada.",
    ),
    Occasion.LAPSED_THERE: ("$institution: la presentación $number cuenta como no presentada.",),
}
"""From the fullest to the shortest."""
_TITLES = {
    Occasion.FILED: ("Se recibió su presentación", "Recibido: su presentación"),
    Occasion.OBSERVED: ("Observaron su presentación: tiene que subsanarla", "Observada: su presentación"),
    Occasion.CORRECTED: ("Se recibió la subsanación de su presentación", "Recibida: la subsanación de su presentación"),
    Occasion.LAPSING: ("Está por vencer el plazo para subsanar su presentación", "Por vencer: su presentación"),
    Occasion.LAPSED: ("Su presentación cuenta como no presentada", "No presentada: su presentación"),
    Occasion.LAPSED_THERE: ("Una presentación venció sin subsanarse", "No presentada: presentación"),
}
_SAYS = {
    Occasion.FILED: "La entidad recibió lo que usted presentó.",
    Occasion.OBSERVED: "La entidad observó su presentación. En su casilla puede leer qué falta, y subsanarla"
    " (corregirla o completarla) una sola vez.",
    Occasion.CORRECTED: "La entidad recibió lo que envió para subsanar su presentación.",
    Occasion.LAPSING: "La entidad observó su presentación, y el plazo para subsanarla está por vencer. Si ya la"
    " subsanó, no tiene que hacer nada.",
    Occasion.LAPSED: "No se subsanó a tiempo lo que la entidad observó. Por eso cuenta como no presentada. Puede"
    " presentarla de nuevo, con lo que pedía la observación.",
    Occasion.LAPSED_THERE: "No se subsanó a tiempo lo que la entidad observó. Por eso cuenta como no presentada. No"
    " tiene que hacer nada: su estado ya es ese en la consola.",
}
_UNTIL = "Puede subsanarla hasta el"
_ENDED = "El plazo venció el"


def letter_of(batch: AlertBatch, news: FilingNews, portal: str, zone: ZoneInfo, *, is_attached: bool) -> Letter:
    """Write the letter of what a batch tells of a filing."""
    institution, local = one_line(batch.institution_name), batch.deposited_at.astimezone(zone)
    title, subject = _TITLES[news.occasion]
    when = f"{day_in_words(local.date())}, a las {local:%H:%M} ({zone_in_words(zone)})"
    is_arrival = news.occasion in (Occasion.FILED, Occasion.CORRECTED)
    where = "Para verla, abra su navegador, escriba esta dirección e ingrese como siempre:"
    there = "Ahí encontrará lo que presentó y su cargo."
    is_there = news.occasion is Occasion.LAPSED_THERE
    return Letter(
        title,
        (
            _SAYS[news.occasion],
            Fact(institution, label="Entidad"),
            Fact(news.number, label="Número de la presentación"),
            *((Fact(when, "Llegó el"),) if is_arrival else ()),
            *(() if is_arrival else _end_of(news)),
            where,
            Framed(portal),
            *(("El cargo va adjunto a este correo, en PDF.",) if is_attached else ()),
            *((there,) if is_arrival and not is_attached else ()),
        ),
        subject=f"{subject} {news.number}",
        reason="Usted recibe este aviso porque su correo es el de avisos de la entidad."
        if is_there
        else "Usted recibe este aviso porque su correo está registrado en una casilla electrónica.",
    )


def end_for_sms(day: date | None) -> str:
    """Write the last day to correct it as SMS do."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def _end_of(news: FilingNews) -> tuple[Fact, ...]:
    if news.day is None:
        return ()
    is_over = news.occasion in (Occasion.LAPSED, Occasion.LAPSED_THERE)
    return (Fact(day_in_words(news.day), _ENDED if is_over else _UNTIL),)
