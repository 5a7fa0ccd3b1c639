from __future__ import annotations

from pathlib import Path

from chalicelib.renderers.template_folder import template_folder


def filled(source: str, folder: Path, **given: str) -> str:
    (folder / "page.html").write_text(source, encoding="utf-8")
    return template_folder(folder).get_template("page.html").render(**given)


def test_what_nobody_sees_is_a_box_on_a_page(tmp_path: Path) -> None:
    assert filled("<b>{{ name }}</b>", tmp_path, name="ROSA <MU\ufffdO\x07Z\x9f>") == "<b>ROSA &lt;MU□O□Z□&gt;</b>"


def test_markup_and_lines_stay_as_they_are(tmp_path: Path) -> None:
    source = "{% macro field(text) %}<b>{{ text }}</b>{% endmacro %}{{ field(text) }}"
    assert filled(source, tmp_path, text="a\n\tñ\ufffd & b") == "<b>a\n\tñ□ &amp; b</b>"
