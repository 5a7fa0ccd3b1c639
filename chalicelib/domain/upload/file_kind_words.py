"""What is said of a file whose kind is not accepted, or not the one that was declared: what it is, how to send it."""

from __future__ import annotations

from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_kind import AcceptedKind, Kind
from chalicelib.domain.upload.file_kinds import ACCEPTED, accepted_kind, refused_kind


def accepted_names(role: FileRole) -> str:
    """Return the accepted kinds of a role in words, e.g. `un PDF, una imagen PNG o una imagen JPEG (JPG)`."""
    *names, last = (kind.name for kind in ACCEPTED if role in kind.roles)
    return f"{', '.join(names)} o {last}" if names else last


def not_allowed(media_type: str, extension: str, role: FileRole) -> str:
    """Say why a file of this media type is not taken in this role, and how to send what it holds."""
    may = "El documento principal debe ser" if role is FileRole.MAIN else "Un anexo puede ser"
    kind = accepted_kind(media_type)
    if kind:
        return f"{may} {accepted_names(role)}. Envíe {kind.name} como anexo."
    meant = refused_kind(media_type, extension)
    if meant is None:
        return f"Este tipo de archivo no se admite. {may} {accepted_names(role)}."
    return f"Este archivo es {meant.name}, y ese tipo no se admite. {meant.advice} {may} {accepted_names(role)}."


def other_extension(media_type: str, extension: str, endings: frozenset[str]) -> str:
    """Say that a name does not end as files of its media type do, and what to do where it tells of another kind."""
    expected = " o ".join(f".{each}" for each in sorted(endings))
    detail = f"El nombre de un archivo de tipo {media_type} debe terminar en {expected}."
    meant = refused_kind("", extension)
    if meant is None:
        return f"{detail} Corrija uno u otro."
    return f"{detail} Con .{extension} termina el de {meant.name}, y ese tipo no se admite. {meant.advice}"


def other_content(media_type: str, kind: Kind, role: FileRole) -> str:
    """Say what a file is by its bytes, where it was declared as another kind, and how to send it."""
    declared = accepted_kind(media_type)
    said = f"El archivo se declaró como {declared.name if declared else media_type} y es {kind.name}."
    if not isinstance(kind, AcceptedKind):
        return f"{said} {kind.advice}"
    if role not in kind.roles:
        return f"{said} El documento principal debe ser {accepted_names(role)}; envíe este archivo como anexo."
    endings = " o ".join(f".{each}" for each in kind.extensions)
    return f"{said} Declárelo como {kind.media_type}, con un nombre que termine en {endings}."
