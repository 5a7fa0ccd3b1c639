"""What the commands about frozen mailboxes say: as text, and for programs. Addresses and numbers are masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.access.decided_contest import ToldUser
from chalicelib.domain.access.owed_telling import OwedTelling
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Freeze, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.masking import mask_email, mask_mobile, mask_name
from chalicelib.renderers.access.contest_words import changed_in_words

Local = Callable[[datetime], datetime]

_NONE = "No hay casillas congeladas."
_NOT_FROZEN = (
    "La casilla {id} no está congelada. No se cambió nada. Si su titular no recibió un enlace, que elija «¿Olvidaste tu"
    " contraseña?» en el portal."
)
_WHOSE = {ChangeKind.PRINCIPAL: "que era"}
_STATES = {MailboxState.OPEN: "abierta", MailboxState.DISABLED: "deshabilitada", MailboxState.FROZEN: "congelada"}
_USER_STATES = {UserState.PENDING: "no activado", UserState.ACTIVE: "activo", UserState.DISABLED: "deshabilitado"}
_ACTS = {
    EventType.MAILBOX_OPENED: "se abrió la casilla",
    EventType.USER_ADDED: "se agregó un usuario",
    EventType.USER_ACTIVATED: "un usuario activó su acceso",
    EventType.USER_DISABLED: "se deshabilitó un usuario",
    EventType.USER_ENABLED: "se habilitó un usuario",
    EventType.USER_REMOVED: "se quitó a un usuario",
    EventType.PRINCIPAL_CHANGED: "cambió el usuario principal",
    EventType.REPRESENTATIVE_NAMED: "se dijo quién representa a la empresa",
    EventType.NAME_MENDED: "se corrigió un nombre",
    EventType.CONSENT_REVOKED: "se retiró la autorización para notificar",
    EventType.CONSENT_GIVEN: "se dio otra vez la autorización para notificar",
    EventType.USER_EMAIL_CORRECTED: "se corrigió el correo de un usuario",
    EventType.HAND_OVER_OFFERED: "se ofreció traspasar la casilla",
    EventType.HAND_OVER_WITHDRAWN: "se retiró el ofrecimiento de traspasarla",
    EventType.HAND_OVER_DECLINED: "no se aceptó el traspaso",
    EventType.MAILBOX_FROZEN: "se congeló",
    EventType.MAILBOX_THAWED: "se descongeló",
    EventType.CHANGE_TOLD: "se avisó de un cambio por otro medio",
}


def frozen_list_text(mailboxes: Iterable[Mailbox], now: datetime, local: Local) -> str:
    """Write all that are frozen, the longest first."""
    written = [_frozen_text(one, one.freeze, now, local) for one in mailboxes if one.freeze]
    return "\n\n".join(written or [_NONE])


def frozen_list_json(mailboxes: Iterable[Mailbox]) -> dict[str, Any]:
    """Write them for programs."""
    return {"mailboxes": [mailbox_json(one) for one in mailboxes]}


def mailbox_text(mailbox: Mailbox, events: Iterable[Event], now: datetime, local: Local) -> str:
    """Write how one stands, who its users are, and what happened to it."""
    head = f"Casilla {mailbox.mailbox_id}: {_STATES[mailbox.state]}"
    if mailbox.freeze:
        head = _frozen_text(mailbox, mailbox.freeze, now, local)
    users = [f"  Usuario {user.user_id}: {_user_text(user)}" for user in mailbox.users]
    acts = [_act_text(event, local) for event in events if event.type in _ACTS]
    return "\n".join([head, *users, *acts])


def mailbox_json(mailbox: Mailbox) -> dict[str, Any]:
    """Write it for programs; instants are UTC."""
    freeze = mailbox.freeze
    return {
        "mailbox_id": mailbox.mailbox_id,
        "state": mailbox.state.value,
        "frozen_at": freeze and _instant(freeze.frozen_at),
        "contested": [_change_json(change) for change in freeze.contested] if freeze else [],
        "users": [
            {
                "user_id": user.user_id,
                "state": user.state.value,
                "email": mask_email(user.email),
                "mobile": user.mobile and mask_mobile(user.mobile),
                "is_principal": user.is_principal,
            }
            for user in mailbox.users
        ],
    }


def thawed_text(
    mailbox: Mailbox,
    told: Iterable[ToldUser],
    shut_out: Iterable[MailboxUser],
    *,
    is_new: bool,
    is_undone: bool,
) -> str:
    """Say what was done, and whom it could be told to."""
    if not is_new:
        return _NOT_FROZEN.format(id=mailbox.mailbox_id)
    done = "los cambios impugnados se deshicieron" if is_undone else "los cambios impugnados quedan como están"
    lines = [f"La casilla {mailbox.mailbox_id} ya no está congelada: {done}."]
    contested = tuple(told)
    for one in contested:
        to, what = mask_email(one.user.email), "un enlace para crear su contraseña" if one.has_link else "el aviso"
        instead = " pídale que elija «¿Olvidaste tu contraseña?» en el portal." if one.has_link else " dígaselo."
        lines.append(f"  Se envió {what} a {to}." if one.is_told else f"  A {to} no se pudo enviar {what}:{instead}")
    lines += [f"  Se deshabilitó a {_user_text(user)}: {_because(user)}" for user in shut_out]
    if is_undone:
        lines += [
            f"  Queda el celular {mask_mobile(one.user.mobile)} de {mask_email(one.user.email)}: compárelo con el"
            " titular. Un cambio que nadie impugnó no se deshace."
            for one in contested
            if one.user.mobile
        ]
    if not mailbox.has_consent:
        lines.append("  La autorización para notificar aquí está retirada: pregunte al titular si fue él.")
    if mailbox.closed_at is not None:
        lines.append("  La casilla está cerrada: pregunte al titular si lo pidió. Él la abre otra vez en «Mis datos».")
    return "\n".join(lines)


def _because(user: MailboxUser) -> str:
    if not user.is_principal:
        return "se agregó después del primer cambio impugnado."
    return (
        "le traspasaron la casilla después del primer cambio impugnado. Ahora nadie decide en ella: nombre a quien"
        " representa a la empresa con «mailboxes principal»."
    )


def thawed_json(
    mailbox: Mailbox, told: Iterable[ToldUser], shut_out: Iterable[MailboxUser], *, is_new: bool
) -> dict[str, Any]:
    """Write it for programs."""
    return {
        "thawed": is_new,
        "told": {one.user.user_id: one.is_told for one in told},
        "shut_out": [user.user_id for user in shut_out],
        "mailbox": mailbox_json(mailbox),
    }


def untold_text(owed: Iterable[OwedTelling], local: Local) -> str:
    """Write the changes that nobody could be told: of which mailbox, since when, and whether it is still tried."""
    written = [
        f"{one.telling_id}, casilla {one.mailbox_id}, por avisar desde el {local(one.since):%d/%m/%Y %H:%M}"
        f" ({'se sigue intentando' if one.channels else 'ya no se intenta'})\n  {_change_text(one.change, local)}"
        for one in owed
    ]
    return "\n\n".join(written or ["No hay cambios por avisar."])


def untold_json(owed: Iterable[OwedTelling]) -> dict[str, Any]:
    """Write them for programs."""
    return {
        "changes": [
            {
                "telling_id": one.telling_id,
                "mailbox_id": one.mailbox_id,
                "since": _instant(one.since),
                "is_tried": bool(one.channels),
                "change": _change_json(one.change),
            }
            for one in owed
        ]
    }


def _frozen_text(mailbox: Mailbox, freeze: Freeze, now: datetime, local: Local) -> str:
    hours = int((now - freeze.frozen_at).total_seconds() // 3600)
    since = f"desde el {local(freeze.frozen_at):%d/%m/%Y %H:%M} (hace {hours} h)"
    changes = [f"  Impugnado: {_change_text(change, local)}" for change in freeze.contested]
    return "\n".join([f"Casilla {mailbox.mailbox_id}: congelada {since}", *changes])


def _change_text(change: AccessChange, local: Local) -> str:
    mobile = f", celular {mask_mobile(change.former_mobile)}" if change.former_mobile else ""
    whose = f"{mask_name(change.removed.name)}," if change.removed else _WHOSE.get(change.kind, "usuario")
    return (
        f"{changed_in_words(change.kind, 'la casilla')}, {whose} {change.user_id}, el"
        f" {local(change.changed_at):%d/%m/%Y %H:%M}. Antes: correo {mask_email(change.former_email)}{mobile}."
    )


def _change_json(change: AccessChange) -> dict[str, Any]:
    return {
        "change_id": change.change_id,
        "kind": change.kind.value,
        "user_id": change.user_id,
        "changed_at": _instant(change.changed_at),
        "former_email": mask_email(change.former_email),
        "former_mobile": change.former_mobile and mask_mobile(change.former_mobile),
    }


def _user_text(user: MailboxUser) -> str:
    role = "principal" if user.is_principal else "secundario"
    mobile = f", {mask_mobile(user.mobile)}" if user.mobile else ""
    return f"{mask_name(user.name)} ({role}, {_USER_STATES[user.state]}), {mask_email(user.email)}{mobile}"


def _act_text(event: Event, local: Local) -> str:
    reason = event.data.get("reason")
    by = event.actor.removeprefix("operator:") if event.is_of_office else ""
    told = f" Lo hizo {by}: {reason}" if by and reason else ""
    about = f" ({event.data['user_id']})" if "user_id" in event.data else ""
    return f"  El {local(event.occurred_at):%d/%m/%Y %H:%M} {_ACTS[event.type]}{about}.{told}"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
