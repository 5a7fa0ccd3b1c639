"""Deposits whose alerts reached nobody by some channel, as operators and their programs read them: no person in it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.deposit.unreached import ListedUnreached, Unreached, UnreachedList
from chalicelib.renderers.alert.work_list_text import CHANNELS, position_text
from chalicelib.renderers.deposit.status_json import failed_channels_as_json, instant_as_json
from chalicelib.renderers.spanish import date_and_hour, in_a_row, one_line, zone_in_words


def list_text(listed: UnreachedList, zone: ZoneInfo) -> str:
    """Write a page of the list, with the command that shows the next one."""
    if not listed.total:
        return "Ningún depósito sin aviso: la lista está vacía."
    deposits = "1 depósito" if listed.total == 1 else f"{listed.total} depósitos"
    lines = [f"{deposits} en la lista, {zone_in_words(zone)}. Primero los que fallaron último."]
    for one in listed.shown:
        lines += ["", *_lines(one, zone)]
    if listed.left_out:
        lines += ["", f"Sin mostrar: {listed.left_out}. Ya se abrieron o recibieron un aviso, y saldrán de la lista."]
    if listed.after:
        lines += ["", f"Hay más, de antes: alerts failed --after {position_text(listed.after)}"]
    return "\n".join(lines)


def list_json(listed: UnreachedList) -> dict[str, Any]:
    """Return a page of the list; `after` is where the next one begins, or null."""
    return {
        "total": listed.total,
        "deposits": [_as_json(one) for one in listed.shown],
        "left_out": listed.left_out,
        "after": position_text(listed.after) if listed.after else None,
    }


def _lines(one: ListedUnreached, zone: ZoneInfo) -> list[str]:
    head = f"{one.notice_id}  desde {date_and_hour(one.since, zone)}"
    if one.deposit is None:
        return [f"{head}  no se puede leer: el registro de la función dice por qué"]
    told = [f"{CHANNELS[channel]} desde {date_and_hour(since, zone)}" for channel, since in one.deposit.alerts.failures]
    lines = [f"{head}  {one_line(_sender(one.deposit))}", f"  {in_a_row(told)}"]
    return [*lines, "  abierta por quien su titular no reconoce"] if one.deposit.delivered.opening else lines


def _as_json(one: ListedUnreached) -> dict[str, Any]:
    return {
        "notice_id": one.notice_id,
        "since": instant_as_json(one.since),
        "is_readable": one.deposit is not None,
        "institution_id": one.deposit and _sender(one.deposit),
        "failed_channels": failed_channels_as_json(one.deposit.alerts) if one.deposit else [],
        "opening_contested": one.deposit is not None and one.deposit.delivered.is_opening_contested,
    }


def _sender(deposit: Unreached) -> str:
    return deposit.delivered.notice.sender.institution_id
