"""What pages, e-mails and operators call requests about one's own data."""

from __future__ import annotations

from chalicelib.domain.people.data_request import DataRequestKind, DataRequestState

ASKED = {
    DataRequestKind.ACCESS: "saber más sobre sus datos",
    DataRequestKind.EXPORT: "una copia de sus datos",
    DataRequestKind.RECTIFICATION: "corregir sus datos",
    DataRequestKind.CLOSURE: "cerrar la casilla",
}
"""What a person asked for, as it follows *usted pidió*."""
KIND_WORDS = {
    DataRequestKind.ACCESS: "Saber más",
    DataRequestKind.EXPORT: "Copia",
    DataRequestKind.RECTIFICATION: "Corrección",
    DataRequestKind.CLOSURE: "Cierre de la casilla",
}
STATE_NAMES = {
    DataRequestState.WAITING: "En espera",
    DataRequestState.DONE: "Atendida",
    DataRequestState.REFUSED: "Denegada",
    DataRequestState.WITHDRAWN: "Retirada",
}
