"""How the check of an upload went, as its sender's JSON."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.upload.upload import Upload, UploadState
from chalicelib.renderers.notice_json import facts_as_json


def upload_as_json(upload_id: str, upload: Upload | None) -> dict[str, Any]:
    """Write whether it waits, was checked and what was seen in it, was refused and for what, or expired."""
    told: dict[str, Any] = {"upload_id": upload_id, "state": "waiting" if upload is None else upload.state.value}
    if upload is None:
        return told
    if upload.state is UploadState.CHECKED:
        told |= facts_as_json(upload.facts)
    if upload.refusal is not None:
        problems = upload.refusal.all_problems
        told |= {"code": upload.refusal.code, "detail": upload.refusal.detail}
        told["errors"] = [{"code": one.code, "detail": one.detail, "field": None} for one in problems]
    return told
