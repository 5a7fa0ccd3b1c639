"""Two users of one mailbox read a notice with 50 MB and take away the very bytes; lists open in other programs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download
from python_calamine import CalamineWorkbook

from examples.demo import _details
from infra.local.demo_data import PASSWORD
from infra.local.ministack import free_port
from tests.browser.conftest import SHOTS
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import Run, a_run

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

FIRST = ("8-20100000009", "jorge.27@ejemplo.pe")
SECOND = ("8-20100000009.40000028", "elena.28@ejemplo.pe")
FIFTY_MB = 50 * 1024 * 1024
LINE = b"Anexo sintetico de prueba, numero de linea sin importancia.\n"


@pytest.fixture(scope="module")
def own_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Yield a run whose clock nobody put forward: deposits are signed by the real hour."""
    with a_run(tmp_path_factory.mktemp("two-users"), free_port(), free_port()) as running:
        yield running


@pytest.fixture(scope="module")
def big_annex(tmp_path_factory: pytest.TempPathFactory) -> Path:
    annex = tmp_path_factory.mktemp("files") / "anexo-grande.txt"
    annex.write_bytes((LINE * (FIFTY_MB // len(LINE) + 1))[:FIFTY_MB])
    return annex


@pytest.fixture
def people(chromium: Browser, own_run: Run) -> Iterator[tuple[Person, Person]]:
    contexts = [chromium.new_context(viewport={"width": 1280, "height": 800}, locale="es-PE") for _ in range(2)]
    first = Person(contexts[0].new_page(), own_run, SHOTS, has_script=True)
    yield first, replace(first, page=contexts[1].new_page(), seen=[])
    for context in contexts:
        context.close()


def test_both_see_who_opened_it_get_the_very_bytes_and_lists_for_other_programs(
    people: tuple[Person, Person], big_annex: Path, tmp_path: Path
) -> None:
    first, second = people
    main = big_annex.with_name("carta.pdf")
    main.write_bytes(PDF)
    now = datetime.now(UTC)  # noqa: TID251 - the run in the other process has no other clock
    answer = first.run.sender().deposit(_details("RUC:20100000009", now), main, [big_annex])
    first.log_in_by_code(FIRST[0], PASSWORD, FIRST[1])
    second.log_in_by_code(SECOND[0], PASSWORD, SECOND[1])

    for person in people:
        person.open(f"/casilla/{answer['notice_id']}")
        if person is first:
            person.press("Abrir la notificación")
    first.page.reload()
    seen_by = first.page.get_by_text("Visto por").locator("xpath=following::*[1]/..").inner_text()
    assert "Jorge Flores Demo" in seen_by
    assert "Elena Huaman Demo" in seen_by
    first.look("seen-by-both")

    assert _sha256(_downloaded(second, "Descargar documento original")) == hashlib.sha256(PDF).hexdigest()
    assert _sha256(_downloaded(second, "anexo-grande.txt")) == _sha256(big_annex)

    _open_lists_elsewhere(second, tmp_path)


def _open_lists_elsewhere(person: Person, tmp_path: Path) -> None:
    sheet = _prepared(person, "Exportar a Excel", tmp_path / "lista.xlsx")
    rows = CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
    header = next(row for row in rows if "Asunto" in row)
    subjects = [str(row[header.index("Asunto")]) for row in rows[rows.index(header) + 1 :]]
    sent = [row[header.index("Fecha de envío")] for row in rows[rows.index(header) + 1 :]]
    assert subjects
    assert all(isinstance(instant, datetime) for instant in sent)

    paper = _prepared(person, "Exportar a PDF", tmp_path / "lista.pdf")
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, check=True, text=True).stdout  # noqa: S603, S607
    assert "Página 1 de" in text
    assert subjects[0].split()[0] in text


def _prepared(person: Person, button: str, place: Path) -> Path:
    person.open("/casilla?vista=leidos")
    person.press(button)
    person.page.get_by_role("link", name="Descargar").wait_for()
    _download(person, "Descargar").save_as(place)
    return place


def _downloaded(person: Person, link: str) -> Path:
    return Path(_download(person, link).path())


def _download(person: Person, link: str) -> Download:
    with person.page.expect_download() as got:
        person.page.get_by_role("link", name=link).first.click()
    return got.value


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
