"""What pages and operators are told of a contested change."""

from __future__ import annotations

from chalicelib.domain.mailbox import ChangeKind

_CHANGED = {
    ChangeKind.EMAIL: "el correo",
    ChangeKind.PASSWORD: "la contraseña",
    ChangeKind.MOBILE: "el celular",
    ChangeKind.PRINCIPAL: "el usuario principal",
}


def changed_in_words(kind: ChangeKind) -> str:
    """Return what was changed, with its article."""
    return _CHANGED[kind]
