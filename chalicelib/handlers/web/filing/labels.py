"""What the fields of these pages' forms are called."""

from __future__ import annotations

from chalicelib.handlers.web.labels import LABELS

FILING_LABELS = {
    **LABELS,
    "kind": "Qué es",
    "tupa_code": "Código",
    "title": "Nombre",
    "description": "Para qué sirve y quién puede pedirlo",
    "norm": "Base legal",
    "requirements": "Requisitos",
    "optional": "Requisitos que solo se piden en algunos casos",
    "cost": "Costo en soles",
    "cost_note": "Nota sobre el costo",
    "reply": "Cómo se responde",
    "days": "Plazo en días hábiles",
    "answer_norm": "Norma del plazo",
    "office_id": "Oficina que lo recibe",
    "keywords": "Palabras con que lo buscan",
    "form_title": "Nombre del formulario",
    "file": "Archivo del formulario",
    "reason": "Motivo",
    "to": "Persona",
    "office": "Oficina",
    "observation": "Qué falta o qué hay que subsanar",
    "notice_id": "Número de la notificación",
}

FILE_LABELS = {
    **LABELS,
    "name": "Nombre completo o razón social",
    "document": "Tu documento",
    "representation": "Documento que acredita la representación",
    "files": "Archivos",
}
"""The same of pages where people file."""

PHOTO_LABELS = {**LABELS, "name": "Nombre del PDF", "photos": "Fotos"}
"""The same of the page that joins photos."""
