"""The SMS about a password that a desk restores: one part of GSM-7, and no link."""

from __future__ import annotations

from chalicelib.renderers.letterhead import Letterhead

_ONE_PART = 160
_ASKED = (
    "Pidieron en mesa de partes restaurar la contraseña de su casilla. Si no fue usted, llame al {phone}.",
    "Pidieron en mesa de partes restaurar la contraseña de su casilla. Si no fue usted, avise en {portal}.",
    "Pidieron en mesa de partes restaurar la contraseña de su casilla.",
)
"""From the fullest to the shortest."""
_SENT = "Le enviamos a su correo registrado el enlace para crear otra contraseña de su casilla. Vale dos dias."


def asked_sms(letterhead: Letterhead) -> str:
    """Tell that somebody asked at a desk to restore the password."""
    names = {"phone": letterhead.help_phone, "portal": letterhead.portal}
    texts = [words.format(**names) for words in _ASKED]
    return next((text for text in texts if len(text) <= _ONE_PART), texts[-1])


def sent_sms() -> str:
    """Tell that the link is in the e-mail."""
    return _SENT
