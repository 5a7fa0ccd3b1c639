"""An outage as people see it: on every page and on its own, on a phone, on a desk and without JavaScript."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.browser.person import Person
from tests.local_run import ROOT

pytestmark = [pytest.mark.ministack, pytest.mark.browser]
WHY = "--reason 'Falla en la base de datos' --operator rquispe"


def _operate(person: Person, command: str) -> str:
    environment = {**os.environ, "STATE": str(person.run.state), "CMD": command}  # noqa: TID251 - of another process
    done = subprocess.run(
        [sys.executable, "-m", "infra.operate"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_an_outage_is_announced_ends_and_stays_listed(person: Person) -> None:
    words = "No se puede ingresar a la casilla" if person.has_script else "El registro no responde"
    told = _operate(person, f"outage announce --affects access,registration --words '{words}' {WHY}")
    outage_id = told.split()[4].rstrip(".")
    person.put_clock_forward(2)

    for address, name in (("/", "outage-home"), ("/ingresar", "outage-login"), ("/terminos", "outage-terms")):
        person.open(address)
        assert person.page.get_by_role("region", name="Interrupciones del servicio").inner_text().count(words) == 1
        person.look(name)
    person.follow("qué hacer mientras tanto")
    assert words in person.page.locator("main").inner_text()
    person.look("outages-under-way")

    _operate(person, f"outage end {outage_id} {WHY}")
    ahead = person.run.now() + timedelta(days=10)
    planned = f"--words 'Mantenimiento del servicio' --from '{ahead:%Y-%m-%d} 22:00'"
    _operate(person, f"outage announce --affects all {planned} {WHY}")
    person.put_clock_forward(2)
    person.follow("Interrupciones")
    assert "Terminada" in person.page.get_by_role("table", name="Terminadas").inner_text()
    person.look("outages-over")
    person.open("/")
    assert not person.page.get_by_role("region", name="Interrupciones del servicio").count()
