"""The e-mail that asks an address whether it lives: nothing to do, nothing to open, nothing told of anybody."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from chalicelib.domain.mailbox.channels import Reachable
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Framed, Letter, render_letter

_WHY = (
    "Hace tiempo que no sabemos si los avisos de su casilla electrónica llegan a este correo. Con este mensaje lo"
    " comprobamos."
)
_NOTHING_TO_DO = "No tiene que hacer nada. Este mensaje no anuncia ninguna notificación."
_TO_CHANGE = (
    "Si quiere cambiar la dirección a la que le avisamos, abra su navegador, escriba esta dirección e ingrese como"
    " siempre:"
)
_REASON = (
    "Usted recibe este mensaje porque su correo está registrado en una casilla electrónica. Se envía cada tres meses"
    " a lo más."
)


def probe_letter(letterhead: Letterhead) -> Letter:
    """Say what is checked; neither holder nor notice is named."""
    parts = (_WHY, _NOTHING_TO_DO, _TO_CHANGE, Framed(letterhead.portal))
    return Letter("Comprobamos que los avisos de su casilla le llegan", parts, reason=_REASON)


def render_probe(mailbox_id: str, place: Reachable, letterhead: Letterhead, *, now: datetime) -> EmailMessage:
    """Write the e-mail.

    Raises:
        MessageRefused: `email_address_refused`, when it is no address that mail can go to.

    """
    key = f"{mailbox_id}/{place.user.user_id}/probe/{now.isoformat()}"
    return render_letter(probe_letter(letterhead), place.address, letterhead, sent_at=now, key=key)
