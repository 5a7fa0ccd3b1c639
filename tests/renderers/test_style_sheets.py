"""Style sheets as they are sent: small, and the same rules as they were written."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.renderers import static_files
from chalicelib.renderers.static_files import compact, find_static_file, static_address

WRITTEN = (Path(static_files.__file__).parent / "static" / "casilla.css").read_text("utf-8")


def sent(name: str) -> str:
    found = find_static_file(static_address(name).removeprefix("/static/"))
    assert found is not None
    return found.text


def test_all_style_of_a_page_is_at_most_20_kilobytes() -> None:
    assert 15_000 < len((sent("casilla.css") + sent("theme.css")).encode()) <= 20_000


def test_only_comments_and_blanks_are_taken_out() -> None:
    written = (
        "/* One: two */\na:hover, p > .b:is(i, b) {\n  margin: 0 1rem; /* x */\n"
        '  content: "● ";\n}\n@media (min-width: 4rem) {\n  p { top: calc(1px + 2px); }\n}\n'
    )

    assert compact(written) == (
        'a:hover,p > .b:is(i,b){margin:0 1rem;content:"● "}@media (min-width:4rem){p{top:calc(1px + 2px)}}'
    )


def test_no_text_of_the_sheet_holds_a_sign_that_is_compacted() -> None:
    texts = re.findall(r'"([^"]*)"', re.sub(r"/\*.*?\*/", "", WRITTEN, flags=re.DOTALL))

    assert len(texts) > 5
    assert not [text for text in texts if re.search(r"[{};,:]|/\*", text)]


def test_every_rule_that_was_written_is_sent() -> None:
    written = re.sub(r"/\*.*?\*/", "", WRITTEN, flags=re.DOTALL)
    shown = sent("casilla.css")

    assert shown.count("{") == written.count("{")
    assert shown.count(":") == written.count(":")
    assert re.sub(r"[\s;]", "", shown) == re.sub(r"[\s;]", "", written)
