"""What the runbook has typed makes a fresh deployment usable, changes keys and keeps the calendar, as it says."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.store.tables import InstitutionItem
from tests.deposit_world import World

RUNBOOK = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text("utf-8")
FRESH, KEYS, CALENDAR = (
    "From a fresh deployment to the first deposit",
    "Keys: rotation and revocation",
    "Calendar: decrees",
)
FIRST, SECOND = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
Type = Callable[..., list[str]]


@pytest.fixture
def type_blocks(world: World, tmp_path: Path) -> Type:
    """Type some of a chapter's blocks into a shell, and do what it would give; return what was answered."""
    for item in InstitutionItem.scan():
        item.delete()
    for name, key in (("clave-publica", FIRST), ("clave-publica-nueva", SECOND)):
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{name}.pem").write_bytes(pem)
    bash = shutil.which("bash")
    assert bash

    def type_in(chapter: str, blocks: slice = slice(None)) -> list[str]:
        [text] = re.findall(rf"^## {chapter}.*?\n(.+?)^## ", RUNBOOK, re.MULTILINE | re.DOTALL)
        found = re.findall(r"^```sh\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
        typed = "".join(found[blocks] if blocks.start is None else [found[0].splitlines()[0] + "\n", *found[blocks]])
        script = f"set -e -u -o pipefail\noperator() {{ printf '%s\\0' \"$1\"; }}\n{typed}"
        done = subprocess.run([bash, "-c", script], cwd=tmp_path, capture_output=True, check=True)  # noqa: S603
        answers = []
        for line in done.stdout.decode().split("\0")[:-1]:
            answer = world.client.lambda_.invoke("operator", {"command": line}).payload
            assert answer["exit"] == 0, (line, answer["output"])
            answers.append(answer["output"])
        assert answers
        return answers

    return type_in


def signing(key_id: str, key: Any) -> dict[str, Any]:
    return {"keyid": f"muni-villa-ejemplo:{key_id}", "private_key": key}


def calendar(world: World) -> BusinessCalendar:
    return world.container.calendar.with_entries(calendar_store(world.container).find())


def test_the_commands_alone_lead_to_the_first_deposit(world: World, type_blocks: Type) -> None:
    answers = type_blocks(FRESH, slice(None, 1))

    assert "D.S. 000-2026-EJEMPLO, art. 2" in answers[-1]
    deposited = world.deposit(**signing("2026-1", FIRST))
    assert deposited.status_code == 201, deposited.json_body
    assert deposited.json_body["regime"] == "deposit"
    type_blocks(FRESH, slice(1, 2))
    found = institution_store(world.container).find("muni-villa-ejemplo")
    assert found is not None
    assert (found.region, [row.place for row in found.distances]) == ("arequipa", ["Iquitos"])


def test_a_key_is_changed_without_a_gap_and_the_old_one_is_of_no_use(world: World, type_blocks: Type) -> None:
    type_blocks(FRESH, slice(None, 1))
    answers = type_blocks(KEYS)

    assert answers[-1].endswith("No firma nada desde este instante, y no se puede deshacer.")
    assert world.deposit(**signing("2027-1", SECOND)).status_code == 201
    assert world.deposit(key="b", **signing("2026-1", FIRST)).json_body["code"] == "key_not_valid"
    assert len(institution_store(world.container).list_keys("muni-villa-ejemplo")) == 2


def test_a_decree_is_entered_a_year_confirmed_and_all_of_it_taken_back(world: World, type_blocks: Type) -> None:
    days = (date(2026, 5, 4), date(2026, 10, 9))
    of_package = calendar(world)

    type_blocks(CALENDAR, slice(None, 2))
    entered = calendar(world)
    assert [entered.is_business_day(day) for day in days] == [False, False]
    assert entered.declared_until == 2026
    assert not entered.with_regional((), "arequipa").is_business_day(date(2028, 8, 15))

    type_blocks(CALENDAR, slice(2, 3))
    corrected = calendar(world)
    assert corrected.is_business_day(days[0])
    reason = corrected.reason(days[1])
    assert reason is not None
    assert reason.norm == "D.S. 001-2026-PCM, publicado el 01/09/2026"
    assert (corrected.declared_until, corrected.hours, corrected.regional) == (2025, of_package.hours, ())
