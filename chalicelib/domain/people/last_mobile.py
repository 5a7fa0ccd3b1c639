"""The last mobile by which SMS reach a mailbox stays in it, since the law asks for them (Ley 31736, 5.4).

Whatever would take it away is refused here: another number, none, or the user's leave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.contact import of_countries
from chalicelib.domain.errors import Conflict
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxUser
from chalicelib.domain.mailbox.channels import SmsReach, registered_channels

_WITHOUT = (
    "La ley exige avisar también por mensaje de texto: sin un celular, las entidades que deben hacerlo no pueden"
    " notificarte por este medio."
)


class LastMobile(Conflict):
    """Without it nobody of the mailbox could be alerted by SMS, and it would receive from few institutions."""


@dataclass(frozen=True, slots=True)
class Instead:
    """What is said of the last mobile, and what has to happen before it goes; `field` where one was typed."""

    about: str
    before: str
    field: str | None = None


NO_MOBILE = Instead(
    "Es el único celular de la casilla al que enviamos mensajes de texto.",
    "Puedes cambiarlo por otro. Para quitarlo, otro usuario activo debe registrar antes el suyo.",
    "mobile",
)


def of_other_country(reach: SmsReach) -> Instead:
    """Return what is said where SMS do not go to the number typed in its place."""
    return Instead(
        "A los celulares de ese país todavía no enviamos mensajes de texto, y el que tienes es el único de la casilla"
        " que los recibe.",
        f"Consérvalo, o que otro usuario activo registre antes uno {of_countries(reach.countries)}.",
        "mobile",
    )


def without_user(user: MailboxUser, does: str) -> Instead:
    """Return what is said where its owner is taken out."""
    return Instead(
        f"{user.name} es el único usuario activo con un celular al que enviamos mensajes de texto.",
        f"Agrega antes el tuyo en «Mi perfil», y después {does} a este usuario.",
    )


def has_last_mobile(mailbox: Mailbox, user: MailboxUser, reach: SmsReach) -> bool:
    """Tell whether SMS reach the mailbox by this user's mobile alone."""
    users = tuple(replace(one, mobile=None) if one.user_id == user.user_id else one for one in mailbox.users)
    return _loses_sms(mailbox, replace(mailbox, users=users), reach)


def require_sms(mailbox: Mailbox, changed: Mailbox, reach: SmsReach, *, instead: Instead) -> None:
    """Let a change go on after which SMS reach the mailbox as before.

    Raises:
        LastMobile: `last_mobile`.

    """
    if _loses_sms(mailbox, changed, reach):
        raise LastMobile("last_mobile", f"{instead.about} {_WITHOUT} {instead.before}", field=instead.field)


def _loses_sms(mailbox: Mailbox, changed: Mailbox, reach: SmsReach) -> bool:
    return Channel.SMS in registered_channels(mailbox, reach) - registered_channels(changed, reach)
