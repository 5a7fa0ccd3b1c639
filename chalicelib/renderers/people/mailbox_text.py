"""What operators read of a mailbox and its people: plain lines in Spanish, addresses masked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxUser, UserState
from chalicelib.domain.mailbox.address_health import AddressHealth
from chalicelib.domain.mailbox.channels import SmsReach, addresses_of, live_channels, registered_channels
from chalicelib.domain.masking import mask_email, mask_mobile
from chalicelib.domain.people.former_user import FormerUser
from chalicelib.domain.people.mended_name import Mended
from chalicelib.renderers.people.address_words import why_dead
from chalicelib.renderers.spanish import date_and_hour, one_line

_STATES = {UserState.PENDING: "no activado", UserState.ACTIVE: "activo", UserState.DISABLED: "deshabilitado"}
_MAILBOX_STATES = {"open": "abierta", "disabled": "deshabilitada", "frozen": "congelada"}
_WITHOUT_CHANNEL = {
    Channel.EMAIL: "nadie activo recibe avisos por correo: ninguna entidad puede notificar en ella todavía.",
    Channel.SMS: (
        "nadie activo tiene un celular al que se envíen mensajes de texto: las entidades que deben avisar por ellos no"
        " pueden notificar."
    ),
}
_DEAD_CHANNEL = {
    Channel.EMAIL: "los avisos no llegan a ningún correo de la casilla: ninguna entidad puede notificar en ella.",
    Channel.SMS: (
        "los avisos no llegan a ningún celular de la casilla: las entidades que deben avisar por mensaje de texto no"
        " pueden notificar."
    ),
}


def mailbox_text(
    mailbox: Mailbox, events: tuple[Event, ...], former: tuple[FormerUser, ...], zone: ZoneInfo, reach: SmsReach
) -> str:
    """Write who is in a mailbox, who left, and what happened last."""
    state = _MAILBOX_STATES.get(mailbox.state.value, mailbox.state.value)
    offer = mailbox.hand_over
    return "\n".join(
        [
            f"{mailbox.mailbox_id}  {state}, versión {mailbox.version}",
            f"  Titular: {one_line(mailbox.holder.name)}",
            *_consent(mailbox, zone),
            *_part(f"Usuarios, {len(mailbox.users)}", (_user(mailbox, user) for user in mailbox.users)),
            *_part("Qué se sabe de sus direcciones", _known(mailbox, zone)),
            *_part(
                "Traspaso ofrecido",
                [f"a {offer.to} hasta {date_and_hour(offer.until, zone)}"] if offer is not None else [],
            ),
            *_part("Ya no están", (_former(one, zone) for one in former)),
            *_part("Últimos cambios", (_event(event, zone) for event in reversed(events))),
            *_warnings(mailbox, reach),
        ]
    )


def mailbox_json(mailbox: Mailbox, events: tuple[Event, ...], former: tuple[FormerUser, ...]) -> dict[str, Any]:
    """Return the same."""
    return {
        "mailbox_id": mailbox.mailbox_id,
        "state": mailbox.state.value,
        "holder": mailbox.holder.name,
        "users": [_user_json(mailbox, user) for user in mailbox.users],
        "power": mailbox.power and {"page": mailbox.power.page, "entry": mailbox.power.entry},
        "hand_over": mailbox.hand_over and {"to": mailbox.hand_over.to, "until": _instant(mailbox.hand_over.until)},
        "former": [{"user_id": one.user_id, "name": one.name, "left_at": _instant(one.left_at)} for one in former],
        "events": [
            {"type": one.type.value, "occurred_at": _instant(one.occurred_at), "actor": one.actor, "data": one.data}
            for one in events
        ],
    }


def changed_text(mailbox: Mailbox, former: MailboxUser, reach: SmsReach, *, are_all_told: bool) -> str:
    """Say who is the principal now, what became of the former one, and what has still to happen."""
    new, kept = mailbox.principal, mailbox.user(former.user_id)
    is_new = new.state is UserState.PENDING
    activation = f"Le enviamos a {mask_email(new.email)} el enlace de activación, que vale siete días."
    stays = "" if kept is None else f"queda como usuario secundario e ingresa con {mailbox.username_of(kept)}"
    lines = [
        one_line(f"{mailbox.mailbox_id}: el usuario principal es {new.name}."),
        f"  {activation if is_new else f'Ingresa con {mailbox.mailbox_id} y la contraseña que ya tenía.'}",
        f"  {one_line(former.name)} {stays or 'ya no es usuario: sus sesiones se cerraron'}.",
        *_warnings(mailbox, reach),
    ]
    if not are_all_told:
        lines.append(
            "Atención: no salió algún correo. El cambio vale. Quien no recibió la activación la pide en «¿Olvidaste tu"
            " contraseña?»."
        )
    return "\n".join(lines)


def changed_json(mailbox: Mailbox, former: MailboxUser, reach: SmsReach, *, are_all_told: bool) -> dict[str, Any]:
    """Return the same."""
    return {
        "mailbox_id": mailbox.mailbox_id,
        "principal": _user_json(mailbox, mailbox.principal),
        "former": {"user_id": former.user_id, "is_user": mailbox.user(former.user_id) is not None},
        "all_told": are_all_told,
        "warnings": [line.removeprefix("Atención: ") for line in _warnings(mailbox, reach)],
    }


def mended_text(mailbox_id: str, done: Mended | None) -> str:
    """Say who is called how now, and what keeps the name of before."""
    if done is None:
        return f"{mailbox_id}: ya se llama así. No se cambió nada."
    who = [f"el titular se llama {done.mailbox.holder.name}"] if done.is_holder else []
    if done.user is not None:
        who.append(f"el usuario {done.mailbox.username_of(done.user)} se llama {done.user.name}")
    stays = "Lo que ya se emitió conserva el nombre de antes."
    return "\n".join([one_line(f"{mailbox_id}: {' y '.join(who)}."), f"  {stays}"])


def mended_json(mailbox_id: str, done: Mended | None) -> dict[str, Any]:
    """Return the same."""
    return {
        "mailbox_id": mailbox_id,
        "mended": done is not None,
        "holder": done is not None and done.is_holder,
        "user_id": done.user.user_id if done is not None and done.user is not None else None,
    }


def _user(mailbox: Mailbox, user: MailboxUser) -> str:
    role = "principal" if user.is_principal else "secundario"
    mobile = mask_mobile(user.mobile) if user.mobile else "sin celular"
    declared = mailbox.power if user.is_principal else None
    power = f"; poder: partida {declared.page}, asiento {declared.entry}" if declared else ""
    ways = f"{mask_email(user.email)}, {mobile}"
    return one_line(f"{mailbox.username_of(user)}, {user.name}: {role}, {_STATES[user.state]}; {ways}{power}")


def _user_json(mailbox: Mailbox, user: MailboxUser) -> dict[str, Any]:
    return {
        "user_id": user.user_id,
        "username": mailbox.username_of(user),
        "name": user.name,
        "state": user.state.value,
        "is_principal": user.is_principal,
        "email": mask_email(user.email),
        "mobile": mask_mobile(user.mobile) if user.mobile else None,
        "addresses": [_health_json(one) for one in addresses_of(mailbox, user)],
    }


def _known(mailbox: Mailbox, zone: ZoneInfo) -> list[str]:
    """Tell of each address that anything is known of whether alerts arrive there."""
    known = ((user, one) for user in mailbox.users for one in addresses_of(mailbox, user) if one in mailbox.health)
    return [one_line(f"{mailbox.username_of(user)}, {_masked(one)}: {_health(one, zone)}") for user, one in known]


def _masked(one: AddressHealth) -> str:
    return mask_email(one.address) if one.channel == Channel.EMAIL else mask_mobile(one.address)


def _health(one: AddressHealth, zone: ZoneInfo) -> str:
    told = ["los avisos llegan"]
    if one.dead_since is not None:
        told = [f"los avisos no llegan desde {date_and_hour(one.dead_since, zone)}: {why_dead(one)}"]
    elif one.returned:
        told = [f"los avisos volvieron por ahora, el último {date_and_hour(one.returned[-1], zone)}"]
    told += [f"el último entregado {date_and_hour(one.delivered_at, zone)}"] if one.delivered_at else []
    told += [f"verificado por su dueño {date_and_hour(one.proved_at, zone)}"] if one.proved_at else []
    return "; ".join(told)


def _health_json(one: AddressHealth) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "address": _masked(one),
        "is_live": not one.is_dead,
        "failing_since": one.dead_since and _instant(one.dead_since),
        "failing_because": why_dead(one) or None,
        "reason": one.reason,
        "delivered_at": one.delivered_at and _instant(one.delivered_at),
        "proved_at": one.proved_at and _instant(one.proved_at),
    }


def _former(one: FormerUser, zone: ZoneInfo) -> str:
    role = "principal" if one.was_principal else "secundario"
    return one_line(f"{one.user_id}, {one.name}: {role}, hasta {date_and_hour(one.left_at, zone)}")


def _event(event: Event, zone: ZoneInfo) -> str:
    data = ", ".join(f"{name} {value}" for name, value in event.data.items())
    return one_line(f"{date_and_hour(event.occurred_at, zone)} {event.actor}: {event.type.value}. {data}")


def _consent(mailbox: Mailbox, zone: ZoneInfo) -> list[str]:
    consent = mailbox.consent
    if consent is None or consent.is_given:
        return []
    return [f"  Autorización para notificar: retirada desde el {date_and_hour(consent.at, zone)}"]


def _warnings(mailbox: Mailbox, reach: SmsReach) -> list[str]:
    registered, live = registered_channels(mailbox, reach), live_channels(mailbox, reach)
    without = [text for channel, text in _WITHOUT_CHANNEL.items() if channel not in registered]
    dead = [text for channel, text in _DEAD_CHANNEL.items() if channel in registered - live]
    return [f"Atención: {text}" for text in (*without, *dead)]


def _part(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"    {line}" for line in lines]
    return [f"  {title}:", *found] if found else []


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
