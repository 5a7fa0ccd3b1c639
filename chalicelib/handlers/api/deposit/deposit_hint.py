"""What a deposit's bytes seem to speak of: looked for, not read, since nobody has proven yet who sent them.

The time is linear in the length of the body, whatever it holds. What is found may be wrong, or nothing: whoever uses
it reads the deposit itself after the proof, and asks for what was not found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.domain.codes import parse_code
from chalicelib.domain.deposit.deposit import DepositHint
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity_document import mailbox_id_for
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.upload.upload import MAX_ANNEXES, UPLOAD_ID_LENGTH

_COLON = rb"[ \t\r\n]{0,64}:[ \t\r\n]{0,64}"
_RECIPIENT = re.compile(rb'"recipient"' + _COLON + rb"\{([^{}]{0,512})\}")
_TYPE = re.compile(rb'"document_type"' + _COLON + rb'"([A-Z]{1,16})"')
_NUMBER = re.compile(rb'"document_number"' + _COLON + rb'"([0-9A-Z]{1,16})"')
_UPLOAD = re.compile(rb'"upload_id"' + _COLON + rb'"([0-9a-f]{%d})"' % UPLOAD_ID_LENGTH)
_REPLACES = re.compile(rb'"replaces"' + _COLON + rb'"([0-9A-Za-z -]{12,32})"')
_MOST_UPLOADS = 1 + MAX_ANNEXES


def look_for_hint(body: bytes, prefixes: Mapping[DocumentType, str]) -> DepositHint:
    """Return the mailbox, the uploads and the notice to be replaced that a body names, if written as most are."""
    return DepositHint(_mailbox_id(body, prefixes), _upload_ids(body), _replaces(body))


def _mailbox_id(body: bytes, prefixes: Mapping[DocumentType, str]) -> str | None:
    recipient = _RECIPIENT.search(body)
    if recipient is None:
        return None
    document_type, number = _TYPE.search(recipient[1]), _NUMBER.search(recipient[1])
    if document_type is None or number is None or document_type[1].decode() not in set(DocumentType):
        return None
    return mailbox_id_for(DocumentType(document_type[1].decode()), number[1].decode(), prefixes)


def _upload_ids(body: bytes) -> tuple[str, ...]:
    found: set[str] = set()
    for upload in _UPLOAD.finditer(body):
        found.add(upload[1].decode())
        if len(found) == _MOST_UPLOADS:
            break
    return tuple(sorted(found))


def _replaces(body: bytes) -> str | None:
    found = _REPLACES.search(body)
    try:
        return None if found is None else parse_code(found[1].decode())
    except InvalidInput:
        return None
