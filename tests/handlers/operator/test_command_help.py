"""How commands are told to who has never given one: usage, values, and what a typing error is."""

from __future__ import annotations

import re

import pytest

from chalicelib.domain.deadline import Regime
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.outage.outage import Affected
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.handlers.operator.arguments import PLURAL_READERS
from chalicelib.handlers.operator.commands import COMMANDS, GROUPS
from tests.deposit_world import INSTITUTION_ID
from tests.handlers.operator.conftest import Give

WHO = "--reason 'Convenio firmado' --operator rquispe"
CORRECTED = "[--name TEXTO] [--norm TEXTO] [--norm-date DÍA]"
ASKED = "--reason TEXTO --operator NOMBRE [--json]"


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        (
            "institutions norm",
            "ENTIDAD --regime RÉGIMEN (--citation TEXTO [--channels CANALES] [--default] | --remove)",
        ),
        ("institutions hours", "ENTIDAD (--opens HORA --closes HORA | --general)"),
        ("institutions distance", "ENTIDAD --place LUGAR (--days N --norm TEXTO | --remove)"),
        ("calendar declare", "--day DÍA [--day DÍA]… --name TEXTO --norm TEXTO --norm-date DÍA"),
        (
            "calendar correct",
            f"(--day DÍA [--region REGIÓN] {CORRECTED} | --year AÑO | --hours) [--withdraw]",
        ),
        ("alerts resend", "(NOTIFICACIÓN… | --all)"),
        ("keys add", "ENTIDAD --key-id CLAVE --public-key CLAVE-PÚBLICA --from DÍA --until DÍA"),
        ("keys revoke", "ENTIDAD CLAVE"),
    ],
)
def test_the_usage_is_in_the_order_in_which_one_types(give: Give, command: str, usage: str) -> None:
    for line in (f"help {command}", f"help {command.split(maxsplit=1)[0]}"):
        told = [text.strip().removeprefix("Uso: ") for text in give(line)[1].splitlines()]
        assert f"{command} {usage} {ASKED}" in told


@pytest.mark.parametrize("group", GROUPS)
def test_in_a_usage_one_word_stands_for_one_thing_and_what_repeats_is_marked(give: Give, group: str) -> None:
    said = give(f"help {group}")[1]
    for command in (command for command in COMMANDS if command.name.split()[0] == group):
        [usage] = re.findall(rf"^  {command.name} (?:.*\[--json\])$", said, re.MULTILINE)[-1:]
        repeated = [argument.name for argument in command.arguments if argument.kind in PLURAL_READERS]
        assert usage.count("…") == len(repeated)
        names = [argument.shown for argument in command.arguments if argument.kind in {"key_id", "public_key"}]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("group", "placeholder", "values"),
    [
        ("institutions", "ESTADO", [state.value for state in InstitutionState]),
        ("institutions", "RÉGIMEN", [regime.value for regime in Regime]),
        ("institutions", "CANALES", ["email,sms", *(channel.value for channel in Channel)]),
        ("institutions", "QUÉ", ["attached", "withheld"]),
        ("institutions", "HORA", ["08:30"]),
        ("outage", "QUÉ", [affected.value for affected in Affected]),
        ("calendar", "DÍA", ["2026-05-04"]),
    ],
)
def test_a_groups_help_says_which_values_there_are(give: Give, group: str, placeholder: str, values: list[str]) -> None:
    told = give(f"help {group}")[1].partition("\nValores:\n")[2]
    [line] = [line for line in told.splitlines() if line.split()[0] == placeholder]
    assert all(value in line for value in values)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("state {} foo", "ESTADO: «foo» no sirve: es active, inactive, cancelled."),
        ("norm {} --regime foo --remove", "--regime: «foo» no sirve: es deposit, acknowledgement, immediate."),
        ("set {} --receipt foo", "--receipt: «foo» no sirve: es attached, withheld."),
        ("set {} --phone 1", "--phone: «1» no sirve: son de 2 a 300 letras en una sola línea."),
        ("set {} --short-name www.villa.pe", "--short-name: El nombre corto lleva hasta 30 caracteres"),
        ("hours {} --opens 8 --closes 17:00", "--opens: «8» no es una hora"),
        ("hours {} --opens 08:00", "Falta --closes: a qué hora cierra"),
        ("hours {} --general --closes 17:00", "--closes va con --opens."),
        ("distance {} --place Iquitos --days 61 --norm 'R.A. 1'", "--days: «61» no sirve: va de 0 a 60."),
        ("distance {} --place Iquitos --days 5", "Falta --norm: el cuadro que lo dice."),
        ("norm {} --regime deposit --remove --default", "--default va con --citation."),
        ("region {} Áncash", "REGIÓN: La región se escribe"),
        ("state E active", "ENTIDAD: El identificador de la entidad lleva"),
        ("norm {} --regimen deposit --remove", "«--regimen» no es de este comando: ¿es --regime?"),
        ("norm {} --regime deposit --remove --quita", "«--quita» no es de este comando."),
    ],
)
def test_an_error_names_its_part_and_brings_the_usage_of_that_command_alone(give: Give, line: str, told: str) -> None:
    code, said = give(f"institutions {line.format(INSTITUTION_ID)} {WHO}")

    lines = said.splitlines()
    assert code == 2
    assert (lines[0], lines[1][: len(told) + 2]) == ("No se hizo nada:", f"- {told}")
    assert lines[2:4] == ["", f"Uso: {lines[3].removeprefix('Uso: ')}"]
    command = " ".join(["institutions", line.split(maxsplit=1)[0]])
    assert lines[3].startswith(f"Uso: {command} ")
    assert lines[4:] == [f"«help {command}» dice qué es cada parte."]


@pytest.mark.parametrize("line", ["alerts list 'x", "x" * 10_001])
def test_what_cannot_be_read_at_all_does_not_bring_all_commands(give: Give, line: str) -> None:
    code, said = give(line)
    assert (code, len(said.splitlines())) == (2, 2)
    assert said.endswith("«help» dice qué comandos hay.")
