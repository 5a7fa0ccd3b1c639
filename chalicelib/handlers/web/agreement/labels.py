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
    "replaces": "A quién reemplaza",
    "letter_number": "Número del documento",
    "came_on": "Fecha en que llegó",
    "power": "Qué acredita el poder",
    "power_issued_on": "Fecha de la vigencia de poder",
    "power_file": "Documento que acredita el poder",
    "ruc": "RUC",
    "authority_kind": "Quién presenta la solicitud",
    "authority_name": "Nombres y apellidos de quien firma",
    "authority_document": "Documento de quien firma",
    "authority_position": "Cargo de quien firma",
    "coordinator_name": "Nombres y apellidos del coordinador",
    "coordinator_document_number": "Documento del coordinador",
    "coordinator_position": "Cargo del coordinador",
    "coordinator_email": "Correo institucional del coordinador",
    "coordinator_mobile": "Celular del coordinador",
}
