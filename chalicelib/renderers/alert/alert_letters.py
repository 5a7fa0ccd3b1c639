"""The e-mail that tells a person a notice arrived: who sent it, when, and where to read it.

It carries no subject, case file or document number and no link but the portal's bare address (ALR-2).
"""

from __future__ import annotations

from email.message import EmailMessage

from chalicelib.domain.alert.alert import Alert, AlertBatch
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Attached, Fact, Framed, Letter, render_letter
from chalicelib.renderers.spanish import day_in_words, one_line, zone_in_words

_SUBJECT_NAME_AT_MOST = 120
_RECEIPT_ATTACHED = "La constancia de la notificación va adjunta a este correo, en PDF."
_RECEIPT_IN_PORTAL = "Ahí encontrará el documento y la constancia de la notificación."


def render_alert_email(
    batch: AlertBatch, alert: Alert, letterhead: Letterhead, *, receipt: bytes | None = None
) -> EmailMessage:
    """Write the e-mail for one user; the receipt, a PDF, is attached where one is given.

    Raises:
        MessageRefused: `email_address_refused`, when the destination is no address that mail can go to.

    """
    institution = one_line(batch.institution_name)
    local = batch.deposited_at.astimezone(letterhead.zone)
    letter = Letter(
        "Tiene una notificación en su casilla electrónica",
        (
            "Le han notificado un documento.",
            Fact(institution, label="Entidad"),
            Fact(f"{day_in_words(local.date())}, a las {local:%H:%M} ({zone_in_words(letterhead.zone)})", "Llegó el"),
            "Para leerlo, abra su navegador, escriba esta dirección e ingrese como siempre:",
            Framed(letterhead.portal),
            _RECEIPT_IN_PORTAL if receipt is None else _RECEIPT_ATTACHED,
        ),
        subject=f"Tiene una notificación de {_cut(institution, _SUBJECT_NAME_AT_MOST)}",
        reason="Usted recibe este aviso porque su correo está registrado en una casilla electrónica.",
    )
    return render_letter(
        letter,
        alert.destination,
        letterhead,
        sent_at=batch.deposited_at,
        key=f"{batch.notice_id}/{alert.alert_id}",
        pdf=None if receipt is None else Attached(f"constancia-{batch.notice_id}.pdf", receipt),
    )


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
