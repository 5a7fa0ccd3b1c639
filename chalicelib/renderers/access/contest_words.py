"""What pages and operators are told of a contested change."""

from __future__ import annotations

from chalicelib.domain.mailbox import ChangeKind

_CHANGED = {
    ChangeKind.EMAIL: "cambiaron el correo de {mailbox}",
    ChangeKind.PASSWORD: "cambiaron la contraseña de {mailbox}",
    ChangeKind.MOBILE: "cambiaron el celular de {mailbox}",
    ChangeKind.PRINCIPAL: "cambiaron el usuario principal de {mailbox}",
    ChangeKind.REMOVAL: "quitaron a un usuario de {mailbox}",
    ChangeKind.DISABLING: "deshabilitaron a un usuario de {mailbox}",
    ChangeKind.CLOSING: "pidieron cerrar {mailbox}",
    ChangeKind.REOPENING: "abrieron otra vez {mailbox}",
}


def changed_in_words(kind: ChangeKind, mailbox: str) -> str:
    """Return what was done; `mailbox` is what it was done to, as *una casilla*."""
    return _CHANGED[kind].format(mailbox=mailbox)
