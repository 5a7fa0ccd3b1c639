"""What a grant makes an uploaded object say of itself: signed headers, so nobody but us can have written them."""

from __future__ import annotations

import base64

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.upload.upload import DeclaredFile


def checksum_of(declared: DeclaredFile) -> str:
    """Return the declared SHA-256 as S3 writes it: base64."""
    return base64.b64encode(bytes.fromhex(declared.sha256)).decode()


def to_metadata(institution_id: str, declared: DeclaredFile) -> dict[str, str]:
    """Return the metadata a grant makes the object carry; the name as base64 of its UTF-8, within S3's 2 KB."""
    return {
        "institution": institution_id,
        "filename": base64.urlsafe_b64encode(declared.filename.encode()).decode(),
        "sha256": declared.sha256,
        "size": str(declared.size),
    }


def from_metadata(metadata: dict[str, str], media_type: str) -> tuple[str, DeclaredFile]:
    """Read back whose the object is and what was declared of it.

    Raises:
        InvalidInput: `upload_not_granted` when it does not carry what a grant makes it carry.

    """
    try:
        filename = base64.urlsafe_b64decode(metadata["filename"]).decode()
        declared = DeclaredFile(filename, media_type, metadata["sha256"], int(metadata["size"]))
        return metadata["institution"], declared
    except (KeyError, ValueError) as error:
        raise InvalidInput("upload_not_granted", "El archivo no llegó por un permiso de carga. Pida uno.") from error
