"""The operator's commands about outages, as Lambda runs them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.bootstrap.outage import outage_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import EventType
from tests.deposit_world import World

WHY = "--reason 'Falla en la base de datos' --operator rquispe"
WHAT = "--affects access,alerts --words 'No se puede ingresar a la casilla'"


def run(world: World, line: str) -> tuple[int, str]:
    answer = world.client.lambda_.invoke("operator", {"command": line}).payload
    return answer["exit"], answer["output"]


def done(world: World, line: str) -> dict[str, Any]:
    code, output = run(world, f"{line} --json")
    assert code == 0, output
    data: dict[str, Any] = json.loads(output)
    return data


def announce(world: World, more: str = "") -> str:
    return str(done(world, f"outage announce {WHAT} {more} {WHY}")["outage_id"])


def test_an_outage_is_announced_from_now_until_nobody_knows_and_the_log_says_who_asked(world: World) -> None:
    code, output = run(world, f"outage announce {WHAT} {WHY}")

    assert code == 0
    for part in (
        "Se anunció la interrupción 2026-03-09-01. En un minuto está en todas las páginas",
        "Empezó: lunes 9 de marzo de 2026, 15:15",
        "Prevista hasta: sin hora de fin",
        "el ingreso a la casilla y la lectura de notificaciones; los avisos por correo y por mensaje de texto",
        "No se puede ingresar a la casilla.",
    ):
        assert part in output
    [event] = event_store(world.container).list_for_subject("outage#2026-03-09-01")
    assert (event.type, event.actor) == (EventType.OUTAGE_ANNOUNCED, "operator:rquispe")
    assert event.data["reason"] == "Falla en la base de datos"
    assert event.data["affects"] == "access,alerts"


def test_it_can_be_announced_twice_and_a_minute_later(world: World) -> None:
    first = announce(world)
    world.clock.advance(seconds=90)

    assert announce(world) == first
    assert "Ya estaba anunciada igual: es la 2026-03-09-01" in run(world, f"outage announce {WHAT} {WHY}")[1]
    assert len(event_store(world.container).list_for_subject(f"outage#{first}")) == 1


def test_it_ends_with_its_duration_and_can_be_ended_twice(world: World) -> None:
    outage_id = announce(world)
    world.clock.advance(hours=2, seconds=30)

    code, output = run(world, f"outage end {outage_id} {WHY}")

    assert code == 0
    assert "Terminó: lunes 9 de marzo de 2026, 17:16" in output
    assert "Duró: 2 horas y 1 minuto" in output
    world.clock.advance(hours=1)
    assert "ya estaba terminada. No se cambió nada" in run(world, f"outage end {outage_id} {WHY}")[1]
    events = event_store(world.container).list_for_subject(f"outage#{outage_id}")
    assert [event.type for event in events] == [EventType.OUTAGE_ANNOUNCED, EventType.OUTAGE_ENDED]


def test_times_are_typed_on_the_countrys_clock(world: World) -> None:
    told = done(world, f"outage announce {WHAT} --from '2026-03-10 22:00' --until 2026-03-11T02:30 {WHY}")

    assert (told["starts_at"], told["expected_until"]) == ("2026-03-11T03:00:00Z", "2026-03-11T07:30:00Z")
    assert told["state"] == "planned"


def test_what_did_not_begin_is_called_off(world: World) -> None:
    outage_id = announce(world, "--from '2026-03-10 22:00'")

    code, output = run(world, f"outage end {outage_id} {WHY}")

    assert code == 0
    assert "queda cancelada" in output
    for part in (
        "Estado: Cancelada",
        "Iba a empezar: martes 10",
        "Cancelada el: lunes 9",
        "No iba a funcionar: el ing",
    ):
        assert part in output
    assert done(world, f"outage show {outage_id}")["state"] == "called_off"


def test_a_wrong_one_is_corrected_by_another_and_stays(world: World) -> None:
    wrong = announce(world)
    world.clock.advance(seconds=1)
    right = announce(world, f"--from '2026-03-09 14:00' --until '2026-03-09 15:00' --corrects {wrong}")

    old, new = done(world, f"outage show {wrong}"), done(world, f"outage show {right}")
    assert (old["state"], old["corrected_by"]) == ("corrected", right)
    assert (new["state"], new["corrects"]) == ("over", wrong)
    events = event_store(world.container).list_for_subject(f"outage#{wrong}")
    assert (events[-1].type, events[-1].data["by"]) == (EventType.OUTAGE_CORRECTED, right)
    code, output = run(world, f"outage end {wrong} {WHY}")
    assert (code, f"corregida por la {right}" in output) == (1, True)


def test_list_and_show_tell_who_did_what_and_why_and_what_corrects_what(world: World) -> None:
    wrong = announce(world)
    world.clock.advance(minutes=5)
    right = announce(world, f"--from '2026-03-09 14:00' --corrects {wrong}")
    world.clock.advance(minutes=5)
    run(world, f"outage end {right} --reason 'Base repuesta' --operator mquispe")

    told = run(world, "outage list")[1]
    assert told == "\n\n".join(run(world, f"outage show {one}")[1] for one in (right, wrong))
    for part in (
        f"Corrige: la {wrong}",
        f"Corregida por: la {right}",
        "La anunció: rquispe, lunes 9 de marzo de 2026, 15:15. Por qué: Falla en la base de datos",
        "La corrigió: rquispe, lunes 9 de marzo de 2026, 15:20. Por qué: Falla en la base de datos",
        "La terminó o canceló: mquispe, lunes 9 de marzo de 2026, 15:25. Por qué: Base repuesta",
        "Dice: «No se puede ingresar a la casilla.»",
    ):
        assert part in told
    listed = done(world, "outage list")["outages"][0]
    assert listed == done(world, f"outage show {right}")
    assert [(act["type"], act["operator"], act["reason"]) for act in listed["acts"]] == [
        ("outage.announced", "rquispe", "Falla en la base de datos"),
        ("outage.ended", "mquispe", "Base repuesta"),
    ]


def test_an_end_at_another_hour_changes_nothing_and_says_how_to_correct(world: World) -> None:
    outage_id = announce(world)
    world.clock.advance(hours=2)
    run(world, f"outage end {outage_id} --at '2026-03-09 16:00' {WHY}")

    code, output = run(world, f"outage end {outage_id} --at '2026-03-09 16:30' {WHY}")

    assert code == 1
    assert "No se cambió nada" in output
    assert f"outage announce --corrects {outage_id}" in output
    assert done(world, f"outage show {outage_id}")["ended_at"] == "2026-03-09T21:00:00Z"
    assert run(world, f"outage end {outage_id} --at '2026-03-09 16:00' {WHY}")[0] == 0


def test_one_whose_hour_passed_waits_to_be_confirmed(world: World) -> None:
    outage_id = announce(world, "--until '2026-03-09 16:00'")
    world.clock.advance(hours=2)

    told = run(world, f"outage show {outage_id}")[1]
    assert "Estado: Fin sin confirmar" in told
    assert "Prevista hasta: lunes 9 de marzo de 2026, 16:00; sin confirmar" in told
    assert "Duró" not in told
    assert done(world, f"outage end {outage_id} --at '2026-03-09 16:00' {WHY}")["state"] == "over"


def test_all_are_listed_the_newest_first_a_page_at_a_time(world: World) -> None:
    for number in range(23):
        run(world, f"outage announce --affects all --words 'Interrupción de prueba {number}' {WHY}")

    first = done(world, "outage list")
    second = done(world, f"outage list --after {first['after']}")

    numbers = [one["outage_id"][-2:] for one in (*first["outages"], *second["outages"])]
    assert numbers == [f"{number:02}" for number in range(23, 0, -1)]
    assert (len(first["outages"]), second["after"]) == (20, None)
    assert "Hay más: repita con --after 2026-03-09-04" in run(world, "outage list")[1]


def test_before_any_was_announced_the_list_says_so(world: World) -> None:
    assert run(world, "outage list") == (0, "No se ha anunciado ninguna interrupción.")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"outage announce --words 'No se puede ingresar' {WHY}", "Falta --affects"),
        (f"outage announce --affects all {WHY}", "Falta --words"),
        (f"outage announce {WHAT} --operator rquispe", "Falta --reason"),
        (f"outage announce --affects luz --words 'No se puede ingresar' {WHY}", "--affects es una o varias"),
        (f"outage announce --affects all,access --words 'No se puede ingresar' {WHY}", "«all» va sola"),
        (f"outage announce {WHAT} --from ayer {WHY}", "«ayer» no es una fecha y hora"),
        (f"outage announce {WHAT} --from '2026-02-30 10:00' {WHY}", "no es una fecha y hora"),
        (f"outage announce {WHAT} --corrects 7 {WHY}", "no es el número de una interrupción"),
        (f"outage end {WHY}", "Falta INTERRUPCIÓN"),
        ("outage show 2026-3-9-1", "no es el número de una interrupción"),
    ],
)
def test_what_is_not_understood_changes_nothing(world: World, line: str, said: str) -> None:
    code, output = run(world, line)

    assert code == 2
    assert said in output
    assert not outage_store(world.container).board().outages


@pytest.mark.parametrize(
    "line",
    [
        f"outage announce {WHAT} --from '2028-03-09 10:00' {WHY}",
        f"outage announce {WHAT} --until '2026-03-09 10:00' {WHY}",
        f"outage announce {WHAT} --corrects 2026-03-08-01 {WHY}",
        f"outage end 2026-03-08-01 {WHY}",
        "outage show 2026-03-08-01",
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(world: World, line: str) -> None:
    code, output = run(world, line)

    assert code == 1
    assert "inesperado" not in output
    assert not outage_store(world.container).board().outages


def test_what_is_said_again_in_other_words_keeps_its_beginning_and_its_end(world: World) -> None:
    first = announce(world, "--from '2026-03-09 09:00' --until '2026-03-09 18:00'")
    world.clock.advance(seconds=3600)
    other = done(
        world, f"outage announce --affects access --words 'No se podía ingresar bien' --corrects {first} {WHY}"
    )
    assert (other["starts_at"], other["expected_until"]) == ("2026-03-09T14:00:00Z", "2026-03-09T23:00:00Z")


def test_words_that_name_people_are_not_published(world: World) -> None:
    for words in ("Sin el DNI 40000002 de ayer", "Escriba a maria@ejemplo.pe hoy"):
        code, output = run(world, f"outage announce --affects all --words '{words}' {WHY}")
        assert code == 2
        assert "sin correos, teléfonos ni números de documento" in output
