"""Forms that send one file to the store: what was signed, and nothing else, is taken."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest

from chalicelib.domain.upload.file_check import UploadForm
from tests.upload_world import TEXT, World, upload_world

BOUNDARY = "----ejemplo7MA4YWxk"
BACK = "https://casilla.example/revisar-archivo/x"


@pytest.fixture
def strict(ministack: dict[str, str]) -> World:
    return upload_world(ministack)


def _form(world: World, *, most: int = 1000, expires_s: int = 600) -> UploadForm:
    return world.files.upload_form("checks/visitor.a/main/1", most=most, leads_to=BACK, expires_s=expires_s)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _post(form: UploadForm, content: bytes, filename: str = "carta grande.pdf", **changed: str) -> tuple[int, str]:
    """Post as a browser without JavaScript does; return the status and where it leads."""
    fields = {**form.fields, **changed}
    heads = [(f'form-data; name="{name}"', value.encode()) for name, value in fields.items()]
    heads.append((f'form-data; name="file"; filename="{filename}"\r\nContent-Type: application/pdf', content))
    parts = [f"--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n".encode() + value for head, value in heads]
    body = b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    request = urllib.request.Request(form.address, data=body, method="POST", headers=headers)  # noqa: S310
    try:
        with urllib.request.build_opener(_Stay).open(request) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as told:
        with told:
            return told.code, told.headers.get("Location", "")


def test_signing_a_form_costs_no_call(aws: dict[str, str]) -> None:
    world = upload_world(aws)
    world.calls.clear()
    _form(world)
    assert world.calls == []


@pytest.mark.ministack
def test_a_form_sends_one_file_under_its_own_name_and_leads_back(strict: World) -> None:
    status, place = _post(_form(strict), TEXT)

    assert (status, place.partition("?")[0]) == (303, BACK)
    assert strict.keys(strict.uploads_bucket) == ["checks/visitor.a/main/1/carta grande.pdf"]
    sent = strict.files.find_sent_by_form("checks/visitor.a/main/1/carta grande.pdf")
    assert sent is not None


@pytest.mark.ministack
@pytest.mark.parametrize(
    ("content", "changed"),
    [
        (bytes(1001), {}),
        (TEXT, {"key": "checks/visitor.b/main/1/${filename}"}),
        (TEXT, {"key": "uploads/mef/u1"}),
        (TEXT, {"success_action_redirect": "https://otro.example"}),
        (TEXT, {"policy": "e30="}),
    ],
    ids=["too large", "another's", "an upload's", "leads elsewhere", "another policy"],
)
def test_a_form_sends_nothing_else(strict: World, content: bytes, changed: dict[str, str]) -> None:
    assert _post(_form(strict), content, **changed)[0] in {400, 403}
    assert strict.keys(strict.uploads_bucket) == []


@pytest.mark.ministack
def test_a_form_expires(strict: World) -> None:
    assert _post(_form(strict, expires_s=-60), TEXT)[0] in {400, 403}
    assert strict.keys(strict.uploads_bucket) == []
