"""What the fields of the desk's forms are called on its pages."""

from __future__ import annotations

from chalicelib.handlers.web.institution.labels import COMPOSE_LABELS

RECOVERY_LABELS = {
    **COMPOSE_LABELS,
    "document_number": "Número de documento del titular",
    "own_number": "Número de documento del usuario",
    "cause": "Por qué lo pide",
    "file": "Copia del documento de identidad",
    "refusal": "Por qué se rechaza",
}

REGISTRATION_LABELS = {
    **COMPOSE_LABELS,
    "file": "Formato firmado, escaneado",
    "signed": "Firma y documentos",
    "refusal": "Por qué se rechaza",
}
