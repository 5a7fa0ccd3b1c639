"""What the pages rely on, whatever an institution writes into `chalicelib/portal/`."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.contact import read_email
from chalicelib.renderers.portal import emblem_svg, portal, theme_css
from chalicelib.renderers.portal_texts import TEXTS, portal_texts, read_portal_texts
from tests.renderers.contrast import contrast
from tests.renderers.every_text import strings

PORTAL = portal()
STATIC = Path(__file__).parents[2] / "chalicelib" / "renderers" / "static"
PUBLISHED = portal_texts()


def test_no_text_is_empty_or_has_spaces_at_its_ends() -> None:
    found = list(strings([asdict(PORTAL), asdict(PUBLISHED)]))

    assert len(found) > 90
    assert not [text for text in found if not text or text != text.strip()]


def test_nothing_that_is_listed_is_missing() -> None:
    assert PORTAL.norms
    assert all(question.answer for question in PORTAL.questions)
    assert all(text.sections for text in PUBLISHED.texts.values())
    assert all(section.paragraphs for text in PUBLISHED.texts.values() for section in text.sections)


@pytest.mark.parametrize("name", TEXTS)
def test_the_version_in_force_exists_and_is_the_latest(name: str) -> None:
    versions = [text for text in PUBLISHED.texts.values() if text.name == name]

    assert PUBLISHED.text(name) is PUBLISHED.text(name, PUBLISHED.current[name])
    assert PUBLISHED.text(name).since == max(text.since for text in versions)
    assert len({text.since for text in versions}) == len(versions)


def test_dates_are_dates_and_versions_fit_where_they_are_kept() -> None:
    for text in PUBLISHED.texts.values():
        assert type(text.since) is date
        assert re.fullmatch(r"[0-9A-Za-z.-]{1,20}", text.version)


def test_a_version_that_never_was_is_not_found() -> None:
    with pytest.raises(LookupError):
        PUBLISHED.text("terms", "1999-01")


def test_older_versions_stay_readable_and_only_one_is_in_force(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "chalicelib" / "portal"
    for file in folder.glob("*.toml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    terms = tmp_path / "terms.toml"
    old, before = terms.read_text("utf-8"), PUBLISHED.current["terms"]
    newer = old[old.index(f'[versions."{before}"]') :].replace(f'"{before}"', '"2099-01"')
    newer = newer.replace(f"since = {PUBLISHED.text('terms').since}", "since = 2099-01-01")
    terms.write_text(old.replace(f'current = "{before}"', 'current = "2099-01"') + newer, "utf-8")
    read = read_portal_texts(tmp_path)

    assert read.text("terms").version == "2099-01"
    assert read.text("terms", before) == PUBLISHED.text("terms", before)
    assert read.current == {"terms": "2099-01", "privacy": PUBLISHED.current["privacy"]}


@pytest.mark.parametrize("name", PORTAL.text_colours)
def test_every_colour_of_text_can_be_read_on_white(name: str) -> None:
    assert contrast(PORTAL.text_colours[name], "#ffffff") >= 4.5


@pytest.mark.parametrize("name", PORTAL.dark_text_colours)
def test_every_colour_of_text_can_be_read_on_dark_paper_and_dark_text_on_it(name: str) -> None:
    assert contrast(PORTAL.dark_text_colours[name], "#14181d") >= 4.5
    assert contrast(PORTAL.dark_text_colours[name], "#10151a") >= 4.5


def test_the_dark_colours_are_those_of_the_style_sheet() -> None:
    sheet = (STATIC / "casilla.css").read_text("utf-8")

    assert "--paper: #14181d" in sheet
    assert "--on-primary: #10151a" in sheet
    assert set(PORTAL.dark_text_colours) == set(PORTAL.text_colours)


def test_the_emblem_is_a_picture_that_needs_nothing_from_elsewhere() -> None:
    assert re.match(r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="[0-9. ]+"', emblem_svg())
    assert not re.search(r"<script|href|\son\w+=|url\(", emblem_svg())


def test_colours_are_custom_properties_and_nothing_else() -> None:
    colours = {**PORTAL.text_colours, **PORTAL.mark_colours}

    assert {"primary", "danger", "success"} <= set(PORTAL.text_colours)
    assert len(colours) == len(PORTAL.text_colours) + len(PORTAL.mark_colours)
    assert all(re.fullmatch(r"[a-z-]+", name) for name in colours)
    given = [*colours.values(), *PORTAL.dark_text_colours.values()]
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in given)
    assert theme_css().count("--") == len(colours) + len(("band",)) + len(PORTAL.dark_text_colours)


def test_links_stay_in_the_portal_or_are_safe() -> None:
    assert all(link.address.startswith(("/", "https://")) and "//" not in link.address[8:] for link in PORTAL.links)


def test_the_address_of_help_is_one() -> None:
    assert read_email(PORTAL.help_email, field="help.email") == PORTAL.help_email
