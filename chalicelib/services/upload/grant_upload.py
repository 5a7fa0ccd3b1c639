"""Give an institution leave to send one file, without a single call to AWS.

What was declared travels inside the signed request as metadata, so the check that follows needs no record of the
grant, and a grant that is never used leaves nothing behind.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.upload import GRANT_LIFETIME, DeclaredFile, UploadGrant, check_declared, staging_key
from chalicelib.gateways.files import Files


def grant_upload(
    declared: DeclaredFile, *, institution_id: str, upload_id: str, files: Files, now: datetime
) -> UploadGrant:
    """Return the presigned PUT for this file; `upload_id` comes from the signed request, so asking again is harmless.

    A file that could be an annex is granted; whether it can be the main document is decided at deposit.

    Raises:
        InvalidInput: by what was declared; see `check_declared`.
        TooLarge: `file_too_large`.

    """
    check_declared(declared, FileRole.ANNEX)
    key = staging_key(institution_id, upload_id)
    return files.upload_grant(key, institution_id, declared, now=now, expires_at=now + GRANT_LIFETIME)
