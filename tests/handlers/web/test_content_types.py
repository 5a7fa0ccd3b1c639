"""What an answer says of its content: text of whatever kind names its letters."""

from __future__ import annotations

import re

import pytest

from chalicelib.renderers.static_files import static_address
from tests.browser_requests import Browser

NAMES = ["casilla.css", "theme.css", "forms.js", "expiry.js", "downloads.js", "icon.svg", "cui.svg", "emblem.svg"]
OF_TEXT = re.compile(r"text/.*|.*[/+](xml|json)")


@pytest.mark.parametrize("address", ["/", "/ingresar", "/nowhere", *map(static_address, NAMES)])
def test_what_is_text_names_its_letters(browser: Browser, address: str) -> None:
    content_type = browser.get(address).headers["Content-Type"]
    kind, _, rest = content_type.partition("; ")

    assert OF_TEXT.fullmatch(kind), content_type
    assert rest == "charset=utf-8"
