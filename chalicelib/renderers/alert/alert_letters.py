"""The e-mail that tells a person a notice arrived, is unread or suspended: who sent it, when, and where to read it.

It carries no subject, case file or document number and no link but the portal's bare address (ALR-2).
"""

from __future__ import annotations

from email.message import EmailMessage

from chalicelib.domain.alert.alert import Alert, AlertPurpose
from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry
from chalicelib.renderers.alert.filing_letters import letter_of
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Attached, Fact, Framed, Letter, render_letter
from chalicelib.renderers.spanish import day_in_words, one_line, zone_in_words

_SUBJECT_NAME_AT_MOST = 120
_NEWS = ("Tiene una notificación en su casilla electrónica", "Tiene una notificación")
_REMINDER = (
    "Tiene una notificación sin leer en su casilla electrónica",
    "Recordatorio: tiene sin leer una notificación",
)
"""Title, and how the subject line begins."""
_FIRST = {
    AlertPurpose.DEPOSIT: "Le han notificado un documento.",
    AlertPurpose.FALLBACK: "Le han notificado un documento. Le avisamos también por correo, porque el mensaje de texto"
    " no se pudo entregar.",
    AlertPurpose.RENEWAL: "Le han notificado un documento. Le avisamos ahora por correo, porque los correos de aviso"
    " anteriores no se pudieron entregar.",
    AlertPurpose.REMINDER: "Le notificaron un documento, y todavía nadie lo ha abierto en su casilla.",
    AlertPurpose.SUSPENSION: "Le avisamos de una notificación. La entidad suspendió después su lectura: ya no se puede"
    " abrir.",
}
_SUSPENSION = (
    "Se suspendió la lectura de una notificación de su casilla electrónica",
    "Lectura suspendida: notificación",
)
_TO_READ = "Para leerlo, abra su navegador, escriba esta dirección e ingrese como siempre:"
_TO_SEE = "Para verlo, abra su navegador, escriba esta dirección e ingrese como siempre:"
_SUSPENDED = (
    "La notificación sigue en su casilla y sus fechas quedan como se emitieron. Si tiene dudas, pregunte a la entidad."
)
_OPENING_IS_ACKNOWLEDGEMENT = (
    "Abrir la notificación en su casilla es su acuse de recibo. Si nadie la abre hasta ese día, la entidad considera"
    " que surte efecto el día hábil siguiente."
)
_MOBILE = "Revise también, en su perfil, que su celular sea el correcto."
_RECEIPT_ATTACHED = "La constancia de la notificación va adjunta a este correo, en PDF."
_RECEIPT_IN_PORTAL = "Ahí encontrará el documento y la constancia de la notificación."


def render_alert_email(
    batch: AlertBatch, alert: Alert, letterhead: Letterhead, *, receipt: bytes | None = None
) -> EmailMessage:
    """Write the e-mail for one user; the receipt, a PDF, is attached where one is given.

    Raises:
        MessageRefused: `email_address_refused`, when the destination is no address that mail can go to.

    """
    if batch.news is not None:
        letter = letter_of(batch, alert, batch.news, letterhead, is_attached=receipt is not None)
        return _rendered(letter, batch, alert, letterhead, receipt, f"cargo-{batch.news.number}.pdf")
    institution = one_line(batch.institution_name)
    local = batch.deposited_at.astimezone(letterhead.zone)
    is_reminder = alert.purpose is AlertPurpose.REMINDER
    is_suspension = alert.purpose is AlertPurpose.SUSPENSION
    title, subject = _SUSPENSION if is_suspension else _REMINDER if is_reminder else _NEWS
    letter = Letter(
        title,
        (
            _FIRST[alert.purpose],
            Fact(institution, label="Entidad"),
            Fact(f"{day_in_words(local.date())}, a las {local:%H:%M} ({zone_in_words(letterhead.zone)})", "Llegó el"),
            *(_warning(batch.following.expiry) if is_reminder else ()),
            *((_SUSPENDED,) if is_suspension else ()),
            _TO_SEE if is_suspension else _TO_READ,
            Framed(letterhead.portal),
            *(() if is_suspension else (_RECEIPT_IN_PORTAL if receipt is None else _RECEIPT_ATTACHED,)),
            *((_MOBILE,) if alert.purpose is AlertPurpose.FALLBACK else ()),
        ),
        subject=f"{subject} de {_cut(institution, _SUBJECT_NAME_AT_MOST)}",
        reason="Usted recibe este aviso porque su correo está registrado en una casilla electrónica.",
    )
    return _rendered(letter, batch, alert, letterhead, receipt, f"constancia-{batch.notice_id}.pdf")


def _rendered(  # noqa: PLR0913, PLR0917 - a letter, whose and with what
    letter: Letter, batch: AlertBatch, alert: Alert, letterhead: Letterhead, receipt: bytes | None, filename: str
) -> EmailMessage:
    return render_letter(
        letter,
        alert.destination,
        letterhead,
        sent_at=alert.added_at or batch.deposited_at,
        key=f"{batch.notice_id}/{alert.alert_id}",
        pdf=None if receipt is None else Attached(filename, receipt),
    )


def _warning(expiry: Expiry | None) -> tuple[str | Fact, ...]:
    """Tell what ends, and when; what follows if nobody opens it is the institution's rule, not the law's."""
    if expiry is None:
        return ()
    day = day_in_words(expiry.day)
    if expiry.is_of_term:
        return (Fact(day, "Según la constancia, su plazo termina el"),)
    return Fact(day, "Último día para su acuse de recibo"), _OPENING_IS_ACKNOWLEDGEMENT


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
