"""What the fields of the desk's forms are called on its pages."""

from __future__ import annotations

from chalicelib.handlers.web.institution.labels import COMPOSE_LABELS

RECOVERY_LABELS = {
    **COMPOSE_LABELS,
    "document_number": "Número de documento del titular",
    "own_number": "Número de documento del usuario",
    "cause": "Por qué lo pide",
    "file": "Copia del documento de identidad",
}

REGISTRATION_LABELS = {
    **COMPOSE_LABELS,
    "file": "Formato firmado, escaneado",
    "signed": "Firma y documentos",
}

PETITION_LABELS = {
    **COMPOSE_LABELS,
    "document_number": "Número de documento del titular",
    "own_number": "Número de documento del usuario",
    "cause": "Por qué se pide",
    "file": "Documento que lo sustenta",
    "person_type": "Tipo de documento de quien representa",
    "person_number": "Número de documento de quien representa",
    "person_name": "Nombres y apellidos de quien representa",
    "person_email": "Correo de quien representa",
    "person_mobile": "Celular de quien representa",
    "page": "Partida registral",
    "entry": "Asiento del poder",
}

DECISION_LABELS = {"refusal": "Por qué se rechaza", "why": "Por qué se anula"}
"""Of the pages where one is decided: what else is wrong then is told on top."""
