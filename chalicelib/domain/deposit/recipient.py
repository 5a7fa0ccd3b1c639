"""Whether a mailbox receives an institution's deposit: that it exists, is open, and its people can be alerted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chalicelib.domain.deadline import Regime
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxState
from chalicelib.domain.mailbox.channels import PERU_ALONE, KnownChannel, SmsReach, known_channels, live_channels
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
_BY = {Channel.EMAIL: "por correo electrónico", Channel.SMS: "por mensaje de texto"}
_OTHERWISE = "Notifíquelo por otro medio del artículo 20 del TUO de la Ley N° 27444"


@dataclass(frozen=True, slots=True)
class Reception:
    """What an institution is told of a mailbox before it deposits.

    `can_receive` and `missing` are about a deposit that names no regime. A mailbox that is not there, is disabled or
    frozen, or is not consented to misses nothing by name. `regimes` are those under which a deposit of this institution
    would be taken. `mailbox_id` is where it would go, maybe the holder's other one than was asked for; None where
    nothing may be told of any. `channels` are those with an address, of `required` those that the norm asks for; of a
    mailbox that receives nothing, none is told.
    """

    can_receive: bool
    missing: tuple[Channel, ...]
    regimes: tuple[Regime, ...]
    mailbox_id: str | None = None
    is_frozen: bool = False
    channels: tuple[KnownChannel, ...] = ()
    required: tuple[Channel, ...] = ()


def foresee_reception(mailbox: Mailbox | None, institution: Institution, reach: SmsReach = PERU_ALONE) -> Reception:
    """Tell what a deposit now would come to, as `require_receiving` decides it then."""
    if mailbox is None or not mailbox.can_receive:
        is_frozen = mailbox is not None and mailbox.state is MailboxState.FROZEN
        return Reception(can_receive=False, missing=(), regimes=(), is_frozen=is_frozen)
    usable = [regime for regime in Regime if regime is Regime.ACKNOWLEDGEMENT or institution.norm_for(regime)]
    lacks = {regime: missing_channels(mailbox, institution.required_channels(regime), reach) for regime in usable}
    usual = decide_regime(institution, None)
    return Reception(
        not lacks[usual],
        lacks[usual],
        tuple(regime for regime in usable if not lacks[regime]),
        mailbox.mailbox_id,
        channels=known_channels(mailbox, reach),
        required=institution.required_channels(usual),
    )


def missing_channels(mailbox: Mailbox, required: Collection[Channel], reach: SmsReach) -> tuple[Channel, ...]:
    """Return which of the channels that have to be live are not, e-mail first."""
    live = live_channels(mailbox, reach)
    return tuple(channel for channel in Channel if channel in required and channel not in live)


def require_receiving(
    mailbox: Mailbox | None, required: Collection[Channel], *, zone: ZoneInfo, reach: SmsReach = PERU_ALONE
) -> Mailbox:
    """Return the mailbox that a deposit goes into; `required` channels have to be live (Ley 31736, 5.4).

    Days are told as in `zone`.

    Raises:
        InvalidInput: `recipient_without_mailbox`.
        Conflict: `consent_revoked`, `mailbox_frozen`, `mailbox_disabled`; `recipient_channel_missing`, with
            `missing_channels`, and which of them are there but dead in `failing_channels`.

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
        raise _unreachable(missing, known_channels(mailbox, reach), zone)
    return mailbox


def _unreachable(missing: tuple[Channel, ...], known: Collection[KnownChannel], zone: ZoneInfo) -> Conflict:
    """Return the refusal for channels that are not live: without an address, or with none that receives."""
    failing = {
        one.channel: one.dead_since.astimezone(zone).date()
        for one in known
        if one.channel in missing and one.dead_since is not None
    }
    absent = tuple(channel for channel in missing if channel not in failing)
    told = [
        f"La casilla del destinatario no recibe avisos {_BY[channel]} desde el {day:%d/%m/%Y}, y debe recibirlos."
        for channel, day in failing.items()
    ]
    if absent:
        told.append(
            f"La casilla del destinatario no tiene {_LACKS[absent]} de un usuario activo a donde enviar el aviso, y"
            " debe tenerlo."
        )
    told.append(f"{_OTHERWISE}, o consulte más tarde si ya recibe." if failing else f"{_OTHERWISE}.")
    since = [{"channel": channel.value, "failing_since": day.isoformat()} for channel, day in failing.items()]
    return Conflict(
        "recipient_channel_missing",
        " ".join(told),
        field=_FIELD,
        members={"missing_channels": [channel.value for channel in missing], "failing_channels": since},
    )
