"""Ask a deployed stack whether files would pass: signed and at the portal, at once and by way of the store."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.access.pepper import read_pepper
from infra.deploy.use.check import check
from infra.deploy.use.person import PersonClient

_PAGE = "/revisar-archivo"
_BOUNDARY = "----e2e7MA4YWxkTrZu0gW"
_JUDGING_SECONDS = 30


class Signer(Protocol):
    """An institution's system."""

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the JSON of a signed request's answer."""

    def put(self, grant: Mapping[str, Any], content: bytes) -> None:
        """Send what a grant lets pass."""


def check_files(sender: Signer, visitor: PersonClient, main: Path, annex: Path, tell: Callable[[str], None]) -> None:
    """Have a small file and a large one judged by each way.

    Raises:
        AssertionError: at the first step that fails.

    """
    told = sender.ask("POST", "/v1/file-checks", {**_declared(main, "main"), "content": _in_base64(main)})
    check(told["verdict"] == "accepted", f"a file inside the request passes: {told}")
    grant = sender.ask("POST", "/v1/file-checks", _declared(annex, "annex"))
    sender.put(grant, annex.read_bytes())
    deadline = time.monotonic() + _JUDGING_SECONDS
    while (told := sender.ask("GET", f"/v1/file-checks/{grant['check_id']}"))["state"] == "waiting":
        check(time.monotonic() < deadline, "a file sent apart is judged")
        time.sleep(0.3)
    check(told["state"] == "accepted", f"a file sent apart passes: {told}")
    left = visitor.deployment.client("s3").list_objects_v2(Bucket=visitor.deployment.environment["UPLOADS_BUCKET"])
    check("Contents" not in left, f"nothing of it is left: {left.get('Contents')}")
    tell("files judged for an institution, and nothing left of them")
    _visit(visitor, main)
    tell("a visitor's file judged on its page")


def _visit(visitor: PersonClient, file: Path) -> None:
    fields = {"role": "main", **_captcha(visitor, visitor.send("GET", _PAGE)[1])}
    parts = [f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
    body = "".join([*parts, head]).encode() + file.read_bytes() + f"\r\n--{_BOUNDARY}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Sec-Fetch-Site": "same-origin"}
    status, headers, html = visitor.exchange("POST", _PAGE, body, **kind)
    check(status == HTTPStatus.SEE_OTHER, f"a form leads to its page: {status} {html[-2000:]}")
    cookies = "; ".join(line.partition(";")[0] for line in headers.get_all("Set-Cookie", []))
    status, html = visitor.send("GET", headers["Location"], Cookie=cookies)
    check(status == HTTPStatus.OK and "El archivo pasa" in html, f"a visitor's file passes: {status} {html[-2000:]}")


def _captcha(visitor: PersonClient, html: str) -> dict[str, str]:
    """Solve it, as nobody but the operator can who reads the pepper."""
    arn = visitor.deployment.environment["TOKEN_SECRET_ARN"]
    secret = visitor.deployment.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    [captcha_id] = re.findall(r'name="captcha_id" value="([^"]+)"', html)
    return {"captcha_id": captcha_id, "captcha": captcha_answer(read_pepper(secret), captcha_id)}


def _declared(path: Path, role: str) -> dict[str, Any]:
    content = path.read_bytes()
    media_type = {".pdf": "application/pdf", ".png": "image/png"}[path.suffix]
    sha256 = hashlib.sha256(content).hexdigest()
    return {"role": role, "filename": path.name, "media_type": media_type, "sha256": sha256, "size": len(content)}


def _in_base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
