"""The SMS about one's own access: one part of GSM-7, a code to type on the portal's page and no link."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.mailbox import ChangeKind
from chalicelib.renderers.letterhead import Letterhead

_ONE_PART = 160
"""Letters. All that stand here, and those of a portal's address and a code, count once in GSM-7."""
_CHANGED = {
    ChangeKind.EMAIL: "Pidieron cambiar el correo de su casilla.",
    ChangeKind.PASSWORD: "Cambiaron la contraseña de su casilla.",
    ChangeKind.MOBILE: "Cambiaron el celular de su casilla.",
    ChangeKind.PRINCIPAL: "Traspasaron su casilla a otra persona.",
    ChangeKind.CLOSING: "Pidieron cerrar su casilla.",
    ChangeKind.REOPENING: "Abrieron otra vez su casilla.",
    ChangeKind.REMOVAL: "Lo quitaron de una casilla.",
    ChangeKind.DISABLING: "Deshabilitaron su acceso a una casilla.",
}
_CONTEST = (
    " ¿No fue {who}? Ingrese a {portal}, elija No fui yo y escriba {code}. Nunca pedimos contraseñas.",
    " ¿No fue {who}? Ingrese a {portal}, elija No fui yo y escriba {code}.",
    " ¿No fue {who}? En {portal} elija No fui yo: {code}",
)
"""From the fullest to the shortest."""

_ADDRESS_CODE = (
    "{code}: escriba esto en el perfil de su casilla, en {portal}, antes de las {until}. No lo comparta.",
    "{code}: escriba esto en el perfil de su casilla antes de las {until}. No lo comparta.",
)
_REPEATED = (
    "Alguien quiso registrar otra vez su casilla. Todo sigue igual. Si fue usted, cree otra contraseña en {portal}.",
    "Alguien quiso registrar otra vez su casilla. Todo sigue igual.",
)


def repeated_sms(portal: str) -> str:
    """Tell that somebody registered with the holder's data, though there is a mailbox."""
    texts = [words.format(portal=portal) for words in _REPEATED]
    return next((text for text in texts if len(text) <= _ONE_PART), texts[-1])


def change_sms(kind: ChangeKind, code: str, portal: str) -> str:
    """Tell that a way in was changed, and how to say that it was somebody else."""
    is_others = kind in (ChangeKind.REMOVAL, ChangeKind.DISABLING)
    who = "el usuario principal" if is_others else "usted"
    texts = [_CHANGED[kind] + words.format(who=who, portal=portal, code=code) for words in _CONTEST]
    return next((text for text in texts if len(text) <= _ONE_PART), texts[-1])


def address_code_sms(code: str, until: datetime, letterhead: Letterhead) -> str:
    """Bring the code that proves that the mobile on record receives again."""
    end = f"{until.astimezone(letterhead.zone):%H:%M}"
    texts = [words.format(code=code, portal=letterhead.portal, until=end) for words in _ADDRESS_CODE]
    return next((text for text in texts if len(text) <= _ONE_PART), texts[-1])
