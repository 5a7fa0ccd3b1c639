"""Offer the printable application: drawn once a process, kept once under its hash, fetched by a link."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from chalicelib.domain.errors import NotFound
from chalicelib.gateways.files import Files
from chalicelib.renderers.desk.application_form import FILENAME, MEDIA_TYPE

_LINK_LIFETIME = timedelta(minutes=5)


def keep_form(form: bytes, *, files: Files) -> str:
    """Put the form where it is fetched from, unless it lies there, and return its key.

    Raises:
        Unavailable: `files_unavailable`.

    """
    key = f"forms/{hashlib.sha256(form).hexdigest()}.pdf"
    try:
        files.get_document(key)
    except NotFound:
        files.put_document(key, form, MEDIA_TYPE)
    return key


def link_to_form(key: str, *, files: Files) -> str:
    """Return an address that downloads it; no call."""
    return files.document_link(key, FILENAME, MEDIA_TYPE, expires_s=int(_LINK_LIFETIME.total_seconds()))
