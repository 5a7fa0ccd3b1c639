"""Deposits whose alerts reached nobody by some channel, and what the law asks of their sender next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.reading.reading import DeliveredNotice

_NOBODY = {
    (Channel.EMAIL,): "Ningún aviso por correo electrónico llegó a su destino.",
    (Channel.SMS,): "Ningún aviso por mensaje de texto llegó a su destino.",
    (Channel.EMAIL, Channel.SMS): "Ningún aviso llegó a su destino, ni por correo electrónico ni por mensaje de texto.",
}
_NEXT = (
    " El aviso es requisito de validez de la notificación (Ley N° 31736, 4.3 y 5.4): notifique otra vez cuando la"
    " casilla reciba avisos, o por otro medio del artículo 20 del TUO de la Ley N° 27444. Este depósito y sus fechas"
    " siguen como están."
)


@dataclass(frozen=True, slots=True)
class Unreached:
    """A notice that its holder is not known to have opened, with alerts of which some channel's reached nobody."""

    delivered: DeliveredNotice
    alerts: AlertBatch


@dataclass(frozen=True, slots=True)
class ListedUnreached:
    """An entry of the operators' list, and since when; `deposit` is None when what is stored of it cannot be read."""

    notice_id: str
    since: datetime
    deposit: Unreached | None


@dataclass(frozen=True, slots=True)
class UnreachedList:
    """A page of that list, the newest failure first.

    `total` counts all that the index has, `left_out` those of the page that were opened or reached since. `after` is
    the position where the next page begins, None after the last.
    """

    total: int
    shown: tuple[ListedUnreached, ...]
    left_out: int
    after: tuple[int, str] | None


def unreached(delivered: DeliveredNotice | None, alerts: AlertBatch | None) -> Unreached | None:
    """Return a deposit if it is one of them; one that was made again, or is not to be read, asks for no more."""
    if delivered is None or alerts is None or not alerts.failed_channels or is_known_to_holder(delivered):
        return None
    if delivered.replaced_by is not None or delivered.suspension is not None:
        return None
    return Unreached(delivered, alerts)


def is_known_to_holder(delivered: DeliveredNotice) -> bool:
    """Tell whether somebody of the mailbox opened it, and its holder does not say that it was a stranger."""
    return delivered.opening is not None and not delivered.is_opening_contested


def advice_on(delivered: DeliveredNotice, alerts: AlertBatch | None) -> str | None:
    """Return what to do next; None where no channel failed, the holder knows of it anyway, or it was replaced."""
    found = unreached(delivered, alerts)
    return None if found is None else _NOBODY[found.alerts.failed_channels] + _NEXT
