"""What each state still allows: one table, which `docs/agreements.md` repeats and tests hold against the code.

An institution that is not active still answers for what it deposited, and nothing of a holder changes: their mailbox
keeps every notice, its dates, its alerts and its receipts.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.domain.sender.institution import InstitutionState


class Allowance(StrEnum):
    """What somebody may want to do, of an institution or with what it sent."""

    LOG_IN = "log_in"
    DEPOSIT = "deposit"
    CONSULT = "consult"
    DESK = "desk"
    DRAFT = "draft"
    READ_SENT = "read_sent"
    SUSPEND_READING = "suspend_reading"
    MANAGE = "manage"
    SETTLE = "settle"
    HOLDER = "holder"


_ALWAYS = frozenset(InstitutionState)
_ACTIVE = frozenset({InstitutionState.ACTIVE})
ALLOWED_IN: Mapping[Allowance, frozenset[InstitutionState]] = {
    Allowance.LOG_IN: _ALWAYS,
    Allowance.DEPOSIT: _ACTIVE,
    Allowance.CONSULT: _ACTIVE,
    Allowance.DESK: _ACTIVE,
    Allowance.DRAFT: _ALWAYS,
    Allowance.READ_SENT: _ALWAYS,
    Allowance.SUSPEND_READING: _ALWAYS,
    Allowance.MANAGE: _ALWAYS,
    Allowance.SETTLE: _ALWAYS,
    Allowance.HOLDER: _ALWAYS,
}
ALLOWANCE_WORDS: Mapping[Allowance, str] = {
    Allowance.LOG_IN: "Ingresar a la consola",
    Allowance.DEPOSIT: "Depositar notificaciones, desde la consola o por sistemas",
    Allowance.CONSULT: "Consultar quién tiene casilla",
    Allowance.DESK: "Registrar pedidos en mesa de partes, y decidirlos",
    Allowance.DRAFT: "Preparar borradores",
    Allowance.READ_SENT: "Ver lo enviado, sus documentos y constancias, desde la consola o por sistemas",
    Allowance.SUSPEND_READING: "Suspender la lectura de una notificación ya depositada",
    Allowance.MANAGE: "Administrar operadores, oficinas, trámites, contactos y claves",
    Allowance.SETTLE: "Ver el estado del convenio y pedir cambios",
    Allowance.HOLDER: "Que los titulares lean lo depositado, con los mismos plazos y alertas",
}


def is_allowed(what: Allowance, state: InstitutionState) -> bool:
    """Tell whether a state allows it."""
    return state in ALLOWED_IN[what]
