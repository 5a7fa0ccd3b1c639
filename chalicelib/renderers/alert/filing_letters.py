"""What is told of a filing, by e-mail and SMS: the institution, the filing's number and what there is to do.

Like all alerts they carry no subject or document number, and no link but the portal's bare address (ALR-2).
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from chalicelib.domain.alert.alert import Alert, AlertPurpose
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import FilingNews, Occasion
from chalicelib.domain.mailbox import Channel
from chalicelib.renderers.letterhead import Letterhead
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
        "$institution recibió la subsanación de su presentación $number el $day a las $hour.",
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
"""Title, and how the subject line begins."""
_SAYS = {
    Occasion.FILED: "La entidad recibió lo que usted presentó.",
    Occasion.OBSERVED: "La entidad observó su presentación: hay algo que subsanar (corregir o completar). Puede"
    " subsanarla una sola vez. Si no la subsana a tiempo, cuenta como no presentada.",
    Occasion.CORRECTED: "La entidad recibió en plazo lo que envió para subsanar su presentación.",
    Occasion.LAPSING: "La entidad observó su presentación, y el plazo para subsanarla está por vencer. Si no la subsana"
    " a tiempo, cuenta como no presentada. Si ya la subsanó, no tiene que hacer nada.",
    Occasion.LAPSED: "La entidad observó su presentación, y no se subsanó a tiempo. Por eso cuenta como no presentada."
    " Puede presentarla de nuevo, con lo que pedía la observación.",
    Occasion.LAPSED_THERE: "No se subsanó a tiempo lo que la entidad observó. Por eso cuenta como no presentada. No"
    " tiene que hacer nada: su estado ya es ese en la consola.",
}
_AGAIN = {
    (AlertPurpose.FALLBACK, Channel.EMAIL): "Le avisamos también por correo, porque el mensaje de texto no se pudo"
    " entregar.",
    (AlertPurpose.RENEWAL, Channel.EMAIL): "Le avisamos ahora por correo, porque los correos de aviso anteriores no se"
    " pudieron entregar.",
}
"""Why somebody is told beside, or later than, the others."""
_UNTIL = "Puede subsanarla hasta el"
_ENDED = "El plazo venció el"
_END_OF_DAY = "a las 23:59"
_WHERE = "Para verla, abra su navegador, escriba esta dirección e ingrese como siempre:"
_TO_DO = {
    Occasion.FILED: "En «Mis trámites» están lo que presentó, su estado y su cargo.",
    Occasion.OBSERVED: "En «Mis trámites» puede leer la observación, y responderla con «Subsanar».",
    Occasion.CORRECTED: "En «Mis trámites» están lo que envió, su estado y su cargo.",
    Occasion.LAPSING: "En «Mis trámites» puede leer la observación, y responderla con «Subsanar».",
    Occasion.LAPSED: "En «Mis trámites» está lo que presentó y lo que observó la entidad.",
    Occasion.LAPSED_THERE: "En la consola está en «Presentados».",
}
_ATTACHED = "El cargo va adjunto a este correo, en PDF."
_MOBILE = "Revise también, en su perfil, que su celular sea el correcto."


def letter_of(
    batch: AlertBatch, alert: Alert, news: FilingNews, letterhead: Letterhead, *, is_attached: bool
) -> Letter:
    """Write the letter of what a batch tells of a filing."""
    title, subject = _TITLES[news.occasion]
    again = _AGAIN.get((alert.purpose, alert.channel))
    is_there = news.occasion is Occasion.LAPSED_THERE
    return Letter(
        title,
        (
            _SAYS[news.occasion] if again is None else f"{_SAYS[news.occasion]} {again}",
            Fact(one_line(batch.institution_name), label="Entidad"),
            Fact(f"N.º {news.number}", label="Número de la presentación"),
            *_dates_of(batch, news, letterhead.zone),
            _WHERE,
            Framed(letterhead.portal),
            _TO_DO[news.occasion],
            *((_ATTACHED,) if is_attached else ()),
            *((_MOBILE,) if alert.purpose is AlertPurpose.FALLBACK else ()),
        ),
        subject=f"{subject} N.º {news.number}",
        reason="Usted recibe este aviso porque su correo es el de avisos de la entidad."
        if is_there
        else "Usted recibe este aviso porque su correo está registrado en una casilla electrónica.",
    )


def end_for_sms(day: date | None) -> str:
    """Write the last day to correct it as SMS do."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def _dates_of(batch: AlertBatch, news: FilingNews, zone: ZoneInfo) -> tuple[Fact, ...]:
    """Tell when it arrived and as of when that counts, or when its correction ends or ended."""
    if news.occasion in (Occasion.FILED, Occasion.CORRECTED):
        local = batch.deposited_at.astimezone(zone)
        arrived = Fact(f"{day_in_words(local.date())}, a las {local:%H:%M} ({zone_in_words(zone)})", "Llegó el")
        counts = () if news.counts_on is None else (Fact(day_in_words(news.counts_on), "Cuenta como presentado el"),)
        return (arrived, *counts)
    if news.day is None:
        return ()
    is_over = news.occasion in (Occasion.LAPSED, Occasion.LAPSED_THERE)
    return (Fact(f"{day_in_words(news.day)}, {_END_OF_DAY}", _ENDED if is_over else _UNTIL),)
