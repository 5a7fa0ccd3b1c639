"""What the fields of the console's forms are called on its pages."""

from __future__ import annotations

from chalicelib.handlers.web.labels import LABELS

STAFF_LABELS = {
    **LABELS,
    "username": "Usuario",
    "code": "Código de la aplicación",
    "document_number": "Número de DNI o carné de extranjería",
    "name": "Nombres y apellidos",
    "position": "Cargo",
    "email": "Correo electrónico institucional",
    "mobile": "Celular",
    "permissions": "Permisos",
    "office_id": "Oficina",
    "reason": "Motivo",
    "lost": "Qué se perdió",
    "institution_id": "Identificador",
    "institution_name": "Nombre de la entidad",
    "short_name": "Nombre corto",
    "address": "Dirección",
    "phone": "Teléfono de atención",
    "digest_email": "Correo del resumen diario",
    "regime": "Régimen",
    "citation": "Norma",
    "opens_at": "Hora de apertura",
    "closes_at": "Hora de cierre",
    "region": "Región",
    "state": "Estado",
    "public_key": "Clave pública",
    "key_id": "Identificador de la clave",
    "not_before": "Primer día en que vale",
    "not_after": "Último día en que vale",
}
