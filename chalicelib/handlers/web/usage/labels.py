"""What the fields of these pages' forms are called."""

from __future__ import annotations

from chalicelib.handlers.web.labels import LABELS

USAGE_LABELS = {
    **LABELS,
    "file": "Comprobante de pago",
    "amount": "Importe pagado",
    "paid_on": "Fecha del pago",
    "reference": "Número de operación",
    "reason": "Motivo",
}
