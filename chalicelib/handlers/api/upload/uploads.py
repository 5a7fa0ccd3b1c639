"""`/v1/uploads`: leave to send a big file before its deposit, and how its check went."""

from __future__ import annotations

from functools import partial

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.upload import DeclaredFile, check_declared
from chalicelib.handlers.api.upload.declared_file import read_declared
from chalicelib.handlers.fields import read_json
from chalicelib.handlers.http import instant_in_json, json_response
from chalicelib.renderers.upload.upload_answer import upload_as_json
from chalicelib.services.sender.signed_request import READ_COVERAGE, WRITE_COVERAGE, SignedRequest, read_claim
from chalicelib.services.upload.request_upload import find_upload_of, request_upload


def create_upload(request: SignedRequest) -> Response:
    """Grant one PUT of exactly the file declared."""
    box = current()
    claim = read_claim(request, WRITE_COVERAGE, now=box.clock())

    def read() -> DeclaredFile:
        fields = read_json(request.body)
        problems: list[InvalidInput] = []
        declared = collect(problems, lambda: read_declared(fields), None)
        if declared is not None:
            collect(problems, partial(check_declared, declared, FileRole.ANNEX), None)
        collect(problems, fields.close, None)
        if problems or declared is None:
            raise refusal_of(problems)
        return declared

    upload_id, grant = request_upload(read, request=request, claim=claim, tools=sender_tools(box), files=files(box))
    answer = {
        "upload_id": upload_id,
        "method": "PUT",
        "url": grant.url,
        "headers": dict(grant.headers),
        "expires_at": instant_in_json(grant.expires_at),
        "links": {"self": f"{box.config.api_base_url}/v1/uploads/{upload_id}"},
    }
    return json_response(answer, status=201)


def show_upload(request: SignedRequest, upload_id: str) -> Response:
    """Say whether it waits, was checked, was refused and why, or expired."""
    claim = read_claim(request, READ_COVERAGE, now=current().clock())
    upload = find_upload_of(upload_id, request=request, claim=claim, tools=sender_tools(current()))
    return json_response(upload_as_json(upload_id, upload))
