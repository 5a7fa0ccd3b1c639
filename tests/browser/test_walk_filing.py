"""A filing from a Saturday evening to its answer, as person and officer see it; and two that lapse by the clock."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from openpyxl import Workbook
from PIL import Image

from infra.local.ministack import free_port
from tests.browser.filing_steps import (
    EMAIL,
    SUBJECT,
    begin,
    check_and_file,
    correct,
    file_simply,
    find_again,
    found_in_state,
    instants_of,
    keep_receipt,
    log_in,
    minutes_to_saturday,
    open_own,
    own_history,
    read_answer,
    say_for_whom,
    say_what,
    send_annexes,
    send_document,
    text,
)
from tests.browser.officer_steps import (
    OBSERVED,
    answer,
    enter,
    inbox_as_excel,
    instants,
    listed_in_state,
    observe,
    observe_simply,
    to_monday,
)
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import Run, a_run, operate, wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]
FORTY_MB = 40 * 1024 * 1024
A_DAY = 24 * 60
SIX_DAYS = 6 * A_DAY
"""From a Monday past two business days, whatever holidays are between."""
THERE = "mesa@entidad.example"
FILES = ["solicitud.pdf", "carné.jpg", "boletas.xlsx", "contratos.pdf"]


@dataclass(frozen=True)
class Ports:
    """Where a run listens, also when it is started again."""

    own: int
    engine: int


@pytest.fixture
def ports() -> Ports:
    return Ports(free_port(), free_port())


@pytest.fixture
def run(tmp_path: Path, ports: Ports) -> Iterator[Run]:
    """Have a run of its own, since its clock is put to a Saturday."""
    with a_run(tmp_path, ports.own, ports.engine) as running:
        running.put_forward(minutes_to_saturday(running.now()))
        yield running


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return what is filed: a letter, a photo, a spreadsheet and a PDF of 40 MB."""
    made = {name: tmp_path / name for name in FILES}
    made["solicitud.pdf"].write_bytes(PDF)
    Image.frombytes("RGB", (320, 240), noise(320 * 240 * 3)).save(made["carné.jpg"], quality=80)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Mes", "Pago"])
    sheet.append(["Enero de 1990", 20])
    book.save(made["boletas.xlsx"])
    with pikepdf.open(io.BytesIO(PDF)) as pdf:
        side = 3740
        picture = pikepdf.Stream(pdf, noise(side * side * 3))
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Width = picture.Height = side
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        page = pdf.pages[0]
        page.add_resource(picture, pikepdf.Name.XObject)
        pdf.save(made["contratos.pdf"], compress_streams=False)
    assert made["contratos.pdf"].stat().st_size > FORTY_MB
    return made


def noise(count: int) -> bytes:
    """Return bytes that nothing compresses."""
    return hashlib.shake_256(b"ruido").digest(count)


def histories_agree(person: Person, number: str) -> None:
    """Hold what the person's page and Excel tell to what the institution's tell of the same filing."""
    open_own(person)
    own_steps, own = instants_of(person), own_history(person)
    person.put_clock_forward(30)
    enter(person)
    there_steps, there = instants(person, number), inbox_as_excel(person)

    assert own_steps == there_steps
    assert len(own_steps) == 6
    same = {
        "Número": "Número", "Trámite": "Trámite", "Asunto": "Qué pide", "Cuenta desde el": "Cuenta como presentada",
        "Estado": "Estado", "Folios": "Folios",
    }  # fmt: skip
    assert {name: own[name] for name in same} == {name: there[other] for name, other in same.items()}
    assert (own["Número"], own["Asunto"], own["Estado"]) == (number, SUBJECT, "Atendida")
    assert own["Presentado el"].replace(second=0) == there["Llegó"].replace(second=0)
    assert [name for name in own["files"] if not name.startswith("cargo")] == [*FILES, "solicitud.pdf"]
    assert there["Documentos"] == len(FILES) + 1


def test_a_filing_goes_from_a_saturday_to_its_answer(person: Person, files: dict[str, Path]) -> None:
    begin(person)
    say_what(person)
    send_document(person, files)
    send_annexes(person, files)
    say_for_whom(person)
    number = keep_receipt(person, check_and_file(person))
    find_again(person, files)
    to_monday(person)
    observe(person, number, "solicitud.pdf")
    correct(person, files["solicitud.pdf"], OBSERVED)
    assert found_in_state(person, "En evaluación", number)
    assert not found_in_state(person, "Observada", number)
    answer(person, number, files["solicitud.pdf"])
    read_answer(person)
    histories_agree(person, number)


def sent(run: Run, to: str, subject: str) -> int:
    return sum(mail["to"] == to and mail.get("subject", "") == subject for mail in run.outbox())


def is_told(run: Run, number: str) -> tuple[int, int]:
    """Count what the person and the institution were told of a filing that lapsed."""
    return (
        sent(run, EMAIL, f"No presentada: su presentación N.º {number}"),
        sent(run, THERE, f"No presentada: presentación N.º {number}"),
    )


def lapsed_on_its_date(person: Person, number: str, until: str) -> None:
    """See on both sides that it is not filed, since the end of its window and not since somebody said so."""
    log_in(person)
    assert not found_in_state(person, "Observada", number)
    assert found_in_state(person, "No presentada", number)
    open_own(person)
    steps = [" ".join(one.split()) for one in person.page.locator("ol.steps li").all_inner_texts()]
    assert steps[-1] == f"No presentada {until}, 23:59 No se subsanó a tiempo."
    assert person.page.get_by_role("link", name="Subsanar").count() == 0
    person.look("filing-lapsed")
    person.follow("Presentar de nuevo")
    person.page.get_by_role("button", name="Presentar", exact=True).wait_for()
    enter(person)
    assert not listed_in_state(person, "Observada", number)
    assert listed_in_state(person, "No presentada", number)
    person.look("inbox-lapsed")


def observed_on_monday(person: Person, letter: Path) -> tuple[str, str]:
    """File, and have it observed; return the number and the last day to correct it."""
    by = "--operator pruebas --reason prueba"
    code, _, errors = operate(person.run.state, f"institutions set entidad-demo --digest-email {THERE} {by}")
    assert code == 0, errors
    number = file_simply(person, letter, "Solicito otra cosa")
    to_monday(person)
    enter(person)
    observe_simply(person, number)
    [until] = re.findall(r"puede subsanarla hasta las 23:59 del (\w+ \d+ de \w+ de \d+)", text(person))
    return number, str(until)


@pytest.mark.parametrize("person", ["no-script"], indirect=True)
def test_what_is_not_corrected_lapses_by_the_clock(person: Person, files: dict[str, Path]) -> None:
    number, until = observed_on_monday(person, files["solicitud.pdf"])
    assert is_told(person.run, number) == (0, 0)
    person.put_clock_forward(SIX_DAYS)
    wait_until(lambda: is_told(person.run, number) == (1, 1), 60)
    assert sent(person.run, EMAIL, f"Por vencer: su presentación N.º {number}") == 1
    lapsed_on_its_date(person, number, until)
    person.put_clock_forward(2 * A_DAY)
    assert is_told(person.run, number) == (1, 1)


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_it_lapses_on_the_same_day_where_no_job_ran_and_is_told_once_when_one_does(
    person: Person, files: dict[str, Path], ports: Ports
) -> None:
    number, until = observed_on_monday(person, files["solicitud.pdf"])
    ahead = person.run.minutes_ahead + SIX_DAYS
    assert person.run.stop() == 0
    note = person.run.state / "clock"
    note.write_text(str(int(note.read_text("utf-8")) + SIX_DAYS * 60), "utf-8")
    with a_run(person.run.state, ports.own, ports.engine) as again:
        again.minutes_ahead = ahead
        person.run = again
        wait_until(lambda: is_told(again, number) == (1, 1), 60)
        assert sent(again, EMAIL, f"Por vencer: su presentación N.º {number}") == 0
        lapsed_on_its_date(person, number, until)
        person.put_clock_forward(2 * A_DAY)
        assert is_told(again, number) == (1, 1)
