"""The e-mail about the consent to be notified in a mailbox (REG-10)."""

from __future__ import annotations

from chalicelib.domain.mailbox import Consent
from chalicelib.renderers.access.access_letters import moment
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Fact, Letter


def consent_letter(holder: str, consent: Consent, letterhead: Letterhead) -> Letter:
    """Tell every user that it was revoked, or given again, and what follows."""
    since = Fact(f"Las {moment(consent.at, letterhead)}", "Desde")
    if consent.is_given:
        return Letter(
            "Su casilla electrónica vuelve a recibir notificaciones",
            (
                "El usuario principal autorizó otra vez que las entidades notifiquen en esta casilla electrónica.",
                Fact(holder, "Casilla de"),
                since,
                "Los plazos se cuentan según la constancia de cada notificación: revise la casilla con frecuencia.",
            ),
        )
    return Letter(
        "Su casilla electrónica ya no recibe notificaciones nuevas",
        (
            "El usuario principal retiró la autorización para notificar en esta casilla electrónica.",
            Fact(holder, "Casilla de"),
            since,
            (
                "Lo que se notificó antes conserva sus efectos, sus plazos corren y se puede leer como siempre. Desde"
                " ese momento las entidades tienen que notificar por otro medio."
            ),
            (
                "Si cree que es un error, hable con el usuario principal: puede autorizarlo otra vez. Si no fue él,"
                f" pida ayuda cuanto antes: escriba la dirección {letterhead.portal} en su navegador. Al final de la"
                " página están el teléfono y el correo de ayuda."
            ),
        ),
    )
