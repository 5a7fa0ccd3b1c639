"""Offer the printable application: drawn and kept once a process under its hash, fetched by a link."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from chalicelib.gateways.files import Files
from chalicelib.renderers.desk.application_form import FILENAME, MEDIA_TYPE

_LINK_LIFETIME = timedelta(minutes=5)


def keep_form(form: bytes, *, files: Files) -> str:
    """Put the form where it is fetched from, and return its key; the same bytes under the same key change nothing.

    Whether it lies there is not asked: to who may not list the bucket, S3 denies what is missing instead of saying so.

    Raises:
        Unavailable: `files_unavailable`.

    """
    key = f"forms/{hashlib.sha256(form).hexdigest()}.pdf"
    files.put_document(key, form, MEDIA_TYPE)
    return key


def link_to_form(key: str, *, files: Files) -> str:
    """Return an address that downloads it; no call."""
    return files.document_link(key, FILENAME, MEDIA_TYPE, expires_s=int(_LINK_LIFETIME.total_seconds()))
