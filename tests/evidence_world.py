"""Receipts that were issued, and who asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalice.test import HTTPResponse

from chalicelib.domain.codes import CODE_SPACE, code_from_number
from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.deposit_world import World, a_body, an_inline_file

PAGE = "/verificar"
ANNEX = b"nombre,monto\nuno,10\n"


@dataclass(frozen=True, slots=True)
class Issued:
    """A deposit's answer, and the bytes of its receipt."""

    answer: dict[str, Any]
    receipt: bytes

    @property
    def notice_id(self) -> str:
        return str(self.answer["notice_id"])

    @property
    def code(self) -> str:
        return str(self.answer["verification_code"])

    @property
    def sha256(self) -> str:
        return str(self.answer["receipt"]["sha256"])


def issue(world: World, engine: Engine, *, key: str = "clave-1", **body: Any) -> Issued:
    """Deposit a notice with an annex."""
    annex = an_inline_file(ANNEX, "cuadro.csv", media_type="text/csv")
    answer = world.deposit(a_body(**{"annexes": [annex], **body}), key=key)
    assert answer.status_code == 201, answer.json_body
    told = answer.json_body
    name = f"notices/{told['deposited_at'][:10].replace('-', '/')}/{told['notice_id']}/constancia.pdf"
    stored = engine.client("s3").get_object(Bucket=world.container.config.documents_bucket, Key=name)
    return Issued(told, stored["Body"].read())


def forget_indexes(world: World, engine: Engine, issued: Issued) -> None:
    """Leave a notice as packages before stored it, which knew of no index by code or hash."""
    engine.client("dynamodb").update_item(
        TableName=world.container.config.notices_table,
        Key={"notice_id": {"S": issued.notice_id}},
        UpdateExpression="REMOVE verification_code, receipt_sha256",
    )


def post_form(browser: Browser, **fields: str) -> HTTPResponse:
    """Send the page's form as a browser without scripts does, no file chosen."""
    return post_file(browser, "", b"", **fields)


def post_file(browser: Browser, filename: str, content: bytes, **fields: str) -> HTTPResponse:
    """Send it with a file."""
    return browser.post_file(PAGE, filename, content, None, **fields)


def guesses(number: int) -> list[str]:
    """Return codes without a mistake in them, which nobody drew."""
    return [code_from_number((CODE_SPACE // 3 + 7919 * n) % CODE_SPACE) for n in range(number)]
