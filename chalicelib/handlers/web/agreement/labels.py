"""What the fields of forms about agreements are called."""

from __future__ import annotations

from chalicelib.handlers.web.institution.labels import STAFF_LABELS

AGREEMENT_LABELS = {
    **STAFF_LABELS,
    "number": "Número",
    "modality": "Modalidad",
    "begins_on": "Primer día",
    "ends_on": "Último día",
    "file": "Documento",
    "reason_code": "Por qué",
}
