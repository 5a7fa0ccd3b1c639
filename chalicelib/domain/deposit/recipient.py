"""Whether a mailbox receives an institution's deposit: that it exists, is open, and its people can be alerted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from chalicelib.domain.deadline import Regime
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxState
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach, live_channels
from chalicelib.domain.sender.institution import Institution, decide_regime

_FIELD = "recipient.document_number"
FROZEN_ADVICE = (
    "La casilla del destinatario está congelada mientras se revisa un acceso que su titular no reconoce, y no recibe"
    " notificaciones. Notifíquelo por otro medio del artículo 20 del TUO de la Ley N° 27444, o consulte más tarde si ya"
    " recibe."
)
"""What an institution has to do, before a deposit and at it."""
_LACKS = {
    (Channel.EMAIL,): "correo electrónico",
    (Channel.SMS,): "celular",
    (Channel.EMAIL, Channel.SMS): "correo electrónico ni celular",
}


@dataclass(frozen=True, slots=True)
class Reception:
    """What an institution is told of a mailbox before it deposits.

    `can_receive` and `missing` are about a deposit that names no regime. A mailbox that is not there, is disabled or
    frozen, or is not consented to misses nothing by name. `regimes` are those under which a deposit of this institution
    would be taken. `mailbox_id` is where it would go, maybe the holder's other one than was asked for; None where
    nothing may be told of any.
    """

    can_receive: bool
    missing: tuple[Channel, ...]
    regimes: tuple[Regime, ...]
    mailbox_id: str | None = None
    is_frozen: bool = False


def foresee_reception(mailbox: Mailbox | None, institution: Institution, reach: SmsReach = PERU_ALONE) -> Reception:
    """Tell what a deposit now would come to, as `require_receiving` decides it then."""
    if mailbox is None or not mailbox.can_receive:
        is_frozen = mailbox is not None and mailbox.state is MailboxState.FROZEN
        return Reception(can_receive=False, missing=(), regimes=(), is_frozen=is_frozen)
    usable = [regime for regime in Regime if regime is Regime.ACKNOWLEDGEMENT or institution.norm_for(regime)]
    lacks = {regime: missing_channels(mailbox, institution.required_channels(regime), reach) for regime in usable}
    missing = lacks[decide_regime(institution, None)]
    return Reception(not missing, missing, tuple(regime for regime in usable if not lacks[regime]), mailbox.mailbox_id)


def missing_channels(mailbox: Mailbox, required: Collection[Channel], reach: SmsReach) -> tuple[Channel, ...]:
    """Return which of the channels that have to be live are not, e-mail first."""
    live = live_channels(mailbox, reach)
    return tuple(channel for channel in Channel if channel in required and channel not in live)


def require_receiving(mailbox: Mailbox | None, required: Collection[Channel], reach: SmsReach = PERU_ALONE) -> Mailbox:
    """Return the mailbox that a deposit goes into; `required` channels have to be live (Ley 31736, 5.4).

    Raises:
        InvalidInput: `recipient_without_mailbox`.
        Conflict: `consent_revoked`, `mailbox_frozen`, `mailbox_disabled`; `recipient_channel_missing`, with
            `missing_channels`.

    """
    if mailbox is None:
        raise InvalidInput(
            "recipient_without_mailbox",
            "El destinatario no tiene casilla electrónica. Notifíquelo por otro medio.",
            field=_FIELD,
        )
    if not mailbox.has_consent:
        raise Conflict(
            "consent_revoked",
            "El destinatario retiró su autorización para ser notificado en su casilla. Notifíquelo por otro medio.",
            field=_FIELD,
        )
    if mailbox.state is MailboxState.FROZEN:
        raise Conflict("mailbox_frozen", FROZEN_ADVICE, field=_FIELD)
    if not mailbox.can_receive:
        raise Conflict(
            "mailbox_disabled",
            "La casilla del destinatario está deshabilitada y no recibe notificaciones. Notifíquelo por otro medio.",
            field=_FIELD,
        )
    if missing := missing_channels(mailbox, required, reach):
        raise Conflict(
            "recipient_channel_missing",
            f"La casilla del destinatario no tiene {_LACKS[missing]} de un usuario activo a donde enviar el aviso, y"
            " debe tenerlo. Notifíquelo por otro medio del artículo 20 del TUO de la Ley N° 27444.",
            field=_FIELD,
            members={"missing_channels": [channel.value for channel in missing]},
        )
    return mailbox
