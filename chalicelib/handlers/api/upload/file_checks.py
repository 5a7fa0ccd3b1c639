"""`/v1/file-checks`: whether a file would be taken, before it is signed or deposited; nothing of it is kept."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import file_check_tools
from chalicelib.domain.errors import TooLarge
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import CheckState, Verdict
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE, DeclaredFile
from chalicelib.handlers.api.upload.declared_file import read_content
from chalicelib.handlers.fields import read_json
from chalicelib.handlers.http import instant_in_json, json_response
from chalicelib.renderers.notice_json import facts_as_json
from chalicelib.services.sender.signed_request import READ_COVERAGE, WRITE_COVERAGE, SignedRequest, read_claim
from chalicelib.services.upload.request_file_check import (
    FileToCheck,
    GrantedCheck,
    find_file_check_of,
    request_file_check,
)

_FILENAME, _TYPE = 200, 100


def create_file_check(request: SignedRequest) -> Response:
    """Tell the verdict on a file that came with the request, or grant one PUT of exactly the file declared."""
    box = current()
    claim = read_claim(request, WRITE_COVERAGE, now=box.clock())
    told = request_file_check(lambda: _read(request.body), request=request, claim=claim, tools=file_check_tools(box))
    if not isinstance(told, GrantedCheck):
        return json_response(_as_json(told))
    answer = {
        "check_id": told.check_id,
        "method": "PUT",
        "url": told.grant.url,
        "headers": dict(told.grant.headers),
        "expires_at": instant_in_json(told.grant.expires_at),
        "links": {"self": f"{box.config.api_base_url}/v1/file-checks/{told.check_id}"},
    }
    return json_response(answer, status=201)


def show_file_check(request: SignedRequest, check_id: str) -> Response:
    """Say whether a file that was sent apart waits, what was found, or that nobody could look at it."""
    claim = read_claim(request, READ_COVERAGE, now=current().clock())
    found = find_file_check_of(check_id, request=request, claim=claim, tools=file_check_tools(current()))
    state = CheckState.WAITING if found is None else found.state
    answer: dict[str, Any] = {"check_id": check_id, "state": state.value}
    if found is not None:
        answer["expires_at"] = instant_in_json(found.expires_at)
    if found is not None and found.verdict is not None:
        answer |= {name: value for name, value in _as_json(found.verdict).items() if name != "verdict"}
    return json_response(answer)


def _read(body: bytes) -> FileToCheck:
    fields = read_json(body)
    role = fields.choice("role", FileRole, ", ".join(FileRole))
    declared = DeclaredFile(
        filename=fields.text("filename", longest=_FILENAME),
        media_type=fields.text("media_type", longest=_TYPE),
        sha256=fields.text("sha256", longest=_TYPE),
        size=fields.integer("size"),
    )
    content = None
    if fields.has("content"):
        content = read_content(fields, MAX_INLINE_SIZE)
        if content is None:
            detail = "Dentro del pedido cabe un archivo de hasta 4 MB. Envíe el mismo pedido sin «content»: le dará un "
            raise TooLarge("inline_too_large", detail + "enlace para subirlo.", field="content")
    fields.close()
    return FileToCheck(declared, role, content)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.state.value,
        "errors": [{"code": one.code, "detail": one.detail, "field": one.field} for one in verdict.problems],
        "facts": facts_as_json(verdict.facts),
    }
