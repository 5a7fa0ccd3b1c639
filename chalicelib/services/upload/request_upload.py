"""Grant and describe uploads to an authenticated institution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.errors import NotFound
from chalicelib.domain.upload.upload import UPLOAD_ID_LENGTH, DeclaredFile, Upload, UploadGrant, is_upload_id
from chalicelib.gateways.files import Files
from chalicelib.services.sender.authenticate_sender import (
    SenderTools,
    authenticate_sender,
    find_sender,
    require_active,
    take_nonce,
    wanted_for,
)
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.upload.grant_upload import grant_upload


def request_upload(
    read: Callable[[], DeclaredFile], *, request: SignedRequest, claim: Claim, tools: SenderTools, files: Files
) -> tuple[str, UploadGrant]:
    """Return an upload's id and the leave to PUT it, with one read and no write; what is declared is read last.

    The id is derived from the signature: the same signed bytes get the same upload, and another's id cannot be had.

    Raises:
        Forbidden: `institution_inactive`.
        InvalidInput: what was declared.

    """
    sender = find_sender(request, claim, tools=tools)
    now = tools.clock()
    require_active(sender.institution)
    declared = read()
    upload_id = sender.proof.digest[:UPLOAD_ID_LENGTH]
    grant = grant_upload(
        declared, institution_id=sender.institution.institution_id, upload_id=upload_id, files=files, now=now
    )
    return upload_id, grant


def find_upload_of(upload_id: str, *, request: SignedRequest, claim: Claim, tools: SenderTools) -> Upload | None:
    """Return the outcome of an upload of the sender's own; None while it has none.

    Raises:
        NotFound: `upload_not_found` for what can be no upload's id.

    """
    is_one = is_upload_id(upload_id)
    found = tools.requests.load(replace(wanted_for(claim), upload_ids=(upload_id,) if is_one else ()))
    sender = authenticate_sender(request, claim, found, tools=tools)
    if not is_one:
        raise NotFound("upload_not_found", "Ese identificador de carga no es uno que dio el servicio.")
    take_nonce(sender, tools=tools)
    upload = found.uploads.get(upload_id)
    is_own = upload is not None and upload.institution_id == sender.institution.institution_id
    return upload if is_own else None
