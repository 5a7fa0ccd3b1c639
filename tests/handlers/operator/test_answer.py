"""How commands are found, read and answered, whatever they do."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.domain.codes import code_from_number
from chalicelib.handlers.operator.commands import COMMANDS, GROUPS
from tests.deposit_world import World

CODE = code_from_number(1)
WHO = "--reason 'SES en pausa' --operator rquispe"


def invoke(world: World, event: Any) -> tuple[int, str]:
    answer = world.client.lambda_.invoke("operator", event).payload
    assert answer.keys() == {"exit", "output"}
    return answer["exit"], answer["output"]


def run(world: World, line: str) -> tuple[int, str]:
    return invoke(world, {"command": line})


@pytest.mark.parametrize("event", [{}, *({"command": line} for line in ("", "  ", "help", "-h", "--help"))])
def test_without_a_command_all_are_listed(world: World, event: dict[str, str]) -> None:
    code, said = invoke(world, event)
    assert code == 0
    assert all(command.name in said and command.about in said for command in COMMANDS)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_helped_with_by_its_first_word(world: World, group: str) -> None:
    code, said = run(world, f"help {group}")
    own = [command for command in COMMANDS if command.name.split()[0] == group]
    assert (code, said.splitlines()[0]) == (0, f"{GROUPS[group]}:")
    assert all(command.about in said and f"\n  {command.name}" in said for command in own)
    assert not [command for command in COMMANDS if command not in own and command.about in said]


@pytest.mark.parametrize("line", ["institutions", "institutions ad", "keys rotate", "help institutions now"])
def test_a_command_that_its_group_lacks_is_told_with_those_it_has(world: World, line: str) -> None:
    code, said = run(world, line)
    assert (code, said.startswith("No hay un comando «")) == (2, True)
    assert f"\n  {line.removeprefix('help ').split()[0]} " in said


@pytest.mark.parametrize("line", ["help {}", "{} --help", "{} -h"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_commands_help_says_all_that_it_takes(world: World, command: Any, line: str) -> None:
    code, said = run(world, line.format(command.name))
    assert (code, said.splitlines()[0].startswith(f"Uso: {command.name} ")) == (0, True)
    assert all(argument.name in said and argument.about in said for argument in command.all_arguments)


@pytest.mark.parametrize(
    "event",
    [
        {"comand": "alerts list"},
        {"command": "alerts list", "operator": "rquispe"},
        {"command": ["alerts", "list"]},
        {"command": None},
        {"command": "x" * 10_001},
        ["alerts list"],
        "alerts list",
        7,
    ],
)
def test_an_event_of_another_shape_is_refused_with_the_right_one(world: World, event: Any) -> None:
    code, said = invoke(world, event)
    assert code == 2
    assert '{"command": "alerts list"}' in said


@pytest.mark.parametrize("line", ["alerts", "alert list", "alerts lst", "list", "ALERTS LIST", "help alerts x", "?"])
def test_an_unknown_command_is_told_with_those_there_are(world: World, line: str) -> None:
    code, said = run(world, line)
    assert code == 2
    assert said.startswith("No hay un comando «")
    assert "alerts resend" in said


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("alerts list --limit 0", ["--limit es un número de 1 a 200."]),
        ("alerts list --limit 201", ["--limit es un número de 1 a 200."]),
        ("alerts list --limit ٣", ["--limit es un número de 1 a 200."]),
        ("alerts list --limit", ["Falta lo que sigue a --limit"]),
        ("alerts list --limit 3 --limit 4", ["--limit se dice una sola vez."]),
        ("alerts list --lim 3", ["«--lim» no es de este comando: ¿es --limit?"]),
        ("alerts list --after ayer", ["--after se copia tal como lo dijo la lista anterior."]),
        ("alerts list todo", ["«todo» no es de este comando."]),
        ("alerts waiting 3", ["«3» no es de este comando."]),
        ("alerts list --json=si", ["No se entiende:"]),
        ("alerts show", ["Falta NOTIFICACIÓN"]),
        (f"alerts show {CODE} {CODE}", ["NOTIFICACIÓN se dice una sola vez."]),
        ("alerts show 2222-2222-2222", ["NOTIFICACIÓN: «2222-2222-2222» no es un número de notificación"]),
        (f"alerts resend {CODE}", ["Falta --reason", "Falta --operator"]),
        (f"alerts resend {WHO}", ["Se dice NOTIFICACIÓN o --all, uno de los dos."]),
        (f"alerts resend --all {CODE} {WHO}", ["Se dice NOTIFICACIÓN o --all, uno de los dos."]),
        (
            f"alerts resend {f'{CODE} ' * 101} {WHO}",
            ["NOTIFICACIÓN: Son 101 notificaciones; cada vez van 100 a lo más"],
        ),
        (
            "alerts resend uno dos --reason x --operator 'Rosa Quispe' --ahora",
            [
                "«--ahora» no es de este comando.",
                "NOTIFICACIÓN: «uno» no es un número de notificación",
                "NOTIFICACIÓN: «dos» no es un número de notificación",
                "--reason: La razón lleva de 5 a 200 letras",
                "--operator: El nombre de quien opera lleva",
            ],
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once_with_the_usage_and_nothing_is_done(
    world: World, line: str, problems: list[str]
) -> None:
    code, said = run(world, line)
    told = [text.removeprefix("- ") for text in said.splitlines() if text.startswith("- ")]
    assert code == 2
    assert len(told) == len(problems)
    assert all(text.startswith(problem) for text, problem in zip(told, problems, strict=True)), told
    assert said.startswith("No se hizo nada:")
    assert "\nUso: " in said


@pytest.mark.parametrize("line", ["{}", "alerts list {}", "alerts show {}", "alerts list --json={}"])
def test_what_was_typed_is_told_back_without_what_a_terminal_obeys(world: World, line: str) -> None:
    code, said = run(world, line.format("\x1b[2J\u202e" + "x" * 9_000))
    assert (code, len(said) < 6_000) == (2, True)
    assert not {"\x1b", "\u202e"} & set(said)


def test_quotes_that_stay_open_are_told(world: World) -> None:
    assert run(world, "alerts resend --all --reason 'SES en pausa")[0] == 2
    assert run(world, "alerts list '")[1].startswith("Falta cerrar unas comillas")


@pytest.mark.parametrize(
    "words", [f"{CODE} {WHO}", f"{WHO} {CODE}", f"--operator rquispe {CODE} --reason='SES en pausa'"]
)
def test_words_and_options_come_in_any_order(world: World, words: str) -> None:
    code, said = run(world, f"alerts resend {words}")
    assert (code, said) == (1, f"{CODE}  no existe o no tiene alertas: revise el número")


def test_an_unexpected_error_is_a_sentence_with_a_number_and_in_the_log_without_its_text(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def given_up(self, shard: str) -> None:
            del shard
            raise RuntimeError("rosa@ejemplo.pe")

    made, key = world.container.made, alert_batch_store
    before = made.get(key)
    made[key] = Broken()
    try:
        code, said = run(world, "alerts list")
    finally:
        del made[key]
        if before is not None:
            made[key] = before
    [line] = [vars(record) for record in caplog.records if record.message == "command failed"]
    assert code == 1
    assert (
        said == f"Error inesperado. Está en el registro de la función operator con el número {line['correlation_id']}."
    )
    assert line["fault"]["error"] == "RuntimeError"
    assert "rosa" not in str([vars(record) for record in caplog.records]) + said
