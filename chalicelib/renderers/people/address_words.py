"""Why alerts do not reach an address, and since when, in words for its owner and for operators."""

from __future__ import annotations

from chalicelib.domain.mailbox.address_health import AddressHealth

_BY_SIGN = (
    ("complain", "desde ese correo se marcó un aviso como no deseado"),
    ("mobile_opted_out", "desde ese número se pidió no recibir mensajes de texto"),
    ("mobile_country_off", "a ese país no se envían mensajes de texto"),
    ("mobile", "la operadora no acepta mensajes de texto para ese número"),
    ("suppress", "antes devolvió mensajes, y el proveedor de correo dejó de enviarle"),
    ("mailboxfull", "ese buzón está lleno"),
    ("5.2.2", "ese buzón está lleno"),
    ("noemail", "el servidor de ese correo dice que no existe"),
    ("5.1.", "el servidor de ese correo dice que no existe"),
)
"""What is in the code of a bounce, the first that is."""
_BOUNCED = "el servidor de ese correo devuelve los avisos"
_RETURNED = "devolvió los avisos de varios días"


def why_dead(health: AddressHealth) -> str:
    """Say why nothing arrives there, without an address; empty of one that lives."""
    if not health.is_dead:
        return ""
    if not health.bounced:
        return _RETURNED
    reason = health.reason or ""
    return next((words for sign, words in _BY_SIGN if sign in reason), _BOUNCED)
