"""Receipts that were issued, and a browser that asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalice.test import HTTPResponse

from chalicelib.domain.codes import CODE_SPACE, code_from_number
from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.deposit_world import a_body, an_inline_file

PAGE = "/verificar"
ANNEX = b"nombre,monto\nuno,10\n"
HOLDER = "QUISPE DEMO MARÍA ÑUSTA"
STRANGER = "198.51.100.77"


@dataclass(frozen=True, slots=True)
class Issued:
    """A deposit's answer, and the bytes of its receipt."""

    answer: dict[str, Any]
    receipt: bytes

    @property
    def code(self) -> str:
        return str(self.answer["verification_code"])

    @property
    def sha256(self) -> str:
        return str(self.answer["receipt"]["sha256"])


def issue(browser: Browser, engine: Engine, *, key: str = "clave-1", **body: Any) -> Issued:
    """Deposit a notice with an annex."""
    annex = an_inline_file(ANNEX, "cuadro.csv", media_type="text/csv")
    world = browser.people.world
    answer = world.deposit(a_body(**{"annexes": [annex], **body}), key=key)
    assert answer.status_code == 201, answer.json_body
    told = answer.json_body
    name = f"notices/{told['deposited_at'][:10].replace('-', '/')}/{told['notice_id']}/constancia.pdf"
    stored = engine.client("s3").get_object(Bucket=world.container.config.documents_bucket, Key=name)
    return Issued(told, stored["Body"].read())


def post_form(browser: Browser, filename: str = "", content: bytes = b"", **fields: str) -> HTTPResponse:
    """Send the page's form as a browser without scripts does."""
    return browser.post_file(PAGE, filename, content, None, **fields)


def from_address(browser: Browser, address: str, path: str) -> HTTPResponse:
    """Ask for a page from an address of the network, as the gateway tells it."""
    return browser.people.world.client.http.request("GET", path, headers={"x-test-origin": address})


def guesses(number: int) -> list[str]:
    """Return codes without a mistake in them, which nobody drew."""
    return [code_from_number((CODE_SPACE // 3 + 7919 * n) % CODE_SPACE) for n in range(number)]
