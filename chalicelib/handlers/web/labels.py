"""What the fields of the portal's forms are called on the pages, by their names in the API."""

from __future__ import annotations

LABELS = {
    "username": "Usuario",
    "password": "Contraseña",
    "captcha": "Texto de la imagen",
    "code": "Código",
    "old_password": "Clave Antigua",
    "new_password": "Contraseña nueva",
    "new_password_repeated": "Repetir contraseña nueva",
    "person_type": "Tipo de Persona",
    "document_type": "Tipo Documento",
    "document_number": "Número de documento",
    "email": "Correo Electrónico",
    "email_again": "Repetir Correo Electrónico",
    "mobile": "Teléfono/Celular",
    "remove": "Quitar mi celular",
    "name": "Nombres y apellidos",
    "understood": "Lo que pasa",
    "words": "Lo que escribiste",
    "accept_terms": "Términos y condiciones",
    "accept_privacy": "Política de privacidad",
    "doing": "Lo que pediste",
    "anio": "Año",
    "role": "Qué será",
    "file": "Archivo",
    "sha256": "SHA-256 del archivo",
    "subject": "Qué pides",
    "on_behalf": "En nombre de quién presentas",
}

CHANGE_LABELS = {**LABELS, "new_password": "Clave Nueva", "new_password_repeated": "Repetir Clave Nueva"}
"""Where the old password is asked for as well (S1); recovery and activation have the others."""
DOCUMENT_TYPES = {"DNI": "DNI", "CE": "Carné de extranjería", "PASAPORTE": "Pasaporte", "RUC": "RUC"}
_WORDS = {
    "document_type": DOCUMENT_TYPES,
    "remove": {"si": "Sí"},
    "on_behalf": {"mio": "Por el titular de la casilla", "otro": "En nombre de otra persona o empresa"},
}


def label_of(name: str) -> str:
    """Return a field's label; empty for what is not shown."""
    return LABELS.get(name, "")


def words_of(name: str, value: str) -> str:
    """Return what a field's value is called; what was typed is called as it is."""
    return _WORDS.get(name, {}).get(value, value)
